/**
 * `count seats`: the peak of overlapping sessions, weighted by quantity (FlexNet, RLM, JetBrains and kin).
 * It joins sessions, peaks, capacity and denials of one license around one state, so one file of 410 lines.
 */
import type { Instant } from '../../base/instant.ts';
import { count } from '../../base/text-safety.ts';
import { EARLIEST } from '../../base/time-zone.ts';
import type { Amount } from '../contract/amount.ts';
import type { License } from '../contract/contract.ts';
import type { Segment } from '../contract/periods.ts';
import type { Limit } from '../contract/quantities.ts';
import { SelfCheck, type SelfCheckResult } from '../self-check/self-check.ts';
import { isCapacityReason } from '../use/denial-reason.ts';
import {
  holderOf,
  type LicenseUse,
  type ServerRestart,
  type TimedUse,
  toSessionEvent,
} from '../use/license-use.ts';
import { RepeatedSeats } from '../use/repeated-seats.ts';
import { bothSinks, type SeatSink } from '../use/seat-sink.ts';
import type { Session, SessionEvent } from '../use/session.ts';
import { isOpenInUse, sessionOptions } from '../use/session-options.ts';
import { Sessions } from '../use/sessions.ts';
import { SilentCheckIns } from '../use/silent-check-ins.ts';
import { UndatedCheckIns } from '../use/undated-check-ins.ts';
import { withSelfCheck } from './checked-uses.ts';
import { type Alternative, Doubts, type MeasureFold, type SegmentUse } from './measure-fold.ts';
import { PeakTracker, type SegmentPeak } from './peak.ts';
import { PlainPeak } from './plain-peak.ts';
import { TimeOverMeter } from './time-over.ts';

/** Of one segment: the lower bound if a missing check-in were a doubt, and the peak if nothing lingered. */
type Others = { doubted: Amount | undefined; lingerless: Amount | undefined };

/** `until` undefined: to the end. */
export type Stretch = { from: Instant; until: Instant | undefined };

/** What becomes of the seats: the peaks of segments, or how long they were taken. */
export type SeatTracker = Omit<SeatSink, 'idle' | 'lose' | 'overdue' | 'returned' | 'upgradeUnknown'> & {
  finish(until: Instant, missingIsInUse: boolean, anytime: Amount): SegmentPeak[];
};

export class SeatsMeasure implements MeasureFold {
  private readonly segments: readonly Segment[];
  private readonly license: License;
  private readonly tracker: SeatTracker;
  private readonly sessions: Sessions;
  private readonly check = new SelfCheck();
  private checked: SelfCheckResult | undefined;
  /** What the self-check is told for. */
  private readonly contracted: readonly Segment[];
  /** Which of them the events are in. */
  private index = 0;
  /** Of people whom the contract leaves out. The license server counts them all the same. */
  private readonly others: Sessions;
  /** Of records that repeat others. */
  private readonly seconds: RepeatedSeats;
  private readonly silent = new SilentCheckIns();
  private readonly silentDoubts = new Doubts();
  /** Whether the bounds are peaks of the contract's segments, and not something that is made of a tracker's figures. */
  private readonly isPeak: boolean;
  /** Use if seats did not linger; undefined where they do not, or where that is another question. */
  private lingerless: PlainPeak | undefined;
  private readonly doubts = new Doubts();
  private readonly quantityDoubts = new Doubts();
  private seatsAnytime: Amount = 0n;
  private unboundedAnytime = false;
  /** Undefined once they are counted among those. */
  private undated: UndatedCheckIns | undefined = new UndatedCheckIns();
  /** When sessions of unreadable quantity were open; overlapping stretches as one. */
  private readonly unbounded: Stretch[] = [];
  private openStretch: Stretch | undefined;
  private readonly unreadable = new Set<Session>();
  /** Where the contract allows overage. */
  private readonly time: TimeAbove | undefined;
  /** How many sessions a restart ended, for each segment. */
  private readonly restarted: number[] = [];
  private restartSegment = 0;

