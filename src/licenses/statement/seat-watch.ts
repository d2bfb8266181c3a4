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
  private readonly holdings = new Map<Session | string, Holding>();
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
    const key = session.share ?? session;
    const holding = this.holdings.get(key);
    if (holding === undefined) {
      this.hold(key, {
        sessions: OrderedSet.of(session),
        shown: session,
        quantity: session.quantity,
        since: at,
      });
      return;
    }
    holding.sessions.add(session);
    if (session.quantity > holding.quantity) this.resize(key, holding, session, at);
  }

  release(session: Session, at: Instant): void {
    this.reach(at);
    const key = session.share ?? session;
    const holding = this.holdings.get(key)!;
    holding.sessions.delete(session);
    if (holding.sessions.size === 0) {
      this.drop(holding, at);
      this.holdings.delete(key);
    } else if (holding.shown === session) {
      this.resize(key, holding, largestOf(holding.sessions), at);
    }
  }

  change(session: Session, _by: Amount, at: Instant): void {
    this.reach(at);
    const key = session.share ?? session;
    const holding = this.holdings.get(key)!;
    this.resize(key, holding, largestOf(holding.sessions), at);
  }

  orphan(event: SessionEvent): void {
    this.reach(event.at);
  }

  doubt(): void {}

  /** `until` is the last instant of the log, which it still speaks of. */
  finish(until: Instant): Iterable<Holding> {
    this.reach(until);
    const day = this.days.at(this.now);
    for (const observer of this.observers) observer.stretch(this.seats, this.now, this.now, day);
    return this.holdings.values();
  }

  private hold(key: Session | string, holding: Holding): void {
    this.holdings.set(key, holding);
    this.seats += holding.quantity;
    for (const observer of this.observers) observer.came?.(holding);
  }

  private drop(holding: Holding, at: Instant): void {
    this.seats -= holding.quantity;
    for (const observer of this.observers) observer.left?.(holding, at);
  }

  private resize(key: Session | string, holding: Holding, shown: Session, at: Instant): void {
    this.drop(holding, at);
    this.hold(key, { sessions: holding.sessions, shown, quantity: shown.quantity, since: at });
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
