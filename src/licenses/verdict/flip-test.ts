/**
 * Which assumptions hold a verdict up: what is assumed differently is judged again from bounds that the one pass over the log
 * left behind, and only what turns the verdict is told.
 */

import { getOrCreate } from '../../base/get-or-create.ts';
import { type Amount, formatAmount } from '../contract/amount.ts';
import { OTHER_ZONE } from '../contract/other-zone.ts';
import { isOver, type Limit } from '../contract/quantities.ts';
import type { Assumption, SegmentUse } from '../measures/measure-fold.ts';

/** As the end of "would be exceeded if …". */
const ASSUMPTIONS = {
  tie: 'check-outs came before check-ins of the same instant',
  linger: 'seats did not linger after their check-in',
  missing: 'sessions without a check-in had ended unseen',
} as const satisfies Record<Assumption, string>;

type Bounds = { lower: Amount; upper: Amount | undefined; limit: Limit | undefined };
type PeriodVerdict = 'within' | 'exceeded' | 'undetermined';

/** Of one period, in the order of `ASSUMPTIONS`: `would be exceeded if …: 6 of 5`. */
export function flipTest(uses: readonly SegmentUse[]): string[] {
  const own = uses.map(({ lower, upper, segment }) => ({
    lower: lower.amount,
    upper: upper.amount,
    limit: segment.limit,
  }));
  const verdict = verdictOf(own);
  return (Object.keys(ASSUMPTIONS) as Assumption[]).flatMap((assumption) => {
    const changed = uses.map((use, index): Bounds => {
      const alternative = use.alternatives?.find((each) => each.assumption === assumption);
      const { limit } = own[index]!;
      return alternative === undefined ? own[index]! : { ...alternative, limit };
    });
    const other = verdictOf(changed);
    return other === verdict
      ? []
      : [`would be ${other} if ${ASSUMPTIONS[assumption]}: ${figure(changed, other)}`];
  });
}

/** By the label of a period, what its verdict would be if days began in another zone, where that is another. */
export function zoneFlips(uses: readonly SegmentUse[], zone: string): Map<string, string> {
  const here = new Map<string, Bounds[]>();
  const there = new Map<string, Bounds[]>();
  for (const { lower, upper, segment } of uses) {
    const { period, limit, elsewhere } = segment;
    if (elsewhere === undefined) continue;
    const bounds = { lower: lower.amount, upper: upper.amount };
    if (period !== undefined) getOrCreate(here, period.label, () => []).push({ ...bounds, limit });
    if (elsewhere.period === undefined) continue;
    getOrCreate(there, elsewhere.period.label, () => []).push({ ...bounds, limit: elsewhere.limit });
  }
  const flips = new Map<string, string>();
  for (const [label, bounds] of here) {
    const changed = there.get(label);
    if (changed === undefined) continue;
    const other = verdictOf(changed);
    if (other === verdictOf(bounds)) continue;
    const assumption = `days began at midnight in ${OTHER_ZONE} and not in ${zone}`;
    flips.set(label, `would be ${other} if ${assumption}: ${figure(changed, other)}`);
  }
  return flips;
}

function verdictOf(bounds: readonly Bounds[]): PeriodVerdict {
  if (bounds.some(({ lower, limit }) => isOver(lower, limit))) return 'exceeded';
  return bounds.some(isOpen) ? 'undetermined' : 'within';
}

function isOpen({ upper, limit }: Bounds): boolean {
  if (limit?.amount === 'unlimited') return false;
  if (limit === undefined) return upper === undefined || upper > 0n;
  return upper === undefined || isOver(upper, limit);
}

/** `6 of 5`, `between 4 and 6 of 5`: where it is the furthest beyond its limit. */
function figure(bounds: readonly Bounds[], verdict: PeriodVerdict): string {
  const amountOf = ({ lower, upper }: Bounds) => (verdict === 'exceeded' ? lower : (upper ?? lower));
  const beyond = ({ limit }: Bounds, amount: Amount) =>
    limit === undefined || limit.amount === 'unlimited' ? amount : amount - limit.amount;
  const worst = bounds.reduce((a, b) => (beyond(b, amountOf(b)) > beyond(a, amountOf(a)) ? b : a));
  const { lower, upper, limit } = worst;
  const least =
    upper === lower ? '' : verdict === 'undetermined' ? `between ${formatAmount(lower)} and ` : '';
  const allowed =
    limit === undefined
      ? 'an unknown limit'
      : limit.amount === 'unlimited'
        ? 'unlimited'
        : formatAmount(limit.amount);
  return `${least}${formatAmount(amountOf(worst))} of ${allowed}`;
}
