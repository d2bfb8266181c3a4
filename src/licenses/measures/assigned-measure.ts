/**
 * `count assigned KEY`: who has been granted the license and has not been revoked, used or not. Memory: everyone who was ever
 * assigned, for a revocation means another thing when it is the first that the log says of somebody. One fold, so one file of
 * 335 lines.
 */

import { getOrCreate } from '../../base/get-or-create.ts';
import type { Instant } from '../../base/instant.ts';
import { type Amount, ONE } from '../contract/amount.ts';
import type { Segment } from '../contract/periods.ts';
import { holderOf, type LicenseUse, type TimedUse } from '../use/license-use.ts';
import type { Former } from '../use/renamed-sessions.ts';
import type { Session } from '../use/session.ts';
import { AssignedSoFar } from './assigned-so-far.ts';
import { AssignedWorth } from './assigned-worth.ts';
import { type Assignments, isHeld, keyOf, loosen, matching, otherKinds, revokedBy } from './assignments.ts';
import type { BucketPlan } from './bucket-plan.ts';
import type { Bounds, Cell } from './cells.ts';
import type { MeasureFold, SegmentUse, Standing, Witness } from './measure-fold.ts';
import { MAX_WITNESSES } from './peak.ts';
import { PeriodDoubts } from './period-doubts.ts';
import { StepCells } from './step-cells.ts';
import { inOrder } from './tied-assignments.ts';

const EARLIER_ASSIGNMENTS =
  'the log does not reach back to when the contract began, so earlier assignments are not in it';
const MISSING_ASSIGNMENTS =
  'somebody was revoked of whom the log has no assignment, so those of others may be missing too';

export class AssignedMeasure implements MeasureFold {
  private readonly plan: BucketPlan;
  private readonly doubts: PeriodDoubts;
  private readonly cells: StepCells;
  private readonly worth: AssignedWorth;
  /** With `so far`: who stood at any time of the period. */
  private readonly soFar: AssignedSoFar | undefined;
  private readonly assigned = new Map<string, Assignments>();
  private readonly witnesses = new Map<string, Witness>();
  private readonly anytimeAssigned = new Set<string>();
  private readonly anytimeRevoked = new Set<string>();
  private certain: Amount = 0n;
  private possible: Amount = 0n;
  /** Those who hold a kind without a factor. */
  private unbounded = 0;
  /** Assignments of nobody named: each may be of one more. Revocations: each may be of any one. */
  private nobodyAssigned = 0;
  private nobodyRevoked = 0;
  private anytimeNobody = 0;
  /** Revocations of what the log knows no assignment of. */
  private orphans = 0;
  /** The instant that is being read, what was certain before it, and whose first record it is that they are revoked. */
  private now: Instant | undefined;
  private certainBefore: Amount = 0n;
  private orphansNow: Amount = 0n;
  /** Of one instant: only the next one shows that these are all. */
  private instant: TimedUse[] = [];
  /** Whether the log holds a revocation of somebody whom it never saw assigned. */
  private lacksAssignments = false;
  /** Those of the end of the term and its grace, once the log is beyond it. */
  private stood: Standing | undefined;
  private readonly nobodies: Witness[] = [];
  private readonly peaks: { amount: Amount; witnesses: readonly Witness[] }[] = [];
  private segment = 0;

  constructor(plan: BucketPlan, isByInstant: boolean) {
    const { measure } = plan.license;
    this.plan = plan;
    this.doubts = new PeriodDoubts(plan.segments);
    this.cells = new StepCells(isByInstant ? undefined : plan.clock, plan.segments[0]!.from);
    this.worth = new AssignedWorth(measure);
    if (measure.count.what === 'assigned' && measure.count.soFar === true)
      this.soFar = new AssignedSoFar(plan.segments);
  }

  anytime(use: LicenseUse): void {
    if (use.kind !== 'assign' && use.kind !== 'revoke') return;
    const name = use.counted;
    this.doubts.note('untimed', { holder: name ?? holderOf(use), place: use.place }, undefined, undefined);
    if (use.kind === 'revoke') {
      if (name === undefined) this.nobodyRevoked++;
      else this.anytimeRevoked.add(name);
    }
    // Who is revoked may have been assigned ever since before the log.
    if (name === undefined) this.anytimeNobody++;
    else this.anytimeAssigned.add(name);
  }

  add(use: TimedUse): void {
    if (use.kind !== 'assign' && use.kind !== 'revoke') return;
    if (this.instant.length > 0 && this.instant[0]!.time !== use.time) this.takeInstant();
    this.instant.push(use);
  }

