/** Looks on while sessions take seats and give them back, and tells how many were taken from when to when. */
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import { OrderedSet } from '../use/ordered-set.ts';
import type { SeatSink } from '../use/seat-sink.ts';
import type { Session, SessionEvent } from '../use/session.ts';
import { type Day, LocalDays } from './local-days.ts';

/** What counts once: a session, or all that share a seat; `shown` is the largest of them. */
export type Holding = { sessions: OrderedSet<Session>; shown: Session; quantity: Amount; since: Instant };

export interface SeatObserver {
  came?(holding: Holding): void;
  left?(holding: Holding, at: Instant): void;
  /** Half-open and within one day of the contract's zone; `from` equals `until` at the very end of the log. */
  stretch(seats: Amount, from: Instant, until: Instant, day: Day): void;
}

/**
 * Counts what check-outs and check-ins show: a session without a check-in from its check-out on, and no session of a
 * check-in without a check-out. What else is possible is in the bounds of the measure.
 */
export class SeatWatch implements SeatSink {
  private readonly observers: readonly SeatObserver[];
  private readonly days: LocalDays;
  /** By share; those of sessions that count alone by their slots. */
  private readonly shared = new Map<string, Holding>();
  private readonly alone: (Holding | undefined)[] = [];
  private now: Instant;
  private seats: Amount = 0n;

  /** `from`: when the log begins. */
  constructor(zone: string, from: Instant, observers: readonly SeatObserver[]) {
    this.days = new LocalDays(zone);
    this.now = from;
    this.observers = observers;
  }

  take(session: Session, at: Instant): void {
    this.reach(at);
    const holding = this.holdingOf(session);
    if (holding === undefined) {
      this.hold({
        sessions: new OrderedSet(session),
        shown: session,
        quantity: session.quantity,
        since: at,
      });
      return;
    }
    holding.sessions.add(session);
    if (session.quantity > holding.quantity) this.resize(holding, session, at);
  }

  release(session: Session, at: Instant): void {
    this.reach(at);
    const holding = this.holdingOf(session)!;
    holding.sessions.delete(session);
    if (holding.sessions.size === 0) {
      this.drop(holding, at);
      if (session.share === undefined) this.alone[session.slot] = undefined;
      else this.shared.delete(session.share);
    } else if (holding.shown === session) {
      this.resize(holding, largestOf(holding.sessions), at);
    }
  }

  change(session: Session, _by: Amount, at: Instant): void {
    this.reach(at);
    const holding = this.holdingOf(session)!;
    this.resize(holding, largestOf(holding.sessions), at);
  }

  orphan(event: SessionEvent): void {
    this.reach(event.at);
  }

  doubt(): void {}

  /** It shows the sessions as they are paired; that others are possible is in the bounds of the measure. */
  withdraw(): void {}

  /** `until` is the last instant of the log, which it still speaks of. */
  finish(until: Instant): Iterable<Holding> {
    this.reach(until);
    const day = this.days.at(this.now);
    for (const observer of this.observers) observer.stretch(this.seats, this.now, this.now, day);
    return [...this.shared.values(), ...this.alone.filter((holding) => holding !== undefined)];
  }

  private holdingOf({ share, slot }: Session): Holding | undefined {
    return share === undefined ? this.alone[slot] : this.shared.get(share);
  }

  private hold(holding: Holding): void {
    const { share, slot } = holding.shown;
    if (share !== undefined) this.shared.set(share, holding);
    else {
      // Without holes the array stays an array.
      while (this.alone.length < slot) this.alone.push(undefined);
      this.alone[slot] = holding;
    }
    this.seats += holding.quantity;
    for (const observer of this.observers) observer.came?.(holding);
  }

  private drop(holding: Holding, at: Instant): void {
    this.seats -= holding.quantity;
    for (const observer of this.observers) observer.left?.(holding, at);
  }

  private resize(holding: Holding, shown: Session, at: Instant): void {
    this.drop(holding, at);
    this.hold({ sessions: holding.sessions, shown, quantity: shown.quantity, since: at });
  }

  /** An instant is judged when everything that happened at it is known: sessions are half-open. */
  private reach(at: Instant): void {
    while (this.now < at) {
      const day = this.days.at(this.now);
      const until = at < day.until ? at : day.until;
      for (const observer of this.observers) observer.stretch(this.seats, this.now, until, day);
      this.now = until;
    }
  }
}

/** Of equal ones the first. */
function largestOf(sessions: OrderedSet<Session>): Session {
  return [...sessions].reduce((a, b) => (b.quantity > a.quantity ? b : a));
}
