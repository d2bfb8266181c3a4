/**
 * Between the sessionizer and the peak, where a rule ends sessions after a time (`max-open`): by the rule's own terms such a
 * session is over then, so its close, which comes later, neither opens it again nor is a close without an open.
 */
import type { Instant } from '../base/instant.ts';
import type { PeakTracker } from '../licenses/measures/peak.ts';
import type { SeatSink } from '../licenses/use/seat-sink.ts';
import { keyOf, type Session, type SessionEvent } from '../licenses/use/session.ts';

/** Of a session's life after its end (`mayGoOn`, `wentOn`) it tells nothing. */
export class CutOffSessions implements SeatSink {
  private readonly tracker: PeakTracker;
  /** By key, those whose close may still come. */
  private readonly awaited = new Map<string, number>();
  /** How many of them had their close after all, so that they ran longer. */
  closedLate = 0;

  constructor(tracker: PeakTracker) {
    this.tracker = tracker;
  }

  take(session: Session, at: Instant): void {
    this.tracker.take(session, at);
  }

  release(session: Session, at: Instant): void {
    this.tracker.release(session, at);
    if (session.closed !== undefined) return;
    const key = keyOf(session);
    this.awaited.set(key, (this.awaited.get(key) ?? 0) + 1);
  }

  withdraw(session: Session, at: Instant, wasInUse: boolean): void {
    this.tracker.withdraw(session, at, wasInUse);
  }

  change(session: Session, by: bigint, at: Instant): void {
    this.tracker.change(session, by, at);
  }

  doubt(quantity: bigint, at: Instant): void {
    this.tracker.doubt(quantity, at);
  }

  orphan(event: SessionEvent): void {
    const key = keyOf(event);
    const awaited = this.awaited.get(key);
    if (awaited === undefined) {
      this.tracker.orphan(event);
      return;
    }
    if (awaited > 1) this.awaited.set(key, awaited - 1);
    else this.awaited.delete(key);
    this.closedLate++;
  }
}
