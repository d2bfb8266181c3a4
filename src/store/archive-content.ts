/** The lines of a segment that is being filled: their bytes, where each ends, and when its events took place. */
import { NEWLINE } from '../base/lexical.ts';
import { HASH_BYTES, writeLeafHash } from '../transparency/tree-hash.ts';
import type { LeafProfile } from './archive-records.ts';

/** Content of a segment: small enough to be sealed in memory, large enough that Zstandard finds what repeats. */
export const SEGMENT_BYTES = 16 * 1024 * 1024;

/** First and last event time in milliseconds since 1970, NaN where no record had one; `untimed`: records that had none. */
export type TimeRange = { fromMs: number; untilMs: number; untimed: number };

export class SegmentContent {
  private readonly limit: number;
  records = 0;
  readonly times: TimeRange = { fromMs: Number.NaN, untilMs: Number.NaN, untimed: 0 };
  private buffer = Buffer.allocUnsafe(64 * 1024);
  private length = 0;
  private ends = new Float64Array(1024);
  /** Where leaves are not those of the lines. */
  private readonly given: Uint8Array[] = [];

  constructor(limit = SEGMENT_BYTES) {
    this.limit = limit;
  }

  /**
   * `line` is copied; `ms` is NaN for a record without a time. `untilMs` is rounded up where `ms` was rounded down.
   * `leafHash`: of a salted line; all lines of a segment have one or none has.
   */
  add(line: Uint8Array, fromMs: number, untilMs: number, leafHash?: Uint8Array): void {
    if (leafHash !== undefined) this.given.push(leafHash);
    const end = this.length + line.length;
    if (end >= this.buffer.length) this.grow(end + 1);
    this.buffer.set(line, this.length);
    this.buffer[end] = NEWLINE;
    this.length = end + 1;
    if (this.records === this.ends.length) {
      const larger = new Float64Array(this.ends.length * 2);
      larger.set(this.ends);
      this.ends = larger;
    }
    this.ends[this.records++] = end;
    const { times } = this;
    if (Number.isNaN(fromMs)) times.untimed++;
    if (!(times.fromMs <= fromMs) && !Number.isNaN(fromMs)) times.fromMs = fromMs;
    if (!(times.untilMs >= untilMs) && !Number.isNaN(untilMs)) times.untilMs = untilMs;
  }

  private grow(bytes: number): void {
    const larger = Buffer.allocUnsafe(Math.max(bytes, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }

  get isFull(): boolean {
    return this.length >= this.limit;
  }

  /** The lines, each ended by a newline; valid until the next `add`. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  get leaf(): LeafProfile {
    return this.given.length > 0 ? 'salted-fields' : 'record';
  }

  /** One leaf a line, RFC 6962: SHA-256 of a zero byte and the line without its newline, or what was given. */
  leafHashes(): Buffer {
    if (this.given.length > 0) return Buffer.concat(this.given);
    const hashes = Buffer.allocUnsafe(this.records * HASH_BYTES);
    let start = 0;
    for (let index = 0; index < this.records; index++) {
      const end = this.ends[index]!;
      writeLeafHash(this.buffer, start, end, hashes, index * HASH_BYTES);
      start = end + 1;
    }
    return hashes;
  }
}
