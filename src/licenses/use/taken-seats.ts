/** The seats that sessions hold, as the sink is told of them. A session has a slot of its own for as long as it holds any. */
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import type { SeatSink } from './seat-sink.ts';
import { heldBy, leastOf, type Session, type SessionEvent, toSession } from './session.ts';

export class TakenSeats {
  private readonly sink: SeatSink;
  /** Slots that were given out, and those of them that are free again. */
  private slots = 0;
  private readonly freeSlots: number[] = [];

  constructor(sink: SeatSink) {
    this.sink = sink;
  }

  take(event: SessionEvent): Session {
    const session = toSession(event, this.freeSlots.pop() ?? this.slots++);
    this.sink.take(session, event.at);
    return session;
  }

  reduce(session: Session, by: Amount, at: Instant): void {
    if (by === session.quantity) {
      this.release(session, at);
      return;
    }
    session.quantity -= by;
    this.sink.change(session, -by, at);
  }

  release(session: Session, at: Instant): void {
    this.sink.release(session, at);
    this.freeSlots.push(session.slot);
  }

  /** Nobody knows what it holds: that is the least that it can be. */
  blur(session: Session, at: Instant): void {
    if (session.unreadable) return;
    const less = heldBy(session) - leastOf(heldBy(session));
    if (less > 0n) {
      if (session.pairing !== undefined && !session.withdrawn) session.pairing.open -= less;
      this.sink.idle?.(-less, at);
      this.reduce(session, less, at);
    }
    session.unreadable = true;
    this.sink.change(session, 0n, at);
  }
}
