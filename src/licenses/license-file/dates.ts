/** Days as FlexNet writes them: `31-dec-2026`. The year 0 (also 1900), `0` and `permanent` are no day at all: never. */
import { formatDate, type LocalDate, parseDate } from '../../base/time-zone.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Years that stand for none. */
const NO_YEAR: readonly number[] = [0, 1900];

export const DAY_WORDS = 'a day such as 31-dec-2026';

/** Undefined when it is no day between 1990 and 2199. A year of two digits could be of two centuries. */
export function parseDay(text: string): LocalDate | undefined {
  const match = splitDay(text);
  if (match === undefined || match.digits < 4 || match.year < 1990 || match.year > 2199) return undefined;
  return parseDate(formatDate(match));
}

export function parseExpiry(text: string): LocalDate | 'permanent' | undefined {
  if (/^(?:permanent|0)$/i.test(text)) return 'permanent';
  const match = splitDay(text);
  if (match !== undefined && NO_YEAR.includes(match.year)) return 'permanent';
  return parseDay(text);
}

function splitDay(text: string): (LocalDate & { digits: number }) | undefined {
  const match = /^(\d{1,2})-([a-z]{3})-(\d{1,4})$/i.exec(text);
  const month = match === null ? -1 : MONTHS.indexOf(match[2]!.toLowerCase());
  if (match === null || month < 0) return undefined;
  return { year: Number(match[3]), month: month + 1, day: Number(match[1]), digits: match[3]!.length };
}

/** Negative, zero or positive. A day that is not known comes before all. */
export function compareDays(left: LocalDate | undefined, right: LocalDate | undefined): number {
  return dayNumber(left) - dayNumber(right);
}

function dayNumber(day: LocalDate | undefined): number {
  return day === undefined ? 0 : day.year * 10_000 + day.month * 100 + day.day;
}
