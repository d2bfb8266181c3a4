/** Seats that may be taken although their session ended by contract (the doubt `outliving`), for what counts who has them. */
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import { keyOf, type SessionEvent } from './session.ts';

export type OutlivingSeat = { since: Instant; event: SessionEvent; quantity: Amount };

export class Outliving {
  private readonly seats = new Map<string, OutlivingSeat>();

  /** Returns the seat when the doubt is over. */
  note(quantity: Amount, at: Instant, event: SessionEvent): OutlivingSeat | undefined {
    const key = JSON.stringify([keyOf(event), event.feature]);
    const seat = this.seats.get(key);
    if (seat === undefined) this.seats.set(key, { since: at, event, quantity });
    else {
      seat.quantity += quantity;
      if (seat.quantity > 0n) return undefined;
      this.seats.delete(key);
    }
    return seat;
  }

  [Symbol.iterator](): Iterator<OutlivingSeat> {
    return this.seats.values();
  }
}
