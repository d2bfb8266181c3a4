/** One period of one license: from its bounds to within, exceeded or undetermined. Three verdicts, so one file of 280 lines. */
import { formatInstant, type Instant } from '../../base/instant.ts';
import { compareText } from '../../base/text-safety.ts';
import { comparePlaces, type Place } from '../../model/place.ts';
import { type Coverage, type Judgement, MAX_RELATED, type Stretch } from '../../model/relation.ts';
import type { Usage } from '../../model/report.ts';
import { type Amount, toNumber } from '../contract/amount.ts';
import type { Contract, Count, License } from '../contract/contract.ts';
import { coveredPercent, missingStretches, type Period } from '../contract/periods.ts';
import { formatLimit, isOver, quantityOf } from '../contract/quantities.ts';
import type { SegmentUse, Witness } from '../measures/measure-fold.ts';
import type { SelfCheckResult } from '../self-check/self-check.ts';
import { type LicenseCode, licenseSeverity } from './license-findings.ts';
import { isBeyond, isOpen, tightest } from './segment-margin.ts';
import {
  formatFigure,
  formatHolders,
  formatUse,
  holdersOf,
  isPassed,
  subjectOf,
  teamHolders,
  whenWords,
} from './usage-words.ts';

export const EXCEEDED_CODES = {
  seats: 'seats-exceeded',
  distinct: 'users-exceeded',
  assigned: 'users-exceeded',
  sum: 'quantity-exceeded',
  level: 'quantity-exceeded',
  sampled: 'quantity-exceeded',
  events: 'quantity-exceeded',
} as const satisfies Record<Count['what'], LicenseCode>;

/** `teamOf`: where the contract has teams. `capacities`: what the license server showed by its refusals. */
export type PeriodContext = {
  contract: Contract;
  license: License;
  coverage: Coverage;
  lastUse: Instant | undefined;
  teamOf?: (person: string) => string | undefined;
  capacities?: SelfCheckResult['capacities'];
};

/** `uses` are the segments of the period, at least one. `also`: a doubt that keeps it open whatever the amounts. */
export function judgeAgainst(
  context: PeriodContext,
  period: Period,
  uses: readonly SegmentUse[],
  also?: string,
): Judgement {
  const { exceeded: openAbove = [], within: openBelow = [], upTo = 0n } = context.license.open ?? {};
  const exceeded = uses.filter((use) => !use.unsettled && isOver(use.lower.amount, use.segment.limit));
  if (exceeded.length > 0) {
    const use = tightest(exceeded, ({ lower }) => lower.amount);
    return openAbove.length === 0
      ? judgeExceeded(context, period, use)
      : judgeOpen(context, period, withDoubts(use, openAbove));
  }
  const open = also === undefined ? uses.filter(isOpen) : uses;
  if (open.length > 0)
    return judgeOpen(
      context,
      period,
      tightest(open, ({ upper }) => upper.amount),
      also,
    );
  const use = tightest(uses, ({ upper }) => upper.amount);
  const beyond = openBelow.length === 0 ? undefined : uses.find((each) => isBeyond(each, upTo));
  return beyond === undefined
    ? judgeWithin(context, period, use)
    : judgeOpen(context, period, withDoubts(beyond, openBelow));
}

/** What the contract's text leaves open, said after what the log leaves open. */
function withDoubts(use: SegmentUse, doubts: readonly string[]): SegmentUse {
  return { ...use, doubts: [...use.doubts, ...doubts] };
}

function judgeExceeded(context: PeriodContext, period: Period, use: SegmentUse): Judgement {
  const { license } = context;
  const { lower, segment } = use;
  const { measure } = license;
  const when = whenWords(measure, lower.at);
  const what = segment.limit?.amount === quantityOf(segment.limit!) ? 'passed' : 'the quantity passed';
  const passed = isPassed(measure) ? `, ${what} at ${formatInstant(lower.at)}` : '';
  const atLeast = use.upper.amount === lower.amount ? '' : 'at least ';
  const message =
    `${subjectOf(license, period)}: ${atLeast}${formatUse(lower.amount, measure)}${when}, ` +
    `expected at most ${formatLimit(segment.limit!)}${passed}${formatHolders(lower.witnesses, lower.amount, measure)}`;
  const usage = toUsage(context, period, use, lower.amount, lower.witnesses);
  const code = EXCEEDED_CODES[measure.count.what];
  return toJudgement(context, period, {
    verdict: 'violation',
    code,
    message,
    usage,
    places: lower.witnesses,
  });
}

