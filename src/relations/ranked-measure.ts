/** Percentiles of the numbers in a window, between two ranks by linear interpolation (Hyndman and Fan, 1996, type 7). */
import { type Amount, ONE } from '../licenses/contract/amount.ts';
import { amountOf } from './amount-relation.ts';
import { RankedAmounts } from './ranked-amounts.ts';
import type { CopiedMeasure } from './repeats-measure.ts';

/** `percent` as an exact amount from 0 to 100. The figure is exact too, a fraction. */
export function percentileMeasure(percent: Amount, ranked = new RankedAmounts()): CopiedMeasure {
  const whole = 100n * ONE;
  return {
    add: (mark) => ranked.add(amountOf(mark)!),
    remove: (mark) => ranked.remove(amountOf(mark)!),
    copy: () => percentileMeasure(percent, ranked.copy()),
    value() {
      const position = percent * BigInt(ranked.size - 1);
      const rank = Number(position / whole);
      const beyond = position % whole;
      const lower = ranked.at(rank);
      if (beyond === 0n) return { amount: lower, over: 1n };
      const upper = ranked.at(rank + 1);
      return { amount: lower * whole + (upper - lower) * beyond, over: whole };
    },
  };
}