  /**
   * `segments` as they are when the fold finishes: one for each peak of the tracker, which is that of peaks where none is given.
   * `contracted`: the contract's, where these are others. `watch` is told what the sessions do, beside the measure itself.
   */
  constructor(
    license: License,
    segments: readonly Segment[],
    tracker?: SeatTracker,
    contracted: readonly Segment[] = segments,
    watch?: SeatSink,
  ) {
    this.segments = segments;
    this.contracted = contracted;
    this.license = license;
    this.isPeak = tracker === undefined;
    this.time = this.isPeak && license.overage !== undefined ? new TimeAbove(segments) : undefined;
    const seats = tracker ?? this.time?.tracker ?? new PeakTracker(segments.map(toPeakSegment));
    this.tracker = seats;
    if (this.isPeak && license.linger > 0n && license.share.length === 0)
      this.lingerless = new PlainPeak(segments.map(({ from }) => from));
    const { check } = this;
    this.seconds = new RepeatedSeats(sessionOptions(license), (by, at, event) => {
      seats.doubt(by, at, event);
      check.doubt(by, event);
      if (by > 0n) this.doubts.note('second', event);
    });
    this.others = new Sessions(sessionOptions(license), toCheckSink(check));
    const sink: SeatSink = {
      take: (session, at) => {
        seats.take(session, at);
        this.lingerless?.add(session.quantity, at);
        check.take(session);
        if (session.unreadable) this.takeUnreadable(session, at);
      },
      release: (session, at) => {
        seats.release(session, at);
        check.release(session);
        if (session.unreadable) this.releaseUnreadable(session, at);
      },
      withdraw: (session, at, wasInUse) => {
        seats.withdraw(session, at, wasInUse);
        check.withdraw(session);
      },
      overdue: (session, quantity) => {
        check.overdue(session, quantity);
        this.lingerless?.add(-quantity, session.ends);
      },
      lose: (session) => this.silent.lose(session),
      returned: (session, event) => this.silent.ended(session, event),
      idle: (by, at) => this.lingerless?.add(by, at),
      change: (session, by, at) => {
        if (by > 0n) this.lingerless?.add(by, at);
        seats.change(session, by, at);
        check.change(session, by);
        if (by === 0n) this.takeUnreadable(session, at);
      },
      orphan: (event) => {
        seats.orphan(event);
        check.orphan(event);
        if (event.unreadable) this.unboundedUntil(event, 'amount');
        if (this.silent.orphan(event)) this.silentDoubts.note('silent', event);
      },
      doubt: (quantity, at, event, reason = 'repeated') => {
        seats.doubt(quantity, at, event);
        check.doubt(quantity, event);
        if (quantity > 0n) this.doubts.note(reason, event);
      },
      mayGoOn: (late, at) => seats.mayGoOn?.(late, at),
      wentOn: (late, at, event) => {
        seats.wentOn?.(late, at, event);
        this.doubts.note('late', event);
      },
      upgradeUnknown: (event) => {
        check.upgradeUnknown(event);
        this.unboundedUntil(event, 'upgraded');
        this.unbounded.push({ from: event.at, until: undefined });
      },
    };
    this.sessions = new Sessions(
      sessionOptions(license),
      watch === undefined ? sink : bothSinks(sink, watch),
    );
  }

  anytime(use: LicenseUse): void {
    this.undated?.note(use);
    if (use.kind !== 'close') this.takeAnytime(use, use.seats);
  }

  private takeAnytime(use: LicenseUse, seats: Amount | undefined): void {
    this.doubts.note('untimed', { holder: holderOf(use), place: use.place });
    if (seats === undefined) this.unboundedAnytime = true;
    else this.seatsAnytime += seats;
  }

