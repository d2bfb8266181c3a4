/** `count seats`: the peak of overlapping sessions, weighted by quantity (FlexNet, RLM, JetBrains and kin). */
import type { Instant } from '../base/instant.ts';
import { count } from '../base/text-safety.ts';
import { type Amount, formatAmount } from './amount.ts';
import type { License } from './contract.ts';
import {
  holderOf,
  type LicenseUse,
  type ServerRestart,
  type TimedUse,
  toSessionEvent,
} from './license-use.ts';
import { Doubts, type MeasureFold, type SegmentUse } from './measure-fold.ts';
import { type OpenEnds, PeakTracker, type SegmentPeak } from './peak.ts';
import type { Segment } from './periods.ts';
import { isOver, type Limit } from './quantities.ts';
import { isOpenInUse, sessionOptions } from './session-options.ts';
import { type SeatSink, type Session, Sessions } from './sessions.ts';
import { TimeOverMeter } from './time-over.ts';

/** `until` undefined: to the end. */
export type Stretch = { from: Instant; until: Instant | undefined };

/** What becomes of the seats: the peaks of segments, or how long they were taken. */
export type SeatTracker = SeatSink & {
  finish(until: Instant, missingIsInUse: boolean, anytime: Amount): SegmentPeak[];
};

export class SeatsMeasure implements MeasureFold {
  private readonly segments: readonly Segment[];
  private readonly license: License;
  private readonly tracker: SeatTracker;
  private readonly sessions: Sessions;
  private readonly doubts = new Doubts();
  private readonly quantityDoubts = new Doubts();
  private seatsAnytime: Amount = 0n;
  private unboundedAnytime = false;
  /** When sessions of unreadable quantity were open; overlapping stretches as one. */
  private readonly unbounded: Stretch[] = [];
  private openStretch: Stretch | undefined;
  private readonly unreadable = new Set<Session>();
  /** Where the contract allows overage. */
  private readonly overMeter: TimeOverMeter | undefined;
  private readonly openEnds: () => OpenEnds;
  /** How many sessions a restart ended, for each segment. */
  private readonly restarted: number[] = [];
  private restartSegment = 0;

  /** `segments` as they are when the fold finishes: one for each peak of the tracker. */
  constructor(license: License, segments: readonly Segment[], given?: SeatTracker) {
    this.segments = segments;
    this.license = license;
    if (given === undefined && license.overage !== undefined) {
      this.overMeter = new TimeOverMeter(segments.map(({ limit }) => amountOf(limit)));
    }
    const meter = this.overMeter;
    const peaks = new PeakTracker(segments.map(toPeakSegment), meter && ((...stay) => meter.stay(...stay)));
    const tracker = given ?? peaks;
    this.openEnds = () => peaks.openEnds();
    this.tracker = tracker;
    this.sessions = new Sessions(sessionOptions(license), {
      take: (session, at) => {
        tracker.take(session, at);
        if (session.unreadable) this.takeUnreadable(session, at);
      },
      release: (session, at) => {
        tracker.release(session, at);
        if (session.unreadable) this.releaseUnreadable(session, at);
      },
      orphan: (event) => tracker.orphan(event),
      doubt: (quantity, at, event) => {
        tracker.doubt(quantity, at);
        if (event !== undefined) this.doubts.note('repeated', event);
      },
    });
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
      else this.sessions.use(event);
    } else if (use.kind !== 'close') {
      this.doubts.note('featureless', event);
      this.sessions.advance(use.time);
      this.tracker.doubt(event.quantity, use.time);
      if (event.unreadable) this.unbounded.push({ from: use.time, until: undefined });
    } else if (use.named) {
      // A check-in that names its session may end one of ours; by person and host alone it may be another license's.
      this.sessions.checkIn(event);
    }
  }

  restart({ time, daemon }: ServerRestart): void {
    const last = this.segments.length - 1;
    while (this.restartSegment < last && this.segments[this.restartSegment]!.until <= time)
      this.restartSegment++;
    const ended = this.sessions.restart(time, daemon);
    this.restarted[this.restartSegment] = (this.restarted[this.restartSegment] ?? 0) + ended;
  }

  finish(until: Instant): SegmentUse[] {
    const peaks = this.peaks(until);
    const over = this.overMeter?.finish(this.openEnds(), this.seatsAnytime);
    return peaks.map((peak, index) => {
      const use = this.toSegmentUse(this.segments[index]!, peak, this.restarted[index] ?? 0);
      return over === undefined ? use : { ...use, over: over[index]! };
    });
  }

  /** What `finish` says of the segments, before doubts are put into words. */
  peaks(until: Instant): SegmentPeak[] {
    this.sessions.advance(until);
    return this.tracker.finish(until, isOpenInUse(this.license), this.seatsAnytime);
  }

  stillOpen(): Iterable<Session> {
    return this.sessions.stillOpen();
  }

  toSegmentUse(segment: Segment, peak: SegmentPeak, ended = 0): SegmentUse {
    const { lower, upper, tied, neverReturned, orphans } = peak;
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
    const notes: string[] = [];
    if (!isOver(upper.amount, segment.limit) && isOver(tied, segment.limit)) {
      notes.push(
        `check-ins are taken to come before check-outs of the same instant; otherwise the peak would be ${formatAmount(tied)}`,
      );
    }
    if (ended > 0) {
      notes.push(
        `${count(ended, 'session without a check-in is', 'sessions without a check-in are')} taken to end when the server restarted`,
      );
    }
    if (notes.length > 0) use.note = notes.join('; ');
    return use;
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

  /** When nothing bounds the seats; in order of time. */
  unboundedStretches(): readonly Stretch[] {
    return this.unboundedAnytime ? [{ from: this.segments[0]!.from, until: undefined }] : this.unbounded;
  }

  private isUnbounded({ from, until }: Segment): boolean {
    return (
      this.unboundedAnytime ||
      this.unbounded.some((each) => each.from < until && (each.until === undefined || each.until > from))
    );
  }
}

export function toPeakSegment({ from, limit }: Segment): { from: Instant; proofAbove: Amount | undefined } {
  return { from, proofAbove: amountOf(limit) };
}

function amountOf(limit: Limit | undefined): Amount | undefined {
  return limit === undefined || limit.amount === 'unlimited' ? undefined : limit.amount;
}
