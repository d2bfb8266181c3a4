/** `count seats`: the peak of overlapping sessions, weighted by quantity (FlexNet, RLM, JetBrains and kin). */
import type { Instant } from '../base/instant.ts';
import { count } from '../base/text-safety.ts';
import { type Amount, formatAmount } from './amount.ts';
import type { License } from './contract.ts';
import { holderOf, type LicenseUse, type TimedUse, toSessionEvent } from './license-use.ts';
import { Doubts, type MeasureFold, type SegmentUse } from './measure-fold.ts';
import { PeakTracker, type SegmentPeak } from './peak.ts';
import type { Segment } from './periods.ts';
import { isOver, type Limit } from './quantities.ts';
import { bothSinks, type SeatSink, type Session, Sessions } from './sessions.ts';

type Stretch = { from: Instant; until: Instant | undefined };

export class SeatsMeasure implements MeasureFold {
  private readonly segments: readonly Segment[];
  private readonly license: License;
  private readonly tracker: PeakTracker;
  private readonly sessions: Sessions;
  private readonly doubts = new Doubts();
  private readonly quantityDoubts = new Doubts();
  private seatsAnytime: Amount = 0n;
  private unboundedAnytime = false;
  /** When sessions of unreadable quantity were open; overlapping stretches as one. */
  private readonly unbounded: Stretch[] = [];
  private openStretch: Stretch | undefined;
  private readonly unreadable = new Set<Session>();

  /** `watch` is told what the sessions do, beside the measure itself. */
  constructor(license: License, segments: readonly Segment[], watch?: SeatSink) {
    this.segments = segments;
    this.license = license;
    const tracker = new PeakTracker(
      segments.map(({ from, limit }) => ({ from, proofAbove: amountOf(limit) })),
    );
    this.tracker = tracker;
    const { linger, missingCheckin } = license;
    const timeout = typeof missingCheckin === 'object' ? { timeout: missingCheckin.after } : {};
    const sink: SeatSink = {
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
    };
    this.sessions = new Sessions({ linger, ...timeout }, watch === undefined ? sink : bothSinks(sink, watch));
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

  finish(until: Instant): SegmentUse[] {
    this.sessions.advance(until);
    const peaks = this.tracker.finish(until, this.license.missingCheckin !== 'keep-open', this.seatsAnytime);
    return peaks.map((peak, index) => this.toSegmentUse(this.segments[index]!, peak));
  }

  stillOpen(): Iterable<Session> {
    return this.sessions.stillOpen();
  }

  private toSegmentUse(segment: Segment, peak: SegmentPeak): SegmentUse {
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
    if (!isOver(upper.amount, segment.limit) && isOver(tied, segment.limit)) {
      use.note = `check-ins are taken to come before check-outs of the same instant; otherwise the peak would be ${formatAmount(tied)}`;
    }
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

  private isUnbounded({ from, until }: Segment): boolean {
    return (
      this.unboundedAnytime ||
      this.unbounded.some((each) => each.from < until && (each.until === undefined || each.until > from))
    );
  }
}

function amountOf(limit: Limit | undefined): Amount | undefined {
  return limit === undefined || limit.amount === 'unlimited' ? undefined : limit.amount;
}
