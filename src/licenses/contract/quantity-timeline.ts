/** The quantity in force at every instant, with the documents that it is made of. */
import type { Instant } from '../../base/instant.ts';
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