  /** What an account was assigned goes on for the person that it stands for from now on. */
  renamed(use: TimedUse, { counted: former, isOnlyName }: Former): void {
    const name = use.counted;
    if (use.kind !== 'assign' || name === undefined || former === undefined || name === former) return;
    this.takeInstant();
    this.reach(use.time);
    const key = keyOf(use);
    const formerly = this.assigned.get(former);
    const held = formerly?.get(key);
    if (formerly === undefined || held === undefined) return;
    const features = getOrCreate(this.assigned, name, (): Assignments => new Map());
    // Where the former person has other accounts, it may have been assigned to one of them as well.
    this.change(former, formerly, () => {
      if (isOnlyName) formerly.delete(key);
      else loosen(formerly, [key]);
    });
    this.change(name, features, () => features.set(key, held));
    if (!this.witnesses.has(name)) this.witnesses.set(name, { holder: name, place: use.place });
    this.cells.set(use.time, { lower: this.lower(), upper: this.upper() });
  }

  private takeInstant(): void {
    const uses = this.instant;
    if (uses.length === 0) return;
    this.instant = [];
    this.reach(uses[0]!.time);
    for (const { use, isTied } of inOrder(uses)) this.take(use, isTied);
    this.cells.set(uses[0]!.time, { lower: this.lower(), upper: this.upper() });
    this.keepPeak(uses[0]!.time);
  }

  private reach(time: Instant): void {
    if (this.now === undefined) this.begin();
    const { term } = this.plan.license;
    if (term !== undefined && time > term.until.instant + term.grace) this.stood ??= this.standingNow();
    this.beginPeriods(time);
    this.now = time;
    this.certainBefore = this.lower();
    this.orphansNow = 0n;
  }

  private take(use: TimedUse, isTied: boolean): void {
    const { kind, counted: name, time } = use;
    const witness = { holder: name ?? holderOf(use), place: use.place };
    if (use.featureless) this.doubts.note('featureless', witness, time, undefined);
    if (name === undefined) {
      this.doubts.note('nobody', witness, time, undefined);
      if (kind === 'assign') {
        this.nobodyAssigned++;
        if (this.nobodies.length < MAX_WITNESSES) this.nobodies.push(witness);
      } else {
        this.nobodyRevoked++;
        this.orphans++;
      }
    } else if (kind === 'assign') this.assign(name, use, witness, isTied);
    else this.revoke(name, use, witness, isTied);
  }

  finish(until: Instant): SegmentUse[] {
    const { segments, conclude } = this.plan;
    const end = segments.at(-1)!.until;
    this.takeInstant();
    if (this.now === undefined) this.begin();
    this.beginPeriods(end);
    const cells = this.cells.finish(end);
    if (!this.plan.isWhole) this.doubts.remark(EARLIER_ASSIGNMENTS, undefined, undefined);
    else if (this.lacksAssignments) this.doubts.remark(MISSING_ASSIGNMENTS, undefined, undefined);
    const explain = {
      witnessesAt: (at: Instant) => this.witnessesAt(at),
      doubtsOf: (segment: Segment) => this.doubts.of(segment),
    };
    return conclude(
      cells.map((cell) => this.withOrphans(cell)),
      explain,
      until,
    );
  }

  /** What is known at the end: how many stood since before the log, and so before each earlier instant. */
  private withOrphans(cell: Cell): Cell {
    const isWhole = this.plan.isWhole && !this.lacksAssignments;
    const orphans = BigInt(this.orphans) * this.worth.most;
    const upper = isWhole && cell.upper !== undefined ? cell.upper + orphans : undefined;
    if (!this.worth.isTwoSided) return { ...cell, upper };
    const lower = isWhole && cell.lower > orphans ? cell.lower - orphans : 0n;
    return { ...cell, lower, upper };
  }

  stillOpen(): Iterable<Session> {
    return [];
  }

  stoodAtEnd(): Standing {
    return this.stood ?? this.standingNow();
  }

  private standingNow(): Standing {
    const [certain, possible]: Witness[][] = [[], [...this.nobodies]];
    for (const [name, features] of this.assigned) {
      const held = [...features.values()].filter((each) => each !== undefined);
      if (held.length === 0) continue;
      const isCertain = this.nobodyRevoked === 0 && held.some((each) => each.isCertain);
      (isCertain ? certain : possible)!.push(this.witnesses.get(name)!);
    }
    return { certain: certain!, possible: possible! };
  }

  private begin(): void {
    this.cells.set(this.plan.segments[0]!.from, { lower: 0n, upper: this.upper() });
  }

  /** Those whose first instant is before `now`: what happens at that instant is a part of how they begin. */
  private beginPeriods(now: Instant): void {
    if (this.soFar === undefined) return;
    for (const from of this.soFar.startsBefore(now)) {
      this.soFar.begin(this.assigned, (features, name) => this.standing(features, name), {
        orphans: this.orphans,
        nobodyRevoked: this.nobodyRevoked,
      });
      this.cells.set(from, { lower: this.lower(), upper: this.upper() });
    }
  }

