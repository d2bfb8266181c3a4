/** Sessions that end by themselves: those that time out without a check-in, and those that are borrowed. */
import type { Instant } from '../../base/instant.ts';
import { OrderedSet } from './ordered-set.ts';
import { type Session, type SessionEvent, seatOf } from './session.ts';
import type { SessionOptions } from './session-options.ts';

export class TimedSessions {
  private readonly options: SessionOptions;
  /** In order of `ends`, for all wait equally long. */
  private readonly waiting = new OrderedSet<Session>();
  private readonly borrowed = new OrderedSet<Session>();
  /** Borrowed sessions that ended by themselves and may still be given back, by seat. */
  private readonly expired = new Map<string, number>();

  constructor(options: SessionOptions) {
    this.options = options;
  }

  isBorrowed({ borrowed }: SessionEvent): boolean {
    return borrowed === true && this.options.borrow !== undefined;
  }

  get hasBorrowed(): boolean {
    return this.borrowed.size > 0;
  }

  /** It times out, where the contract says so. */
  wait(session: Session, at: Instant): void {
    if (this.options.timeout === undefined) return;
    session.ends = at + this.options.timeout;
    this.waiting.add(session);
  }

  /** Whenever it was taken, it is borrowed from `at` on. */
  borrow(session: Session, at: Instant): void {
    this.delete(session);
    session.endsByContract = true;
    session.ends = at + this.options.borrow!;
    this.borrowed.add(session);
  }

  delete(session: Session): void {
    this.waiting.delete(session);
    this.borrowed.delete(session);
  }

  /** The one that ends next. */
  first(): Session | undefined {
    const [waiting, borrowed] = [this.waiting.first(), this.borrowed.first()];
    if (waiting === undefined) return borrowed;
    return borrowed !== undefined && borrowed.ends < waiting.ends ? borrowed : waiting;
  }

  /** A borrowed session is over. */
  expire(session: Session): void {
    const seat = seatOf(session);
    this.expired.set(seat, (this.expired.get(seat) ?? 0) + 1);
  }

  hasExpired(event: SessionEvent): boolean {
    return this.expired.size > 0 && this.expired.has(seatOf(event));
  }

  /** Whether a check-in without a session is of a borrowed one that was over: it changes nothing. */
  giveBack(event: SessionEvent): boolean {
    if (this.expired.size === 0) return false;
    const seat = seatOf(event);
    const returns = this.expired.get(seat);
    if (returns === undefined) return false;
    if (returns > 1) this.expired.set(seat, returns - 1);
    else this.expired.delete(seat);
    return true;
  }

  /** Which of a borrowed session and another one would prove use for longer, if it was not checked in. */
  longer(borrowed: Session | undefined, other: Session | undefined): Session | undefined {
    if (borrowed === undefined || other === undefined) return borrowed ?? other;
    const { timeout, openIsInUse = false } = this.options;
    return (timeout === undefined ? openIsInUse : other.ends > borrowed.ends) ? other : borrowed;
  }
}
