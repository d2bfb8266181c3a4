/**
 * Numbers that one writer gives its records, in order of time: which are missing, which came twice, where it began again.
 *
 * Each number is judged by those around it alone: what came within `late` before it (before that, within `late` of the
 * last one), and what came within `late` after it. So no state travels through the log, and a log that is cut short tells
 * the same wherever it covers the time around a number. A number is missing between the largest smaller one before and
 * this one, unless it comes within `late`.
 */
import type { Instant } from '../base/instant.ts';
import type { Mark } from '../model/mark.ts';
import type { Place } from '../model/place.ts';
import { type Covered, MAX_RELATED } from '../model/relation.ts';
import { isWithin } from './coverage.ts';
import { isSameEvent } from './episode.ts';
import { type Numbered, NumberWindow } from './number-window.ts';
import { SortedNumbers } from './sorted-numbers.ts';

/** Of a text with more digits, which no sequence reaches, the arithmetic would be slow. */
const MAX_DIGITS = 40;

const WHOLE_NUMBER = new RegExp(`^-?\\d{1,${MAX_DIGITS}}$`);

/** `low` and `high` are the numbers around a hole, or what it went back from and to. */
export type NumberFault = { low: bigint; high: bigint; missing: bigint; mark: Mark };

/** Those of one kind and verdict: the first, how many with how many missing numbers, and when the last was. */
export type NumberFaults = {
  first: NumberFault;
  count: number;
  missing: bigint;
  related: Place[];
  until: Instant | undefined;
};

export type FaultKind = 'hole' | 'repeated' | 'restarted';

export class SequenceFold {
  private readonly late: bigint;
  private readonly covered: Covered | undefined;
  /** Not judged yet: the next one, and what came within `late` after it. */
  private readonly right: NumberWindow;
  /** Judged, within `late` before the next one. */
  private readonly left = new NumberWindow();
  /** What left `left`, within `late` before the last that did. */
  private readonly trail = new NumberWindow();
  /** Numbers whose time cannot be read, distinct. */
  private readonly untimed = new SortedNumbers();
  private readonly untimedNumbers = new Set<bigint>();
  /** Events without a number: each may have had one that is missing. */
  private unreadable: Instant[] = [];
  private unreadableWhenPruned = 0;
  private untimedUnreadable = 0;
  private previous: Mark | undefined;
  /** Events whose text is no whole number: the first, and how many; and whether any event has a number. */
  illegible: { first: Mark; count: number } | undefined;
  hasNumbers = false;
  private last: Numbered | undefined;
  readonly faults = new Map<`${FaultKind} ${'violation' | 'undetermined'}`, NumberFaults>();

  constructor(late: bigint, covered: Covered | undefined) {
    this.late = late;
    this.covered = covered;
    this.right = new NumberWindow(this.untimedNumbers);
  }

  /** In their order: those without a time come first. */
  take(mark: Mark): void {
    if (this.previous !== undefined && isSameEvent(this.previous, mark)) return;
    this.previous = mark;
    const { time } = mark;
    const text = mark.values[0];
    const number = text !== undefined && WHOLE_NUMBER.test(text) ? BigInt(text) : undefined;
    if (number !== undefined) this.hasNumbers = true;
    else if (text !== undefined)
      this.illegible = { first: this.illegible?.first ?? mark, count: (this.illegible?.count ?? 0) + 1 };
    if (time === undefined) {
      if (number === undefined) this.untimedUnreadable++;
      else {
        this.untimed.add(number);
        this.untimedNumbers.add(number);
      }
      return;
    }
    this.settle(time);
    if (number === undefined) {
      this.unreadable.push(time);
      this.pruneUnreadable(time);
    } else this.right.push({ number, time, mark, again: false });
  }

  finish(): void {
    this.settle(undefined);
  }

