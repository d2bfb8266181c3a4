/** Sessions that were checked in and whose seats stay taken for a while, in order of when that is over, for all wait equally long. */
import { getOrCreate } from '../../base/get-or-create.ts';
import { OrderedSet } from './ordered-set.ts';
import { type Session, type SessionEvent, seatOf } from './session.ts';

export class LingeringSeats {
  private readonly queue = new OrderedSet<Session>();
  private readonly bySeat = new Map<string, OrderedSet<Session>>();

  add(session: Session): void {
    this.queue.add(session);
    getOrCreate(this.bySeat, seatOf(session), () => new OrderedSet<Session>()).add(session);
  }

  delete(session: Session): void {
    this.queue.delete(session);
    const seat = seatOf(session);
    const seats = this.bySeat.get(seat)!;
    seats.delete(session);
    if (seats.size === 0) this.bySeat.delete(seat);
  }

  first(): Session | undefined {
    return this.queue.first();
  }

  /** The one of the same seat that lingers longest. */
  lastOf(event: SessionEvent): Session | undefined {
    return this.bySeat.size === 0 ? undefined : this.bySeat.get(seatOf(event))?.last();
  }
}
