/** Segments cut at every midnight: what is owed begins with a day, and a month's peak does not tell on which. */
import { EARLIEST } from '../../base/time-zone.ts';
import { addSpan } from '../contract/calendar-span.ts';
import type { License } from '../contract/contract.ts';
import type { Segment } from '../contract/periods.ts';
import { statesPrice } from '../costs/bill.ts';

const DAY = { text: 'P1D', months: 0, days: 1 };

/** Whether the most of the days is the most of the period, and somebody wants to know it by days. */
export function isOwedByDay(license: License): boolean {
  const { count, each, take, versions } = license.measure;
  const isPeak = count.what === 'seats' && each.kind === 'instant' && take.kind === 'max';
  return isPeak && versions === undefined && statesPrice(license);
}

/** What lies outside every period stays whole. */
export function cutByDay(segments: readonly Segment[], zone: string): Segment[] {
  return segments.flatMap(({ period, from, until, limit }) => {
    if (period === undefined || from < EARLIEST) return [{ period, from, until, limit }];
    const days: Segment[] = [];
    for (let at = from; at < until; ) {
      const midnight = addSpan(at, DAY, zone);
      const end = midnight < until ? midnight : until;
      days.push({ period, from: at, until: end, limit });
      at = end;
    }
    return days;
  });
}
