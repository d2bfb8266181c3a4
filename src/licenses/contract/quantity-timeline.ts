/** The quantity in force at every instant, with the documents that it is made of, and what of it falls on a period. */
import { earlier, type Instant, later } from '../../base/instant.ts';
import { localDate } from '../../base/time-zone.ts';
import type { Amount } from './amount.ts';
import type { License, QuantityEntry } from './contract.ts';
import { limitAt, toLimits } from './quantities.ts';

/** Half-open, with one quantity. */
type QuantityStretch = {
  from: Instant;
  until: Instant;
  /** Undefined before the first quantity: nobody said how much was allowed then. */
  amount: Amount | 'unlimited' | undefined;
  /** The entries that add up to it, the last total first. */
  parts: readonly QuantityEntry[];
};

/** What the contract allows from `from` until `until`, without holes: one stretch for each quantity in force. */
export function quantityTimeline(
  license: Pick<License, 'unlimited' | 'quantity'>,
  from: Instant,
  until: Instant,
): QuantityStretch[] {
  if (until <= from) return [];
  const limits = toLimits(license);
  const changes = limits.flatMap(({ from: at }) => (at !== undefined && at > from && at < until ? [at] : []));
  const starts = [from, ...changes];
  return starts.map((start, index) => ({
    from: start,
    until: starts[index + 1] ?? until,
    amount: limitAt(limits, start)?.amount,
    parts: partsAt(license.quantity, start),
  }));
}

/** Of entries of one date, the later in the file comes later, as in `toLimits`. */
function partsAt(entries: readonly QuantityEntry[], at: Instant): QuantityEntry[] {
  const past = entries
    .filter(({ from }) => from.instant <= at)
    .toSorted((a, b) => (a.from.instant < b.from.instant ? -1 : a.from.instant > b.from.instant ? 1 : 0));
  const total = past.findLastIndex(({ verb }) => verb !== 'add');
  return past.slice(Math.max(0, total));
}

/** A fraction of whole numbers, not reduced: days of a period. */
type Ratio = { numerator: bigint; denominator: bigint };

/**
 * Σ quantity × days in force ÷ days of the period, exactly: what a price per period is multiplied with when it is
 * prorated by the day. Days are those of the zone, so the days on which clocks change count as one; a day counts with the
 * quantity with which it begins. Undefined where the quantity is unknown or unlimited on a day.
 */
export function prorated(
  stretches: readonly QuantityStretch[],
  from: Instant,
  until: Instant,
  zone: string,
): Ratio | undefined {
  let numerator = 0n;
  for (const stretch of stretches) {
    const days = daysBetween(later(stretch.from, from), earlier(stretch.until, until), zone);
    if (days === 0n) continue;
    if (stretch.amount === undefined || stretch.amount === 'unlimited') return undefined;
    numerator += stretch.amount * days;
  }
  return { numerator, denominator: daysBetween(from, until, zone) };
}

/** Whole days of the zone between two of its midnights; 0 where `until` is not after `from`. */
export function daysBetween(from: Instant, until: Instant, zone: string): bigint {
  return until <= from ? 0n : BigInt(dayNumber(until, zone) - dayNumber(from, zone));
}

function dayNumber(instant: Instant, zone: string): number {
  const { year, month, day } = localDate(instant, zone);
  return Date.UTC(year, month - 1, day) / 86_400_000;
}
