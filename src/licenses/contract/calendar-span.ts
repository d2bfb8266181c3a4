/** Spans of the calendar (`P2Y`, `P1M`, `P90D`), which have no fixed length: ISO 8601 durations without times. */
import { formatDuration, type Instant, NANOS_PER_SECOND, parseDuration } from '../../base/instant.ts';
import { localDate, startOfDay } from '../../base/time-zone.ts';

export type CalendarSpan = { text: string; months: number; days: number };

const NANOS_PER_DAY = 86_400n * NANOS_PER_SECOND;

/** Nanoseconds, or days of the calendar, of which clocks make one in a year an hour shorter and one longer. */
export type Wait = { nanos: bigint } | { days: number };

/** Undefined for other texts, and for a span of nothing. */
export function parseSpan(text: string): CalendarSpan | undefined {
  const match = /^P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?$/.exec(text);
  if (match === null) return undefined;
  const [years, months, weeks, days] = match.slice(1).map((digits) => Number(digits ?? 0));
  const span = { text, months: years! * 12 + months!, days: weeks! * 7 + days! };
  return span.months + span.days === 0 ? undefined : span;
}

/** The midnight that lies the span after the instant's day (before it, with `sign` -1); a 31st becomes the last of a shorter month. */
export function addSpan(
  at: Instant,
  { months, days }: Omit<CalendarSpan, 'text'>,
  zone: string,
  sign: 1 | -1 = 1,
): Instant {
  const { year, month, day } = localDate(at, zone);
  const total = year * 12 + (month - 1) + sign * months;
  const [toYear, toMonth] = [Math.floor(total / 12), (((total % 12) + 12) % 12) + 1];
  const last = new Date(Date.UTC(toYear, toMonth, 0)).getUTCDate();
  const moved = new Date(Date.UTC(toYear, toMonth - 1, Math.min(day, last) + sign * days));
  const date = { year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate() };
  return startOfDay(date, zone);
}

/** Longer ones, which outlive every contract, need no calendar. */
const MOST_DAYS = 100_000n;

/** `P14D`, `2w` are days of the calendar, `PT336H` is so many hours. Undefined for what is no duration. */
export function parseWait(text: string): Wait | undefined {
  const nanos = parseDuration(text);
  if (nanos === undefined) return undefined;
  const days = nanos / NANOS_PER_DAY;
  const isOfDays = /^(P[\dWD]+|\d+[wd])$/.test(text) && days <= MOST_DAYS;
  return isOfDays ? { days: Number(days) } : { nanos };
}

/** Days later, as long after the midnight of that day as `at` is after its own. */
export function addWait(at: Instant, wait: Wait, zone: string): Instant {
  if ('nanos' in wait) return at + wait.nanos;
  const midnight = startOfDay(localDate(at, zone), zone);
  return addSpan(midnight, { months: 0, days: wait.days }, zone) + (at - midnight);
}

/** `14d`, `1d 12h` */
export function formatWait(wait: Wait): string {
  return 'nanos' in wait ? formatDuration(wait.nanos) : `${wait.days}d`;
}