  /** After all events, before the first bound is asked for. */
  private settleUndated(): void {
    const isSilenceOne = this.silent.isSilenceOne();
    for (const { last, sessions, seats, isSilent } of this.undated?.unseen() ?? [])
      this.takeAnytime(last, isSilent && !isSilenceOne ? undefined : seats && seats * BigInt(sessions));
    this.undated = undefined;
  }

  add(use: TimedUse): void {
    const event = toSessionEvent(use);
    this.advanceSeconds(use.time);
    this.silent.take(use);
    this.undated?.take(use);
    if (use.isSecond) {
      if (!use.featureless) this.addSecond(use, event);
    } else if (!use.featureless) {
      // A seat for an instant is all linger, or next to nothing.
      if (use.kind === 'use') this.lingerless = undefined;
      this.sessions.follow(use.kind, event);
      this.hold(use, event);
    } else if (use.kind !== 'close') {
      this.doubts.note('featureless', event);
      this.sessions.advance(use.time);
      this.tracker.doubt(event.quantity, use.time, event);
      this.check.doubt(event.quantity, event);
      if (event.unreadable) this.unbounded.push({ from: use.time, until: undefined });
    } else if (use.named) {
      // A check-in that names its session may end one of ours; by person and host alone it may be another license's.
      this.sessions.checkIn(event);
    }
  }

  /** A record that repeats another: the seats that it takes are a doubt, and a check-in may be of either. */
  private addSecond({ kind, seats }: TimedUse, event: SessionEvent): void {
    this.sessions.advance(event.at);
    if (kind === 'use') this.seconds.use(event);
    else if (kind === 'open') this.seconds.checkOut(event);
    else if (!this.seconds.checkIn(event) && this.sessions.isOpen(event)) {
      this.sessions.checkIn(event);
      this.seconds.checkOut(event);
    }
    if (seats === undefined) this.unbounded.push({ from: event.at, until: undefined });
  }

  private advanceSeconds(now: Instant): void {
    this.seconds.advance(now, (at) => this.sessions.advance(at));
  }

  /** Whom a seat is shared with depends on who holds it. */
  renamed(use: TimedUse): void {
    if (!this.license.share.includes('person')) return;
    const event = toSessionEvent(use);
    this.doubts.note('renamed', event);
    this.advanceSeconds(use.time);
    this.sessions.advance(use.time);
    this.tracker.doubt(event.quantity, use.time, event);
    if (event.unreadable) this.unbounded.push({ from: use.time, until: undefined });
  }

  restart({ time, daemon, log }: ServerRestart): void {
    const last = this.segments.length - 1;
    while (this.restartSegment < last && this.segments[this.restartSegment]!.until <= time)
      this.restartSegment++;
    this.advanceSeconds(time);
    const ended = this.sessions.restart(time, daemon, log);
    this.others.restart(time, daemon, log);
    // No daemon or log of several: then they may be of others, and go on.
    if (daemon === undefined && log === undefined) this.seconds.restart(time);
    this.restarted[this.restartSegment] = (this.restarted[this.restartSegment] ?? 0) + ended;
  }

  uncounted(use: TimedUse): void {
    this.silent.take(use);
    if (use.featureless) return;
    const event = toSessionEvent(use);
    this.advanceSeconds(use.time);
    this.sessions.advance(use.time);
    this.others.advance(use.time);
    this.others.follow(use.kind, event);
    if (use.kind === 'denied' && use.server?.reason !== undefined && isCapacityReason(use.server.reason)) {
      const segment = this.segmentAt(use.time);
      this.check.denial(event, use.server.capacity ?? this.capacityIn(segment), segment);
    }
    this.hold(use, event);
  }

  selfCheck(): SelfCheckResult {
    if (this.checked !== undefined) return this.checked;
    for (const event of this.silent.unknown()) this.check.orphanUnknown(event);
    this.checked = this.check.finish(
      [...this.sessions.stillOpen(), ...this.others.stillOpen()],
      this.contracted.length,
    );
    return this.checked;
  }

