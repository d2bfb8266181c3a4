/**
 * The periods that a price is for (calendar months and quarters, contract years, the term), and what is charged of one of
 * which only a part is bought. Days begin in the contract's zone.
 */
import type { Instant } from '../../base/instant.ts';
import { formatDate, type LocalDate, localDate, startOfDay } from '../../base/time-zone.ts';
import { addSpan } from '../contract/calendar-span.ts';
import type { Cost, PricePeriod, Term } from '../contract/contract.ts';
import { calendarPeriodAt, type Period } from '../contract/periods.ts';

/** Of a period: so many of its days or months. */
export type Part = { charged: bigint; of: bigint; unit: 'days' | 'months' };

type Stretch = Pick<Period, 'from' | 'until'>;

/** The periods that overlap `from` to `until`, each whole, in order. */
export function pricePeriods(
  kind: PricePeriod,
  term: Term | undefined,
  from: Instant,
  until: Instant,
  zone: string,
): Period[] {
  const periods: Period[] = [];
  for (let at = from; at < until; ) {
    const period = pricePeriodAt(kind, term, at, zone);
    periods.push(period);
    at = period.until;
  }
  return periods;
}

function pricePeriodAt(kind: PricePeriod, term: Term | undefined, at: Instant, zone: string): Period {
  if (kind === 'month' || kind === 'quarter') return calendarPeriodAt(kind, at, zone);
  if (kind === 'term' && term?.from !== undefined && at >= term.from.instant && at < term.until.instant) {
    const { from, until } = term;
    return { label: `${from.text}/${until.text}`, from: from.instant, until: until.instant };
  }
  return contractYearAt(term, at, zone);
}

/**
 * The year of the contract that holds the instant: from one anniversary of the term's begin to the next, a calendar year
 * where no begin is stated. A term that began on February 29 has its anniversary on February 28 in other years.
 */
export function contractYearAt(term: Term | undefined, at: Instant, zone: string): Period {
  const begin = term?.from === undefined ? { month: 1, day: 1 } : localDate(term.from.instant, zone);
  const { year } = localDate(at, zone);
  const thisYear = anniversary(begin, year);
  const first = startOfDay(thisYear, zone) <= at ? thisYear : anniversary(begin, year - 1);
  const next = anniversary(begin, first.year + 1);
  return {
    label: `${formatDate(first)}/${formatDate(next)}`,
    from: startOfDay(first, zone),
    until: startOfDay(next, zone),
  };
}

function anniversary({ month, day }: Pick<LocalDate, 'month' | 'day'>, year: number): LocalDate {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return { year, month, day: Math.min(day, last) };
}

/** Undefined: all of the period. `within` lies in the period. */
export function chargedPart(
  prorate: Cost['prorate'],
  period: Period,
  within: Stretch,
  zone: string,
): Part | undefined {
  if (prorate === 'none') return undefined;
  const part = prorate === 'day' ? daysOf(period, within, zone) : monthsOf(period, within, zone);
  return part.charged === part.of ? undefined : part;
}

function daysOf(period: Stretch, within: Stretch, zone: string): Part {
  const [charged, of] = [within, period].map(({ from, until }) => daysBetween(from, until, zone));
  return { charged: charged!, of: of!, unit: 'days' };
}

/** Whole days of the zone between two of its midnights: those on which clocks change count as one. */
function daysBetween(from: Instant, until: Instant, zone: string): bigint {
  return BigInt(dayNumber(until, zone) - dayNumber(from, zone));
}

function dayNumber(instant: Instant, zone: string): number {
  const { year, month, day } = localDate(instant, zone);
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

/** Months are counted from the first day of the period; one that is begun is charged whole. */
function monthsOf(period: Stretch, within: Stretch, zone: string): Part {
  let [charged, of] = [0n, 0n];
  for (let from = period.from; from < period.until; of++) {
    const until = addSpan(period.from, { months: Number(of) + 1, days: 0 }, zone);
    if (from < within.until && until > within.from) charged++;
    from = until;
  }
  return { charged, of, unit: 'months' };
}

/** Whether the instant is the begin of a contract year. */
export function isAnniversary(term: Term | undefined, at: Instant, zone: string): boolean {
  return contractYearAt(term, at, zone).from === at;
}