  /** `isTied`: it may come before one of another kind in the same seat. */
  private assign(name: string, use: TimedUse, witness: Witness, isTied: boolean): void {
    const { feature, featureless, group: kind, time } = use;
    const features = getOrCreate(this.assigned, name, (): Assignments => new Map());
    const isCertain = !featureless && !isTied && !this.anytimeRevoked.has(name);
    const key = keyOf(use);
    if (this.worth.isByKind && this.worth.of([{ kind, isCertain: true }]).upper === undefined)
      this.doubts.note('factor', witness, time, undefined);
    const others = otherKinds(features, use);
    if (others.length > 0) this.doubts.note('retyped', witness, time, undefined);
    this.change(name, features, () => {
      loosen(features, others);
      features.set(key, {
        feature,
        kind,
        seat: use.seat,
        isCertain: isCertain || features.get(key)?.isCertain === true,
      });
    });
    if (!this.witnesses.has(name)) this.witnesses.set(name, witness);
  }

  /** `isTied`: it may come before what it is held to end. */
  private revoke(name: string, use: TimedUse, witness: Witness, isTied: boolean): void {
    const { featureless, time } = use;
    const features = getOrCreate(this.assigned, name, (): Assignments => new Map());
    if (featureless) {
      // It may have been of another license: then it still stands.
      this.change(name, features, () => loosen(features, [...features.keys()]));
      // Or of this one, ever since before the log.
      if (!revokedBy(features, use).isKnown) this.orphans++;
      features.set(keyOf(use), undefined);
      return;
    }
    const meant = revokedBy(features, use);
    if (isTied) this.doubts.note('tied', witness, time, undefined);
    // What was assigned by an event without a feature may be what is revoked here.
    const unnamed = matching(features, { ...use, feature: undefined }).filter(
      (key) => features.get(key)!.feature === undefined,
    );
    this.change(name, features, () => {
      loosen(features, unnamed);
      if (meant.isCertain && !isTied) for (const key of meant.keys) features.set(key, undefined);
      else loosen(features, meant.keys);
    });
    if (meant.isKnown || unnamed.length > 0) return;
    const isFirst = features.size === 0;
    if (isFirst && !this.anytimeAssigned.has(name)) this.lacksAssignments = true;
    features.set(keyOf(use), undefined);
    this.doubts.note('revoked', witness, undefined, time);
    this.orphans++;
    if (!isFirst || this.anytimeRevoked.has(name) || this.worth.isByKind) return;
    this.orphansNow += ONE;
    this.cells.touch(time - 1n, { lower: this.certainBefore + this.orphansNow, upper: 0n });
    this.soFar?.stood(name);
  }

  /** Counts a name before and after its assignments change. */
  private change(name: string, features: Assignments, apply: () => void): void {
    const before = this.standing(features, name);
    apply();
    const after = this.standing(features, name);
    this.certain += after.lower - before.lower;
    this.possible += (after.upper ?? 0n) - (before.upper ?? 0n);
    this.unbounded += (after.upper === undefined ? 1 : 0) - (before.upper === undefined ? 1 : 0);
    this.soFar?.note(name, after);
    if (!isHeld(features)) this.witnesses.delete(name);
  }

  /** Those who were assigned at an unknown time are possible always, and counted apart. */
  private standing(features: Assignments, name: string): Bounds {
    const bounds = this.worth.of([...features.values()].filter((held) => held !== undefined));
    if (!this.anytimeAssigned.has(name)) return bounds;
    return { lower: this.worth.isTwoSided ? 0n : bounds.lower, upper: bounds.upper && 0n };
  }

  private lower(): Amount {
    const { most, isTwoSided } = this.worth;
    const [certain, revoked] =
      this.soFar === undefined
        ? [this.certain, this.nobodyRevoked]
        : [BigInt(this.soFar.certain) * ONE, this.soFar.nobodyRevokedBefore];
    // Of two sides, with those who are revoked later for the first time taken off in the end.
    if (isTwoSided) return certain - BigInt(revoked + this.nobodyAssigned - this.orphans) * most;
    const lower = certain - BigInt(revoked) * most;
    return lower > 0n ? lower : 0n;
  }

  /** Without those who are revoked later for the first time: they may have been assigned ever since before the log. */
  private upper(): Amount | undefined {
    if (this.unbounded > 0) return undefined;
    const { most, isTwoSided } = this.worth;
    const anytime = this.anytimeAssigned.size + this.anytimeNobody;
    const nobody = this.nobodyAssigned + (isTwoSided ? this.nobodyRevoked : 0);
    const [possible, orphans] =
      this.soFar === undefined
        ? [this.possible, this.orphans]
        : [BigInt(this.soFar.possible) * ONE, this.soFar.orphansBefore];
    return possible + BigInt(nobody + anytime - orphans) * most;
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
