/** The total of amounts that come and go, each group times its factor and rounded before groups add up (Oracle's core factor). */

import type { Amount } from '../contract/amount.ts';
import type { Measure } from '../contract/contract.ts';
import { multiply, roundAmount } from './adjust.ts';
import type { Bounds } from './cells.ts';
import { factorOf } from './event-amount.ts';

type Group = { lower: Amount; upper: Amount };

export class GroupTotals {
  private readonly measure: Measure;
  private readonly isGrouped: boolean;
  private readonly groups = new Map<string, Group>();
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
    if (upper === undefined || (this.isGrouped && factorOf(this.measure.adjust, group) === undefined)) {
      this.unbounded += Number(sign);
      return;
    }
    if (!this.isGrouped) {
      this.lower += sign * lower;
      this.upper += sign * upper;
      return;
    }
    const name = group ?? '';
    const before = this.groups.get(name) ?? { lower: 0n, upper: 0n };
    const after = { lower: before.lower + sign * lower, upper: before.upper + sign * upper };
    if (after.lower === 0n && after.upper === 0n) this.groups.delete(name);
    else this.groups.set(name, after);
    this.lower += this.adjusted(name, after.lower) - this.adjusted(name, before.lower);
    this.upper += this.adjusted(name, after.upper) - this.adjusted(name, before.upper);
  }

  private adjusted(group: string, amount: Amount): Amount {
    const { adjust } = this.measure;
    return roundAmount(multiply(amount, factorOf(adjust, group)!), adjust.round);
  }
}
