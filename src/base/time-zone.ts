/** Days and hours in an IANA time zone, by the zone data that Node carries (Intl): where they begin, and which day it is. */
import { getOrCreate } from './get-or-create.ts';
import { type Instant, NANOS_PER_MS, wholeMs } from './instant.ts';

/** A calendar day; `month` counts from 1. */
export type LocalDate = { year: number; month: number; day: number };

/** Times outside are taken for unreadable: a clock that was never set, or hostile. Also bounds the number of periods. */
export const EARLIEST: Instant = BigInt(Date.UTC(1990, 0, 1)) * NANOS_PER_MS;
export const LATEST: Instant = BigInt(Date.UTC(2200, 0, 1)) * NANOS_PER_MS;

const MS_PER_DAY = 86_400_000;

/** Zones whose clocks need no zone data: the first Intl format of a process takes 40 to 70 ms (measured). */
const UTC_NAMES: readonly string[] = ['UTC', 'Etc/UTC'];

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

/** Whether Intl knows the zone. Bare offsets are refused: which of them Intl takes differs between Node versions. */
export function isTimeZone(zone: string): boolean {
  if (UTC_NAMES.includes(zone)) return true;
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** A day is asked for by every license and each of its periods, and Intl takes 8 µs of an answer, a map 0.2 (measured). */
const shown = new Map<string, Map<number, number>>();
const MAX_SHOWN = 20_000;

/** What a wall clock in the zone shows, as if it were UTC, in ms and to the second. */
export function wallClockMs(ms: number, zone: string): number {
  const second = Math.floor(ms / 1000) * 1000;
  if (UTC_NAMES.includes(zone)) return second;
  const known = getOrCreate(shown, zone, (): Map<number, number> => new Map());
  const before = known.get(second);
  if (before !== undefined) return before;
  if (known.size >= MAX_SHOWN) known.clear();
  const clock = readClock(second, zone);
  known.set(second, clock);
  return clock;
}

function readClock(second: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(second)
      .map(({ type, value }) => [type, value]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  const clock = new Date(0);
  clock.setUTCFullYear(year, number('month') - 1, number('day'));
  return clock.setUTCHours(number('hour'), number('minute'), number('second'));
}

function offsetMs(ms: number, zone: string): number {
  const second = Math.floor(ms / 1000) * 1000;
  return wallClockMs(second, zone) - second;
}

export function localDate(instant: Instant, zone: string): LocalDate {
  const date = new Date(wallClockMs(wholeMs(instant), zone));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/**
 * The first instant of a day in the zone. Midnight itself may not exist (clocks go forward at 0:00), may come twice
 * (the first counts), or the whole day may be skipped (Samoa, 2011-12-30): then it is the first instant after it.
 */
export function startOfDay({ year, month, day }: LocalDate, zone: string): Instant {
  const midnight = Date.UTC(year, month - 1, day);
  // Offsets change at most once within these two days, so one of the two is in force when the day begins.
  const candidates = [midnight - MS_PER_DAY, midnight + MS_PER_DAY].map(
    (ms) => midnight - offsetMs(ms, zone),
  );
  const first = candidates.filter((ms) => wallClockMs(ms, zone) >= midnight).sort((a, b) => a - b)[0];
  return BigInt(first ?? Math.max(...candidates)) * NANOS_PER_MS;
}

const MS_PER_HOUR = 3_600_000;

/**
 * The hour on the zone's clocks that holds the instant, half-open. The hour that clocks show twice is two hours; one in
 * which they are set (Lord Howe: by half an hour) is cut there.
 */
export function hourAt(instant: Instant, zone: string): { from: Instant; until: Instant } {
  const ms = wholeMs(instant);
  const offset = offsetMs(ms, zone);
  const beyond = (((ms + offset) % MS_PER_HOUR) + MS_PER_HOUR) % MS_PER_HOUR;
  let from = ms - beyond;
  let until = from + MS_PER_HOUR;
  if (offsetMs(from, zone) !== offset) from = clockChange(from, ms, zone);
  if (offsetMs(until - 1000, zone) !== offset) until = clockChange(ms, until - 1000, zone);
  return { from: BigInt(from) * NANOS_PER_MS, until: BigInt(until) * NANOS_PER_MS };
}

/** The first second in (before, after] that has the offset of `after`, in ms. */
function clockChange(before: number, after: number, zone: string): number {
  const offset = offsetMs(after, zone);
  let [low, high] = [Math.floor(before / 1000), Math.floor(after / 1000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(middle * 1000, zone) === offset) high = middle;
    else low = middle;
  }
  return high * 1000;
}

/** `2025-03-01` */
export function formatDate({ year, month, day }: LocalDate): string {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** The day written as `2025-03-01`; undefined for other texts and for days that no calendar has. */
export function parseDate(text: string): LocalDate | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  const exists = date.getUTCMonth() + 1 === month && date.getUTCDate() === day;
  return exists ? { year, month, day } : undefined;
}
