/**
 * When use will pass the quantity in force: the slope of Theil and Sen over the figures of whole months, the median of the
 * slopes of all pairs, which a few odd months do not move. Its interval is the one of Sen (1968), from the variance of
 * Kendall's S: https://doi.org/10.1080/01621459.1968.10480934
 */
import type { Instant } from '../../base/instant.ts';
import type { Forecast } from '../../model/license-figures.ts';
import { toNumber } from '../contract/amount.ts';
import { calendarPeriodAt, type Period } from '../contract/periods.ts';
import { type Limit, limitAt } from '../contract/quantities.ts';

/** With fewer the interval is the range of all slopes, which tells nothing. */
const MIN_MONTHS = 6;
/** Older months tell of another company. */
const MAX_MONTHS = 120;
const HORIZON_MONTHS = 60;
/** Two-sided 90 % of the normal distribution. */
const QUANTILE = 1.6448536269514722;

/** The bounds of a month that the log spans whole. `upper` undefined: nothing bounds it. */
export type MonthBounds = { month: Period; lower: number; upper: number | undefined };

type Slope = { estimate: number; low: number; high: number };

export function forecast(months: readonly MonthBounds[], limits: readonly Limit[], zone: string): Forecast {
  const unknown = (reason: string): Forecast => ({ known: false, reason });
  if (months.length < MIN_MONTHS)
    return unknown(
      `not enough history: ${months.length} whole ${months.length === 1 ? 'month' : 'months'}, expected at least ${MIN_MONTHS}`,
    );
  const known = months.slice(-MAX_MONTHS);
  const open = known.find(({ upper }) => upper === undefined);
  if (open !== undefined) return unknown(`nothing bounds the use in ${open.month.label} from above`);
  const { month: last } = known.at(-1)!;
  const limit = limitAt(limits, last.until);
  if (limit === undefined) return unknown('no quantity is in force');
  if (limit.amount === 'unlimited') return unknown('the quantity is unlimited');
  const upper = known.map((each) => each.upper!);
  const lower = known.map((each) => each.lower);
  const slope = theilSen(upper);
  const low = Math.min(slope.low, theilSen(lower).low);
  const future = monthsAfter(last.until, zone);
  const passes = (values: readonly number[], by: number) => firstAbove(values, by, future, limits);
  return {
    known: true,
    months: known.length,
    slope: { ...slope, low },
    exhausted: {
      estimate: passes(upper, slope.estimate),
      earliest: passes(upper, slope.high),
      latest: passes(lower, low),
    },
    horizon: future.at(-1)!.label,
  };
}

/** `values` at equal distances, at least two. */
export function theilSen(values: readonly number[]): Slope {
  const count = values.length;
  const slopes: number[] = [];
  for (let from = 0; from < count; from++) {
    for (let until = from + 1; until < count; until++)
      slopes.push((values[until]! - values[from]!) / (until - from));
  }
  slopes.sort((a, b) => a - b);
  const spread = QUANTILE * Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  // Ranks count from 1, and are rounded outwards.
  const low = Math.floor((slopes.length - spread) / 2);
  const high = Math.ceil((slopes.length + spread) / 2 + 1);
  return {
    estimate: median(slopes),
    low: slopes[Math.max(low, 1) - 1]!,
    high: slopes[Math.min(high, slopes.length) - 1]!,
  };
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The first month in which the line of this slope, through the median of the values, lies above the quantity then in force. */
function firstAbove(
  values: readonly number[],
  slope: number,
  future: readonly Period[],
  limits: readonly Limit[],
): string | null {
  const start = median(values.map((value, at) => value - slope * at).sort((a, b) => a - b));
  const found = future.find(({ from }, ahead) => {
    const amount = limitAt(limits, from)?.amount;
    if (amount === undefined || amount === 'unlimited') return false;
    return start + slope * (values.length + ahead) > toNumber(amount);
  });
  return found?.label ?? null;
}

function monthsAfter(instant: Instant, zone: string): Period[] {
  const months = [calendarPeriodAt('month', instant, zone)];
  while (months.length < HORIZON_MONTHS) months.push(calendarPeriodAt('month', months.at(-1)!.until, zone));
  return months;
}
