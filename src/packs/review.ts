/** The check `review: 7 days`: that runs of this tool, which are reviews, follow one another closely enough. */
import { parseMoment } from '../base/instant.ts';
import { count, quote } from '../base/text-safety.ts';
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
    const population = { of: 'earlier runs', count: runs?.length ?? 0 };
    if (runs === undefined || runs.length === 0 || report.generated === undefined || now === undefined) {
      const reason =
        runs === undefined
          ? 'no history of runs was given'
          : runs.length === 0
            ? 'the history holds no earlier run'
            : 'the time of this run is not known: give it with --now';
      return [{ asks, population, status: 'undetermined', reason }];
    }
    const days = [...runs.flatMap((run) => parseMoment(run) ?? []), now].map(dayOf).sort((a, b) => a - b);
    const pauses = days.slice(1).map((until, index) => ({ from: days[index]!, until }));
    const late = pauses
      .filter(({ from, until }) => until > addAge(from, longest))
      .sort((a, b) => b.until - b.from - (a.until - a.from) || a.from - b.from)[0];
    if (late === undefined) return [{ asks, population, status: 'passed' }];
    const message = `no run in ${count(late.until - late.from, 'day')} from ${formatDay(late.from)} to ${formatDay(late.until)}: one every ${quote(longest.text)} was asked for`;
    const found = [
      packFinding(report, 'review-overdue', message, [formatDay(late.from), formatDay(late.until)]),
    ];
    return [{ asks, population, status: 'failed', reason: message, found }];
  },
};

function asksFor({ text }: CalendarAge): string {
  return `at most ${text} lie between two reviews`;
}
