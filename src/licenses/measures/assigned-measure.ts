/**
 * `count assigned KEY`: who has been granted the license and has not been revoked, used or not. Memory: everyone who was ever
 * assigned, for a revocation means another thing when it is the first that the log says of somebody.
 */

import { getOrCreate } from '../../base/get-or-create.ts';
import type { Instant } from '../../base/instant.ts';
import { type Amount, ONE } from '../contract/amount.ts';
import type { Segment } from '../contract/periods.ts';
import { holderOf, type LicenseUse, type TimedUse } from '../use/license-use.ts';
import type { Session } from '../use/sessions.ts';
import type { BucketPlan } from './bucket-plan.ts';
import type { MeasureFold, SegmentUse, Witness } from './measure-fold.ts';
import { MAX_WITNESSES } from './peak.ts';
import { PeriodDoubts } from './period-doubts.ts';
import { StepCells } from './step-cells.ts';

/** By feature, for one may have the license through two of them: whether that is certain. */
type Assignments = Map<string, boolean>;

const EARLIER_ASSIGNMENTS =
  'the log does not reach back to when the contract began, so earlier assignments are not in it';

export class AssignedMeasure implements MeasureFold {
  private readonly plan: BucketPlan;
  private readonly doubts: PeriodDoubts;
  private readonly cells: StepCells;
  private readonly assigned = new Map<string, Assignments>();
  private readonly witnesses = new Map<string, Witness>();
  private readonly anytimeAssigned = new Set<string>();
  private readonly anytimeRevoked = new Set<string>();
  private certain = 0;
  private possible = 0;
  /** Assignments of nobody named: each may be of one more. Revocations: each may be of any one. */
  private nobodyAssigned = 0;
  private nobodyRevoked = 0;
  private anytimeNobody = 0;
  /** Revocations of those of whom the log knows no assignment. */
  private orphans = 0;
  /** The instant that is being read, what was certain before it, and whose first record it is that they are revoked. */
  private now: Instant | undefined;
  private certainBefore: Amount = 0n;
  private orphansNow: Amount = 0n;
  private readonly peaks: { amount: Amount; witnesses: readonly Witness[] }[] = [];
  private segment = 0;

  constructor(plan: BucketPlan, isByInstant: boolean) {
    this.plan = plan;
    this.doubts = new PeriodDoubts(plan.segments);
    this.cells = new StepCells(isByInstant ? undefined : plan.clock, plan.segments[0]!.from);
  }

  anytime(use: LicenseUse): void {
    if (use.kind !== 'assign' && use.kind !== 'revoke') return;
    const name = use.counted;
    this.doubts.note('untimed', { holder: name ?? holderOf(use), place: use.place }, undefined, undefined);
    if (use.kind === 'revoke') {
      if (name === undefined) this.nobodyRevoked++;
      else this.anytimeRevoked.add(name);
    } else if (name === undefined) this.anytimeNobody++;
    else this.anytimeAssigned.add(name);
  }

  add(use: TimedUse): void {
    const { kind, counted: name, time } = use;
    if (kind !== 'assign' && kind !== 'revoke') return;
    const witness = { holder: name ?? holderOf(use), place: use.place };
    if (this.now === undefined)
      this.cells.set(this.plan.segments[0]!.from, { lower: 0n, upper: this.upper() });
    if (time !== this.now) {
      this.now = time;
      this.certainBefore = this.lower();
      this.orphansNow = 0n;
    }
    if (use.featureless) this.doubts.note('featureless', witness, time, undefined);
    if (name === undefined) {
      this.doubts.note('nobody', witness, time, undefined);
      if (kind === 'assign') this.nobodyAssigned++;
      else this.nobodyRevoked++;
    } else if (kind === 'assign') this.assign(name, use, witness);
    else this.revoke(name, use, witness);
    this.cells.set(time, { lower: this.lower(), upper: this.upper() });
    this.keepPeak(time);
  }

