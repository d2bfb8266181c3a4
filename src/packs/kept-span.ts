/** How far back the events of a run reach, and which days within are empty: for retention, and for all that takes time. */
import { parseMoment } from '../base/instant.ts';
import { count, quote } from '../base/text-safety.ts';
import type { SourceActivity } from '../model/activity.ts';
import type { Finding } from '../model/finding.ts';
import {
  AGE_WORDS,
  addAge,
  type CalendarAge,
  type Day,
  dayOf,
  formatDay,
  parseAge,
} from '../retention/calendar-age.ts';
import type { Evidence, Judged, PackReader, PackValue } from './pack-check-kind.ts';
import { packFinding } from './pack-findings.ts';
import { nameOfSource, sayUntimedSource } from './untimed-events.ts';

export type Period = {
  firstDay: Day;
  lastDay: Day;
  days: number;
  /** The day on which what began with the period is so old. */
  plus(age: CalendarAge): Day;
};

/** From the first event of any source to the last. */
export function periodOf({ report }: Evidence): Period | undefined {
  const { period } = report.summary;
  const [from, until] = [period?.from, period?.until].map((text) =>
    text === undefined ? undefined : parseMoment(text),
  );
  if (from === undefined || until === undefined) return undefined;
  const firstDay = dayOf(from);
  const lastDay = dayOf(until);
  return { firstDay, lastDay, days: lastDay - firstDay + 1, plus: (age) => addAge(firstDay, age) };
}

/** An age, or `policy`: as the configuration says. */
export type Age = CalendarAge | 'policy';

export function parsePackAge(
  [value]: readonly PackValue[],
  reader: PackReader,
  policy = true,
): Age | undefined {
  if (policy && value?.text === 'policy') return 'policy';
  const age = value === undefined ? undefined : parseAge(value.text);
  if (age === undefined) {
    const expected = policy ? `${AGE_WORDS}, or policy` : AGE_WORDS;
    reader.problem(
      value ?? { line: 0, column: 0 },
      `expected ${expected}, found ${quote(value?.text ?? '')}`,
    );
  }
  return age;
}

/** Days that a log may be empty before files are thought to be missing: a holiday, and a weekend beside it. */
const MAX_EMPTY_DAYS = 7;

/** Whether events reach back so far from now, those of every source, without a longer hole. `asks`: with the age in words. */
export function judgeSpan(age: CalendarAge, asks: string, evidence: Evidence): Judged {
  const { report, now, isCut, partial } = evidence;
  const days = daysWithEvents(evidence);
  const population = { of: 'days with events', count: days.length };
  const open = (reason: string): Judged => ({ asks, population, status: 'undetermined', reason });
  const first = days[0];
  if (first === undefined || now === undefined) return open('no event has a time');
  const today = dayOf(now);
  const oldest = `the oldest event is of ${formatDay(first)}`;
  const isOldEnough = addAge(first, age) <= today;
  if (!isOldEnough && isCut) return open(`${oldest}, and older ones were left out of the run`);
  if (!isOldEnough && partial !== undefined) return open(`${oldest}; ${partial}`);
  const found: Finding[] = [];
  if (!isOldEnough) {
    const message = `${oldest}, ${count(today - first, 'day')} before ${formatDay(today)}: ${quote(age.text)} must be kept`;
    found.push(packFinding(report, 'retention-too-short', message, [age.text]));
  }
  const hole = longestHole(days, age, today);
  if (hole !== undefined && partial === undefined && !isCut) {
    const { after, before } = hole;
    const message = `no event in ${count(before - after - 1, 'day')} between ${formatDay(after)} and ${formatDay(before)}`;
    found.push(packFinding(report, 'days-missing', message, [formatDay(after), formatDay(before)]));
  }
  if (found.length > 0)
    return {
      asks,
      population,
      status: 'failed',
      found,
      otherwise: whyOpen(days.at(-1)!, today, evidence),
      reason: found.map(({ message }) => message).join('; '),
    };
  const unseen = whyOpen(days.at(-1)!, today, evidence);
  if (unseen !== undefined) return open(unseen);
  const lacking = (report.activity ?? []).flatMap((source) => lackOf(source, age, today) ?? [])[0];
  if (lacking !== undefined) return open(lacking);
  return { asks, population, status: 'passed', reason: oldest };
}

/** Days that this run did not see. What single sources lack is no part of it: where all of them lack something, each does. */
function whyOpen(last: Day, today: Day, { partial, report }: Evidence): string | undefined {
  const untimed = partial ?? sayUntimedSource(report);
  if (untimed !== undefined) return untimed;
  if (today - last > MAX_EMPTY_DAYS)
    return `the last event is of ${formatDay(last)}: the ${count(today - last, 'day')} since are not in this run`;
  return report.activity?.some(({ earlier = 0 }) => earlier > 0) === true
    ? 'too many days to look at them all'
    : undefined;
}

/** What one source lacks while others go on: it may be younger, or have rested, and that no log tells. */
function lackOf(activity: SourceActivity, age: CalendarAge, today: Day): string | undefined {
  const days = daysOf([activity], today);
  const [first] = days;
  const name = nameOfSource(activity.source);
  if (first === undefined) return undefined;
  if (addAge(first, age) > today) return `the oldest event of ${name} is of ${formatDay(first)}`;
  const hole = longestHole(days, age, today);
  return hole && `${name} has no event between ${formatDay(hole.after)} and ${formatDay(hole.before)}`;
}

/** Within the time that must be kept. What lies before it may have holes as it likes. */
function longestHole(
  days: readonly Day[],
  age: CalendarAge,
  today: Day,
): { after: Day; before: Day } | undefined {
  const holes = days
    .slice(1)
    .map((before, index) => ({ after: days[index]!, before }))
    .filter(({ after, before }) => before - after - 1 > MAX_EMPTY_DAYS && addAge(before, age) > today);
  return holes.sort((a, b) => b.before - b.after - (a.before - a.after) || a.after - b.after)[0];
}

function daysWithEvents({ report, now }: Evidence): Day[] {
  return daysOf(report.activity ?? [], now === undefined ? Number.POSITIVE_INFINITY : dayOf(now));
}

/** In order; those beyond `last` are claims of a log about what did not happen yet. */
function daysOf(activity: readonly SourceActivity[], last: Day): Day[] {
  const days = new Set<Day>();
  for (const { buckets } of activity) {
    for (const { at } of buckets) {
      const instant = parseMoment(at);
      if (instant !== undefined) days.add(dayOf(instant));
    }
  }
  return [...days].filter((day) => day <= last).sort((a, b) => a - b);
}
