/** Calendar windows: the hour, day, ISO week, month or year that holds an instant, by the clocks of a time zone. */
import { formatInstant, type Instant } from '../base/instant.ts';
import { formatDate, hourAt, type LocalDate, localDate, startOfDay } from '../base/time-zone.ts';
import type { CalendarUnit } from '../model/rule.ts';

/** Half-open: an instant at `until` belongs to the next one. */
export type CalendarWindow = { from: Instant; until: Instant };

/** Remembers the last window, since most marks fall into that of the mark before. */
export function calendarWindows(unit: CalendarUnit, zone: string): (instant: Instant) => CalendarWindow {
  let known: CalendarWindow | undefined;
  return (instant) => {
    if (known === undefined || instant < known.from || instant >= known.until)
      known = calendarWindowAt(unit, zone, instant);
    return known;
  };
}

/** `instant` lies between EARLIEST and LATEST. */
export function calendarWindowAt(unit: CalendarUnit, zone: string, instant: Instant): CalendarWindow {
  if (unit === 'hour') return hourAt(instant, zone);
  let first = firstDay(unit, localDate(instant, zone));
  let next = nextFirst(unit, first);
  // Clocks that are set back just after midnight show the day before once more, when the new one has begun.
  while (startOfDay(next, zone) <= instant) {
    first = next;
    next = nextFirst(unit, first);
  }
  return { from: startOfDay(first, zone), until: startOfDay(next, zone) };
}

function firstDay(unit: Exclude<CalendarUnit, 'hour'>, date: LocalDate): LocalDate {
  switch (unit) {
    case 'day':
      return date;
    case 'week':
      // ISO 8601: weeks begin on Monday, which getUTCDay() numbers 1 and Sunday 0.
      return moved(date, -((new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay() + 6) % 7));
    case 'month':
      return { ...date, day: 1 };
    case 'year':
      return { year: date.year, month: 1, day: 1 };
  }
}

function nextFirst(unit: Exclude<CalendarUnit, 'hour'>, first: LocalDate): LocalDate {
  switch (unit) {
    case 'day':
      return moved(first, 1);
    case 'week':
      return moved(first, 7);
    case 'month':
      return first.month === 12
        ? { year: first.year + 1, month: 1, day: 1 }
        : { ...first, month: first.month + 1 };
    case 'year':
      return { ...first, year: first.year + 1 };
  }
}

function moved({ year, month, day }: LocalDate, days: number): LocalDate {
  const date = new Date(Date.UTC(year, month - 1, day + days));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** `the month 2026-03`, `the week of 2026-03-02`, `the hour from 2026-03-02T08:00:00Z`, with the zone's name. */
export function formatCalendarWindow(unit: CalendarUnit, zone: string, { from }: CalendarWindow): string {
  const text = formatDate(localDate(from, zone));
  switch (unit) {
    case 'hour':
      return `the hour from ${formatInstant(from)} (${zone})`;
    case 'day':
      return `the day ${text} (${zone})`;
    case 'week':
      return `the week of ${text} (${zone})`;
    case 'month':
      return `the month ${text.slice(0, 7)} (${zone})`;
    case 'year':
      return `the year ${text.slice(0, 4)} (${zone})`;
  }
}