  /** Holds what we count against what the server says it counts. */
  private hold({ time, server }: TimedUse, event: SessionEvent): void {
    if (server?.inUse === undefined) return;
    this.others.advance(time);
    this.check.counter(event, server.inUse, this.segmentAt(time));
  }

  private segmentAt(time: Instant): number {
    const last = this.contracted.length - 1;
    while (this.index < last && this.contracted[this.index]!.until <= time) this.index++;
    return this.index;
  }

  /** Less than nothing where a minimum alone is beyond the quantity: then it says nothing of the server. */
  private capacityIn(segment: number): Amount | undefined {
    const capacity = amountOf(this.contracted[segment]!.limit);
    return capacity === undefined || capacity < 0n ? undefined : capacity;
  }

  finish(until: Instant): SegmentUse[] {
    this.settleUndated();
    this.advanceSeconds(until);
    this.sessions.advance(until);
    const { missingCheckin } = this.license;
    // Before the bounds that count: what the tracker is asked last stays.
    const doubted =
      this.isPeak && missingCheckin === 'in-use'
        ? this.tracker.finish(until, false, this.seatsAnytime).map(({ lower }) => lower.amount)
        : undefined;
    const peaks = this.peaks(until);
    const over = this.time?.finish(this.seatsAnytime);
    const lingerless = this.lingerless?.finish(until);
    const uses = peaks.map((peak, index) => {
      const use = this.toSegmentUse(this.segments[index]!, peak, this.restarted[index] ?? 0);
      const others = { doubted: doubted?.[index], lingerless: lingerless?.[index] };
      if (this.isPeak && use.upper.amount !== undefined) use.alternatives = alternativesOf(peak, others);
      return over === undefined ? use : { ...use, over: over[index]! };
    });
    return this.isPeak ? this.withSelfCheck(uses) : uses;
  }

  /** `uses` are those of the contract's segments, or of its periods. */
  withSelfCheck(uses: readonly SegmentUse[]): SegmentUse[] {
    return withSelfCheck(uses, this.contracted, this.selfCheck().segments);
  }

  /** What `finish` says of the segments, before doubts are put into words. */
  peaks(until: Instant): SegmentPeak[] {
    this.settleUndated();
    this.advanceSeconds(until);
    this.sessions.advance(until);
    this.others.advance(until);
    const unknownUntil = this.silent.unknownUntil();
    if (unknownUntil !== undefined) {
      this.unbounded.push({ from: EARLIEST, until: unknownUntil });
      this.quantityDoubts.include(this.silentDoubts);
    }
    return this.tracker.finish(until, isOpenInUse(this.license), this.seatsAnytime);
  }

  stillOpen(): Iterable<Session> {
    return this.sessions.stillOpen();
  }

  toSegmentUse(segment: Segment, peak: SegmentPeak, ended = 0): SegmentUse {
    const { lower, upper, neverReturned, orphans } = peak;
    const unbounded = this.isUnbounded(segment);
    const doubts = [...this.doubts.reasons(), ...(unbounded ? this.quantityDoubts.reasons() : [])];
    if (neverReturned > 0) doubts.push(`${count(neverReturned, 'session has', 'sessions have')} no check-in`);
    if (orphans > 0) {
      doubts.push(
        `${count(orphans, 'check-in has', 'check-ins have')} no check-out, so the session may be as old as the log`,
      );
    }
    const use: SegmentUse = {
      segment,
      lower,
      upper: { ...upper, amount: unbounded ? undefined : upper.amount },
      doubts,
      doubtful: [...peak.doubtful, ...this.doubts.places, ...(unbounded ? this.quantityDoubts.places : [])],
    };
    if (ended > 0)
      use.note = `${count(ended, 'session without a check-in is', 'sessions without a check-in are')} taken to end when the server restarted`;
    return use;
  }

