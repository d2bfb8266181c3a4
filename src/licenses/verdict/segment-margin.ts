/** How the bounds of a segment lie to its limit, and which segment of a period decides. */
import type { Amount } from '../contract/amount.ts';
import { isOver } from '../contract/quantities.ts';
import type { SegmentUse } from '../measures/measure-fold.ts';

/** Whether use may lie beyond the limit, or the limit itself is not known. */
export function isOpen({ upper, segment }: Pick<SegmentUse, 'upper' | 'segment'>): boolean {
  if (segment.limit === undefined) return upper.amount === undefined || upper.amount > 0n;
  if (segment.limit.amount === 'unlimited') return false;
  return upper.amount === undefined || isOver(upper.amount, segment.limit);
}

/** The segment with the most use beyond its limit; of equals the first. No bound, or no known limit, goes before all. */
export function tightest(
  uses: readonly SegmentUse[],
  amountOf: (use: SegmentUse) => Amount | undefined,
): SegmentUse {
  const margin = (use: SegmentUse): [number, Amount] => {
    const amount = amountOf(use);
    const limit = use.segment.limit?.amount;
    if (amount === undefined) return [3, 0n];
    if (limit === undefined) return [2, amount];
    return limit === 'unlimited' ? [0, amount] : [1, amount - limit];
  };
  return uses.reduce((best, use) => {
    const [bestRank, bestMargin] = margin(best);
    const [rank, beyond] = margin(use);
    return rank > bestRank || (rank === bestRank && beyond > bestMargin) ? use : best;
  });
}

/** Whether use may be more than an amount that is within whatever the quantity is. */
export function isBeyond({ upper, segment }: SegmentUse, amount: Amount): boolean {
  return segment.limit?.amount !== 'unlimited' && (upper.amount === undefined || upper.amount > amount);
}
