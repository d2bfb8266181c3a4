/** Segments cut a second time, where periods and quantities would change if days began at midnight in another zone. */
import type { Instant } from '../../base/instant.ts';
import { localDate, startOfDay } from '../../base/time-zone.ts';
import { graceMoved } from './grace.ts';
import { type Segment, type SegmentPlan, toSegments } from './periods.ts';

/** Where records that state no offset mostly come from, and what a contract that forgot to name its zone may have meant. */
export const OTHER_ZONE = 'UTC';

/** As `toSegments`, each with what it is elsewhere; uncut where the contract is in that zone. */
export function toZonedSegments(plan: SegmentPlan, from: Instant, until: Instant): Segment[] {
  const segments = toSegments(plan, from, until);
  if (plan.zone === OTHER_ZONE) return segments;
  const others = toSegments(toOtherPlan(plan), from, until);
  return segments.flatMap((segment) => {
    const cuts = others.flatMap((other) =>
      other.from > segment.from && other.from < segment.until ? [other.from] : [],
    );
    const starts = [segment.from, ...cuts];
    return starts.map((start, index): Segment => {
      const other = others.findLast((each) => each.from <= start) ?? others[0]!;
      return {
        ...segment,
        from: start,
        until: starts[index + 1] ?? segment.until,
        elsewhere: { zone: OTHER_ZONE, period: other.period, limit: other.limit },
      };
    });
  });
}

/** Every date of a contract is a midnight. */
function toOtherPlan(plan: SegmentPlan): SegmentPlan {
  const { zone, term, limits } = plan;
  const moved = (instant: Instant) => startOfDay(localDate(instant, zone), OTHER_ZONE);
  const until = term && { ...term.until, instant: moved(term.until.instant) };
  return {
    ...plan,
    zone: OTHER_ZONE,
    term: until && {
      ...(term?.from && { from: { ...term.from, instant: moved(term.from.instant) } }),
      until,
      ...graceMoved(until.instant, term, OTHER_ZONE),
    },
    limits: limits.map((limit) => ({
      ...limit,
      from: limit.from === undefined ? undefined : moved(limit.from),
    })),
  };
}
