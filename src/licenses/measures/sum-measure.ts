/**
 * `count sum(FIELD)` and `count events`: what a period adds up to, exactly, compared at the end of each segment with the
 * quantity then in force. Use counts when it begins; what a check-in states is possible.
 */
import type { Instant } from '../../base/instant.ts';
import { type Amount, formatAmount } from '../contract/amount.ts';
import type { Measure } from '../contract/contract.ts';
import type { Segment } from '../contract/periods.ts';
import { isOver } from '../contract/quantities.ts';
import { falls, SegmentCursor } from '../contract/segment-cursor.ts';
import { holderOf, type LicenseUse, type TimedUse } from '../use/license-use.ts';
import type { Session } from '../use/session.ts';
import { Cancellations } from './cancellations.ts';
import { addsNothing, eventAmount, MORE_TAKEN_BACK, openReason } from './event-amount.ts';
import { Doubts, type MeasureFold, type SegmentUse, type Witness } from './measure-fold.ts';
import { MAX_WITNESSES } from './peak.ts';

export class SumMeasure implements MeasureFold {
  private readonly measure: Measure;
  private readonly cursor: SegmentCursor;
  private readonly uses: SegmentUse[] = [];
  private readonly cancellations = new Cancellations();
  private readonly anytimeDoubts = new Doubts();
  private anytimeAmount: Amount = 0n;
  private anytimeUnbounded = false;
  /** Of the current period: everything without corrections, and everything since the quantity last fell. */
  private possible: Amount = 0n;
  private unbounded = false;
  private doubts = new Doubts();
  private sinceFall: Amount = 0n;
  private subtracted: Amount = 0n;
  /** Of all that the log has so far. Below zero, more was taken back than the log says was used. */
  private total: Amount = 0n;
  private people = new Map<string, Witness>();
  /** When and where the sum last passed the limit in this segment. */
  private passed: { at: Instant; witness: Witness } | undefined;
  private latest: Instant;

  constructor(measure: Measure, segments: readonly Segment[]) {
    this.measure = measure;
    this.cursor = new SegmentCursor(segments);
    this.latest = segments[0]!.from;
  }

  anytime(use: LicenseUse): void {
    if (addsNothing(this.measure, use)) return;
    this.anytimeDoubts.note('untimed', { holder: holderOf(use), place: use.place });
    const { amount } = eventAmount(this.measure, use);
    if (amount === undefined) this.anytimeUnbounded = true;
    else if (amount > 0n) this.anytimeAmount += amount;
  }

  cancel(use: LicenseUse): void {
    this.cancellations.add(use);
    if (use.time !== undefined)
      this.anytimeDoubts.note('cancellation', { holder: holderOf(use), place: use.place });
  }

  add(use: TimedUse): void {
    this.reach(use.time);
    if (addsNothing(this.measure, use)) return;
    const { amount, doubt } = eventAmount(this.measure, use);
    const witness = { holder: holderOf(use), place: use.place };
    if (amount === undefined) {
      this.unbounded = true;
      this.doubts.note(doubt ?? 'amount', witness);
      return;
    }
    this.total += amount;
    if (amount < 0n) this.subtracted -= amount;
    else this.possible += amount;
    const isCanceled = this.cancellations.has(use);
    const open = isCanceled ? 'canceled' : openReason(use);
    if (open !== undefined) {
      this.doubts.note(open, witness);
      // A correction that may be none still lowers what is proven.
      if (amount > 0n) return;
    }
    this.cancellations.note(amount);
    const { limit } = this.cursor.current;
    const before = isOver(this.sinceFall, limit);
    this.sinceFall += amount;
    if (!before && isOver(this.sinceFall, limit)) this.passed = { at: use.time, witness };
    if (amount > 0n && this.people.size < MAX_WITNESSES && !this.people.has(witness.holder)) {
      this.people.set(witness.holder, witness);
    }
    this.latest = use.time;
  }

  finish(until: Instant): SegmentUse[] {
    this.reach(until);
    this.leave(this.cursor.current);
    for (const use of this.uses) {
      const { lower, upper } = use;
      lower.amount -= this.cancellations.doubtful;
      const open = this.anytimeUnbounded || upper.amount === undefined;
      upper.amount = open ? undefined : upper.amount! + this.anytimeAmount;
      use.doubts.push(...this.anytimeDoubts.reasons());
      use.doubtful = [...use.doubtful, ...this.anytimeDoubts.places];
    }
    return this.uses;
  }

  stillOpen(): Iterable<Session> {
    return [];
  }

  private reach(at: Instant): void {
    this.cursor.reach(at, (left, entered) => {
      this.leave(left);
      if (entered.period !== left.period) {
        this.possible = 0n;
        this.unbounded = false;
        this.doubts = new Doubts();
        this.subtracted = 0n;
        this.people = new Map();
      } else if (!falls(left, entered)) return;
      this.sinceFall = 0n;
    });
  }

  private leave(segment: Segment): void {
    const at = this.passed?.at ?? this.latest;
    const others = [...this.people.values()].filter(({ holder }) => holder !== this.passed?.witness.holder);
    const witnesses = (this.passed === undefined ? others : [this.passed.witness, ...others]).slice(
      0,
      MAX_WITNESSES,
    );
    const doubts = this.doubts.reasons();
    if (this.subtracted > 0n)
      doubts.push(`corrections of -${formatAmount(this.subtracted)} lie in the period`);
    const isMissing = this.total < 0n;
    if (isMissing) doubts.push(MORE_TAKEN_BACK);
    this.uses.push({
      segment,
      lower: { amount: this.sinceFall, at, witnesses },
      upper: { amount: this.unbounded || isMissing ? undefined : this.possible, at, witnesses },
      doubts,
      doubtful: [...this.doubts.places],
    });
    this.passed = undefined;
  }
}
