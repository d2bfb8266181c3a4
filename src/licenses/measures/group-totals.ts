/** The total of amounts that come and go: what one pattern fits times its factor and rounded, before that adds up (Oracle's core factor). */

import type { Amount } from '../contract/amount.ts';
import type { Measure } from '../contract/contract.ts';
import { multiply, roundAmount } from './adjust.ts';
import type { Bounds } from './cells.ts';
import { rankOf } from './event-amount.ts';

type Group = { lower: Amount; upper: Amount };

export class GroupTotals {
  private readonly measure: Measure;
  private readonly isGrouped: boolean;
  /** By where the pattern stands: two models that it fits are of one kind. */
  private readonly groups = new Map<number, Group>();
  private lower: Amount = 0n;
  private upper: Amount = 0n;
  private unbounded = 0;

  constructor(measure: Measure) {
    this.measure = measure;
    this.isGrouped = 'by' in measure.count && measure.count.by !== undefined;
  }

  get value(): Bounds {
    return { lower: this.lower, upper: this.unbounded > 0 ? undefined : this.upper };
  }

  /** `sign` -1 takes back what was added with the same bounds. */
  add(group: string | undefined, { lower, upper }: Bounds, sign: 1n | -1n): void {
    const rank = this.isGrouped ? rankOf(this.measure.adjust, group) : 0;
    if (upper === undefined || rank < 0) {
      this.unbounded += Number(sign);
      return;
    }
    if (!this.isGrouped) {
      this.lower += sign * lower;
      this.upper += sign * upper;
      return;
    }
    const before = this.groups.get(rank) ?? { lower: 0n, upper: 0n };
    const after = { lower: before.lower + sign * lower, upper: before.upper + sign * upper };
    if (after.lower === 0n && after.upper === 0n) this.groups.delete(rank);
    else this.groups.set(rank, after);
    this.lower += this.adjusted(rank, after.lower) - this.adjusted(rank, before.lower);
    this.upper += this.adjusted(rank, after.upper) - this.adjusted(rank, before.upper);
  }

  private adjusted(rank: number, amount: Amount): Amount {
    const { factors, round } = this.measure.adjust;
    return roundAmount(multiply(amount, factors![rank]!.factor), round);
  }
}
