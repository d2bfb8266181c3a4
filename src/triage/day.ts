/** Days of waivers: whole ones, of UTC, as numbers from 1970-01-01 on. */
import { NANOS_PER_SECOND } from '../base/instant.ts';
import { formatDate, parseDate } from '../base/time-zone.ts';

export type Day = number;

export const DAY_MS = 86_400_000;
export const DAY_NANOS = 86_400n * NANOS_PER_SECOND;

/** Of `2025-03-01`; undefined for other texts and for days that no calendar has. */
export function parseDay(text: string): Day | undefined {
  const date = parseDate(text);
  return date && Date.UTC(date.year, date.month - 1, date.day) / DAY_MS;
}

export function formatDay(day: Day): string {
  const date = new Date(day * DAY_MS);
  return formatDate({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() });
}
