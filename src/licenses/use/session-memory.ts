/** All that is remembered of sessions while they are open. Whatever ends one, it is forgotten everywhere at once. */
import type { Instant } from '../../base/instant.ts';
import { InstantCheckIns } from './instant-check-ins.ts';
import { KnownQuantities } from './known-quantities.ts';
import { OpenSessions } from './open-sessions.ts';
import type { OrderedSet } from './ordered-set.ts';
import { RepeatedCheckOuts } from './repeated-check-outs.ts';
import type { SeatSink } from './seat-sink.ts';
import { heldBy, type Session, type SessionEvent } from './session.ts';
import type { SessionOptions } from './session-options.ts';
import { SeveralShares } from './several-shares.ts';
import { TimedSessions } from './timed-sessions.ts';

export class SessionMemory {
  readonly open = new OpenSessions();
  readonly timed: TimedSessions;
  readonly repeated: RepeatedCheckOuts;
  readonly checkIns = new InstantCheckIns();
  readonly quantities = new KnownQuantities();
  readonly several = new SeveralShares(this.open);

  constructor(options: SessionOptions, sink: SeatSink) {
    this.timed = new TimedSessions(options);
    this.repeated = new RepeatedCheckOuts(options.timeout, sink);
  }

  /** The open sessions that a check-in by no id may end: those of its person, host and feature. */
  unnamedOf(event: SessionEvent): OrderedSet<Session> | undefined {
    return event.named ? undefined : this.open.ofSeat(event);
  }

  /** From now on it ends by itself, and no restart ends it: the client holds it without the server. */
  borrow(session: Session, at: Instant): void {
    this.open.forgetDaemon(session);
    this.timed.borrow(session, at);
  }

  /** It is open no more, though it may hold seats that linger. */
  close(session: Session, at: Instant): void {
    const left = this.open.delete(session);
    if (session.pairing !== undefined && !session.withdrawn) {
      session.pairing.open -= heldBy(session);
      session.pairing.certain = 0n;
    }
    if (left.size === 0) {
      this.several.delete(left, session);
      this.quantities.delete(left);
    }
    this.timed.delete(session);
    session.returned = true;
    this.repeated.close(session, at);
  }
}
