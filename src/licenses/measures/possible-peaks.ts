/**
 * The most seats that are possible in each segment, in one pass, where only a later check-in says whether seats of a session went
 * on when its time was over. They count from then on; what no check-in confirmed by the end is subtracted again from the counts
 * since, which are kept from one such doubt to the next. Constant time for each event.
 */
import type { Amount } from '../contract/amount.ts';
import type { Late } from '../use/late.ts';

/** From one doubt to the next that is not confirmed; without `late`, from the start of a segment. */
type Stretch<Highest> = {
  late: Late | undefined;
  quantity: Amount;
  highest: Highest | undefined;
  previous: Stretch<Highest> | undefined;
  next: Stretch<Highest> | undefined;
};

export class PossiblePeaks<Highest extends { amount: Amount }> {
  /** Seats that are counted until a check-in confirms them. */
  pending: Amount = 0n;
  private first: Stretch<Highest> | undefined;
  private last: Stretch<Highest> | undefined;
  private readonly stretches = new Map<Late, Stretch<Highest>>();

  startSegment(): void {
    this.append(undefined, 0n);
  }

  mayGoOn(late: Late): void {
    this.pending += late.quantity;
    this.stretches.set(late, this.append(late, late.quantity));
  }

  /** They were in use until now, so that they count in all that was the highest since. */
  wentOn(late: Late): void {
    const stretch = this.stretches.get(late);
    if (stretch === undefined) return;
    this.stretches.delete(late);
    this.pending -= stretch.quantity;
    const { previous, next, highest } = stretch;
    if (highest !== undefined) raise(previous!, highest);
    previous!.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
  }

  /** Whether `amount`, with those that are pending, is more than there was since the last doubt: then it is to be told by `reach`. */
  isBeyond(amount: Amount): boolean {
    const { highest } = this.last!;
    return highest === undefined || amount > highest.amount;
  }

  reach(highest: Highest): void {
    this.last!.highest = highest;
  }

  /** Of each segment, with what must be subtracted from its amount. */
  finish(): { highest: Highest | undefined; amount: Amount }[] {
    const peaks: { highest: Highest | undefined; amount: Amount }[] = [];
    let unconfirmed: Amount = 0n;
    for (let stretch = this.first; stretch !== undefined; stretch = stretch.next) {
      const { late, quantity, highest } = stretch;
      if (late === undefined) peaks.push({ highest: undefined, amount: 0n });
      else unconfirmed += quantity;
      const peak = peaks.at(-1)!;
      if (highest === undefined) continue;
      const amount = highest.amount - unconfirmed;
      if (peak.highest === undefined || amount > peak.amount) Object.assign(peak, { highest, amount });
    }
    return peaks;
  }

  private append(late: Late | undefined, quantity: Amount): Stretch<Highest> {
    const { last } = this;
    const stretch: Stretch<Highest> = { late, quantity, highest: undefined, previous: last, next: undefined };
    if (last === undefined) this.first = stretch;
    else last.next = stretch;
    this.last = stretch;
    return stretch;
  }
}

function raise<Highest extends { amount: Amount }>(stretch: Stretch<Highest>, highest: Highest): void {
  if (stretch.highest === undefined || highest.amount > stretch.highest.amount) stretch.highest = highest;
}
