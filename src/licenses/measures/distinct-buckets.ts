/**
 * `count distinct KEY each BUCKET`: how many different ones used the license in each bucket, or in the days of each window.
 * A session counts in every bucket that it reaches into. Memory: the stretches of use of each name.
 */

import { getOrCreate } from '../../base/get-or-create.ts';
import type { Instant } from '../../base/instant.ts';
import { ONE } from '../contract/amount.ts';
import { indexAt } from '../contract/index-at.ts';
import {
  holderOf,
  type LicenseUse,
  type ServerRestart,
  type TimedUse,
  toSessionEvent,
} from '../use/license-use.ts';
import { Outliving, type OutlivingSeat } from '../use/outliving.ts';
import { isOfAnySession } from '../use/seat-sink.ts';
import { keyOf, type Session, type SessionEvent } from '../use/session.ts';
import { isOpenInUse, sessionOptions } from '../use/session-options.ts';
import { Sessions } from '../use/sessions.ts';
import type { Stretch } from './bucket-clock.ts';
import { type BucketPlan, SHORT_HISTORY } from './bucket-plan.ts';
import { type Cell, CellSums } from './cells.ts';
import type { MeasureFold, SegmentUse, Witness } from './measure-fold.ts';
import { MAX_WITNESSES } from './peak.ts';
import { PeriodDoubts } from './period-doubts.ts';
import { Runs } from './runs.ts';
import type { Explain } from './statistic.ts';

type Presence = { proven: Runs; possible: Runs };

export class DistinctBuckets implements MeasureFold {
  private readonly plan: BucketPlan;
  private readonly doubts: PeriodDoubts;
  private readonly sessions: Sessions;
  private readonly presences = new Map<string, Presence>();
  /** Whose session it is; undefined: nobody is named. */
  private readonly names = new Map<Session, string | undefined>();
  private readonly openNames = new Map<string, string | undefined>();
  /** Use that names nobody: each may be somebody of its own. */
  private readonly nobody = new CellSums();
  private name: string | undefined;
  private readonly outliving = new Outliving();
  private readonly isSoFar: boolean;

  constructor(plan: BucketPlan) {
    this.plan = plan;
    const { count } = plan.license.measure;
    this.isSoFar = count.what === 'distinct' && count.soFar === true;
    this.doubts = new PeriodDoubts(plan.segments);
    this.sessions = new Sessions(
      // A seat that lingers is held by nobody.
      { ...sessionOptions(plan.license), linger: 0n },
      {
        take: (session) => this.take(session),
        release: (session, at) => this.release(session, at),
        orphan: (event) => this.orphan(event),
        change: () => undefined,
        // Its user has others in its stead: `unpaired` says how long they may go on.
        withdraw: () => undefined,
        doubt: (quantity, at, event, reason) => {
          if (isOfAnySession(reason)) {
            this.outlive(this.outliving.note(quantity, at, event), at);
            return;
          }
          // How many seats somebody holds is not counted here.
          if (quantity > 0n) this.repeat(event, at, reason === 'amount');
        },
        upgradeUnknown: (event) => this.orphan(event, 'upgraded'),
      },
    );
  }

  anytime(use: LicenseUse): void {
    const witness = { holder: use.counted ?? holderOf(use), place: use.place };
    this.doubts.note('untimed', witness, undefined, undefined);
    if (use.counted === undefined) this.addNobody(this.always());
    else this.presence(use.counted).possible.add(this.always(), witness);
  }

  add(use: TimedUse): void {
    const { time, counted: name, kind } = use;
    const witness = { holder: name ?? holderOf(use), place: use.place };
    if (use.featureless) {
      if (kind === 'close') return;
      const reach = kind === 'open' ? { from: this.reach(time).from, until: this.end() } : this.reach(time);
      this.doubts.note('featureless', witness, time, kind === 'open' ? undefined : time);
      if (name === undefined) this.addNobody(reach);
      else this.presence(name).possible.add(reach, witness);
      return;
    }
    this.sessions.advance(time);
    if (name === undefined) {
      this.doubts.note('nobody', witness, time, kind === 'open' ? undefined : time);
      if (kind === 'use') this.addNobody(this.reach(time));
    } else {
      // A check-in proves use until just before it.
      this.presence(name).proven.add(this.reach(kind === 'close' ? time - 1n : time), witness);
    }
    this.name = name;
    const event = toSessionEvent(use, witness.holder);
    if (kind !== 'use') this.sessions.follow(kind, event);
  }

  renamed({ counted: name, time, place }: TimedUse): void {
    if (name === undefined) return;
    const witness = { holder: name, place };
    this.doubts.note('renamed', witness, time, undefined);
    this.presence(name).possible.add({ from: this.reach(time).from, until: this.end() }, witness);
  }

  restart({ time, daemon, log }: ServerRestart): void {
    this.sessions.restart(time, daemon, log);
  }

  finish(until: Instant): SegmentUse[] {
    return this.plan.conclude(this.cells(until), this.explain, until);
  }

