/**
 * Each time that a condition came true, with the fewest events that made it so. A finding stands for all of them, from its first
 * event to its last; a correlation that asks what came before or after cannot do with that: guessing that goes on for hours would
 * never be followed by the sign-in in its midst.
 */
import type { Instant } from '../base/instant.ts';
import type { Occurrence } from '../model/relation.ts';
import type { Figure } from './figure.ts';
import { MarkWindow, type TimedMark } from './mark-window.ts';
import type { Measure } from './windows.ts';

/** Of one finding; beyond, every second one is kept, then every fourth: what is left of them lies close together. */
const MAX_KEPT = 10_000;

/** Follows a sliding window whose figure only grows with what it holds. */
export class Occurrences {
  private readonly window = new MarkWindow();
  private readonly measure: Measure;
  private readonly holds: (figure: Figure, judged: Instant) => boolean;
  /** Marks in `window`. */
  private held = 0;
  private kept: Occurrence[] = [];
  private met = 0;
  private stride = 1;

  constructor(measure: Measure, holds: (figure: Figure, judged: Instant) => boolean) {
    this.measure = measure;
    this.holds = holds;
  }

  add(mark: TimedMark): void {
    this.window.push(mark);
    this.measure.add(mark);
    this.held++;
  }

  /** The marks before `from` have left the window. */
  leave(from: Instant): void {
    for (
      let first = this.window.earliest();
      first !== undefined && first.time < from;
      first = this.window.earliest()
    )
      this.drop(first);
  }

  /** The condition holds at `end`, to which `mark` has come. */
  note(mark: TimedMark, end: Instant): void {
    for (let first = this.window.earliest(); this.held > 1; first = this.window.earliest()) {
      this.measure.remove(first!);
      const isStillTrue = this.holds(this.measure.value(), end);
      this.measure.add(first!);
      if (!isStillTrue) break;
      this.drop(first!);
    }
    const first = this.window.earliest();
    if (first === undefined || !this.holds(this.measure.value(), end)) return;
    if (this.met++ % this.stride !== 0) return;
    if (this.kept.length === MAX_KEPT) {
      this.kept = this.kept.filter((_, index) => index % 2 === 0);
      this.stride *= 2;
    }
    this.kept.push({ from: first.time, until: end, place: first.place, identity: mark.identity });
  }

  /** Those of the finding that ends here. */
  take(): Occurrence[] {
    const { kept } = this;
    this.kept = [];
    this.met = 0;
    this.stride = 1;
    return kept;
  }

  private drop(first: TimedMark): void {
    this.window.dropEarliest();
    this.measure.remove(first);
    this.held--;
  }
}
