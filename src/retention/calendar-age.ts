/** Ages as laws and contracts write them (`90 days`, `12 months`, `P1Y6M`), added to days of the calendar in UTC. */
import { formatInstant, type Instant, NANOS_PER_SECOND } from '../base/instant.ts';

/** A day in UTC, counted from 1970-01-01. */
export type Day = number;

export type CalendarAge = {
  /** As it was written. */
  text: string;
  months: number;
  days: number;
};

export const AGE_WORDS = 'an age such as 90 days, 12 months, 7 years or P1Y6M';

const NANOS_PER_DAY = 86_400n * NANOS_PER_SECOND;
const MS_PER_DAY = 86_400_000;

const UNITS: Readonly<Record<string, Omit<CalendarAge, 'text'>>> = {
  d: { months: 0, days: 1 },
  day: { months: 0, days: 1 },
  days: { months: 0, days: 1 },
  w: { months: 0, days: 7 },
  week: { months: 0, days: 7 },
  weeks: { months: 0, days: 7 },
  month: { months: 1, days: 0 },
  months: { months: 1, days: 0 },
  y: { months: 12, days: 0 },
  year: { months: 12, days: 0 },
  years: { months: 12, days: 0 },
};

/** Days or months; 100 years and more are meant as "for ever", which is said by leaving the age out. */
const MAX_AMOUNT = 99_999;

/** `12m` is no age: elsewhere it is twelve minutes. Undefined for what is none, and for no time at all. */
export function parseAge(text: string): CalendarAge | undefined {
  const age = parseWords(text) ?? parseIso(text);
  if (age === undefined || age.months + age.days === 0) return undefined;
  return age.months > MAX_AMOUNT || age.days > MAX_AMOUNT ? undefined : age;
}

function parseWords(text: string): CalendarAge | undefined {
  const match = /^(\d{1,5}) ?([a-z]{1,6})$/.exec(text.trim().toLowerCase());
  const unit = match === null ? undefined : UNITS[match[2]!];
  if (unit === undefined) return undefined;
  const amount = Number(match![1]);
  return { text, months: amount * unit.months, days: amount * unit.days };
}

function parseIso(text: string): CalendarAge | undefined {
  const match = /^P(?=\d)(?:(\d{1,5})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,5})D)?$/.exec(text.trim());
  if (match === null) return undefined;
  const [years, months, weeks, days] = match.slice(1).map((digits) => Number(digits ?? 0));
  return { text, months: 12 * years! + months!, days: 7 * weeks! + days! };
}

export function dayOf(instant: Instant): Day {
  const day = instant / NANOS_PER_DAY;
  return Number(instant % NANOS_PER_DAY < 0n ? day - 1n : day);
}

/** `2026-03-01`; `+012025-03-01` where a long age leads beyond four digits. */
export function formatDay(day: Day): string {
  return formatInstant(BigInt(day) * NANOS_PER_DAY).split('T', 1)[0]!;
}

/** 1980-01-01. An older event time is a placeholder: 0 of Unix, year 1 of Go, 1601 of Windows. */
export const FIRST_BELIEVED: Day = 3652;

/** Clocks of other zones are at most a day ahead. */
export const DAYS_AHEAD = 1;

/** Months first, then days; a day that the month does not have is its last one: January 31 and a month is February 28 or 29. */
export function addAge(day: Day, { months, days }: CalendarAge): Day {
  const date = new Date(day * MS_PER_DAY);
  const month = date.getUTCMonth() + months;
  const lastOfMonth = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const shifted = Date.UTC(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), lastOfMonth));
  return shifted / MS_PER_DAY + days;
}

/** The first day at whose beginning everything of `day` is older than the age: the anniversary itself has to pass. */
export function firstDayPast(day: Day, age: CalendarAge): Day {
  return addAge(day, age) + 1;
}

/** Four years from a leap day's year on: every length of month and year that there is, but for centuries. */
const FIRST_COMPARED: Day = Date.UTC(2024, 0, 1) / MS_PER_DAY;
const COMPARED_DAYS = 1461;

/** Whether one age ends after another, counted from any day: a month is longer than 30 days from January on only. */
export function isEverLonger(one: CalendarAge, other: CalendarAge): boolean {
  for (let day = FIRST_COMPARED; day < FIRST_COMPARED + COMPARED_DAYS; day++)
    if (addAge(day, one) > addAge(day, other)) return true;
  return false;
}
