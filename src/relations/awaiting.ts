/**
 * Completions of a condition with `not`: they hold when no negated event lies in a window with them, before or after. So they
 * wait until no window that holds them can hold a further event; the log must cover that long.
 */
import { Heap } from '../base/heap.ts';
import type { Instant } from '../base/instant.ts';
import type { Verdict } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import { type Coverage, coverageOf } from '../model/relation.ts';
import { isWithin } from './coverage.ts';
import { endOf, type TimedMark } from './mark-window.ts';

/** Marks that fulfill a condition together, the one that completed it last. `index` orders completions. */
export type Completion = {
  index: number;
  marks: Mark[];
  start: Instant;
  end: Instant;
  verdict: Verdict;
  /** Why it is not certain, for the message. */
  doubt?: string;
};

export const BEYOND_LOG = ', the log does not cover the time in which the other events are ruled out';
export const UNTIMED_OTHER = ', an event that is ruled out has no readable time';

/** Those of one term. */
export class Awaiting {
  private readonly none: readonly number[];
  private readonly timespan: bigint;
  private readonly coverage: Coverage;
  private pending: Completion[] = [];
  private head = 0;
  /** Negated marks that are over: when the latest of them began. */
  private latest: Instant | undefined;
  /** Negated intervals that may go on. */
  private intervals: TimedMark[] = [];
  private hasUntimed = false;

  constructor(none: readonly number[], timespan: bigint, coverage: Coverage) {
    this.none = none;
    this.timespan = timespan;
    this.coverage = coverage;
  }

  /** The index of the first that is not decided. */
  get firstOpen(): number | undefined {
    return this.pending[this.head]?.index;
  }

  /** A negated event that no window can hold. */
  meetUntimed(): void {
    this.hasUntimed = true;
  }

  /** A negated event: what lies in a window with it is over. @returns what no longer can, in its order */
  meet(mark: TimedMark, now: Instant): Completion[] {
    if (endOf(mark) <= now) {
      if (this.latest === undefined || mark.time > this.latest) this.latest = mark.time;
    } else {
      this.intervals = this.intervals.filter(({ time }) => now - time <= this.timespan);
      this.intervals.push(mark);
    }
    const left = this.pending.slice(this.head).filter((each) => !this.isJoint(each, mark.time, endOf(mark)));
    this.pending = left;
    this.head = 0;
    return this.advance(now);
  }

  add(completion: Completion, now: Instant): Completion[] {
    const { start, end } = completion;
    if (this.latest !== undefined && this.isJoint(completion, this.latest, this.latest)) return [];
    if (this.intervals.some((mark) => this.isJoint(completion, mark.time, endOf(mark)))) return [];
    const stretch = { from: end - this.timespan, until: start + this.timespan };
    if (this.none.some((step) => !isWithin(stretch, coverageOf(this.coverage, step)))) {
      completion.verdict = 'undetermined';
      completion.doubt ??= BEYOND_LOG;
    } else if (this.hasUntimed) {
      completion.verdict = 'undetermined';
      completion.doubt ??= UNTIMED_OTHER;
    }
    this.pending.push(completion);
    return this.none.length === 0 ? this.finish() : this.advance(now);
  }

  /** Nothing that is still to come begins, or ends, before `now`. */
  advance(now: Instant): Completion[] {
    const decided: Completion[] = [];
    for (let next = this.pending[this.head]; next !== undefined; next = this.pending[this.head]) {
      if (next.start + this.timespan >= now) break;
      decided.push(next);
      this.head++;
    }
    if (this.head > 1024 && this.head * 2 > this.pending.length) {
      this.pending = this.pending.slice(this.head);
      this.head = 0;
    }
    return decided;
  }

  finish(): Completion[] {
    const decided = this.pending.slice(this.head);
    this.pending = [];
    this.head = 0;
    return decided;
  }

  /** Whether one window can hold both. */
  private isJoint({ start, end }: Completion, from: Instant, until: Instant): boolean {
    return (end > until ? end : until) - (start < from ? start : from) <= this.timespan;
  }
}

/** Brings the completions of several terms into one order; what completes several of them is told once, as certain as can be. */
export class CompletionOrder {
  private readonly decided = new Heap<Completion>(
    (left, right) => left.index - right.index || certainty(left) - certainty(right),
  );
  private told = -1;

  add(completions: readonly Completion[]): void {
    for (const completion of completions) this.decided.push(completion);
  }

  /** Those before `index`, from which on some may still be open. */
  *release(index: number): Generator<Completion> {
    for (
      let next = this.decided.peek();
      next !== undefined && next.index < index;
      next = this.decided.peek()
    ) {
      this.decided.pop();
      if (next.index !== this.told) yield next;
      this.told = next.index;
    }
  }
}

function certainty({ verdict }: Completion): number {
  return verdict === 'violation' ? 0 : 1;
}
