/** What is told beside a verdict: how far the license server's own figures agree, and what the verdict hangs on. */
import { formatInstant } from '../../base/instant.ts';
import type { Judgement } from '../../model/relation.ts';
import type { Usage } from '../../model/report.ts';
import { toNumber } from '../contract/amount.ts';
import type { License } from '../contract/contract.ts';
import type { Period } from '../contract/periods.ts';
import { withOverage } from '../contract/quantities.ts';
import type { SegmentUse } from '../measures/measure-fold.ts';
import { flipTest, zoneFlips } from './flip-test.ts';
import type { PeriodContext } from './period-verdict.ts';

/** Of one period; a server that changes its capacity more often shows nothing. */
const MAX_CAPACITIES = 20;

/** `uses`: those of the whole log. The result takes the judgement of a period with the uses of its segments. */
export function evidenceOf(
  context: PeriodContext,
  uses: readonly SegmentUse[],
): (judgement: Judgement, period: Period, segments: readonly SegmentUse[]) => Judgement {
  const { license, contract } = context;
  const zones = isFlipped(license) ? zoneFlips(uses, contract.timezone) : new Map<string, string>();
  return (judgement, period, segments) => {
    if (judgement.usage === undefined) return judgement;
    const usage = { ...judgement.usage };
    const selfCheck = sumUp(context, period, segments);
    if (selfCheck !== undefined) usage.selfCheck = selfCheck;
    const zone = zones.get(period.label);
    const flips = [
      ...(isFlipped(license) ? flipTest(againstLimits(license, segments)) : []),
      ...(zone === undefined ? [] : [zone]),
    ];
    if (flips.length > 0) usage.flips = flips;
    return { ...judgement, usage };
  };
}

/** How long use may be above the quantity, and what the contract's text leaves open, no bound of seats tells. */
function isFlipped({ overage, open }: License): boolean {
  return overage?.for === undefined && open === undefined;
}

/** What is exceeded, where the contract allows use beyond its quantity. */
function againstLimits({ overage }: License, uses: readonly SegmentUse[]): readonly SegmentUse[] {
  if (overage === undefined) return uses;
  return uses.map((use) => ({
    ...use,
    segment: { ...use.segment, limit: withOverage(use.segment.limit, overage) },
  }));
}

function sumUp(
  { capacities = [] }: PeriodContext,
  { from, until }: Period,
  uses: readonly SegmentUse[],
): Usage['selfCheck'] {
  const sum = { points: 0, agree: 0, open: 0, disagree: 0 };
  for (const { selfCheck } of uses) {
    if (selfCheck === undefined) continue;
    const { points, agree, open } = selfCheck;
    sum.points += points;
    sum.agree += agree;
    sum.open += open;
    sum.disagree += points - agree - open;
  }
  if (sum.points === 0) return undefined;
  const shown = capacities.filter((each) => each.inferred && each.until >= from && each.from < until);
  if (shown.length === 0) return sum;
  return {
    ...sum,
    capacities: shown.slice(0, MAX_CAPACITIES).map((each) => ({
      feature: each.feature,
      amount: toNumber(each.amount),
      from: formatInstant(each.from),
      until: formatInstant(each.until),
    })),
  };
}
