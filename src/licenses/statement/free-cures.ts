/** Cures of an excess that cost nothing, as far as the log shows them. */
import { count } from '../../base/text-safety.ts';
import { type Amount, formatAmount, ONE } from '../contract/amount.ts';
import { isOver } from '../contract/quantities.ts';
import type { SegmentUse } from '../measures/measure-fold.ts';
import type { FreeCure } from './cheapest-cure.ts';
import { mayBeOver } from './excess.ts';
import type { PeakSeats } from './peak-seats.ts';
import type { Holding } from './seat-watch.ts';

/** Both were cut by the same periods and quantities; the second with nothing lingering. */
export function endLinger(uses: readonly SegmentUse[], withoutLinger: readonly SegmentUse[]): FreeCure {
  const over = withoutLinger.filter((_, index) => mayBeOver(uses[index]!));
  return {
    what: 'shorten-linger',
    amount: (worst, excess, inForce) => {
      const isProven = isOver(worst.lower.amount, worst.segment.limit);
      let left = 0n;
      for (const { lower, upper } of over) {
        const amount = isProven ? lower.amount : upper.amount;
        if (amount === undefined) return 0n;
        if (amount - inForce > left) left = amount - inForce;
      }
      return excess - left;
    },
    arithmetic: (amount) => `without linger the excess is ${formatAmount(amount)} smaller`,
  };
}

/** Seats that at the peak had been held for `idle` nanoseconds or longer. Those that only linger were given back already. */
export function reclaimHeld(
  peak: PeakSeats,
  open: Iterable<Holding>,
  idle: bigint,
  linger: bigint,
  days: number,
): FreeCure {
  const held = peak
    .holdings(open)
    .filter(({ until }) => until === undefined || until - linger > peak.at)
    .filter(({ holding }) => holding.shown.at <= peak.at - idle)
    .reduce((sum, { holding }) => sum + holding.quantity, 0n);
  return {
    what: 'reclaim',
    amount: ({ segment }) => (peak.at >= segment.from && peak.at < segment.until ? held : 0n),
    arithmetic: (amount) => heldWords(amount, days),
  };
}

export function reclaimIdle(people: number): FreeCure {
  return {
    what: 'reclaim',
    amount: () => BigInt(people) * ONE,
    arithmetic: (amount) => `${formatAmount(amount)} of ${people} idle people give theirs back`,
  };
}

function heldWords(amount: Amount, days: number): string {
  return `${formatAmount(amount)} of the seats at the peak ${amount === ONE ? 'was' : 'were'} held for more than ${count(days, 'day')}`;
}
