/**
 * `count sampled(FIELD)`: gauges that are polled. A bucket holds the highest reading of each host in it. One in which a host
 * that was in use has no reading is open: a sample tells nothing of the time until the next.
 */
import { earlier, type Instant } from '../../base/instant.ts';
import { orderFile } from '../../model/order-file.ts';
import type { Amount } from '../contract/amount.ts';
import { holderOf, type LicenseUse, type TimedUse } from '../use/license-use.ts';
import type { Session } from '../use/session.ts';
import type { BucketPlan } from './bucket-plan.ts';
import type { Cell } from './cells.ts';
import { factorOf } from './event-amount.ts';
import { GroupTotals } from './group-totals.ts';
import { NO_READING_BEFORE } from './level-measure.ts';
import type { DoubtReason, MeasureFold, SegmentUse, Witness } from './measure-fold.ts';
import { MAX_WITNESSES } from './peak.ts';
import { PeriodDoubts } from './period-doubts.ts';

type Reading = { lower: Amount; upper: Amount | undefined; group: string | undefined };

/** What tells its order among those of one instant. */
type Placed = { time: Instant; order: string };

const SILENT = 'a host that was in use has no reading in one of the buckets';

export class SampledMeasure implements MeasureFold {
  private readonly plan: BucketPlan;
  private readonly doubts: PeriodDoubts;
  private readonly cells: Cell[] = [];
  /** Hosts whose last reading was more than nothing, or unreadable, or one of several that may be the last: the latest such. */
  private readonly inUse = new Map<string, Placed>();
  /** Whether one that no reading names was: nobody knows when it speaks again. */
  private isNamelessInUse = false;
  /** Readings without a time or a feature may be of any bucket. */
  private anytimeUpper: Amount | undefined = 0n;
  /** Of the current bucket. */
  private bucket: { from: Instant; until: Instant } | undefined;
  private totals: GroupTotals;
  private readings = new Map<string, Reading>();
  /** Of those without a host the highest. */
  private nameless: Reading | undefined;
  private witnesses: Witness[] = [];
  /** How many of those in use when it began have no reading in it. */
  private silent = 0;
  private readonly peaks = new Map<Instant, readonly Witness[]>();

  constructor(plan: BucketPlan) {
    this.plan = plan;
    this.doubts = new PeriodDoubts(plan.segments);
    this.totals = new GroupTotals(plan.license.measure);
  }

  anytime(use: LicenseUse): void {
    if (use.kind === 'close') return;
    this.doubts.note('untimed', { holder: holderOf(use), place: use.place }, undefined, undefined);
    const { upper } = this.toReading(use);
    this.anytimeUpper =
      this.anytimeUpper === undefined || upper === undefined ? undefined : this.anytimeUpper + upper;
  }

  add(use: TimedUse): void {
    if (use.kind === 'close') return;
    this.reach(use.time);
    const witness = { holder: use.host ?? holderOf(use), place: use.place };
    const reading = this.toReading(use);
    if (reading.doubt !== undefined) this.note(reading.doubt, witness);
    if (use.featureless) {
      this.note('featureless', witness);
      this.totals.add(use.group, { lower: 0n, upper: reading.upper }, 1n);
      return;
    }
    if (use.host === undefined) this.addNameless(reading, witness);
    else this.addNamed(JSON.stringify([use.feature ?? null, use.host]), reading, use, witness);
  }

  /** Each may be of another host, and all of them of one. */
  private addNameless(reading: Reading, witness: Witness): void {
    this.note('hostless', witness);
    if (reading.upper !== 0n) this.isNamelessInUse = true;
    const { nameless } = this;
    const isMore = nameless === undefined || reading.lower > nameless.lower;
    if (nameless !== undefined && isMore) {
      this.totals.add(nameless.group, nameless, -1n);
      this.totals.add(nameless.group, { ...nameless, lower: 0n }, 1n);
    }
    this.totals.add(reading.group, isMore ? reading : { ...reading, lower: 0n }, 1n);
    if (isMore) this.nameless = reading;
    this.noteWitness(reading, witness);
  }

