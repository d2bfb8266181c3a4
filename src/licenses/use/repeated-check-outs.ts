/**
 * Check-outs of sessions that are open: they may take seats besides, of the session itself or of somebody else under its id, and
 * those may go on when it is over.
 */
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import { OrderedSet } from './ordered-set.ts';
import type { SeatDoubt, SeatSink } from './seat-sink.ts';
import { type Session, type SessionEvent, seatOf } from './session.ts';

/** A session was checked out again at `at`; that times out at `ends`. */
export type Again = { session: Session; at: Instant; ends: Instant };

export class RepeatedCheckOuts {
  private readonly timeout: bigint | undefined;
  private readonly sink: SeatSink;
  private readonly timingOut = new OrderedSet<Again>();
  /** Seats that may still be taken under the id of a session that was checked in, by seat. */
  private readonly foreign = new Map<string, Amount>();

  constructor(timeout: bigint | undefined, sink: SeatSink) {
    this.timeout = timeout;
    this.sink = sink;
  }

  /** A check-out of an open session may take `more` seats besides; nobody knows how many, where its quantity is unreadable. */
  add(session: Session, more: Amount, event: SessionEvent, isForeign: boolean): void {
    if (event.unreadable && !session.unreadable) {
      session.unreadable = true;
      this.sink.change(session, 0n, event.at);
    }
    if (more <= 0n) return;
    session.repeats += more;
    if (isForeign) session.foreign += more;
    this.sink.doubt(more, event.at, event, isForeign ? 'reused' : 'repeated');
  }

  reopen(session: Session, at: Instant): void {
    session.reopened = at;
    if (this.timeout === undefined) return;
    session.repeated = at;
    this.timingOut.add({ session, at, ends: at + this.timeout });
  }

  /** What times out next. */
  first(): Again | undefined {
    return this.timingOut.first();
  }

  /** What was checked out again last has timed out. */
  stop(again: Again): void {
    this.timingOut.delete(again);
    const { session, at, ends } = again;
    if (session.repeated !== at || session.outliving === 0n) return;
    this.sink.doubt(-session.outliving, ends, session);
    session.outliving = 0n;
  }

  /** Its own time is over, and theirs is not, where it was checked out again. */
  outlive(session: Session): void {
    if (session.repeated === undefined) return;
    session.outliving = session.repeats;
    session.repeats = 0n;
    session.foreign = 0n;
  }

  /** The doubt ends with the session, except that of somebody else's seats. */
  close(session: Session, at: Instant): void {
    const { repeats, foreign } = session;
    if (repeats !== foreign) this.sink.doubt(foreign - repeats, at, session);
    if (foreign > 0n) {
      const seat = seatOf(session);
      this.foreign.set(seat, (this.foreign.get(seat) ?? 0n) + foreign);
    }
    session.repeats = 0n;
    session.foreign = 0n;
  }

  /** Its seats may be taken although no session of it is open: a check-in of its instant came before it or after it. */
  addBeside(event: SessionEvent, more: Amount, reason: SeatDoubt): void {
    const seat = seatOf(event);
    this.foreign.set(seat, (this.foreign.get(seat) ?? 0n) + more);
    this.sink.doubt(more, event.at, event, reason);
  }

  /** Whether a check-in without a session is of such seats. */
  giveBack(event: SessionEvent): boolean {
    if (this.foreign.size === 0) return false;
    const seat = seatOf(event);
    const taken = this.foreign.get(seat);
    if (taken === undefined) return false;
    const returned = event.quantity < taken ? event.quantity : taken;
    if (returned === taken) this.foreign.delete(seat);
    else this.foreign.set(seat, taken - returned);
    this.sink.doubt(-returned, event.at, event);
    return true;
  }
}
