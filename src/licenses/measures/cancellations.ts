/**
 * Events that another event takes back by their id (adjustments of Stripe's meters). Somebody must vouch for that, so what was
 * canceled stays possible and is no longer proven. Cancellations without a time come before all use and find what they cancel;
 * those with a time come after it, and may each be of the largest event so far: no log is kept in memory for them.
 */
import type { Amount } from '../contract/amount.ts';
import type { LicenseUse } from '../use/license-use.ts';

/** Ids kept; what is canceled besides may be any event. */
const MAX_IDS = 100_000;

export class Cancellations {
  /** Cancellations that may be of any event, and the largest of those. */
  private unmatched = 0n;
  private largest: Amount = 0n;
  private readonly ids = new Set<string>();

  add({ time, canceled }: LicenseUse): void {
    if (time === undefined && canceled !== undefined && this.ids.size < MAX_IDS) this.ids.add(canceled);
    else this.unmatched++;
  }

  /** Whether this event was taken back. */
  has({ id }: LicenseUse): boolean {
    return id !== undefined && this.ids.has(id);
  }

  note(amount: Amount): void {
    if (amount > this.largest) this.largest = amount;
  }

  /** So much less than all that was not found to be canceled is proven. */
  get doubtful(): Amount {
    return this.unmatched * this.largest;
  }
}
