/** One period of one license: from the bounds of its segments to within, exceeded or undetermined. */
import { formatInstant } from '../base/instant.ts';
import { compareText } from '../base/text-safety.ts';
import { comparePlaces, type Place } from '../model/place.ts';
import { type Coverage, type Judgement, MAX_RELATED } from '../model/relation.ts';
import type { Usage } from '../model/report.ts';
import { type Amount, formatAmount, toNumber } from './amount.ts';
import type { Contract, Count, License } from './contract.ts';
import { flipTest } from './flip-test.ts';
import { type LicenseCode, licenseSeverity } from './license-findings.ts';
import type { SegmentUse, Witness } from './measure-fold.ts';
import { coveredPercent, type Period } from './periods.ts';
import { formatLimit, isOver } from './quantities.ts';
import type { SelfCheckResult } from './self-check.ts';
import { formatHolders, formatUse, holdersOf, subjectOf } from './usage-words.ts';

const EXCEEDED_CODES = {
  seats: 'seats-exceeded',
  distinct: 'users-exceeded',
  sum: 'quantity-exceeded',
  events: 'quantity-exceeded',
} as const satisfies Record<Count['what'], LicenseCode>;

/** Of one period; a server that changes its capacity more often shows nothing. */
const MAX_CAPACITIES = 20;

/** `capacities`: what the license server showed by its refusals. */
export type PeriodContext = {
  contract: Contract;
  license: License;
  coverage: Coverage;
  capacities?: SelfCheckResult['capacities'];
};