  /** Judges the numbers that nothing from `now` on can be around. */
  private settle(now: Instant | undefined): void {
    for (let next = this.right.front(); next !== undefined; next = this.right.front()) {
      if (now !== undefined && now - next.time <= this.late) return;
      this.right.shift();
      for (let old = this.left.front(); old !== undefined; old = this.left.front()) {
        if (next.time - old.time <= this.late) break;
        this.trail.push(this.left.shift());
        for (let older = this.trail.front()!; old.time - older.time > this.late; older = this.trail.front()!)
          this.trail.shift();
      }
      this.judge(next);
      this.left.push(next);
      this.last = next;
    }
  }

  private judge(next: Numbered): void {
    const { number, time } = next;
    if (this.left.has(number)) {
      next.again = true;
      this.judgeRepeated(next);
      return;
    }
    let low = this.left.below(number);
    let from = time - this.late;
    if (low === undefined) {
      low = this.trail.below(number);
      const trailEnd = this.trail.back()?.time;
      if (trailEnd !== undefined) from = trailEnd - this.late;
    }
    if (low !== undefined) this.judgeHole(next, low, from);
    else if (this.last !== undefined) {
      next.again = true;
      this.add('restarted', 'undetermined', {
        low: this.last.number,
        high: number,
        missing: 0n,
        mark: next.mark,
      });
    }
  }

  /** Two in a row that both repeat their numbers are a sequence that began again; one alone is a number given twice. */
  private judgeRepeated(next: Numbered): void {
    const { number, time, mark } = next;
    const before = this.last;
    if (before?.again && before.number === number - 1n && time - before.time <= this.late) return;
    const after = this.right.front();
    const afterTwin = after === undefined ? undefined : this.left.lastTime(after.number);
    const isRun =
      after !== undefined &&
      after.time - time <= this.late &&
      after.number === number + 1n &&
      afterTwin !== undefined &&
      after.time - afterTwin <= this.late;
    const fault = { low: before!.number, high: number, missing: 0n, mark };
    if (isRun) this.add('restarted', 'undetermined', fault);
    else {
      const proven = this.covers(time - 2n * this.late, time + this.late);
      this.add('repeated', proven ? 'violation' : 'undetermined', fault);
    }
  }

  private judgeHole({ number, time, mark }: Numbered, low: bigint, from: Instant): void {
    const known = this.right.countBetween(low, number) + this.untimed.countBetween(low, number);
    const missing = number - low - 1n - BigInt(known);
    if (missing <= 0n) return;
    const until = time + this.late;
    const unreadable = BigInt(this.untimedUnreadable + this.countUnreadable(from, until));
    const proven = missing > unreadable && this.covers(from, until);
    this.add('hole', proven ? 'violation' : 'undetermined', { low, high: number, missing, mark });
  }

  private countUnreadable(from: Instant, until: Instant): number {
    const upTo = (limit: Instant, closed: boolean) => {
      let [low, high] = [0, this.unreadable.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        const at = this.unreadable[middle]!;
        if (at < limit || (closed && at === limit)) low = middle + 1;
        else high = middle;
      }
      return low;
    };
    return upTo(until, true) - upTo(from, false);
  }

  /** No hole reaches further back than the first number that is still known. A log may lack the number in every event. */
  private pruneUnreadable(now: Instant): void {
    if (this.unreadable.length < 2 * this.unreadableWhenPruned + 1_024) return;
    const first = this.trail.front() ?? this.left.front() ?? this.right.front();
    const floor = (first?.time ?? now) - this.late;
    this.unreadable = this.unreadable.filter((time) => time >= floor);
    this.unreadableWhenPruned = this.unreadable.length;
  }

  private covers(from: Instant, until: Instant): boolean {
    return isWithin({ from, until }, this.covered);
  }

  private add(kind: FaultKind, verdict: 'violation' | 'undetermined', fault: NumberFault): void {
    const known = this.faults.get(`${kind} ${verdict}`);
    if (known === undefined) {
      const { missing } = fault;
      const until = fault.mark.time;
      this.faults.set(`${kind} ${verdict}`, { first: fault, count: 1, missing, related: [], until });
      return;
    }
    known.until = fault.mark.time;
    known.count++;
    known.missing += fault.missing;
    if (known.related.length < MAX_RELATED) known.related.push(fault.mark.place);
  }
}
