/** What a license costs and what its use owes, as plain data. No verdict depends on it. */

import { compareBigints, type Instant } from '../../base/instant.ts';
import { formatDate, localDate } from '../../base/time-zone.ts';
import type { BillFigures, ContractCost, CostLineFigures, OwedFigures } from '../../model/license-figures.ts';
import { toNumber } from '../contract/amount.ts';
import type { Contract, License } from '../contract/contract.ts';
import { formatMoney } from '../contract/money.ts';
import type { Period } from '../contract/periods.ts';
import {
  type Bill,
  type CostLine,
  contractCost,
  formatArithmetic,
  formatPart,
  statesPrice,
} from '../costs/bill.ts';
import { type Excess, trueUp } from '../costs/true-up.ts';
import type { SegmentUse } from '../measures/measure-fold.ts';
import { usesByPeriod } from '../measures/uses-by-period.ts';
import { type ExcessUse, excessesOf, isBounded, withoutTolerated } from './excess.ts';

/** Lines of one bill that are listed; totals are of all. */
const MAX_LINES = 1000;

/** Of the term; where none with a begin is stated, of the periods of the log. Undefined where the contract states no price. */
export function costFigures(
  contract: Contract,
  license: License,
  uses: readonly SegmentUse[],
): ContractCost | null {
  const span = billedSpan(license, uses);
  if (span === undefined || !statesPrice(license)) return null;
  return {
    from: dayOf(span.from, contract),
    until: dayOf(span.until, contract),
    bill: toFigures(contractCost(contract, license, span.from, span.until)),
  };
}

function billedSpan(
  { term }: License,
  uses: readonly SegmentUse[],
): Pick<Period, 'from' | 'until'> | undefined {
  if (term?.from !== undefined) return { from: term.from.instant, until: term.until.instant };
  const periods = [...usesByPeriod(uses).keys()];
  return periods.length === 0 ? undefined : { from: periods[0]!.from, until: periods.at(-1)!.until };
}

/** `uses` of the contract's segments; `days`: the same by day, where the measure has a figure of each. */
export function owedFigures(
  contract: Contract,
  license: License,
  uses: readonly SegmentUse[],
  days: readonly SegmentUse[] | undefined,
): OwedFigures | null {
  const over = excessesOf(days ?? uses);
  const owing = withoutTolerated(license, uses, over);
  const last = billedUntil(license, uses);
  if (!statesPrice(license) || over.length === 0 || last === undefined) return null;
  const until = dayOf(last, contract);
  if (license.rollover !== undefined)
    return {
      until,
      proven: null,
      possible: null,
      reason: 'what rolls over from earlier periods has no price',
    };
  const billOf = (bound: 'lower' | 'upper'): BillFigures => {
    const excesses = owing
      .flatMap((each) => toOwed(each, bound))
      .toSorted((a, b) => compareBigints(a.at, b.at));
    return toFigures(trueUp(contract, license, excesses, last));
  };
  const bounded = isBounded(uses, over);
  return {
    until,
    proven: billOf('lower'),
    possible: bounded ? billOf('upper') : null,
    reason: bounded ? null : 'nothing bounds the use, or no quantity is known',
  };
}

/** The end of the term; of a license without one, of the last period with use. */
function billedUntil({ term }: License, uses: readonly SegmentUse[]): Instant | undefined {
  return term?.until.instant ?? [...usesByPeriod(uses).keys()].at(-1)?.until;
}

function toOwed({ use, lower, upper }: ExcessUse, bound: 'lower' | 'upper'): Excess[] {
  const { period, from } = use.segment;
  const amount = bound === 'lower' ? lower : upper;
  if (amount === undefined || amount === 0n) return [];
  const { at } = use[bound];
  return [{ at: at < from ? from : at, period: period!, amount }];
}

function dayOf(instant: Instant, { timezone }: Contract): string {
  return formatDate(localDate(instant, timezone));
}

function toFigures({ lines, totals, complete }: Bill): BillFigures {
  return {
    lines: lines.slice(0, MAX_LINES).map(toLine),
    omitted: Math.max(0, lines.length - MAX_LINES),
    totals: totals.map(formatMoney),
    complete,
  };
}

function toLine(line: CostLine): CostLineFigures {
  const { quantity, since, by, period, part, rate, amount } = line;
  return {
    quantity: toNumber(quantity),
    since,
    by: by ?? null,
    period: period ?? null,
    part: part === undefined ? null : formatPart(part),
    rate: rate === undefined ? null : formatMoney(rate),
    amount: amount === undefined ? null : formatMoney(amount),
    arithmetic: formatArithmetic(line),
  };
}