/** `uses` are the segments of the period, at least one. */
export function judgePeriod(context: PeriodContext, period: Period, uses: readonly SegmentUse[]): Judgement {
  const judgement = judgeBounds(context, period, uses);
  const selfCheck = sumUp(context, period, uses);
  if (selfCheck !== undefined) judgement.usage!.selfCheck = selfCheck;
  const flips = flipTest(uses);
  if (flips.length > 0) judgement.usage!.flips = flips;
  return judgement;
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

function judgeBounds(context: PeriodContext, period: Period, uses: readonly SegmentUse[]): Judgement {
  const exceeded = uses.filter(({ lower, segment }) => isOver(lower.amount, segment.limit));
  if (exceeded.length > 0)
    return judgeExceeded(
      context,
      period,
      tightest(exceeded, ({ lower }) => lower.amount),
    );
  const open = uses.filter(isOpen);
  if (open.length > 0)
    return judgeOpen(
      context,
      period,
      tightest(open, ({ upper }) => upper.amount),
    );
  return judgeWithin(
    context,
    period,
    tightest(uses, ({ upper }) => upper.amount),
  );
}

/** Whether use may lie beyond the limit, or the limit itself is not known. */
function isOpen({ upper, segment }: SegmentUse): boolean {
  if (segment.limit === undefined) return upper.amount === undefined || upper.amount > 0n;
  if (segment.limit.amount === 'unlimited') return false;
  return upper.amount === undefined || isOver(upper.amount, segment.limit);
}

/** The segment with the most use beyond its limit; of equals the first. No bound, or no known limit, goes before all. */
function tightest(
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

function judgeExceeded(context: PeriodContext, period: Period, use: SegmentUse): Judgement {
  const { license } = context;
  const { lower, segment } = use;
  const { count } = license.measure;
  const when = count.what === 'seats' ? ` at ${formatInstant(lower.at)}` : '';
  const passed = count.what === 'seats' ? '' : `, passed at ${formatInstant(lower.at)}`;
  const atLeast = use.upper.amount === lower.amount ? '' : 'at least ';
  const message =
    `${subjectOf(license, period)}: ${atLeast}${formatUse(lower.amount, count)}${when}, ` +
    `expected at most ${formatLimit(segment.limit!)}${passed}${formatHolders(lower.witnesses, lower.amount, count)}`;
  const usage = toUsage(context, period, use, lower.amount, lower.witnesses);
  const code = EXCEEDED_CODES[count.what];
  return toJudgement(context, period, {
    verdict: 'violation',
    code,
    message,
    usage,
    places: lower.witnesses,
  });
}

function judgeOpen(context: PeriodContext, period: Period, use: SegmentUse): Judgement {
  const { license } = context;
  const { lower, upper, segment } = use;
  const range =
    upper.amount === undefined
      ? `at least ${formatUse(lower.amount, license.measure.count)}`
      : upper.amount === lower.amount
        ? formatUse(upper.amount, license.measure.count)
        : `between ${formatAmount(lower.amount)} and ${formatUse(upper.amount, license.measure.count)}`;
  const limit =
    segment.limit === undefined ? 'limit unknown' : `expected at most ${formatLimit(segment.limit)}`;
  const reason =
    segment.limit === undefined ? [unknownLimit(license), ...use.doubts].join('; ') : doubtsOf(use);
  const message = `${subjectOf(license, period)}: ${range}, ${limit}: ${reason}`;
  const usage = { ...toUsage(context, period, use, upper.amount ?? lower.amount, upper.witnesses), reason };
  const places = use.doubtful.length > 0 ? use.doubtful : upper.witnesses;
  return toJudgement(context, period, {
    verdict: 'undetermined',
    code: 'license-undetermined',
    message,
    usage,
    places,
  });
}

/** Between two falls of the quantity, what was used before the fall is the only doubt left. */
function doubtsOf({ doubts }: SegmentUse): string {
  return doubts.length > 0
    ? doubts.join('; ')
    : 'the quantity fell in the period, and part of the use lies before';
}

function unknownLimit(license: License): string {
  const first = license.quantity.map(({ from }) => from.text).sort(compareText)[0];
  return first === undefined ? 'the contract states no quantity' : `no quantity is in force before ${first}`;
}

function judgeWithin(context: PeriodContext, period: Period, use: SegmentUse): Judgement {
  const { contract, license, coverage } = context;
  const { upper, segment } = use;
  const amount = upper.amount ?? use.lower.amount;
  const usage: Usage = toUsage(context, period, use, amount, upper.witnesses);
  const limit =
    segment.limit === undefined ? 'no quantity in force' : `allowed ${formatLimit(segment.limit)}`;
  const within = `${subjectOf(license, period)}: ${formatUse(amount, license.measure.count)}, ${limit}`;
  const percent = coveredPercent(period, license.term, coverage);
  if (percent >= contract.coverage || segment.limit?.amount === 'unlimited') {
    const code = EXCEEDED_CODES[license.measure.count.what];
    return toJudgement(context, period, {
      verdict: 'satisfied',
      code,
      message: within,
      usage,
      places: upper.witnesses,
    });
  }
  // Rounded down: 98.99 must not read as the 99 that was asked for.
  const spanned = Math.floor(percent * 10) / 10;
  const reason =
    coverage === undefined
      ? 'no event of the log has a readable time'
      : `the log spans ${spanned} % of the period (from ${formatInstant(coverage.from)} until ${formatInstant(coverage.until)}), expected ${contract.coverage} %`;
  usage.reason = reason;
  return {
    ...toJudgement(context, period, {
      verdict: 'undetermined',
      code: 'license-undetermined',
      message: `${within}, but ${reason}`,
      usage,
      places: upper.witnesses,
    }),
    severity: 'informational',
  };
}

function toUsage(
  { license }: PeriodContext,
  period: Period,
  use: SegmentUse,
  amount: Amount,
  witnesses: readonly Witness[],
): Usage {
  const limit = use.segment.limit?.amount;
  const bound = amount === use.lower.amount ? use.lower : use.upper;
  return {
    license: license.id,
    measure: license.measure.name,
    period: period.label,
    used: toNumber(amount),
    limit: limit === undefined || limit === 'unlimited' ? null : toNumber(limit),
    at: license.measure.count.what === 'seats' && amount > 0n ? formatInstant(bound.at) : null,
    holders: holdersOf(witnesses),
  };
}

type Conclusion = Pick<Judgement, 'verdict' | 'message'> & {
  code: LicenseCode;
  usage: Usage;
  places: readonly Witness[];
};

function toJudgement(
  { contract, license }: PeriodContext,
  period: Period,
  conclusion: Conclusion,
): Judgement {
  const { verdict, code, message, usage, places } = conclusion;
  const [place, ...rest] = places.map((witness) => witness.place);
  return {
    verdict,
    code,
    message,
    place: place ?? contractPlace(contract, license.line),
    related: rest.slice(0, MAX_RELATED).sort(comparePlaces),
    count: Math.max(1, places.length),
    subject: license.id,
    identity: [license.id, license.measure.name, period.label],
    severity: licenseSeverity(code),
    usage,
  };
}

/** Where the contract speaks of the license: for what has no record in the log. */
export function contractPlace({ file }: Contract, line: number): Place {
  return { file, line, offset: 0, length: 0 };
}
