/** Spans of the calendar (`P2Y`, `P1M`, `P90D`), which have no fixed length: ISO 8601 durations without times. */
import type { Instant } from '../../base/instant.ts';
import { localDate, startOfDay } from '../../base/time-zone.ts';

export type CalendarSpan = { text: string; months: number; days: number };

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
  { months, days }: CalendarSpan,
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
