/**
 * One period of one license whose contract allows overage: within the quantity, within what is allowed beyond it and for
 * so long, or exceeded. Whatever lies within the quantity, or has no overage clause, is judged as everywhere.
 */
import { formatDuration, formatInstant } from '../../base/instant.ts';
import { count as counted } from '../../base/text-safety.ts';
import type { Judgement } from '../../model/relation.ts';
import type { Overage } from '../contract/contract.ts';
import type { Period } from '../contract/periods.ts';
import { formatLimit, isOver } from '../contract/quantities.ts';
import type { SegmentUse } from '../measures/measure-fold.ts';
import type { TimeOver } from '../measures/time-over.ts';
import { heldToOverage, isProvenOver } from '../verdict/overage-use.ts';
import {
  doubtsOf,
  EXCEEDED_CODES,
  isCovered,
  judgeAgainst,
  type PeriodContext,
  toJudgement,
  toUsage,
} from '../verdict/period-verdict.ts';
import { isOpen, tightest } from '../verdict/segment-margin.ts';
import { formatHolders, formatUse, subjectOf, whenWords } from '../verdict/usage-words.ts';

/** `uses` are the segments of the period, at least one. */
export function judgePeriod(context: PeriodContext, period: Period, uses: readonly SegmentUse[]): Judgement {
  const { overage } = context.license;
  if (overage === undefined) return judgeAgainst(context, period, uses);
  const isAbove = ({ lower, upper, segment }: SegmentUse) =>
    isOver(lower.amount, segment.limit) || isOpen({ upper, segment });
  return uses.some(isAbove)
    ? judgeOverage(context, period, uses, overage)
    : judgeAgainst(context, period, uses);
}

/** Somewhere use is above the quantity, or may be: is it within what the contract allows beyond it, and for so long? */
function judgeOverage(
  context: PeriodContext,
  period: Period,
  uses: readonly SegmentUse[],
  overage: Overage,
): Judgement {
  const { raised, time, beyond, tooLong, perhapsTooLong, perhapsBeyond } = heldToOverage(uses, overage);
  if (beyond || (!tooLong && (perhapsTooLong || perhapsBeyond))) {
    const judgement = judgeAgainst(context, period, raised, perhapsTooLong ? timeWords(time) : undefined);
    return beyond ? { ...judgement, severity: severityBeyond(overage) } : judgement;
  }
  const proven = uses.filter(isProvenOver);
  const above = proven.length > 0 ? proven : uses.filter(isOpen);
  const index = uses.indexOf(
    tightest(above, ({ lower, upper }) => (proven.length > 0 ? lower.amount : upper.amount)),
  );
  return tooLong
    ? judgeTooLong(context, period, raised[index]!, overage, time)
    : judgeTolerated(context, period, raised[index]!, time, proven.length > 0);
}

/** What the contract foresees to be bought is owed; what it denies is a breach. */
function severityBeyond({ beyond }: Overage): Judgement['severity'] & string {
  return beyond === 'true-up' ? 'medium' : 'high';
}

/** `above the quantity for 2h 5m in 3 incidents` */
function timeWords(time: TimeOver | undefined): string {
  if (time === undefined) return '';
  const { lower, upper, incidents } = time;
  const duration =
    lower === upper ? formatDuration(lower) : `between ${formatDuration(lower)} and ${formatDuration(upper)}`;
  const times = incidents === undefined ? '' : ` in ${counted(incidents, 'incident')}`;
  return `above the quantity for ${duration}${times}`;
}

function judgeTooLong(
  context: PeriodContext,
  period: Period,
  use: SegmentUse,
  overage: Overage,
  time: TimeOver | undefined,
): Judgement {
  const { license } = context;
  const { lower, segment } = use;
  const { count } = license.measure;
  const message =
    `${subjectOf(license, period)}: ${timeWords(time)}, expected at most ${formatDuration(overage.for!)}; ` +
    `${formatUse(lower.amount, license.measure)} at ${formatInstant(lower.at)}, allowed ${formatLimit(segment.limit!)}` +
    formatHolders(lower.witnesses, lower.amount, license.measure);
  const usage = toUsage(context, period, use, lower.amount, lower.witnesses);
  const code = EXCEEDED_CODES[count.what];
  const places = lower.witnesses;
  const judgement = toJudgement(context, period, { verdict: 'violation', code, message, usage, places });
  return { ...judgement, severity: severityBeyond(overage) };
}

/** Within what is allowed beyond the quantity: to be known, for the next step is owed. `proven`: the log leaves no doubt. */
function judgeTolerated(
  context: PeriodContext,
  period: Period,
  use: SegmentUse,
  time: TimeOver | undefined,
  proven: boolean,
): Judgement {
  const { license } = context;
  const { amount = 0n, at, witnesses } = proven ? use.lower : use.upper;
  const when = whenWords(license.measure, at);
  const duration = timeWords(time);
  const unseen = isCovered(context, period)
    ? []
    : ['the log does not span the period, and there may be more'];
  const doubts = [...(proven ? [] : [doubtsOf(use)]), ...unseen];
  const message =
    `${subjectOf(license, period)}: ${proven ? '' : 'up to '}${formatUse(amount, license.measure)}${when}, ` +
    `allowed ${formatLimit(use.segment.limit!)}${formatHolders(witnesses, amount, license.measure)}` +
    `${duration === '' ? '' : `, ${duration}`}${doubts.length === 0 ? '' : `: ${doubts.join('; ')}`}`;
  const usage = toUsage(context, period, use, amount, witnesses);
  if (doubts.length > 0) usage.reason = doubts.join('; ');
  else if (duration !== '') usage.reason = duration;
  const verdict = doubts.length === 0 ? 'violation' : 'undetermined';
  return toJudgement(context, period, { verdict, code: 'overage-used', message, usage, places: witnesses });
}