  /** Before `event` nobody knows how many seats were taken. */
  private unboundedUntil(event: SessionEvent, reason: 'amount' | 'upgraded'): void {
    this.quantityDoubts.note(reason, event);
    this.unbounded.push({ from: EARLIEST, until: event.at });
  }

  private takeUnreadable(session: Session, at: Instant): void {
    this.quantityDoubts.note('amount', session);
    this.unreadable.add(session);
    if (this.openStretch !== undefined) return;
    this.openStretch = { from: at, until: undefined };
    this.unbounded.push(this.openStretch);
  }

  private releaseUnreadable(session: Session, at: Instant): void {
    this.unreadable.delete(session);
    if (this.unreadable.size > 0 || this.openStretch === undefined) return;
    this.openStretch.until = at;
    this.openStretch = undefined;
  }

  /** When nothing bounds the seats; in order of time, and none overlaps another. */
  unboundedStretches(): readonly Stretch[] {
    if (this.unboundedAnytime) return [{ from: EARLIEST, until: undefined }];
    const stretches: Stretch[] = [];
    for (const { from, until } of this.unbounded.toSorted((a, b) => compareInstants(a.from, b.from))) {
      const last = stretches.at(-1);
      if (last === undefined || (last.until !== undefined && last.until < from))
        stretches.push({ from, until });
      else if (last.until !== undefined && (until === undefined || until > last.until)) last.until = until;
    }
    return stretches;
  }

  private isUnbounded({ from, until }: Segment): boolean {
    return (
      this.unboundedAnytime ||
      this.unbounded.some((each) => each.from < until && (each.until === undefined || each.until > from))
    );
  }
}

/** How long the peaks of segments were above their limits. */
class TimeAbove {
  readonly tracker: PeakTracker;
  private readonly meter: TimeOverMeter;

  constructor(segments: readonly Segment[]) {
    const meter = new TimeOverMeter(segments.map(({ limit }) => amountOf(limit)));
    this.meter = meter;
    this.tracker = new PeakTracker(segments.map(toPeakSegment), (...stay) => meter.stay(...stay));
  }

  /** After the tracker has finished. */
  finish(anytime: Amount): ReturnType<TimeOverMeter['finish']> {
    return this.meter.finish(this.tracker.openEnds(), anytime);
  }
}

function alternativesOf({ lower, upper, tied }: SegmentPeak, { doubted, lingerless }: Others): Alternative[] {
  const [least, most] = [lower.amount, upper.amount];
  const alternatives: Alternative[] = [];
  // Where something is in doubt, the count is neither bound: it may lift the upper one.
  if (tied > most)
    alternatives.push({ assumption: 'tie', lower: least === most ? tied : least, upper: tied });
  if (doubted !== undefined) alternatives.push({ assumption: 'missing', lower: doubted, upper: most });
  if (lingerless !== undefined && least === most)
    alternatives.push({ assumption: 'linger', lower: lingerless, upper: lingerless });
  return alternatives;
}

function toCheckSink(check: SelfCheck): SeatSink {
  return {
    take: (session) => check.take(session),
    release: (session) => check.release(session),
    withdraw: (session) => check.withdraw(session),
    overdue: (session, quantity) => check.overdue(session, quantity),
    change: (session, by) => check.change(session, by),
    orphan: (event) => check.orphan(event),
    doubt: (quantity, _, event) => check.doubt(quantity, event),
    upgradeUnknown: (event) => check.upgradeUnknown(event),
  };
}

function compareInstants(left: Instant, right: Instant): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

export function toPeakSegment({ from, limit }: Segment): { from: Instant; proofAbove: Amount | undefined } {
  return { from, proofAbove: amountOf(limit) };
}

function amountOf(limit: Limit | undefined): Amount | undefined {
  return limit === undefined || limit.amount === 'unlimited' ? undefined : limit.amount;
}