  finish(until: Instant): SegmentUse[] {
    const { segments, conclude, isWhole } = this.plan;
    const cells = this.cells.finish(segments.at(-1)!.until);
    if (!isWhole) this.doubts.remark(EARLIER_ASSIGNMENTS, undefined, undefined);
    const explain = {
      witnessesAt: (at: Instant) => this.witnessesAt(at),
      doubtsOf: (segment: Segment) => this.doubts.of(segment),
    };
    const orphans = BigInt(this.orphans) * ONE;
    const raised = cells.map((cell) => ({ ...cell, upper: isWhole ? cell.upper! + orphans : undefined }));
    return conclude(raised, explain, until);
  }

  stillOpen(): Iterable<Session> {
    return [];
  }

  private assign(name: string, { feature, featureless }: TimedUse, witness: Witness): void {
    const features = getOrCreate(this.assigned, name, (): Assignments => new Map());
    const isCertain = !featureless && !this.anytimeRevoked.has(name);
    const key = feature ?? '';
    this.change(name, features, () => features.set(key, isCertain || features.get(key) === true));
    if (!this.witnesses.has(name)) this.witnesses.set(name, witness);
  }

  private revoke(name: string, { feature, featureless, time }: TimedUse, witness: Witness): void {
    const features = this.assigned.get(name);
    if (featureless) {
      // It may have been of another license: then it still stands.
      if (features !== undefined) {
        this.change(name, features, () => {
          for (const key of features.keys()) features.set(key, false);
        });
      }
      return;
    }
    if (features === undefined) {
      this.assigned.set(name, new Map());
      this.doubts.note('revoked', witness, undefined, time);
      this.orphans++;
      if (this.anytimeRevoked.has(name)) return;
      this.orphansNow += ONE;
      this.cells.touch(time - 1n, this.certainBefore + this.orphansNow);
      return;
    }
    this.change(name, features, () => {
      features.delete(feature ?? '');
      // What was assigned by an event without a feature may be what is revoked here.
      if (features.has('')) features.set('', false);
    });
  }

  /** Counts a name before and after its assignments change. */
  private change(name: string, features: Assignments, apply: () => void): void {
    const before = this.standing(name, features);
    apply();
    const after = this.standing(name, features);
    this.certain += after.certain - before.certain;
    this.possible += after.possible - before.possible;
    if (features.size === 0) this.witnesses.delete(name);
  }

  /** Those who were assigned at an unknown time are possible always, and counted apart. */
  private standing(name: string, features: Assignments): { certain: number; possible: number } {
    const isCertain = [...features.values()].includes(true);
    return {
      certain: isCertain ? 1 : 0,
      possible: features.size > 0 && !this.anytimeAssigned.has(name) ? 1 : 0,
    };
  }

  private lower(): Amount {
    return BigInt(Math.max(0, this.certain - this.nobodyRevoked)) * ONE;
  }

  /** Without those who are revoked later for the first time: they may have been assigned ever since before the log. */
  private upper(): Amount {
    const anytime = this.anytimeAssigned.size + this.anytimeNobody;
    return BigInt(this.possible + this.nobodyAssigned + anytime - this.orphans) * ONE;
  }

  private keepPeak(at: Instant): void {
    const { segments } = this.plan;
    while (segments[this.segment + 1] !== undefined && segments[this.segment + 1]!.from <= at) this.segment++;
    const amount = this.lower();
    const peak = this.peaks[this.segment];
    if (peak !== undefined && peak.amount >= amount) return;
    if (peak?.witnesses.length === MAX_WITNESSES) return;
    const witnesses: Witness[] = [];
    for (const witness of this.witnesses.values()) {
      witnesses.push(witness);
      if (witnesses.length === MAX_WITNESSES) break;
    }
    this.peaks[this.segment] = { amount, witnesses };
  }

  /** Those of the highest value of the segment, and so of no other figure. */
  private witnessesAt(at: Instant): readonly Witness[] {
    const { take, each } = this.plan.license.measure;
    if (take.kind !== 'max' || each.kind === 'snapshot') return [];
    return this.peaks[this.plan.segments.findLastIndex(({ from }) => from <= at)]?.witnesses ?? [];
  }
}
