/**
 * Seats that were checked in and stay taken for a while, in order of when that is over, for all wait equally long. Where a
 * check-out takes some of them up, nobody may know which: then fewer of them are held for certain than may linger.
 */
import { getOrCreate } from '../../base/get-or-create.ts';
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import { OrderedSet } from './ordered-set.ts';
import { type Session, type SessionEvent, seatOf } from './session.ts';

/**
 * What one check-in gave back of a session, all that it held or a part of it. `held`: what the session still holds of it; `most`:
 * what may linger of it. `isApparent`: the check-in was of one session that held just so many, though the sessionizer pairs it
 * with others.
 */
export type Lingering = {
  session: Session;
  isPart: boolean;
  ends: Instant;
  held: Amount;
  most: Amount;
  isApparent: boolean;
};

/**
 * How a check-in gave back seats: as many at once whichever sessions it is of; if it is of one that held just so many; or of any
 * sessions.
 */
export type GivenBack = 'sure' | 'exact' | 'any';

export class OfSeat {
  readonly held = new OrderedSet<Lingering>();
  readonly possible = new OrderedSet<Lingering>();
  /** Of all of them, where it is one. */
  quantity: Amount | undefined;
  /** Whether just so many were given back at once: whichever sessions the check-ins were of, or if of those that held so many. */
  isSure = true;
  isExact = true;
  parts = 0;
  size = 0;
}

export class LingeringSeats {
  private readonly queue = new OrderedSet<Lingering>();
  private readonly bySeat = new Map<string, OfSeat>();

  add(lingering: Lingering, how: GivenBack): void {
    const { session, isPart, held, most } = lingering;
    this.queue.add(lingering);
    const ofSeat = getOrCreate(this.bySeat, seatOf(session), () => new OfSeat());
    ofSeat.quantity = ofSeat.size === 0 || ofSeat.quantity === held ? held : undefined;
    if (how !== 'sure') ofSeat.isSure = false;
    if (how === 'any') ofSeat.isExact = false;
    if (isPart) ofSeat.parts++;
    ofSeat.size++;
    if (!session.withdrawn) ofSeat.held.add(lingering);
    if (most > 0n) ofSeat.possible.add(lingering);
  }

  delete(lingering: Lingering): void {
    const { session, isPart } = lingering;
    this.queue.delete(lingering);
    const seat = seatOf(session);
    const ofSeat = this.bySeat.get(seat)!;
    ofSeat.held.delete(lingering);
    ofSeat.possible.delete(lingering);
    if (isPart) ofSeat.parts--;
    if (--ofSeat.size === 0) this.bySeat.delete(seat);
  }

  get isEmpty(): boolean {
    return this.queue.size === 0;
  }

  first(): Lingering | undefined {
    return this.queue.first();
  }

  of(event: SessionEvent): OfSeat | undefined {
    return this.bySeat.size === 0 ? undefined : this.bySeat.get(seatOf(event));
  }

  /** Its session holds so many of it no more. */
  take(lingering: Lingering, quantity: Amount): void {
    lingering.held -= quantity;
    if (lingering.held === 0n) this.of(lingering.session)!.held.delete(lingering);
    this.tidy(lingering);
  }

  /** None of it lingers. */
  rule(lingering: Lingering): void {
    lingering.most = 0n;
    this.of(lingering.session)!.possible.delete(lingering);
    this.tidy(lingering);
  }

  private tidy(lingering: Lingering): void {
    if (lingering.held === 0n && lingering.most === 0n) this.delete(lingering);
  }
}
