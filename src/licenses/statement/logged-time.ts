/** Keeps from an observer the time in which the log seems to lack a file: nobody knows what was used in it. */
import type { Instant } from '../../base/instant.ts';
import type { Stretch } from '../../model/relation.ts';
import type { Amount } from '../contract/amount.ts';
import type { Day } from './local-days.ts';
import type { SeatObserver } from './seat-watch.ts';

export class LoggedTime implements SeatObserver {
  private readonly observer: SeatObserver;
  /** In order, apart from each other; both ends within. */
  private readonly missing: readonly Stretch[];
  /** Stretches come in the order of time: the first that may still matter. */
  private next = 0;

  constructor(observer: SeatObserver, missing: readonly Stretch[]) {
    this.observer = observer;
    this.missing = missing;
  }

  stretch(seats: Amount, from: Instant, until: Instant, day: Day): void {
    let at = from;
    for (; this.next < this.missing.length; this.next++) {
      const { from: begin, until: end } = this.missing[this.next]!;
      if (begin >= until) break;
      if (at < begin) this.observer.stretch(seats, at, begin, day);
      if (at <= end) at = end + 1n;
      if (end >= until) return;
    }
    if (at < until || from === until) this.observer.stretch(seats, at, until, day);
  }
}
