/** A value that holds until it changes (a gauge, a number of assignments), as cells: the highest value of each bucket. */
import type { Instant } from '../../base/instant.ts';
import type { BucketClock } from './bucket-clock.ts';
import type { Bounds, Cell } from './cells.ts';

export class StepCells {
  private readonly clock: BucketClock | undefined;
  private readonly cells: Cell[] = [];
  private now: Instant;
  /** In force since `now`; what else is set at the same instant replaces it. */
  private value: Bounds = { lower: 0n, upper: 0n };
  private bucket: Cell | undefined;

  /** Without a clock every stretch of one value is a cell. */
  constructor(clock: BucketClock | undefined, from: Instant) {
    this.clock = clock;
    this.now = from;
  }

  set(at: Instant, value: Bounds): void {
    this.reach(at);
    this.value = value;
  }

  /** So much at least, and at most, at the one instant `at`: the last one that was set, or the one just before it. */
  touch(at: Instant, value: Bounds): void {
    if (this.clock === undefined) return;
    if (at >= this.now) {
      this.reach(at);
      this.settle();
    }
    if (this.bucket === undefined || this.bucket.from > at) raise(this.bucketBefore(at), at, value);
    else raise(this.bucket, at, value);
  }

  /** The bucket of `at` at the end of the cells; it may be the last of several with one value. */
  private bucketBefore(at: Instant): Cell | undefined {
    const last = this.cells.at(-1);
    const { from } = this.clock!.at(at);
    if (last === undefined || last.from >= from) return last;
    this.cells.pop();
    const bucket = { ...last, from };
    this.cells.push({ ...last, until: from }, bucket);
    return bucket;
  }

  /** What holds goes on to `end`. */
  finish(end: Instant): Cell[] {
    this.reach(end);
    if (this.bucket !== undefined && this.bucket.from < end) this.cells.push(this.bucket);
    return this.cells;
  }

  private reach(at: Instant): void {
    if (at <= this.now) return;
    if (this.clock === undefined) this.push(this.now, at);
    else {
      this.settle();
      const { bucket } = this;
      if (bucket !== undefined && at >= bucket.until) {
        this.cells.push(bucket);
        const next = this.clock.at(at);
        this.push(bucket.until, next.from);
        // What held when the bucket began counts in it, unless it changes at that very instant.
        this.bucket = at > next.from ? { ...next, ...this.value } : undefined;
      }
    }
    this.now = at;
  }

  /** The value that was set last stood at `now`. */
  private settle(): void {
    if (this.bucket === undefined) this.bucket = { ...this.clock!.at(this.now), ...this.value, at: this.now };
    else raise(this.bucket, this.now, this.value);
  }

  private push(from: Instant, until: Instant): void {
    if (from < until) this.cells.push({ from, until, ...this.value });
  }
}

function raise(bucket: Cell | undefined, at: Instant, { lower, upper }: Bounds): void {
  if (bucket === undefined) return;
  if (upper === undefined || (bucket.upper !== undefined && upper > bucket.upper)) bucket.upper = upper;
  if (lower <= bucket.lower) return;
  bucket.lower = lower;
  bucket.at = at;
}