  cells(until: Instant): Cell[] {
    this.sessions.advance(until);
    const { license, shortUntil, segments } = this.plan;
    for (const session of this.sessions.stillOpen()) {
      const name = this.names.get(session);
      const isInUse = isOpenInUse(license);
      const reach = this.reach(session.at, isInUse ? until : this.end());
      if (name === undefined) this.addNobody(reach);
      else this.presence(name)[isInUse ? 'proven' : 'possible'].add(reach, session);
      if (!isInUse) this.doubts.note('unreturned', session, session.at, undefined);
    }
    for (const seat of this.outliving) this.outlive(seat, this.end());
    const sums = this.nobody;
    for (const { proven, possible } of this.presences.values()) {
      for (const run of this.lasting(proven)) sums.add(run, ONE, 0n);
      possible.addAll(proven);
      for (const run of this.lasting(possible)) sums.add(run, 0n, ONE);
    }
    if (shortUntil !== undefined) {
      sums.add({ from: segments[0]!.from, until: shortUntil }, 0n, undefined);
      this.doubts.remark(SHORT_HISTORY, segments[0]!.from, shortUntil - 1n);
    }
    return sums.cells();
  }

  readonly explain: Explain = {
    witnessesAt: (at) => this.witnessesAt(at),
    doubtsOf: (segment) => this.doubts.of(segment),
  };

  stillOpen(): Iterable<Session> {
    return this.sessions.stillOpen();
  }

  private addNobody(stretch: Stretch): void {
    this.nobody.add({ from: stretch.from, until: this.endOf(stretch) }, 0n, ONE);
  }

  /** With `so far`, who was there once is counted until the period ends; else the runs as they are. */
  private lasting(runs: Runs): Runs {
    if (!this.isSoFar) return runs;
    const lasting = new Runs();
    for (const run of runs) lasting.add({ from: run.from, until: this.endOf(run) }, run.witness);
    return lasting;
  }

  private endOf({ from, until }: Stretch): Instant {
    if (!this.isSoFar || until <= from) return until;
    const { segments } = this.plan;
    const { period } = segments[indexAt(segments, until - 1n)]!;
    return period === undefined || period.until < until ? until : period.until;
  }

  private take(session: Session): void {
    this.names.set(session, this.name);
    this.openNames.set(keyOf(session), this.name);
  }

  private release(session: Session, at: Instant): void {
    const name = this.names.get(session);
    const reach = this.reach(session.at, at);
    if (name === undefined) this.addNobody(reach);
    else this.presence(name).proven.add(reach, session);
    this.names.delete(session);
    this.openNames.delete(keyOf(session));
  }

  private orphan(event: SessionEvent, reason: 'orphan' | 'upgraded' = 'orphan'): void {
    this.doubts.note(reason, event, undefined, event.at);
    const reach = { from: this.start(), until: this.reach(event.at - 1n).until };
    if (this.name === undefined) this.addNobody(reach);
    else this.presence(this.name).possible.add(reach, event);
  }

  /**
   * The open session of somebody else is checked out again: both may hold it, until who knows when. So may who gives back
   * nobody knows how many seats of a session (`isPart`).
   */
  private repeat(event: SessionEvent, at: Instant, isPart: boolean): void {
    if (!isPart && this.name !== undefined && this.openNames.get(keyOf(event)) === this.name) return;
    this.doubts.note(isPart ? 'amount' : 'repeated', event, at, undefined);
    const reach = { from: this.reach(at).from, until: this.end() };
    if (this.name === undefined) this.addNobody(reach);
    else this.presence(this.name).possible.add(reach, event);
  }

  /** Its session ended by contract, or another one did that is taken to be checked in. */
  private outlive(seat: OutlivingSeat | undefined, until: Instant): void {
    if (seat === undefined) return;
    const { event, since } = seat;
    this.doubts.note('outliving', event, since, until);
    const reach = this.reach(since, until);
    if (this.presences.has(event.holder)) this.presence(event.holder).possible.add(reach, event);
    else this.addNobody(reach);
  }

  private witnessesAt(at: Instant): Witness[] {
    const witnesses: Witness[] = [];
    for (const [holder, { proven }] of this.presences) {
      const run = proven.at(at);
      if (run !== undefined) witnesses.push({ holder, place: run.witness.place });
      if (witnesses.length === MAX_WITNESSES) break;
    }
    return witnesses;
  }

  private presence(name: string): Presence {
    return getOrCreate(this.presences, name, () => ({ proven: new Runs(), possible: new Runs() }));
  }

  private reach(from: Instant, until = from + 1n): Stretch {
    return this.plan.clock.reach(from, until);
  }

  private always(): Stretch {
    return { from: this.start(), until: this.end() };
  }

  private start(): Instant {
    return this.plan.segments[0]!.from;
  }

  private end(): Instant {
    return this.plan.segments.at(-1)!.until;
  }
}
