/** The peak of a group's sessions against what is allowed, and what is said of it. */
import { formatDuration, formatInstant, type Instant } from '../base/instant.ts';
import { compareText, count, formatNumber, quote } from '../base/text-safety.ts';
import type { Peak, SegmentPeak } from '../licenses/measures/peak.ts';
import { renderTemplate, titleInMessage } from '../model/message.ts';
import type { Group } from '../model/relation.ts';
import type { Correlation } from '../model/rule.ts';

const NAMED_HOLDERS = 5;

/** What a message template may use, beside the names of the group. */
export const CONCURRENCY_WORDS = ['peak', 'number', 'at', 'allowed'] as const;

export type ConcurrencyPlan = {
  /** Of the time in which the rule is in force: sessions that were opened before it count in it. */
  rule: Pick<Correlation, 'title' | 'message' | 'groupNames' | 'effective'>;
  code: string;
  /** Relation inputs from this one on close. */
  opens: number;
  /** `value`: of the fields that a mark carries after its session; opens of one value are one, from the first until none is left. */
  counts: 'session' | 'user' | 'value';
  /** The names of those fields, for messages. */
  counted: string | undefined;
  /** Whether marks carry the id of their session, before all else. */
  joined: boolean;
  /** More than this is a finding. */
  allowed: number;
  /** Nanoseconds after which a session without a close is over. */
  timeout: bigint | undefined;
};

/** `at` is undefined where no event has a readable time. */
type ShownPeak = Omit<Peak, 'at'> & { at: Instant | undefined };

export type GroupPeak = Pick<SegmentPeak, 'neverReturned' | 'orphans' | 'doubtful'> & {
  lower: ShownPeak;
  upper: ShownPeak;
};

/**
 * How many opens have no readable time, and how many repeat another. `closedLate`: sessions that were over by the rule when their
 * close came, which is no doubt, but is said beside them.
 */
export type OpenDoubts = { untimed: number; repeats: number; closedLate: number };

export const NO_DOUBTS = { neverReturned: 0, orphans: 0, doubtful: [] };

export function describe(
  { rule, counts, counted, allowed }: ConcurrencyPlan,
  group: Group,
  shown: ShownPeak,
  least: number,
  most: number,
): string {
  const [one, many] =
    counted === undefined ? [counts, `${counts}s`] : [`${counts} of ${counted}`, `${counts}s of ${counted}`];
  const isProven = least > allowed;
  const number = isProven ? formatNumber(least) : `between ${formatNumber(least)} and ${formatNumber(most)}`;
  const peak = isProven
    ? count(least, one, many)
    : `between ${formatNumber(least)} and ${count(most, one, many)}`;
  const at = shown.at === undefined ? 'a time that cannot be read' : formatInstant(shown.at);
  if (rule.message !== undefined) {
    const told = { peak, number, at, allowed: formatNumber(allowed) };
    return renderTemplate(rule.message, told, rule.groupNames, group.map(quote));
  }
  const whose = rule.groupNames.map((name, index) => ` of ${name} ${quote(group[index] ?? '')}`).join('');
  return `${titleInMessage(rule.title)}: ${peak}${whose} open at ${at}, expected at most ${formatNumber(allowed)}${formatHolders(shown)}`;
}

/** Whether the sentence leaves out some of whom it is about. */
export function hasUnnamed(
  { rule }: Pick<ConcurrencyPlan, 'rule'>,
  shown: Pick<ShownPeak, 'witnesses'>,
): boolean {
  return rule.message === undefined && holdersOf(shown).length > NAMED_HOLDERS;
}

/** Each once. */
export function holdersOf({ witnesses }: Pick<ShownPeak, 'witnesses'>): string[] {
  return [...new Set(witnesses.map(({ holder }) => holder))].sort(compareText);
}

function formatHolders(shown: ShownPeak): string {
  const names = holdersOf(shown);
  const more = names.length > NAMED_HOLDERS ? ` and ${names.length - NAMED_HOLDERS} more` : '';
  return names.length === 0 ? '' : `, by ${names.slice(0, NAMED_HOLDERS).map(quote).join(', ')}${more}`;
}

/** Whether nothing is in doubt but what was open before the log began, or whose open it lacks: of a log that begins while people work, many groups. */
export function isOfClosesAlone(
  { neverReturned, orphans }: GroupPeak,
  { untimed, repeats }: OpenDoubts,
): boolean {
  return orphans > 0 && neverReturned === 0 && untimed === 0 && repeats === 0;
}

export function reasons(
  { timeout }: Pick<ConcurrencyPlan, 'timeout'>,
  { neverReturned, orphans }: GroupPeak,
  { untimed, repeats, closedLate }: OpenDoubts,
): string {
  const doubts = [
    [neverReturned, 'session has no close', 'sessions have no close'],
    [orphans, 'close has no open', 'closes have no open'],
    [untimed, 'open has no readable time', 'opens have no readable time'],
    [
      repeats,
      'open equals another and may be one of its own',
      'opens equal others and may be some of their own',
    ],
  ] as const;
  const named = doubts.flatMap(([number, one, many]) => (number === 0 ? [] : [count(number, one, many)]));
  const why = named.length === 0 ? ['a session was opened again before it was closed'] : named;
  if (timeout === undefined || closedLate === 0) return why.join('; ');
  const late = `${count(closedLate, 'session')} ran longer than ${formatDuration(timeout)}, which the rule cuts off`;
  return [...why, late].join('; ');
}
