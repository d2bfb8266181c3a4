/** `count seats each BUCKET`: the peak of overlapping sessions in each bucket. Memory: the buckets in which seats change hands. */
import type { Instant } from '../base/instant.ts';
import type { Amount } from './amount.ts';
import type { BucketPlan } from './bucket-plan.ts';
import type { Cell } from './cells.ts';
import type { LicenseUse, ServerRestart, TimedUse } from './license-use.ts';
import type { MeasureFold, SegmentUse, Witness } from './measure-fold.ts';
import { type PeakSegment, PeakTracker, type SegmentPeak } from './peak.ts';
import type { Segment } from './periods.ts';
import { SeatsMeasure, toPeakSegment } from './seats-measure.ts';
import type { Session, SessionEvent } from './sessions.ts';

export class SeatBuckets implements MeasureFold {
  private readonly plan: BucketPlan;
  private readonly buckets: Segment[] = [];
  private readonly peakSegments: PeakSegment[] = [];
  private readonly tracker: PeakTracker;
  private readonly fold: SeatsMeasure;

  constructor(plan: BucketPlan) {
    this.plan = plan;
    this.push(plan.clock.at(plan.segments[0]!.from));
    this.tracker = new PeakTracker(this.peakSegments);
    const { tracker } = this;
    const before = (at: Instant) => this.planUntil(at);
    this.fold = new SeatsMeasure(plan.license, this.buckets, {
      take(session: Session, at: Instant) {
        before(at);
        tracker.take(session, at);
      },
      release(session: Session, at: Instant) {
        before(at);
        tracker.release(session, at);
      },
      orphan(event: SessionEvent) {
        before(event.at);
        tracker.orphan(event);
      },
      doubt(quantity: Amount, at: Instant) {
        before(at);
        tracker.doubt(quantity, at);
      },
      finish(until: Instant, missingIsInUse: boolean, anytime: Amount): SegmentPeak[] {
        before(until);
        return tracker.finish(until, missingIsInUse, anytime);
      },
    });
  }

  anytime(use: LicenseUse): void {
    this.fold.anytime(use);
  }

  add(use: TimedUse): void {
    this.fold.add(use);
  }

  restart(restart: ServerRestart): void {
    this.fold.restart(restart);
  }

  finish(until: Instant): SegmentUse[] {
    const { segments, conclude } = this.plan;
    // What is not given back may be in use to the end of the period; nothing after the log is proven.
    const uses = this.fold.finish(segments.at(-1)!.until - 1n);
    const cells = uses.map(
      ({ segment: { from, until }, lower, upper }): Cell => ({
        from,
        until,
        lower: lower.amount,
        upper: upper.amount,
        at: lower.at,
      }),
    );
    return conclude(
      cells,
      {
        witnessesAt: (at) => useAt(uses, at).lower.witnesses,
        doubtsOf: (segment) => doubtsIn(uses, segment),
      },
      until,
    );
  }

  stillOpen(): Iterable<Session> {
    return this.fold.stillOpen();
  }

  /** The bucket of `at`, and all buckets since the last one that was planned, in which nothing changed, as one. */
  private planUntil(at: Instant): void {
    const planned = this.buckets.at(-1)!.until;
    if (at < planned) return;
    const bucket = this.plan.clock.at(at);
    if (bucket.from > planned) this.push({ from: planned, until: bucket.from });
    this.push(bucket);
  }

  /** Witnesses are wanted of every bucket, for any of them may decide. */
  private push({ from, until }: { from: Instant; until: Instant }): void {
    const limit = { from: undefined, amount: 0n };
    const segment: Segment = { period: undefined, from, until, limit };
    this.buckets.push(segment);
    this.peakSegments.push(toPeakSegment(segment));
  }
}

function useAt(uses: readonly SegmentUse[], at: Instant): SegmentUse {
  let [low, high] = [0, uses.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (uses[middle]!.segment.from <= at) low = middle;
    else high = middle - 1;
  }
  return uses[low]!;
}

/** Those of the bucket that is the most open. */
function doubtsIn(
  uses: readonly SegmentUse[],
  { from, until, period }: Segment,
): { reasons: string[]; places: readonly Witness[] } {
  const [start, end] = period === undefined ? [from, until] : [period.from, period.until];
  let widest: { use: SegmentUse; width: Amount | undefined } | undefined;
  for (const use of uses) {
    if (use.segment.until <= start || use.segment.from >= end) continue;
    const { lower, upper } = use;
    const width = upper.amount === undefined ? undefined : upper.amount - lower.amount;
    if (widest === undefined || isWider(width, widest.width)) widest = { use, width };
  }
  return { reasons: widest?.use.doubts ?? [], places: widest?.use.doubtful ?? [] };
}

function isWider(width: Amount | undefined, than: Amount | undefined): boolean {
  return than !== undefined && (width === undefined || width > than);
}
