/** `count sum(FIELD)` and `count events` each bucket, or over the days of each window. Memory: the buckets with use. */
import type { Instant } from '../../base/instant.ts';
import { type Amount, formatAmount } from '../contract/amount.ts';
import { holderOf, type LicenseUse, type TimedUse } from '../use/license-use.ts';
import type { Session } from '../use/session.ts';
import type { Stretch } from './bucket-clock.ts';
import { type BucketPlan, SHORT_HISTORY } from './bucket-plan.ts';
import { Cancellations } from './cancellations.ts';
import { type Cell, CellSums } from './cells.ts';
import { addsNothing, eventAmount, MORE_TAKEN_BACK, openReason } from './event-amount.ts';
import type { MeasureFold, SegmentUse, Witness } from './measure-fold.ts';
import { MAX_WITNESSES } from './peak.ts';
import { PeriodDoubts } from './period-doubts.ts';
import type { Explain } from './statistic.ts';

/** The first record of a bucket is kept for every one, further ones only until there are so many in all. */
const MAX_KEPT_WITNESSES = 100_000;

export class SumBuckets implements MeasureFold {
  private readonly plan: BucketPlan;
  private readonly doubts: PeriodDoubts;
  private readonly sums = new CellSums();
  /** Who added to a bucket, by where it begins. */
  private readonly added = new Map<Instant, Map<string, Witness>>();
  private kept = 0;
  /** Of the whole log. */
  private total: Amount = 0n;
  private readonly cancellations = new Cancellations();

  constructor(plan: BucketPlan) {
    this.plan = plan;
    this.doubts = new PeriodDoubts(plan.segments);
  }

  anytime(use: LicenseUse): void {
    if (addsNothing(this.plan.license.measure, use)) return;
    this.doubts.note('untimed', { holder: holderOf(use), place: use.place }, undefined, undefined);
    const { amount } = eventAmount(this.plan.license.measure, use);
    if (amount === undefined || amount > 0n) this.sums.add(this.always(), 0n, amount);
    else this.sums.add(this.always(), amount, 0n);
  }

  cancel(use: LicenseUse): void {
    this.cancellations.add(use);
    if (use.time === undefined) return;
    this.doubts.note('cancellation', { holder: holderOf(use), place: use.place }, undefined, undefined);
  }

  add(use: TimedUse): void {
    if (addsNothing(this.plan.license.measure, use)) return;
    const { amount, doubt } = eventAmount(this.plan.license.measure, use);
    const witness = { holder: holderOf(use), place: use.place };
    const reach = this.plan.clock.reach(use.time, use.time + 1n);
    if (doubt !== undefined) this.doubts.note(doubt, witness, reach.from, reach.until - 1n);
    if (amount === undefined) {
      this.sums.add(reach, 0n, undefined);
      return;
    }
    const isCanceled = this.cancellations.has(use);
    if (isCanceled) this.doubts.note('canceled', witness, reach.from, reach.until - 1n);
    else this.cancellations.note(amount);
    const open = openReason(use);
    if (open !== undefined) this.doubts.note(open, witness, reach.from, reach.until - 1n);
    if (amount < 0n) {
      this.doubts.remark(
        `a correction of ${formatAmount(amount)} lies in the period`,
        reach.from,
        reach.until - 1n,
      );
    }
    this.total += amount;
    // A correction lowers what is proven, and not what is possible: somebody must vouch for it.
    const isOpen = open !== undefined || isCanceled;
    this.sums.add(reach, isOpen && amount > 0n ? 0n : amount, amount > 0n ? amount : 0n);
    if (!isOpen && amount > 0n) this.keep(reach.from, witness);
  }

  finish(until: Instant): SegmentUse[] {
    return this.plan.conclude(this.cells(), this.explain, until);
  }

  cells(): Cell[] {
    const { segments, shortUntil } = this.plan;
    this.sums.add(this.always(), -this.cancellations.doubtful, 0n);
    if (this.total < 0n) {
      this.sums.add(this.always(), 0n, undefined);
      this.doubts.remark(MORE_TAKEN_BACK, undefined, undefined);
    }
    if (shortUntil !== undefined) {
      this.sums.add({ from: segments[0]!.from, until: shortUntil }, 0n, undefined);
      this.doubts.remark(SHORT_HISTORY, segments[0]!.from, shortUntil - 1n);
    }
    return this.sums.cells();
  }

  readonly explain: Explain = {
    witnessesAt: (at) => this.witnessesAt(at),
    doubtsOf: (segment) => this.doubts.of(segment),
  };

  stillOpen(): Iterable<Session> {
    return [];
  }

  private always(): Stretch {
    return { from: this.plan.segments[0]!.from, until: this.plan.segments.at(-1)!.until };
  }

  private keep(bucket: Instant, witness: Witness): void {
    const people = this.added.get(bucket);
    if (people === undefined) this.added.set(bucket, new Map([[witness.holder, witness]]));
    else if (this.kept < MAX_KEPT_WITNESSES && people.size < MAX_WITNESSES && !people.has(witness.holder)) {
      people.set(witness.holder, witness);
      this.kept++;
    }
  }

  /** Of the bucket, or of all days of the window that ends with it. */
  private witnessesAt(at: Instant): Witness[] {
    const witnesses = new Map<string, Witness>();
    for (let from = this.plan.clock.windowStart(at); from <= at; from = this.plan.clock.at(from).until) {
      for (const [holder, witness] of this.added.get(from) ?? []) {
        if (witnesses.size < MAX_WITNESSES && !witnesses.has(holder)) witnesses.set(holder, witness);
      }
    }
    return [...witnesses.values()];
  }
}
