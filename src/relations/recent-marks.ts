/**
 * The marks of one group that came of late. A condition over several rules comes true with some of them; others of the same window
 * would have made it true as well, and what is accepted of the ones says nothing of these.
 */
import type { Instant } from '../base/instant.ts';
import type { Mark } from '../model/mark.ts';
import { isTimed, type TimedMark } from './mark-window.ts';

/** Marks that are kept though no completion asked for them: a group may go on for years without one. */
const MAX_KEPT = 10_000;
/** What a negated event could undo is told a timespan after its last event; beyond so many of them the marks are let go, and that is said. */
const KEPT_TIMESPANS = 4n;

export class RecentMarks {
  private readonly timespan: bigint;
  private readonly isTold: (step: number) => boolean;
  /** In the order they begin, from `head` on. */
  private marks: TimedMark[] = [];
  private head = 0;
  /** How many were taken out of the array. */
  private gone = 0;
  /** When the latest began that is kept no more and may be asked for yet. */
  private forgotten: Instant | undefined;

  /** `isTold`: whether events of the step make the condition true, and do not rule it out. */
  constructor(timespan: bigint, isTold: (step: number) => boolean) {
    this.timespan = timespan;
    this.isTold = isTold;
  }

  /** The same marks, noted as they come. */
  *noting(marks: Iterable<Mark>): Generator<Mark> {
    for (const mark of marks) {
      if (isTimed(mark) && this.isTold(mark.step)) this.note(mark);
      yield mark;
    }
  }

  private note(mark: TimedMark): void {
    this.marks.push(mark);
    if (this.marks.length - this.head <= MAX_KEPT) return;
    const kept = this.indexOf(mark.time - KEPT_TIMESPANS * this.timespan);
    if (kept === this.head) return;
    this.forgotten = this.marks[kept - 1]!.time;
    this.leave(kept);
  }

  /**
   * Those from number `from` on that a window which ends at `until` may hold, the number to go on from, and whether some of them are
   * kept no more. Windows come in the order they end.
   */
  within(until: Instant, from: number): { marks: TimedMark[]; next: number; isCut: boolean } {
    const begin = until - this.timespan;
    const isCut = this.forgotten !== undefined && this.forgotten >= begin;
    const kept = this.indexOf(begin);
    // Were a window to come that ends before this one, it would be cut.
    if (kept > this.head) this.forgotten = this.marks[kept - 1]!.time;
    this.leave(kept);
    const start = Math.max(this.head, from - this.gone);
    const end = this.indexOf(until + 1n);
    const marks = start < end ? this.marks.slice(start, end) : [];
    return { marks, next: this.gone + Math.max(start, end), isCut };
  }

  /** The index of the first that begins at that time or later. */
  private indexOf(time: Instant): number {
    let [low, high] = [this.head, this.marks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.marks[middle]!.time < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private leave(head: number): void {
    this.head = head;
    // Moving the rest at each step would be quadratic.
    if (this.head <= 1024 || this.head * 2 <= this.marks.length) return;
    this.marks = this.marks.slice(this.head);
    this.gone += this.head;
    this.head = 0;
  }
}
