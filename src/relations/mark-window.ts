/** The marks that a sliding window holds, and the order in which windows meet them. A mark may be an interval: it is inside when all of it is. */
import { Heap } from '../base/heap.ts';
import { compareBigints, type Instant } from '../base/instant.ts';
import type { Mark } from '../model/mark.ts';
import { comparePlaces } from '../model/place.ts';

export type TimedMark = Mark & { time: Instant };

/** When the mark is over: its own time, unless a correlation made it. */
export function endOf(mark: TimedMark): Instant {
  return mark.until ?? mark.time;
}

export function isTimed(mark: Mark): mark is TimedMark {
  return mark.time !== undefined;
}

/** First in, first out for events, which come in order; a heap for intervals, which end in another order than they begin. */
export class MarkWindow {
  private events: TimedMark[] = [];
  private head = 0;
  private readonly intervals = new Heap<TimedMark>((left, right) => compareBigints(left.time, right.time));

  push(mark: TimedMark): void {
    if (mark.until === undefined || mark.until === mark.time) this.events.push(mark);
    else this.intervals.push(mark);
  }

  /** The mark that begins first. */
  earliest(): TimedMark | undefined {
    const event = this.events[this.head];
    const interval = this.intervals.peek();
    if (event === undefined || interval === undefined) return event ?? interval;
    return interval.time < event.time ? interval : event;
  }

  dropEarliest(): TimedMark | undefined {
    const mark = this.earliest();
    if (mark === undefined || mark === this.intervals.peek()) return this.intervals.pop();
    this.head++;
    // Moving the rest at each step would be quadratic.
    if (this.head > 1024 && this.head * 2 > this.events.length) {
      this.events = this.events.slice(this.head);
      this.head = 0;
    }
    return mark;
  }

  clear(): void {
    while (this.dropEarliest() !== undefined);
  }

  /** The one that begins first, then the others in the order they end. */
  inOrder(): TimedMark[] {
    const events = this.events.slice(this.head);
    if (this.intervals.size === 0) return events;
    const [first, ...rest] = [...events, ...this.intervals.values()].sort(
      (left, right) => compareBigints(left.time, right.time) || compareEnds(left, right),
    );
    return [first!, ...rest.sort(compareEnds)];
  }
}

function compareEnds(left: TimedMark, right: TimedMark): number {
  return (
    compareBigints(endOf(left), endOf(right)) ||
    comparePlaces(left.place, right.place) ||
    left.step - right.step
  );
}

/** Puts intervals where they end; the marks come in order of their begin, and of two that end together the one that came first. */
export class EndOrder {
  private readonly waiting = new Heap<{ mark: TimedMark; arrival: number }>(
    (left, right) => compareBigints(endOf(left.mark), endOf(right.mark)) || left.arrival - right.arrival,
  );
  private arrivals = 0;

  /** Whether the next event may pass without waiting. */
  get isIdle(): boolean {
    return this.waiting.size === 0;
  }

  add(mark: TimedMark): void {
    this.waiting.push({ mark, arrival: this.arrivals++ });
  }

  /** Those that end before `time`; without it all that are left. */
  *release(time?: Instant): Generator<TimedMark> {
    for (let next = this.waiting.peek(); next !== undefined; next = this.waiting.peek()) {
      if (time !== undefined && endOf(next.mark) >= time) return;
      this.waiting.pop();
      yield next.mark;
    }
  }
}

/** `marks` in the order they end. */
export function* inOrderOfEnd(marks: Iterable<TimedMark>): Generator<TimedMark> {
  const order = new EndOrder();
  for (const mark of marks) {
    if (order.isIdle && mark.until === undefined) {
      yield mark;
      continue;
    }
    yield* order.release(mark.time);
    order.add(mark);
  }
  yield* order.release();
}
