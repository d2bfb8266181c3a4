/** `count seats`: the peak of overlapping sessions, weighted by quantity (FlexNet, RLM, JetBrains and kin). */
import type { Instant } from '../base/instant.ts';
import { count } from '../base/text-safety.ts';
import { EARLIEST } from '../base/time-zone.ts';
import type { Amount } from './amount.ts';
import type { License } from './contract.ts';
import { isCapacityReason } from './denial-reason.ts';
import type { Alternative } from './flip-test.ts';
import { holderOf, type LicenseUse, type TimedUse, toSessionEvent } from './license-use.ts';
import { Doubts, type MeasureFold, type SegmentUse } from './measure-fold.ts';
import { PeakTracker, type SegmentPeak } from './peak.ts';
import type { Segment } from './periods.ts';
import { PlainPeak } from './plain-peak.ts';
import type { Limit } from './quantities.ts';
import { type CheckedSegment, formatLacking, SelfCheck, type SelfCheckResult } from './self-check.ts';
import { type SeatSink, type Session, type SessionEvent, Sessions } from './sessions.ts';

/** Of one segment: the lower bound if a missing check-in were a doubt, and the peak if nothing lingered. */
type Others = { doubted: Amount | undefined; lingerless: Amount | undefined };

type Stretch = { from: Instant; until: Instant | undefined };

export class SeatsMeasure implements MeasureFold {
  private readonly segments: readonly Segment[];
  private readonly license: License;
  private readonly tracker: PeakTracker;
  private readonly sessions: Sessions;
  private readonly check = new SelfCheck();
  private checked: SelfCheckResult | undefined;
  /** Of people whom the contract leaves out. The license server counts them all the same. */
  private readonly others: Sessions;
  /** Use if seats did not linger; undefined where they do not, or where that is another question. */
  private lingerless: PlainPeak | undefined;
  /** Which segment the events are in. */
  private index = 0;
  private readonly doubts = new Doubts();
  private readonly quantityDoubts = new Doubts();
  private seatsAnytime: Amount = 0n;
  private unboundedAnytime = false;
  /** When sessions of unreadable quantity were open; overlapping stretches as one. */
  private readonly unbounded: Stretch[] = [];
  private openStretch: Stretch | undefined;
  private readonly unreadable = new Set<Session>();

  constructor(license: License, segments: readonly Segment[]) {
    this.segments = segments;
    this.license = license;
    const tracker = new PeakTracker(
      segments.map(({ from, limit }) => ({ from, proofAbove: amountOf(limit) })),
    );
    this.tracker = tracker;
    const { linger, missingCheckin } = license;
    const timeout = typeof missingCheckin === 'object' ? { timeout: missingCheckin.after } : {};
    const { check } = this;
    if (linger > 0n && license.share.length === 0)
      this.lingerless = new PlainPeak(segments.map(({ from }) => from));
    this.others = new Sessions({ linger, ...timeout }, toCheckSink(check));
    this.sessions = new Sessions(
      { linger, ...timeout },
      {
        take: (session, at) => {
          tracker.take(session, at);
          this.lingerless?.add(session.quantity, at);
          check.take(session);
          if (session.unreadable) this.takeUnreadable(session, at);
        },
        release: (session, at) => {
          tracker.release(session, at);
          check.release(session);
          if (session.unreadable) this.releaseUnreadable(session, at);
        },
        overdue: (session, quantity) => {
          check.overdue(session, quantity);
          this.lingerless?.add(-quantity, session.ends);
        },
        idle: (by, at) => this.lingerless?.add(by, at),
        change: (session, by, at) => {
          if (by > 0n) this.lingerless?.add(by, at);
          tracker.change(session, by, at);
          check.change(session, by);
          if (by === 0n) this.takeUnreadable(session, at);
        },
        orphan: (event) => {
          tracker.orphan(event);
          check.orphan(event);
          if (event.unreadable) this.unboundedUntil(event, 'amount');
        },
        doubt: (quantity, at, event, reason = 'repeated') => {
          tracker.doubt(quantity, at);
          check.doubt(quantity, event);
          if (quantity > 0n) this.doubts.note(reason, event);
        },
        upgradeUnknown: (event) => {
          check.upgradeUnknown(event);
          this.unboundedUntil(event, 'upgraded');
          this.unbounded.push({ from: event.at, until: undefined });
        },
      },
    );
  }

  anytime(use: LicenseUse): void {
    if (use.kind === 'close') return;
    this.doubts.note('untimed', { holder: holderOf(use), place: use.place });
    if (use.seats === undefined) this.unboundedAnytime = true;
    else this.seatsAnytime += use.seats;
  }

