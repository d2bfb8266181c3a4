/** Parts of timestamps (Sigma 2.1: `minute` to `year`), in UTC or in the zone of the rule; weeks as ISO 8601 counts them. */
import { parseTimestamp, wholeMs } from '../base/instant.ts';
import { wallClockMs } from '../base/time-zone.ts';
import type { TimePart } from './check-modifiers.ts';
import { RuleRefusal } from './rule-refusal.ts';

const RANGES: Readonly<Record<TimePart, readonly [least: number, most: number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  week: [1, 53],
  month: [1, 12],
  year: [0, 9999],
};

/** @throws {RuleRefusal} for what is no whole number, or one that the part never has; an order may name any number */
export function checkTimePart(part: TimePart, limit: string, isOrder: boolean): void {
  const [least, most] = RANGES[part];
  const isWhole = /^\d{1,9}$/.test(limit);
  if (isWhole && (isOrder || (Number(limit) >= least && Number(limit) <= most))) return;
  throw new RuleRefusal(
    `"${part}" needs a whole number from ${least} to ${most}, found "${limit.slice(0, 50)}"`,
  );
}

/**
 * Undefined when the text is no timestamp. One without a zone is taken for UTC, as Sigma knows no other; a bare number is
 * seconds, milliseconds, … by its size. `zone`: an IANA name; without it UTC.
 */
export function timePartOf(text: string, part: TimePart, zone: string | undefined): number | undefined {
  const parsed = parseTimestamp(text, { zone: 'Z' });
  if (parsed.problem !== undefined) return undefined;
  const date = new Date(wholeMs(parsed.instant));
  if (Number.isNaN(date.getTime())) return undefined;
  const local = zone === undefined ? date : new Date(wallClockMs(date.getTime(), zone));
  switch (part) {
    case 'minute':
      return local.getUTCMinutes();
    case 'hour':
      return local.getUTCHours();
    case 'day':
      return local.getUTCDate();
    case 'week':
      return isoWeek(local);
    case 'month':
      return local.getUTCMonth() + 1;
    case 'year':
      return local.getUTCFullYear();
  }
}

/** The week that holds the Thursday of the date's own week is counted from the first of its year. */
function isoWeek(date: Date): number {
  const DAY_MS = 86_400_000;
  const weekday = (date.getUTCDay() + 6) % 7;
  const thursday = new Date(date.getTime() + (3 - weekday) * DAY_MS);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return Math.floor((thursday.getTime() - first) / DAY_MS / 7) + 1;
}
