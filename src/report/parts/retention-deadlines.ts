/**
 * Until when the events of each source must be kept, and from when on some are past their maximum: the days of events and
 * the ages of the configuration, nothing else. What cannot be dated has no deadline, and keeps others from being ruled out.
 */
import { parseMoment } from '../../base/instant.ts';
import { compareText, count } from '../../base/text-safety.ts';
import type { SourceActivity } from '../../model/activity.ts';
import type { InputSummary, Report } from '../../model/report.ts';
import { isUnread } from '../../model/verdict.ts';
import {
  addAge,
  type CalendarAge,
  DAYS_AHEAD,
  type Day,
  dayOf,
  FIRST_BELIEVED,
  firstDayPast,
  parseAge,
} from '../../retention/calendar-age.ts';

/** `overdue`: some events are past the maximum. `in-time`: none is, and all of them are known. */
export type DeadlineState = 'overdue' | 'in-time' | 'undetermined';

export type SourceDeadlines = {
  /** Null for records that no mapping fits. */
  source: string | null;
  /** Days of the events whose times can be believed; undefined where there is none. */
  oldest: Day | undefined;
  newest: Day | undefined;
  /** The last day on which the newest event has to be there. */
  keepUntil?: Day;
  /** The first day on which the oldest event is past the maximum. */
  pastFrom?: Day;
  /** Events that are past it. */
  past: number;
  /** Absent where there is no maximum. */
  state?: DeadlineState;
  /** Events that nothing is concluded of, and what else may be older or newer than what is known. */
  doubts: string[];
};

export type RetentionDeadlines = {
  minimum?: CalendarAge;
  maximum?: CalendarAge;
  /** The day that the deadlines are held against; undefined where no event has a time either. */
  asOf: Day | undefined;
  /** Whether that is the day of the report: else it is that of the last event. */
  isClock: boolean;
  /** In the order of names, records of no known source last. */
  sources: SourceDeadlines[];
};

/** Undefined where the configuration does not say how long events are kept. */
export function retentionDeadlines(report: Report): RetentionDeadlines | undefined {
  const [minimum, maximum] = [ageOf(report.keep?.minimum), ageOf(report.keep?.maximum)];
  if (minimum === undefined && maximum === undefined) return undefined;
  const { generated, summary, activity = [], inputs } = report;
  const now = parseMoment(generated ?? summary.period?.until ?? '');
  const asOf = now === undefined ? undefined : dayOf(now);
  const lost = inputs.filter((input) => input.source === null && isUnread(input));
  const doubts = lost.length === 0 ? [] : [`${count(lost.length, 'file')} of no known source not read whole`];
  const ages = { ...(minimum && { minimum }), ...(maximum && { maximum }) };
  const sources = sourcesOf(report).map((source) => {
    const own = inputs.filter((input) => input.source === source && !lost.includes(input));
    const spoken = activity.find((each) => each.source === source);
    const undated = [...doubtsOfInputs(own, spoken), ...doubts];
    return { source, ...deadlinesOf(spoken, ages, asOf, undated) };
  });
  return { ...ages, asOf, isClock: generated !== undefined, sources };
}

function ageOf(text: string | undefined): CalendarAge | undefined {
  return text === undefined ? undefined : parseAge(text);
}

/** Those that have events, whether or not one of these has a time. */
function sourcesOf({ activity = [], inputs }: Report): (string | null)[] {
  const audited = inputs.filter(({ records }) => records.audited > 0);
  const sources = new Set([...activity, ...audited].map(({ source }) => source));
  return [...sources].sort(
    (a, b) => Number(a === null) - Number(b === null) || compareText(a ?? '', b ?? ''),
  );
}

function deadlinesOf(
  activity: SourceActivity | undefined,
  { minimum, maximum }: { minimum?: CalendarAge; maximum?: CalendarAge },
  asOf: Day | undefined,
  undated: readonly string[],
): Omit<SourceDeadlines, 'source'> {
  const days = daysOf(activity);
  const isBelieved = ({ day }: DayOfEvents) => day >= FIRST_BELIEVED && day <= (asOf ?? day) + DAYS_AHEAD;
  const believed = days.filter(isBelieved);
  const strange = sumOf(days) - sumOf(believed);
  const doubts = [
    ...(strange === 0 ? [] : [`${count(strange, 'event')} before 1980 or in the future`]),
    ...undated,
  ];
  const [oldest, newest] = [believed[0]?.day, believed.at(-1)?.day];
  if (oldest === undefined || newest === undefined)
    return { oldest, newest, past: 0, ...(maximum && { state: 'undetermined' }), doubts };
  const keepUntil = minimum && addAge(newest, minimum);
  const pastFrom = maximum && firstDayPast(oldest, maximum);
  const past =
    maximum === undefined || asOf === undefined
      ? []
      : believed.filter(({ day }) => firstDayPast(day, maximum) <= asOf);
  const state =
    past.length > 0 ? 'overdue' : doubts.length > 0 || asOf === undefined ? 'undetermined' : 'in-time';
  return {
    oldest,
    newest,
    ...(keepUntil !== undefined && { keepUntil }),
    ...(pastFrom !== undefined && { pastFrom, state }),
    past: sumOf(past),
    doubts,
  };
}

type DayOfEvents = { day: Day; events: number };

/** In order. Hours begin and end with days (UTC), so each bucket lies in one. */
function daysOf(activity: SourceActivity | undefined): DayOfEvents[] {
  return (activity?.buckets ?? []).flatMap(({ at, events }) => {
    const instant = parseMoment(at);
    return instant === undefined ? [] : [{ day: dayOf(instant), events }];
  });
}

function sumOf(days: readonly DayOfEvents[]): number {
  return days.reduce((sum, { events }) => sum + events, 0);
}

/** What of a source was not read, not understood, not dated, or dated by a guess. */
function doubtsOfInputs(inputs: readonly InputSummary[], activity: SourceActivity | undefined): string[] {
  const sum = (amountOf: (input: InputSummary) => number) =>
    inputs.reduce((total, input) => total + amountOf(input), 0);
  const untimed = activity?.untimed ?? sum(({ records }) => records.audited);
  const amounts: [number, (amount: number) => string][] = [
    [untimed, (amount) => `${count(amount, 'event')} without a readable time`],
    [
      activity?.earlier ?? 0,
      (amount) => `${count(amount, 'event')} older than the days that are kept count of`,
    ],
    [
      sum(({ records }) => records.skipped),
      (amount) => `${count(amount, 'event')} left out of the run by their time`,
    ],
    [sum(({ records }) => records.malformed), (amount) => `${count(amount, 'malformed record')}`],
    [inputs.filter(isUnread).length, (amount) => `${count(amount, 'file')} not read whole`],
    // The times are of the fields that the guess took for them.
    [
      inputs.filter(({ unconfirmed }) => unconfirmed).length,
      (amount) => `${count(amount, 'file')} read by a mapping that nobody has confirmed`,
    ],
    [
      inputs.filter(({ morePages }) => morePages !== undefined).length,
      (amount) => `${count(amount, 'file')} after which pages are missing`,
    ],
  ];
  return amounts.flatMap(([amount, say]) => (amount === 0 ? [] : [say(amount)]));
}

/** `12 events past the maximum; 3 events without a readable time`: what is known, then what keeps it from being all. */
export function describeState({ state, past, oldest, doubts }: SourceDeadlines): string {
  const known =
    oldest === undefined
      ? ['no event has a time to judge by']
      : state === undefined
        ? []
        : [past > 0 ? `${count(past, 'event')} past the maximum` : 'no dated event is past the maximum'];
  return [...known, ...doubts].join('; ');
}
