/** How far the quantity may fall with the next contract year: to the most that was used in this one, not below the floor. */
import type { Instant } from '../../base/instant.ts';
import { formatDate, localDate } from '../../base/time-zone.ts';
import type { TrueDownFigures } from '../../model/license-figures.ts';
import type { Coverage } from '../../model/relation.ts';
import { type Amount, toNumber } from '../contract/amount.ts';
import type { Contract, License } from '../contract/contract.ts';
import { coveredPercent } from '../contract/periods.ts';
import type { Limit } from '../contract/quantities.ts';
import { contractYearAt } from '../costs/price-periods.ts';
import { trueDownTo } from '../costs/true-up.ts';
import type { SegmentUse } from '../measures/measure-fold.ts';

/** `inForce`: the limit at the end of the log (`until`). Null where the contract allows no true-down. */
export function trueDownFigures(
  { timezone, coverage: enough }: Contract,
  license: License,
  uses: readonly SegmentUse[],
  { inForce, until, coverage }: { inForce: Limit | undefined; until: Instant; coverage: Coverage },
): TrueDownFigures | null {
  if (license.trueDown === undefined) return null;
  const year = contractYearAt(license.term, until, timezone);
  const dayOf = (at: Instant) => formatDate(localDate(at, timezone));
  const { floor } = license.trueDown;
  const figures = { on: dayOf(year.until), floor: floor === undefined ? null : toNumber(floor) };
  const unknown = (reason: string) => ({ ...figures, to: null, peak: null, quantity: null, reason });
  const spanned = coveredPercent({ ...year, until }, license.term, coverage);
  if (coverage === undefined || spanned < enough)
    return unknown(`the log does not reach back to ${dayOf(year.from)}, when the contract year began`);
  const quantity = inForce?.amount;
  if (quantity === undefined || quantity === 'unlimited')
    return unknown('no quantity is in force that could fall');
  const peak = peakSince(year.from, uses);
  if (peak === undefined) return unknown('nothing bounds the use of the contract year from above');
  const to = trueDownTo(license, peak)!;
  return {
    ...figures,
    peak: toNumber(peak),
    quantity: toNumber(quantity),
    to: toNumber(to < quantity ? to : quantity),
    reason: null,
  };
}

function peakSince(begin: Instant, uses: readonly SegmentUse[]): Amount | undefined {
  let peak = 0n;
  for (const { segment, upper } of uses) {
    if (segment.until <= begin) continue;
    if (upper.amount === undefined) return undefined;
    if (upper.amount > peak) peak = upper.amount;
  }
  return peak;
}