  private addNamed(key: string, reading: Reading, use: TimedUse, witness: Witness): void {
    const before = this.readings.get(key);
    if (before === undefined && this.inUse.has(key)) this.silent--;
    if (reading.upper !== 0n) this.inUse.set(key, { time: use.time, order: orderFile(use) });
    else if (!isTied(this.inUse.get(key), use)) this.inUse.delete(key);
    if (before !== undefined) {
      if (reading.upper !== undefined && (before.upper === undefined || before.upper >= reading.upper))
        return;
      this.totals.add(before.group, before, -1n);
      // Unreadable after a readable one: at least as much as that.
      if (reading.upper === undefined) reading.lower = before.lower;
    }
    this.readings.set(key, reading);
    this.totals.add(reading.group, reading, 1n);
    this.noteWitness(reading, witness);
  }

  private noteWitness({ lower }: Reading, witness: Witness): void {
    if (lower > 0n && this.witnesses.length < MAX_WITNESSES) this.witnesses.push(witness);
  }

  finish(until: Instant): SegmentUse[] {
    // The log ends within this bucket, so nobody knows who would still have spoken in it.
    this.silent = 0;
    this.leave();
    const { anytimeUpper, plan } = this;
    const cells = this.cells.map((cell) => ({
      ...cell,
      upper: cell.upper === undefined || anytimeUpper === undefined ? undefined : cell.upper + anytimeUpper,
    }));
    const explain = {
      witnessesAt: (at: Instant) => this.peaks.get(at) ?? [],
      doubtsOf: (segment: (typeof plan.segments)[number]) => this.doubts.of(segment),
    };
    return plan.conclude(cells, explain, until);
  }

  stillOpen(): Iterable<Session> {
    return [];
  }

  private toReading({ amount, group }: LicenseUse): Reading & { doubt?: DoubtReason } {
    const { measure } = this.plan.license;
    if (amount === undefined || amount < 0n) return { lower: 0n, upper: undefined, group, doubt: 'amount' };
    const isUnknownKind =
      'by' in measure.count &&
      measure.count.by !== undefined &&
      factorOf(measure.adjust, group) === undefined;
    if (isUnknownKind) return { lower: 0n, upper: undefined, group, doubt: 'factor' };
    return { lower: amount, upper: amount, group };
  }

  private note(reason: DoubtReason, witness: Witness): void {
    this.doubts.note(reason, witness, this.bucket!.from, this.bucket!.until - 1n);
  }

  private reach(at: Instant): void {
    if (this.bucket !== undefined && at < this.bucket.until) return;
    const next = this.plan.clock.at(at);
    if (this.bucket === undefined) this.begin(at, next.from);
    else {
      const { until } = this.bucket;
      this.leave();
      this.skip(until, next.from);
    }
    this.bucket = next;
    this.totals = new GroupTotals(this.plan.license.measure);
    this.readings = new Map();
    this.nameless = undefined;
    this.witnesses = [];
    this.silent = this.inUse.size + (this.isNamelessInUse ? 1 : 0);
  }

  private begin(at: Instant, until: Instant): void {
    const { from, isEnough } = this.plan.gapBefore(at);
    if (isEnough || from >= until) return;
    this.cells.push({ from, until, lower: 0n, upper: undefined });
    this.doubts.remark(NO_READING_BEFORE, from, earlier(at, until) - 1n);
  }

  private leave(): void {
    if (this.bucket === undefined) return;
    const { lower, upper } = this.totals.value;
    this.cells.push({ ...this.bucket, lower, upper: this.silent > 0 ? undefined : upper });
    if (this.silent > 0) this.doubts.remark(SILENT, this.bucket.from, this.bucket.until - 1n);
    this.peaks.set(this.bucket.from, this.witnesses);
  }

  /** Buckets without any reading. */
  private skip(from: Instant, until: Instant): void {
    if (from >= until || (this.inUse.size === 0 && !this.isNamelessInUse)) return;
    this.cells.push({ from, until, lower: 0n, upper: undefined });
    this.doubts.remark(SILENT, from, until - 1n);
  }
}

/** Whether either may be the last reading of their instant. */
function isTied(before: Placed | undefined, use: TimedUse): boolean {
  return before?.time === use.time && before.order !== orderFile(use);
}
