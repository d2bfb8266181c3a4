/** How many open sessions of one user, host and feature hold how much, if each check-in was of one that held just so many. */
import type { Amount } from '../contract/amount.ts';

export class HeldQuantities {
  /** Undefined once a check-in fit none of several. */
  private counts: Map<Amount, number> | undefined = new Map();
  private sessions = 0;

  constructor(held: Iterable<Amount>) {
    for (const quantity of held) this.checkOut(quantity);
  }

  checkOut(quantity: Amount): void {
    this.sessions++;
    this.counts?.set(quantity, (this.counts.get(quantity) ?? 0) + 1);
  }

  /** Whether it is known what it left. */
  checkIn(quantity: Amount): boolean {
    const { counts } = this;
    if (counts === undefined) return false;
    const count = counts.get(quantity) ?? 0;
    if (count > 0) {
      this.sessions--;
      if (count === 1) counts.delete(quantity);
      else counts.set(quantity, count - 1);
      return true;
    }
    const [only = 0n] = counts.keys();
    if (this.sessions !== 1 || only < quantity) {
      this.forget();
      return false;
    }
    counts.delete(only);
    counts.set(only - quantity, 1);
    return true;
  }

  forget(): void {
    this.counts = undefined;
  }
}
