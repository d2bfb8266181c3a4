/**
 * Sessions of one user, host and feature that share their seats, once a check-in fits none of several: it may have ended some
 * and shrunk others. What they hold together is known all the same; the largest, which is what a share counts, is known as
 * bounds that hold whichever sessions the check-ins belong to. Constant time for each event, and constant memory.
 */
import { type Amount, ONE } from '../contract/amount.ts';

export class UnpairedSeats {
  /** The largest open session has at least so many seats, and at most `most`. */
  least: Amount = 0n;
  most: Amount = 0n;
  /** What was told of the difference as a doubt. */
  told: Amount = 0n;
  /** Sessions of it whose seats are taken, in the way that the sessionizer paired them. */
  members = 0;
  /** Sessions ended without a check-in. With others paired, some may go on longer. */
  isExpired = false;
  private total: Amount = 0n;
  /** Not fewer than are open. */
  private sessions = 0;
  /** All quantities are multiples of it. */
  private unit: Amount = ONE;
  private readonly lingers: boolean;

  /** `lingers`: seats stay taken after their check-in, so that it ends nothing at once. */
  constructor(held: Iterable<Amount>, lingers: boolean) {
    this.lingers = lingers;
    for (const quantity of held) this.checkOut(quantity);
  }

  checkOut(quantity: Amount): void {
    // Of what lingers nobody knows here for how long.
    if (this.total === 0n) this.least = 0n;
    this.total += quantity;
    this.sessions++;
    if (quantity % ONE !== 0n) this.unit = 1n;
    if (quantity > this.least) this.least = quantity;
    if (quantity > this.most) this.most = quantity;
  }

  checkIn(quantity: Amount): void {
    const rest = this.total > quantity ? this.total - quantity : 0n;
    this.total = rest;
    if (rest > 0n || !this.lingers) {
      const average = this.average();
      this.least = this.least - quantity > average ? this.least - quantity : average;
    }
    if (!this.lingers && !this.isExpired && this.most > rest) this.most = rest;
  }

  /** A check-in that does not say of how many seats: of all, for what is known. */
  checkInUnknown(): void {
    this.total = 0n;
    this.least = 0n;
    this.isExpired = true;
  }

  /** A session ended without a check-in: by the time that the contract gives it, or because the server restarted. */
  expire(quantity: Amount): void {
    this.total = this.total > quantity ? this.total - quantity : 0n;
    this.least = this.average();
  }

  /** An upgrade of one of them: nobody knows which, nor from what. */
  upgrade(): void {
    this.total = 0n;
    this.least = 0n;
  }

  /** The largest is never smaller. */
  private average(): Amount {
    const share = BigInt(this.sessions) * this.unit;
    return ((this.total + share - 1n) / share) * this.unit;
  }
}
