/** By how much use lies above the quantity then in force: proven, and at most. */
import type { TrueUpFigures } from '../../model/license-figures.ts';
import { type Amount, toNumber } from '../contract/amount.ts';
import type { License } from '../contract/contract.ts';
import type { SegmentUse } from '../measures/measure-fold.ts';
import { usesByPeriod } from '../measures/uses-by-period.ts';
import { heldToOverage } from '../verdict/overage-use.ts';

/** Use that is or may be above the quantity in force, which is known. `upper` undefined: nothing bounds it. */
export type ExcessUse = { use: SegmentUse; limit: Amount; lower: Amount; upper: Amount | undefined };

export function excessesOf(uses: readonly SegmentUse[]): ExcessUse[] {
  return uses.flatMap(toExcess).filter(({ upper }) => upper === undefined || upper > 0n);
}

/** Use that "overage" tolerates owes nothing; beyond it all above the quantity is owed. `uses` of the contract's segments. */
export function withoutTolerated(
  { overage }: License,
  uses: readonly SegmentUse[],
  over: readonly ExcessUse[],
): ExcessUse[] {
  if (overage === undefined) return [...over];
  const proven = new Set<string>();
  const possible = new Set<string>();
  for (const [{ label }, stretches] of usesByPeriod(uses)) {
    const { beyond, perhapsBeyond, tooLong, perhapsTooLong } = heldToOverage(stretches, overage);
    if (beyond || tooLong) proven.add(label);
    if (perhapsBeyond || perhapsTooLong) possible.add(label);
  }
  return over.flatMap((each) => {
    const { label } = each.use.segment.period!;
    if (proven.has(label)) return [each];
    return possible.has(label) ? [{ ...each, lower: 0n }] : [];
  });
}

/** Whether something bounds how much is missing: use, and the quantity wherever there is use. */
export function isBounded(uses: readonly SegmentUse[], over: readonly ExcessUse[]): boolean {
  return uses.length > 0 && !uses.some(hasUnknownLimit) && over.every(({ upper }) => upper !== undefined);
}

export function excessFigures(
  uses: readonly SegmentUse[],
  over: readonly ExcessUse[],
): Pick<TrueUpFigures, 'excess' | 'periods'> {
  const byPeriod = new Map<string, ExcessUse>();
  for (const excess of over) {
    const { label } = excess.use.segment.period!;
    const known = byPeriod.get(label);
    if (known === undefined || isWorse(excess, known)) byPeriod.set(label, excess);
  }
  return {
    excess: {
      lower: toNumber(largest(over.map(({ lower }) => lower))),
      upper: isBounded(uses, over) ? toNumber(largest(over.map(({ upper }) => upper!))) : null,
    },
    periods: [...byPeriod].map(([period, { limit, lower, upper }]) => ({
      period,
      limit: toNumber(limit),
      lower: toNumber(lower),
      upper: upper === undefined ? null : toNumber(upper),
    })),
  };
}

/** Whether use lies above the quantity in force, or may. */
export function mayBeOver({ segment, upper }: SegmentUse): boolean {
  const limit = segment.limit?.amount;
  if (segment.period === undefined || limit === undefined || limit === 'unlimited') return false;
  return upper.amount === undefined || upper.amount > limit;
}

function largest(amounts: readonly Amount[]): Amount {
  return amounts.reduce((most, each) => (each > most ? each : most), 0n);
}

function toExcess(use: SegmentUse): ExcessUse[] {
  const limit = use.segment.limit?.amount;
  if (use.segment.period === undefined || limit === undefined || limit === 'unlimited') return [];
  const isProven = !use.unsettled && use.lower.amount > limit;
  const lower = isProven ? use.lower.amount - limit : 0n;
  return [
    { use, limit, lower, upper: use.upper.amount === undefined ? undefined : use.upper.amount - limit },
  ];
}

/** Used while nobody knows how much was allowed: then nothing can be said to be within. */
function hasUnknownLimit({ segment, upper }: SegmentUse): boolean {
  return (
    segment.period !== undefined &&
    segment.limit === undefined &&
    (upper.amount === undefined || upper.amount > 0n)
  );
}

/** What is proven goes before what is possible. */
function isWorse(left: ExcessUse, right: ExcessUse): boolean {
  if (left.lower !== right.lower) return left.lower > right.lower;
  if (left.upper === undefined || right.upper === undefined)
    return left.upper === undefined && right.upper !== undefined;
  return left.upper > right.upper;
}