  add(use: TimedUse): void {
    const event = toSessionEvent(use);
    if (!use.featureless) {
      if (use.kind === 'open') this.sessions.checkOut(event);
      else if (use.kind === 'close') this.sessions.checkIn(event);
      else if (use.kind === 'upgrade') this.sessions.upgrade(event);
      else {
        // A seat for an instant is all linger, or next to nothing.
        this.lingerless = undefined;
        this.sessions.use(event);
      }
      this.hold(use, event);
    } else if (use.kind !== 'close') {
      this.doubts.note('featureless', event);
      this.sessions.advance(use.time);
      this.tracker.doubt(event.quantity, use.time);
      this.check.doubt(event.quantity, event);
      if (event.unreadable) this.unbounded.push({ from: use.time, until: undefined });
    } else if (use.named) {
      // A check-in that names its session may end one of ours; by person and host alone it may be another license's.
      this.sessions.checkIn(event);
    }
  }

  uncounted(use: TimedUse): void {
    if (use.featureless) return;
    const event = toSessionEvent(use);
    this.sessions.advance(use.time);
    this.others.advance(use.time);
    if (use.kind === 'open') this.others.checkOut(event);
    else if (use.kind === 'close') this.others.checkIn(event);
    else if (use.kind === 'upgrade') this.others.upgrade(event);
    else if (use.kind === 'use') this.others.use(event);
    else if (use.server?.reason !== undefined && isCapacityReason(use.server.reason)) {
      const known = use.server.capacity ?? amountOf(this.segments[this.segmentAt(use.time)]!.limit);
      this.check.denial(event, known, this.segmentAt(use.time));
    }
    this.hold(use, event);
  }

  /** Holds what we count against what the server says it counts. */
  private hold({ time, server }: TimedUse, event: SessionEvent): void {
    if (server?.inUse === undefined) return;
    this.others.advance(time);
    this.check.counter(event, server.inUse, this.segmentAt(time));
  }

  private segmentAt(time: Instant): number {
    while (this.index < this.segments.length - 1 && this.segments[this.index]!.until <= time) this.index++;
    return this.index;
  }

  selfCheck(): SelfCheckResult {
    this.checked ??= this.check.finish(
      [...this.sessions.stillOpen(), ...this.others.stillOpen()],
      this.segments.length,
    );
    return this.checked;
  }

  finish(until: Instant): SegmentUse[] {
    this.sessions.advance(until);
    this.others.advance(until);
    const peaks = this.tracker.finish(until, this.license.missingCheckin !== 'keep-open', this.seatsAnytime);
    const { segments } = this.selfCheck();
    const doubted =
      this.license.missingCheckin === 'in-use'
        ? this.tracker.finish(until, false, this.seatsAnytime).map(({ lower }) => lower.amount)
        : undefined;
    const lingerless = this.lingerless?.finish(until);
    return peaks.map((peak, index) =>
      this.toSegmentUse(this.segments[index]!, peak, segments[index]!, {
        doubted: doubted?.[index],
        lingerless: lingerless?.[index],
      }),
    );
  }

  stillOpen(): Iterable<Session> {
    return this.sessions.stillOpen();
  }

  private toSegmentUse(
    segment: Segment,
    peak: SegmentPeak,
    check: CheckedSegment,
    others: Others,
  ): SegmentUse {
    const { lower, upper, neverReturned, orphans } = peak;
    const unreadable = this.isUnbounded(segment);
    const doubts = [...this.doubts.reasons(), ...(unreadable ? this.quantityDoubts.reasons() : [])];
    const doubtful = [
      ...peak.doubtful,
      ...this.doubts.places,
      ...(unreadable ? this.quantityDoubts.places : []),
    ];
    // Check-outs are missing there, and so they may be anywhere in the segment: nothing bounds how many.
    const unbounded = unreadable || check.lacking !== undefined;
    if (check.lacking !== undefined) {
      doubts.unshift(formatLacking(check.lacking));
      doubtful.unshift({ holder: check.lacking.feature, place: check.lacking.place });
    }
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
      doubtful,
    };
    if (check.points > 0) use.selfCheck = check;
    if (!unbounded) use.alternatives = this.alternatives(peak, others);
    return use;
  }

  private alternatives({ lower, upper, tied }: SegmentPeak, { doubted, lingerless }: Others): Alternative[] {
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

  private isUnbounded({ from, until }: Segment): boolean {
    return (
      this.unboundedAnytime ||
      this.unbounded.some((each) => each.from < until && (each.until === undefined || each.until > from))
    );
  }
}

function toCheckSink(check: SelfCheck): SeatSink {
  return {
    take: (session) => check.take(session),
    release: (session) => check.release(session),
    overdue: (session, quantity) => check.overdue(session, quantity),
    change: (session, by) => check.change(session, by),
    orphan: (event) => check.orphan(event),
    doubt: (quantity, _, event) => check.doubt(quantity, event),
    upgradeUnknown: (event) => check.upgradeUnknown(event),
  };
}

function amountOf(limit: Limit | undefined): Amount | undefined {
  return limit === undefined || limit.amount === 'unlimited' ? undefined : limit.amount;
}
