/**
 * Seats of which a check-in, or a check-out of what lingers, left nobody sure which sessions are open: their sessions are
 * withdrawn, and the longest pairing of the seat tells how many may be, until none can.
 */
import type { Instant } from '../../base/instant.ts';
import type { LongestPairing } from './longest-pairing.ts';
import type { LongestPairings } from './longest-pairings.ts';
import type { OrderedSet } from './ordered-set.ts';
import type { SeatSink } from './seat-sink.ts';
import { heldBy, type Session, type SessionEvent } from './session.ts';
import type { SessionMemory } from './session-memory.ts';
import { isProvenAlike, type SessionOptions } from './session-options.ts';
import type { TakenSeats } from './taken-seats.ts';

export class LooseSeats {
  private readonly sink: SeatSink;
  private readonly memory: SessionMemory;
  private readonly longest: LongestPairings;
  private readonly seats: TakenSeats;
  private readonly isProvenAlike: boolean;

  constructor(
    options: SessionOptions,
    sink: SeatSink,
    memory: SessionMemory,
    longest: LongestPairings,
    seats: TakenSeats,
  ) {
    this.sink = sink;
    this.memory = memory;
    this.longest = longest;
    this.seats = seats;
    this.isProvenAlike = isProvenAlike(options);
  }

  /** From now on nobody knows which of the sessions of its seat are open. */
  loosen(event: SessionEvent, sessions: OrderedSet<Session>): LongestPairing {
    const { several, quantities } = this.memory;
    // A check-in may name another share than its check-out.
    const share = several.has(sessions) ? undefined : sessions.last()!.share;
    return this.longest.loosen(event, sessions, share, quantities.mixtureOf(sessions) === 'paired');
  }

  /**
   * Which of several shares a check-in left made no difference to how many they are, until one of them is checked out again,
   * whoever does: it may be a further one or not.
   */
  checkOut(event: SessionEvent): void {
    for (const sessions of this.memory.several.takeGuesses(event)) {
      const session = sessions.last()!;
      if (this.longest.of(session)?.fresh !== undefined) continue;
      const pairing = this.loosen(session, sessions);
      this.withdraw(pairing, event.at);
      this.tell(pairing, event.at, session);
    }
  }

  /** A check-in may have ended any of them: from now on none of them is certain, and nothing proves that they were. */
  withdraw(pairing: LongestPairing, at: Instant): void {
    for (const session of pairing.fresh!) {
      if (session.returned || session.withdrawn) continue;
      pairing.open -= heldBy(session);
      this.withdrawOne(session, at, pairing);
    }
    pairing.fresh = [];
    pairing.certain = 0n;
  }

  withdrawOne(session: Session, at: Instant, { isShared }: LongestPairing): void {
    session.withdrawn = true;
    this.sink.withdraw(session, at, this.isProvenAlike);
    // What lingers of it counts alone all the same, until its time is over and the doubt with it.
    const lingers = session.returned ? session.quantity : session.leaving;
    session.isApart = session.share === undefined || !isShared;
    if (session.isApart && lingers > 0n) this.sink.doubt(lingers, at, session, 'lingering');
  }

  /** Tells what may be open after what happened at `at`; `event` is any of the seat. */
  tell(pairing: LongestPairing, at: Instant, event: SessionEvent): void {
    this.longest.tell(pairing, at, event);
    if (pairing.fresh !== undefined && pairing.isIdle) this.tighten(pairing, at, event);
  }

  /** Nothing of it is in use in any case: what the sessionizer still holds to be open is not. */
  private tighten(pairing: LongestPairing, at: Instant, event: SessionEvent): void {
    // They leave the set that is walked through.
    for (const session of [...(this.memory.open.ofSeat(event) ?? [])]) {
      const held = heldBy(session);
      this.memory.close(session, at);
      this.seats.reduce(session, held, at);
    }
    pairing.fresh = undefined;
    this.longest.tell(pairing, at, event);
  }
}
