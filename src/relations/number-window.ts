/** Numbered events of a stretch of time, first in, first out, with their numbers in order. */
import type { Instant } from '../base/instant.ts';
import type { Mark } from '../model/mark.ts';
import { SortedNumbers } from './sorted-numbers.ts';

/** `again`: part of a sequence that began again, or its number came before. */
export type Numbered = { number: bigint; time: Instant; mark: Mark; again: boolean };

export class NumberWindow {
  private items: Numbered[] = [];
  private head = 0;
  private readonly sorted = new SortedNumbers();
  /** How often each number is in it, and when last. */
  private readonly present = new Map<bigint, { count: number; last: Instant }>();
  private readonly uncounted: ReadonlySet<bigint>;

  /** `uncounted` are left out of what `countBetween` and `below` see. */
  constructor(uncounted: ReadonlySet<bigint> = new Set()) {
    this.uncounted = uncounted;
  }

  push(item: Numbered): void {
    this.items.push(item);
    const known = this.present.get(item.number);
    if (known !== undefined) {
      known.count++;
      known.last = item.time;
      return;
    }
    this.present.set(item.number, { count: 1, last: item.time });
    if (!this.uncounted.has(item.number)) this.sorted.add(item.number);
  }

  shift(): Numbered {
    const item = this.items[this.head++]!;
    const known = this.present.get(item.number)!;
    if (--known.count === 0) {
      this.present.delete(item.number);
      this.sorted.delete(item.number);
    }
    if (this.head > 1024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }

  front(): Numbered | undefined {
    return this.items[this.head];
  }

  back(): Numbered | undefined {
    return this.head < this.items.length ? this.items.at(-1) : undefined;
  }

  has(number: bigint): boolean {
    return this.present.has(number);
  }

  lastTime(number: bigint): Instant | undefined {
    return this.present.get(number)?.last;
  }

  below(number: bigint): bigint | undefined {
    // The common case needs no search.
    return this.present.has(number - 1n) ? number - 1n : this.sorted.below(number);
  }

  countBetween(low: bigint, high: bigint): number {
    return high - low === 1n ? 0 : this.sorted.countBetween(low, high);
  }
}
