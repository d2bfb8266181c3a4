/** What the sessionizer tells of seats, in order of time, and why it is not sure of some. */
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import type { Late } from './late.ts';
import type { Session, SessionEvent } from './session.ts';

/**
 * Why seats may be taken besides: a check-out repeats an open session, or is somebody else's under the same id; a check-in
 * gives back nobody knows how many, or seats of nobody knows which session; or it may have ended one that would be over by now,
 * so that another one is not (`outliving`); or it takes up seats that linger, nobody knows which; or upgrades of one instant may
 * come in any order (`changed`).
 */
export type SeatDoubt = 'repeated' | 'reused' | 'amount' | 'unpaired' | 'outliving' | 'lingering' | 'changed';

/** Whether a session may be open that the sessionizer ended: nobody knows which of several a check-in or the contract did. */
export function isOfAnySession(reason: SeatDoubt | undefined): boolean {
  return reason === 'outliving' || reason === 'unpaired';
}

/** What happens to the seats, in time order. */
export interface SeatSink {
  take(session: Session, at: Instant): void;
  release(session: Session, at: Instant): void;
  /**
   * Nobody knows any more whether it is open, nor how long it was: until now nothing of it is proven unless `wasInUse`, and what may
   * be in use of it is told as a doubt. What happens to it afterwards is told all the same.
   */
  withdraw(session: Session, at: Instant, wasInUse: boolean): void;
  /** A session without a check-in is over by contract, or its server restarted; called before that happens. */
  lose?(session: Session): void;
  /** A check-in gave back all that the session holds; called before that happens. */
  returned?(session: Session, event: SessionEvent): void;
  /** Seats are given back, whether they linger or not, or are checked out again while they do (then `by` is positive). */
  idle?(by: Amount, at: Instant): void;
  /** Called before the release of seats that nobody checked in: they are over by contract. */
  overdue?(session: Session, quantity: Amount): void;
  /** The session goes on with `by` seats more, or fewer; its quantity already says so. */
  change(session: Session, by: Amount, at: Instant): void;
  /** A check-in without a check-out: the session may have existed since the log began. It surely did just before `at`. */
  orphan(event: SessionEvent): void;
  /** Seats that may be taken besides, from `at` on, because of `event`; negative when the doubt ends. */
  doubt(quantity: Amount, at: Instant, event: SessionEvent, reason?: SeatDoubt): void;
  /** A session's time is over, and no check-in came. */
  mayGoOn?(late: Late, at: Instant): void;
  /** A check-in came that may be its own: then they were taken until now. Each is told once. */
  wentOn?(late: Late, at: Instant, event: SessionEvent): void;
  /** An upgrade states the new quantity alone, and what it was before is not known. */
  upgradeUnknown?(event: SessionEvent): void;
}

/** Tells each of them in turn. */
export function bothSinks(first: SeatSink, second: SeatSink): SeatSink {
  return {
    take(session, at) {
      first.take(session, at);
      second.take(session, at);
    },
    release(session, at) {
      first.release(session, at);
      second.release(session, at);
    },
    withdraw(session, at, wasInUse) {
      first.withdraw(session, at, wasInUse);
      second.withdraw(session, at, wasInUse);
    },
    lose(session) {
      first.lose?.(session);
      second.lose?.(session);
    },
    returned(session, event) {
      first.returned?.(session, event);
      second.returned?.(session, event);
    },
    idle(by, at) {
      first.idle?.(by, at);
      second.idle?.(by, at);
    },
    overdue(session, quantity) {
      first.overdue?.(session, quantity);
      second.overdue?.(session, quantity);
    },
    change(session, by, at) {
      first.change(session, by, at);
      second.change(session, by, at);
    },
    orphan(event) {
      first.orphan(event);
      second.orphan(event);
    },
    doubt(quantity, at, event, reason) {
      first.doubt(quantity, at, event, reason);
      second.doubt(quantity, at, event, reason);
    },
    mayGoOn(late, at) {
      first.mayGoOn?.(late, at);
      second.mayGoOn?.(late, at);
    },
    wentOn(late, at, event) {
      first.wentOn?.(late, at, event);
      second.wentOn?.(late, at, event);
    },
    upgradeUnknown(event) {
      first.upgradeUnknown?.(event);
      second.upgradeUnknown?.(event);
    },
  };
}
