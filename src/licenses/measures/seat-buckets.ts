/** `count seats each BUCKET`: the peak of overlapping sessions in each bucket. Memory: the buckets in which seats change hands. */
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import { indexAt } from '../contract/index-at.ts';
import type { Segment } from '../contract/periods.ts';
import type { Late } from '../use/late.ts';
import type { SeatSink } from '../use/seat-sink.ts';
import type { Session, SessionEvent } from '../use/session.ts';
import type { BucketPlan } from './bucket-plan.ts';
import type { Cell } from './cells.ts';
import type { SegmentUse } from './measure-fold.ts';
import { MeasureOverFold } from './measure-over-fold.ts';
import { type PeakSegment, PeakTracker, type SegmentPeak } from './peak.ts';
import { SeatsMeasure, type Stretch, toPeakSegment } from './seats-measure.ts';

export class SeatBuckets extends MeasureOverFold<SeatsMeasure> {
  private readonly plan: BucketPlan;
  private readonly buckets: Segment[] = [];
  private readonly peakSegments: PeakSegment[] = [];
  private readonly tracker: PeakTracker;
  protected readonly fold: SeatsMeasure;
  private segment = 0;

  constructor(plan: BucketPlan, watch?: SeatSink) {
    super();
    this.plan = plan;
    this.push(plan.clock.at(plan.segments[0]!.from));
    this.tracker = new PeakTracker(this.peakSegments);
    const { tracker } = this;
    const before = (at: Instant) => this.planUntil(at);
    const told = {
      take(session: Session, at: Instant) {
        before(at);
        tracker.take(session, at);
      },
      release(session: Session, at: Instant) {
        before(at);
        tracker.release(session, at);
      },
      withdraw(session: Session, at: Instant, wasInUse: boolean) {
        before(at);
        tracker.withdraw(session, at, wasInUse);
      },
      change(session: Session, by: Amount, at: Instant) {
        before(at);
        tracker.change(session, by, at);
      },
      orphan(event: SessionEvent) {
        before(event.at);
        tracker.orphan(event);
      },
      doubt(quantity: Amount, at: Instant) {
        before(at);
        tracker.doubt(quantity, at);
      },
      mayGoOn(late: Late, at: Instant) {
        before(at);
        tracker.mayGoOn(late, at);
      },
      wentOn(late: Late, at: Instant) {
        before(at);
        tracker.wentOn(late, at);
      },
      finish(until: Instant, missingIsInUse: boolean, anytime: Amount): SegmentPeak[] {
        before(until);
        return tracker.finish(until, missingIsInUse, anytime);
      },
    };
    this.fold = new SeatsMeasure(plan.license, this.buckets, told, plan.segments, watch);
  }

  finish(until: Instant): SegmentUse[] {
    const { segments, conclude } = this.plan;
    // What is not given back may be in use to the end of the period; nothing after the log is proven.
    const peaks = this.fold.peaks(segments.at(-1)!.until - 1n);
    const isUnbounded = unboundedIn(this.fold.unboundedStretches());
    const cells = peaks.map(({ lower, upper }, index): Cell => {
      const { from, until } = this.buckets[index]!;
      return {
        from,
        until,
        lower: lower.amount,
        upper: isUnbounded(from, until) ? undefined : upper.amount,
        at: lower.at,
      };
    });
    const explain = {
      witnessesAt: (at: Instant) => peaks[indexAt(cells, at)]!.lower.witnesses,
      doubtsOf: (segment: Segment) => {
        const index = widestIn(cells, segment);
        const { doubts, doubtful } = this.fold.toSegmentUse(this.buckets[index]!, peaks[index]!);
        return { reasons: doubts, places: doubtful };
      },
    };
    return this.fold.withSelfCheck(conclude(cells, explain, until));
  }

  /** The bucket of `at`, and all buckets since the last one that was planned, in which nothing changed, as one. */
  private planUntil(at: Instant): void {
    const planned = this.buckets.at(-1)!.until;
    if (at < planned) return;
    const bucket = this.plan.clock.at(at);
    if (bucket.from > planned) this.push({ from: planned, until: bucket.from });
    this.push(bucket);
  }

  private push({ from, until }: { from: Instant; until: Instant }): void {
    const { segments } = this.plan;
    while (segments[this.segment + 1] !== undefined && segments[this.segment + 1]!.from <= from)
      this.segment++;
    const { limit } = segments[this.segment]!;
    const bucket: Segment = { period: undefined, from, until, limit };
    this.buckets.push(bucket);
    this.peakSegments.push({ ...toPeakSegment(bucket), isOneOfMany: true });
  }
}

/** Asked in order of time. */
function unboundedIn(stretches: readonly Stretch[]): (from: Instant, until: Instant) => boolean {
  const endless = stretches.find((each) => each.until === undefined)?.from;
  const ending = stretches.filter((each) => each.until !== undefined);
  let index = 0;
  return (from, until) => {
    while (index < ending.length && ending[index]!.until! <= from) index++;
    return (endless !== undefined && endless < until) || (ending[index]?.from ?? until) < until;
  };
}

/** Of the buckets of the segment's period, the one that is the most open. */
function widestIn(cells: readonly Cell[], { from, until, period }: Segment): number {
  const [start, end] = period === undefined ? [from, until] : [period.from, period.until];
  let widest = indexAt(cells, start);
  for (let index = widest; index < cells.length && cells[index]!.from < end; index++) {
    if (isWider(cells[index]!, cells[widest]!)) widest = index;
  }
  return widest;
}

function isWider(cell: Cell, than: Cell): boolean {
  if (than.upper === undefined) return false;
  return cell.upper === undefined || cell.upper - cell.lower > than.upper - than.lower;
}
