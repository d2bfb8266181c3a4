/** The check `review: 7 days`: that runs of this tool, which are reviews, follow one another closely enough. */
import { parseMoment } from '../base/instant.ts';
import { count, quote } from '../base/text-safety.ts';
import type { RunSummary } from '../model/history.ts';
import { addAge, type CalendarAge, dayOf, formatDay } from '../retention/calendar-age.ts';
import { parsePackAge } from './kept-span.ts';
import type { PackCheckKind } from './pack-check-kind.ts';
import { packFinding } from './pack-findings.ts';

export const review: PackCheckKind<CalendarAge> = {
  name: 'review',
  title: 'how many days at most lie between two runs: an age',
  parse: (values, reader) => parsePackAge(values, reader, false) as CalendarAge | undefined,
  asks: (longest) => [asksFor(longest)],
  judge(longest, { report, runs, now }) {
    const asks = asksFor(longest);
    const reviews = (runs ?? []).filter(isReview);
    const population = { of: 'earlier runs over these logs', count: reviews.length };
    if (runs === undefined || reviews.length === 0 || report.generated === undefined || now === undefined)
      return [{ asks, population, status: 'undetermined', reason: whyOpen(runs, reviews) }];
    const idle = idleWords(runs.length - reviews.length);
    const days = [...reviews.flatMap(({ at }) => parseMoment(at) ?? []), now]
      .map(dayOf)
      .sort((a, b) => a - b);
    const pauses = days.slice(1).map((until, index) => ({ from: days[index]!, until }));
    const late = pauses
      .filter(({ from, until }) => until > addAge(from, longest))
      .sort((a, b) => b.until - b.from - (a.until - a.from) || a.from - b.from)[0];
    if (late === undefined)
      return [{ asks, population, status: 'passed', ...(idle !== undefined && { reason: idle }) }];
    const message = `no review in ${count(late.until - late.from, 'day')} from ${formatDay(late.from)} to ${formatDay(late.until)}: one every ${quote(longest.text)} was asked for`;
    const found = [
      packFinding(report, 'review-overdue', message, [formatDay(late.from), formatDay(late.until)]),
    ];
    const reason = idle === undefined ? message : `${message}; ${idle}`;
    return [{ asks, population, status: 'failed', reason, found }];
  },
};

/** Whoever reads nothing, or not all that was there, has not reviewed it. */
function isReview({ verdict, records }: RunSummary): boolean {
  return verdict !== 'incomplete' && records > 0;
}

function whyOpen(runs: readonly RunSummary[] | undefined, reviews: readonly RunSummary[]): string {
  if (runs === undefined) return 'no history of runs was given';
  if (runs.length === 0) return 'the history holds no earlier run over these logs';
  if (reviews.length === 0) return idleWords(runs.length)!;
  return 'the time of this run is not known: give it with --now';
}

function idleWords(idle: number): string | undefined {
  if (idle === 0) return undefined;
  const are = idle === 1 ? 'is no review: it was' : 'are no reviews: they were';
  return `${count(idle, 'earlier run')} ${are} incomplete, or read no record`;
}

function asksFor({ text }: CalendarAge): string {
  return `at most ${text} lie between two reviews`;
}
