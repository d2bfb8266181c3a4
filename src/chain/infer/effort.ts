/** What a search costs, in steps that no machine's load changes: everything that its input can make long is counted. */

/**
 * About what one hash of a short text costs: one to two microseconds (measured, 2026). A log that makes records long or
 * wide makes each attempt dearer, so attempts alone bound nothing.
 */
export const STEP_BYTES = 1024;

/** A profile compiled for a single part, and the record scanned for it. */
const WRITE_STEPS = 30;
/** Scanning, sorting and writing take longer than hashing. */
const WRITE_STEP_BYTES = 64;

/** Thrown out of whatever was at work, and caught where the search began: never an error of a user's. */
export class EffortSpentError extends Error {}

export class Effort {
  spent = 0;
  readonly most: number;

  /** `most`: steps. */
  constructor(most: number) {
    this.most = most;
  }

  get left(): number {
    return Math.max(0, this.most - this.spent);
  }

  /** Before the work is done. @throws {EffortSpentError} when nothing is left for it */
  spend(steps: number): void {
    this.spent += steps;
    if (this.spent > this.most) throw new EffortSpentError();
  }

  /** A part compiled and written for a record of so many bytes. */
  spendWrite(bytes: number): void {
    this.spend(WRITE_STEPS + Math.ceil(bytes / WRITE_STEP_BYTES));
  }
}
