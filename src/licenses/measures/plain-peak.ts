/** The highest count of each segment, without doubts and without names: for what is only assumed otherwise. */
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';

export class PlainPeak {
  readonly peaks: Amount[] = [0n];
  private readonly starts: readonly Instant[];
  private count: Amount = 0n;
  private now: Instant;

  constructor(starts: readonly Instant[]) {
    this.starts = starts;
    this.now = starts[0]!;
  }

  /** What happens at one instant counts together: check-ins come before check-outs. */
  add(by: Amount, at: Instant): void {
    this.reach(at);
    this.count += by;
  }

  reach(at: Instant): void {
    if (at <= this.now) return;
    this.settle();
    for (;;) {
      const next = this.starts[this.peaks.length];
      if (next === undefined || next > at) break;
      // Whoever holds a seat at the boundary holds it in both, unless it is given back there.
      this.peaks.push(next < at ? this.count : 0n);
    }
    this.now = at;
  }

  finish(until: Instant): Amount[] {
    this.reach(until);
    this.settle();
    return this.peaks;
  }

  private settle(): void {
    const last = this.peaks.length - 1;
    if (this.count > this.peaks[last]!) this.peaks[last] = this.count;
  }
}
