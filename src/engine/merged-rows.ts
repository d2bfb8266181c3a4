/** The rows of many sorted runs in one order: a heap of runs whose smallest row is the next. */
import { LENGTH_BYTES, type RunReader, spanOf } from '../read/temporary-runs.ts';

/** What is gathered before it is given out as a block. */
const BLOCK_BYTES = 256 * 1024;

/** Walks over rows: the row is `bytes` from `start` to `end`, valid until the next step. */
export class MergedRows {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** Readers with a row at hand; none is smaller than the one at half its index, counting from 1. */
  private readonly heap: RunReader[] = [];
  private began = false;

  constructor(readers: readonly RunReader[]) {
    for (const reader of readers) {
      if (!reader.next()) continue;
      this.heap.push(reader);
      for (let at = this.heap.length; at > 1 && this.swapIfSmaller(at, at >>> 1); ) at >>>= 1;
    }
  }

  /** Steps to the next row; false at the end. */
  next(): boolean {
    const { heap } = this;
    if (heap.length === 0) return false;
    if (this.began) {
      if (!heap[0]!.next()) {
        const last = heap.pop()!;
        if (heap.length === 0) return false;
        heap[0] = last;
      }
      if (heap.length > 1) this.sink();
    }
    this.began = true;
    const top = heap[0]!;
    this.bytes = top.bytes;
    this.start = top.start;
    this.end = top.end;
    return true;
  }

  /** Closes the files of runs that were not read to their ends. */
  close(): void {
    for (const reader of this.heap) reader.close();
    this.heap.length = 0;
  }

  /** The rows as one run, in blocks of whole rows. */
  *blocks(): Generator<Uint8Array<ArrayBuffer>> {
    let block = new Uint8Array(BLOCK_BYTES);
    let used = 0;
    while (this.next()) {
      const from = this.start - LENGTH_BYTES;
      const length = spanOf(this.end - this.start);
      if (used + length > block.length) {
        if (used > 0) yield block.subarray(0, used);
        block = new Uint8Array(Math.max(BLOCK_BYTES, length));
        used = 0;
      }
      block.set(this.bytes.subarray(from, from + length), used);
      used += length;
    }
    if (used > 0) yield block.subarray(0, used);
  }

  /** Runs of a log follow one another in time, so the top mostly stays on top: two comparisons a row. */
  private sink(): void {
    const { length } = this.heap;
    for (let at = 1; at * 2 <= length; ) {
      let child = at * 2;
      if (child < length && compareRows(this.heap[child]!, this.heap[child - 1]!) < 0) child++;
      if (!this.swapIfSmaller(child, at)) return;
      at = child;
    }
  }

  private swapIfSmaller(child: number, parent: number): boolean {
    const { heap } = this;
    const lower = heap[child - 1]!;
    const upper = heap[parent - 1]!;
    if (compareRows(lower, upper) >= 0) return false;
    heap[child - 1] = upper;
    heap[parent - 1] = lower;
    return true;
  }
}

/** In byte order; a row that another begins with comes first. */
function compareRows(left: RunReader, right: RunReader): number {
  const a = left.bytes;
  const b = right.bytes;
  const shared = Math.min(left.end - left.start, right.end - right.start);
  for (let index = 0, x = left.start, y = right.start; index < shared; index++, x++, y++) {
    if (a[x] !== b[y]) return a[x]! - b[y]!;
  }
  return left.end - left.start - (right.end - right.start);
}
