/** Walks the segments of a contract beside events in time order. */
import type { Instant } from '../../base/instant.ts';
import type { Segment } from './periods.ts';

export class SegmentCursor {
  private readonly segments: readonly Segment[];
  private index = 0;

  constructor(segments: readonly Segment[]) {
    this.segments = segments;
  }

  get current(): Segment {
    return this.segments[this.index]!;
  }

  /** Moves to the segment of `at`, calling `leave` for each one that ends before; the last one never ends. */
  reach(at: Instant, leave: (left: Segment, entered: Segment) => void): void {
    while (this.index < this.segments.length - 1 && this.current.until <= at) {
      const left = this.current;
      this.index++;
      leave(left, this.current);
    }
  }
}

/** Whether the quantity falls from one segment of a period to the next: then only use since then is proven against it. */
export function falls(left: Segment, entered: Segment): boolean {
  const [before, after] = [left.limit?.amount, entered.limit?.amount];
  if (after === undefined || after === 'unlimited') return false;
  return before === undefined || before === 'unlimited' || after < before;
}
