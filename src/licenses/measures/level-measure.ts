/**
 * `count level(FIELD)`: the gauges of all hosts together, each held until its next reading. A host without a reading so
 * far has none in use; before the first reading of all nothing is known. Readings that name no host may each be of another one.
 */

import { getOrCreate } from '../../base/get-or-create.ts';
import type { Instant } from '../../base/instant.ts';
import { orderFile } from '../../model/order-file.ts';
import type { Amount } from '../contract/amount.ts';
import { holderOf, type LicenseUse, type TimedUse } from '../use/license-use.ts';
import type { Session } from '../use/session.ts';
import type { BucketPlan } from './bucket-plan.ts';
import { factorOf } from './event-amount.ts';
import { Gauge, type Reading } from './gauge.ts';
import { GroupTotals } from './group-totals.ts';
import type { MeasureFold, SegmentUse, Standing, Witness } from './measure-fold.ts';
import { MAX_WITNESSES } from './peak.ts';
import { PeriodDoubts } from './period-doubts.ts';
import { StepCells } from './step-cells.ts';

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
  /** The instant that is being read, and what gauges showed at it before they showed less. */
  private now: Instant | undefined;
  private readonly passed = new Map<Gauge, Reading>();
  /** Those that showed something when the term and its grace were over, and were not read since. */
  private lasting: Set<Gauge> | undefined;
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
    if (use.time !== this.now) this.leaveInstant();
    const { term } = this.plan.license;
    if (term !== undefined && use.time >= term.until.instant + term.grace) this.lasting ??= this.showing();
    this.now = use.time;
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
    this.leaveInstant();
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

  /** A host that is gone must say so, and may have forgotten it. */
  stoodAtEnd(): Standing {
    return { certain: [], possible: [...(this.lasting ?? this.showing())].map(({ witness }) => witness) };
  }

  private showing(): Set<Gauge> {
    return new Set([...this.gauges.values()].filter(({ isShowing }) => isShowing));
  }

  private read(use: TimedUse, witness: Witness): void {
    const { host, time } = use;
    const key = JSON.stringify([use.feature ?? null, host ?? null]);
    const gauge = getOrCreate(this.gauges, key, () => {
      const added = new Gauge(witness);
      getOrCreate(this.gaugesOfHost, host ?? '', (): Gauge[] => []).push(added);
      return added;
    });
    const reading = this.toReading(use, witness);
    this.lasting?.delete(gauge);
    this.change(gauge, () => {
      if (host === undefined) this.readNameless(gauge, reading, use, witness);
      else {
        gauge.read(reading, time, witness, use.isUnordered === true);
        const { passed } = gauge;
        if (passed === undefined) this.passed.delete(gauge);
        else this.passed.set(gauge, passed);
        if (gauge.isInNoOrder) this.doubts.note('together', witness, time, undefined);
        else if (passed !== undefined) this.doubts.note('together', witness, time, time);
      }
    });
  }

  private toReading(use: TimedUse, witness: Witness): Reading {
    const { group, time, host = '' } = use;
    const isReadable = use.amount !== undefined && use.amount >= 0n;
    if (!isReadable) this.doubts.note('amount', witness, time, undefined);
    const { measure } = this.plan.license;
    const isGrouped = 'by' in measure.count && measure.count.by !== undefined;
    if (isGrouped && factorOf(measure.adjust, group) === undefined)
      this.doubts.note('factor', witness, time, undefined);
    const amount = isReadable ? use.amount! : undefined;
    const least = this.leastOfHost.get(host);
    const lower = least !== undefined && (amount ?? 0n) > least ? least : (amount ?? 0n);
    return { lower, upper: amount, group };
  }

  /** What was read before it is still possible, for another host, and is proven no more. */
  private readNameless(gauge: Gauge, reading: Reading, use: TimedUse, witness: Witness): void {
    this.doubts.note('hostless', witness, this.now, undefined);
    for (const { group, upper } of gauge.shown) this.totals.add(group, { lower: 0n, upper }, 1n);
    gauge.readNameless(reading, use.time, witness, orderFile(use));
  }

  private change(gauge: Gauge, apply: () => void): void {
    for (const each of gauge.shown) this.totals.add(each.group, each, -1n);
    apply();
    for (const each of gauge.shown) this.totals.add(each.group, each, 1n);
  }

  /** What was shown at the instant alone is possible in its bucket. */
  private leaveInstant(): void {
    if (this.passed.size === 0) return;
    const shown = new Map([...this.passed.keys()].map((gauge) => [gauge, gauge.shown]));
    for (const [gauge, { upper, group }] of this.passed)
      this.change(gauge, () => {
        gauge.shown = [{ lower: 0n, upper, group }];
      });
    this.cells.touch(this.now!, { lower: 0n, upper: this.totals.value.upper });
    for (const [gauge, before] of shown)
      this.change(gauge, () => {
        gauge.shown = before;
      });
    this.passed.clear();
  }

  /** A reading that may be of this license, now or at any time: then the host has so much, and not what else was read. */
  private loosen({ host = '', amount, group, time }: LicenseUse): void {
    const readable = amount === undefined || amount < 0n ? undefined : amount;
    const least = readable ?? 0n;
    if (time === undefined) {
      const before = this.leastOfHost.get(host);
      this.leastOfHost.set(host, before === undefined || least < before ? least : before);
    }
    for (const gauge of this.gaugesOfHost.get(host) ?? []) this.change(gauge, () => gauge.loosen(least));
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
    for (const { witness, shown } of this.gauges.values()) {
      if (shown[0]!.lower > 0n) witnesses.push(witness);
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
