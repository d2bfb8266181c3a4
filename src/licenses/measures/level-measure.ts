/**
 * `count level(FIELD)`: the gauges of all hosts together, each held until its next reading. A host without a reading so
 * far has none in use; before the first reading of all nothing is known.
 */

import { getOrCreate } from '../../base/get-or-create.ts';
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import { holderOf, type LicenseUse, type TimedUse } from '../use/license-use.ts';
import type { Session } from '../use/session.ts';
import type { BucketPlan } from './bucket-plan.ts';
import type { Bounds } from './cells.ts';
import { factorOf } from './event-amount.ts';
import { GroupTotals } from './group-totals.ts';
import type { MeasureFold, SegmentUse, Witness } from './measure-fold.ts';
import { MAX_WITNESSES } from './peak.ts';
import { PeriodDoubts } from './period-doubts.ts';
import { StepCells } from './step-cells.ts';

type Gauge = Bounds & { group: string | undefined; host: string; witness: Witness };

/** Of gauges, for witnesses: a log full of gauges at zero must not be walked through at every reading. */
const MAX_LOOKED_AT = 500;

export const NO_READING_BEFORE = 'nothing is known before the first reading';

export class LevelMeasure implements MeasureFold {
  private readonly plan: BucketPlan;
  private readonly doubts: PeriodDoubts;
  private readonly totals: GroupTotals;
  private readonly cells: StepCells;
  private readonly gauges = new Map<string, Gauge>();
  private readonly gaugesOfHost = new Map<string, Gauge[]>();
  /** By readings without a time: how little each host may have had. */
  private readonly leastOfHost = new Map<string, Amount>();
  private hasRead = false;
  /** Whose readings made the highest value so far in the segment that it lies in. */
  private readonly peaks = new Map<number, { amount: Amount; at: Instant; witnesses: Witness[] }>();
  private segment = 0;

  constructor(plan: BucketPlan, isByInstant: boolean) {
    this.plan = plan;
    this.doubts = new PeriodDoubts(plan.segments);
    this.totals = new GroupTotals(plan.license.measure);
    this.cells = new StepCells(isByInstant ? undefined : plan.clock, plan.segments[0]!.from);
  }

  anytime(use: LicenseUse): void {
    if (use.kind === 'close') return;
    this.doubts.note('untimed', { holder: holderOf(use), place: use.place }, undefined, undefined);
    this.loosen(use);
  }

  add(use: TimedUse): void {
    if (use.kind === 'close') return;
    const witness = { holder: use.host ?? holderOf(use), place: use.place };
    if (use.featureless) {
      this.doubts.note('featureless', witness, use.time, undefined);
      this.loosen(use);
    } else {
      if (!this.hasRead) this.begin(use.time);
      this.read(use, witness);
    }
    this.cells.set(use.time, this.totals.value);
    this.keepPeak(use.time);
  }

  finish(until: Instant): SegmentUse[] {
    const { segments, conclude } = this.plan;
    return conclude(
      this.cells.finish(segments.at(-1)!.until),
      {
        witnessesAt: (at) => this.witnessesAt(at),
        doubtsOf: (segment) => this.doubts.of(segment),
      },
      until,
    );
  }

  stillOpen(): Iterable<Session> {
    return [];
  }

  private read(use: TimedUse, witness: Witness): void {
    const host = use.host ?? '';
    const key = JSON.stringify([use.feature ?? null, host]);
    const before = this.gauges.get(key);
    if (before !== undefined) this.totals.add(before.group, before, -1n);
    const isReadable = use.amount !== undefined && use.amount >= 0n;
    if (!isReadable) this.doubts.note('amount', witness, use.time, undefined);
    const { measure } = this.plan.license;
    const isGrouped = 'by' in measure.count && measure.count.by !== undefined;
    if (isGrouped && factorOf(measure.adjust, use.group) === undefined)
      this.doubts.note('factor', witness, use.time, undefined);
    const amount = isReadable ? use.amount! : undefined;
    const least = this.leastOfHost.get(host);
    const lower = least !== undefined && (amount ?? 0n) > least ? least : (amount ?? 0n);
    const after: Gauge = before ?? { group: undefined, host, witness, lower: 0n, upper: 0n };
    Object.assign(after, { lower, upper: amount, group: use.group, witness });
    if (before === undefined) {
      this.gauges.set(key, after);
      getOrCreate(this.gaugesOfHost, host, (): Gauge[] => []).push(after);
    }
    this.totals.add(after.group, after, 1n);
  }

  /** A reading that may be of this license, now or at any time: then the host has so much, and not what else was read. */
  private loosen({ host = '', amount, group, time }: LicenseUse): void {
    const readable = amount === undefined || amount < 0n ? undefined : amount;
    const least = readable ?? 0n;
    if (time === undefined) {
      const before = this.leastOfHost.get(host);
      this.leastOfHost.set(host, before === undefined || least < before ? least : before);
    }
    for (const gauge of this.gaugesOfHost.get(host) ?? []) {
      if (gauge.lower <= least) continue;
      this.totals.add(gauge.group, gauge, -1n);
      gauge.lower = least;
      this.totals.add(gauge.group, gauge, 1n);
    }
    this.totals.add(group, { lower: 0n, upper: readable }, 1n);
  }

  /** The first reading: what was before is open, unless it is so short that the contract's evidence does without it. */
  private begin(at: Instant): void {
    this.hasRead = true;
    const { from, isEnough } = this.plan.gapBefore(at);
    if (isEnough || from >= at) return;
    this.cells.set(from, { lower: 0n, upper: undefined });
    this.doubts.remark(NO_READING_BEFORE, from, at - 1n);
  }

  private keepPeak(at: Instant): void {
    const { segments } = this.plan;
    while (segments[this.segment + 1] !== undefined && segments[this.segment + 1]!.from <= at) this.segment++;
    const { lower } = this.totals.value;
    const peak = this.peaks.get(this.segment);
    if (peak !== undefined && peak.amount >= lower) return;
    const witnesses: Witness[] = [];
    let looked = 0;
    for (const { witness, lower: own } of this.gauges.values()) {
      if (own > 0n) witnesses.push(witness);
      if (witnesses.length === MAX_WITNESSES || ++looked === MAX_LOOKED_AT) break;
    }
    this.peaks.set(this.segment, { amount: lower, at, witnesses });
  }

  /** Those of the highest value of the segment, and so of no other figure. */
  private witnessesAt(at: Instant): readonly Witness[] {
    const { take, each } = this.plan.license.measure;
    if (take.kind !== 'max' || each.kind === 'snapshot') return [];
    const { segments } = this.plan;
    const index = segments.findLastIndex(({ from }) => from <= at);
    return this.peaks.get(index)?.witnesses ?? [];
  }
}
