/** Use of one period held to what the contract allows beyond the quantity: so much, and for so long. */
import type { Overage } from '../contract/contract.ts';
import { isOver, withOverage } from '../contract/quantities.ts';
import type { SegmentUse } from '../measures/measure-fold.ts';
import type { TimeOver } from '../measures/time-over.ts';
import { isOpen } from './segment-margin.ts';

type OverageUse = {
  /** The uses, each against the quantity with what is allowed beyond it. */
  raised: SegmentUse[];
  /** How long use was above the quantity; undefined where the measure has no durations. */
  time: TimeOver | undefined;
  /** Proven, and possible: more than is allowed, and longer. */
  beyond: boolean;
  perhapsBeyond: boolean;
  tooLong: boolean;
  perhapsTooLong: boolean;
};

/** `uses` are the segments of the period. */
export function heldToOverage(uses: readonly SegmentUse[], overage: Overage): OverageUse {
  const raised = uses.map((use) => {
    const limit = withOverage(use.segment.limit, overage);
    return { ...use, segment: { ...use.segment, limit } };
  });
  const time = totalTime(uses);
  const isLonger = (nanos: bigint | undefined) =>
    overage.for !== undefined && nanos !== undefined && nanos > overage.for;
  return {
    raised,
    time,
    beyond: raised.some(isProvenOver),
    perhapsBeyond: raised.some(isOpen),
    tooLong: isLonger(time?.lower),
    perhapsTooLong: isLonger(time?.upper),
  };
}

export function isProvenOver({ lower, segment, unsettled }: SegmentUse): boolean {
  return !unsettled && isOver(lower.amount, segment.limit);
}

/** Of all segments of the period; undefined where the measure has no durations. */
function totalTime(uses: readonly SegmentUse[]): TimeOver | undefined {
  const times = uses.flatMap(({ over }) => over ?? []);
  if (times.length < uses.length) return undefined;
  return times.reduce((sum, { lower, upper, incidents }) => ({
    lower: sum.lower + lower,
    upper: sum.upper + upper,
    incidents: sum.incidents === undefined || incidents === undefined ? undefined : sum.incidents + incidents,
  }));
}