function judgeOpen(context: PeriodContext, period: Period, use: SegmentUse, also?: string): Judgement {
  const { license } = context;
  const { lower, upper, segment } = use;
  const range =
    upper.amount === undefined
      ? `at least ${formatUse(lower.amount, license.measure)}`
      : upper.amount === lower.amount
        ? formatUse(upper.amount, license.measure)
        : `between ${formatFigure(lower.amount, license.measure)} and ${formatUse(upper.amount, license.measure)}`;
  const limit =
    segment.limit === undefined ? 'limit unknown' : `expected at most ${formatLimit(segment.limit)}`;
  const doubts =
    segment.limit === undefined ? [unknownLimit(license), ...use.doubts].join('; ') : doubtsOf(use);
  const reason = also === undefined ? doubts : [also, ...use.doubts].join('; ');
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
export function doubtsOf({ doubts }: SegmentUse): string {
  return doubts.length > 0
    ? doubts.join('; ')
    : 'the quantity fell in the period, and part of the use lies before';
}

function unknownLimit(license: License): string {
  const first = license.quantity.map(({ from }) => from.text).sort(compareText)[0];
  return first === undefined ? 'the contract states no quantity' : `no quantity is in force before ${first}`;
}

/** A period is that of readable times; where they cover none of it, the audit is of an earlier day. */
const IN_THE_FUTURE = 'every event of the log lies in the future, which no log covers';

function judgeWithin(context: PeriodContext, period: Period, use: SegmentUse): Judgement {
  const { contract, license, coverage } = context;
  const { upper, segment, note } = use;
  const amount = upper.amount ?? use.lower.amount;
  const usage = toUsage(context, period, use, amount, upper.witnesses);
  const limit =
    segment.limit === undefined ? 'no quantity in force' : `allowed ${formatLimit(segment.limit)}`;
  const within = `${subjectOf(license, period)}: ${formatUse(amount, license.measure)}, ${limit}`;
  if (isCovered(context, period) || segment.limit?.amount === 'unlimited') {
    if (note !== undefined) usage.reason = note;
    const code = EXCEEDED_CODES[license.measure.count.what];
    return toJudgement(context, period, {
      verdict: 'satisfied',
      code,
      message: within,
      usage,
      places: upper.witnesses,
    });
  }
  const percent = spannedPercent(context, period);
  // Rounded down: 98.99 must not read as the 99 that was asked for.
  const spanned = Math.floor(percent * 10) / 10;
  // That nothing was used is not told by a log that there is not.
  const isUnlogged = coverage !== undefined && percent === 0 && amount === 0n;
  const unknownUse = `${subjectOf(license, period)}: use unknown, ${limit}`;
  const reason =
    coverage === undefined
      ? IN_THE_FUTURE
      : `the log spans ${spanned} % of the period (from ${formatInstant(coverage.from)} until ${formatInstant(coverage.until)}${gapWords(coverage, period)}), expected ${contract.coverage} %`;
  usage.reason = note === undefined ? reason : `${reason}; ${note}`;
  if (contract.ifMissing === 'full-capacity') return judgeFullCapacity(context, period, use, usage, reason);
  return {
    ...toJudgement(context, period, {
      verdict: 'undetermined',
      code: 'license-undetermined',
      message: `${isUnlogged ? unknownUse : within}, but ${reason}`,
      usage,
      places: upper.witnesses,
    }),
    severity: 'informational',
  };
}

/** The first stretch of the period that is missing: no file speaks in it, or one says that it lacks something there. */
function gapWords(coverage: Coverage, { from, until }: Period): string {
  const gap = missingStretches(coverage).find((each) => each.from < until && each.until > from);
  if (gap === undefined) return '';
  const isLost = coverage?.lost?.some(({ from, until }) => gap.from <= from && until <= gap.until);
  if (isLost)
    return `, by its own dates days are missing from ${formatInstant(gap.from)} until ${formatInstant(gap.until)}`;
  return `, no file${isThin(coverage, gap) ? ' of one of the servers' : ''} from ${formatInstant(gap.from)} until ${formatInstant(gap.until)}`;
}

function isThin(coverage: Coverage, gap: Stretch): boolean {
  return coverage?.thin?.some(({ from, until }) => from < gap.until && until > gap.from) ?? false;
}

/** Whether the log spans so much of the period that "within" may be said of it. */
export function isCovered(context: PeriodContext, period: Period): boolean {
  return spannedPercent(context, period) >= context.contract.coverage;
}

function spannedPercent({ license, coverage, lastUse }: PeriodContext, period: Period): number {
  return coveredPercent(period, license.term, coverage, lastUse);
}

/** By contract nothing of the quantity counts as unused in a period without evidence. */
function judgeFullCapacity(
  context: PeriodContext,
  period: Period,
  { segment, upper }: SegmentUse,
  usage: Usage,
  reason: string,
): Judgement {
  const full = segment.limit === undefined ? 'the whole quantity' : `all ${formatLimit(segment.limit)}`;
  return toJudgement(context, period, {
    verdict: 'violation',
    code: 'evidence-missing',
    message: `${subjectOf(context.license, period)}: ${reason}; by contract ${full} count as used`,
    usage: { ...usage, used: usage.limit ?? usage.used },
    places: upper.witnesses,
  });
}

export function toUsage(
  { license, teamOf }: PeriodContext,
  period: Period,
  use: SegmentUse,
  amount: Amount,
  witnesses: readonly Witness[],
): Usage {
  const limit = use.segment.limit && quantityOf(use.segment.limit);
  const bound = amount === use.lower.amount ? use.lower : use.upper;
  return {
    license: license.id,
    measure: license.measure.name,
    period: period.label,
    used: toNumber(amount),
    limit: limit === undefined || limit === 'unlimited' ? null : toNumber(limit),
    at: whenWords(license.measure, bound.at) !== '' && amount > 0n ? formatInstant(bound.at) : null,
    holders: holdersOf(witnesses),
    ...(teamOf && { teams: teamHolders(holdersOf(witnesses), teamOf) }),
  };
}

type Conclusion = Pick<Judgement, 'verdict' | 'message'> & {
  code: LicenseCode;
  usage: Usage;
  places: readonly Witness[];
};

export function toJudgement(
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
    usagePeriod: { from: period.from, until: period.until },
  };
}

/** Where the contract speaks of the license: for what has no record in the log. */
export function contractPlace({ file }: Contract, line: number): Place {
  return { file, line, offset: 0, length: 0 };
}
