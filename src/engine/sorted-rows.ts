/**
 * Rows of bytes in, sorted runs of them out, in bounded memory.
 * Marks and record identities are encoded so that their byte order is the order they are judged in.
 */
import { LENGTH_BYTES, type Run, type TemporaryRuns } from '../read/temporary-runs.ts';
import { MergedRows } from './merged-rows.ts';
import { CHUNK_BITS, CHUNK_BYTES, RowWriter } from './row-codec.ts';

/** What one sorter holds before it writes a run: about 200,000 marks. The run it makes takes as much again. */
const MAX_BYTES = 24 * 1024 * 1024;
/** A row number shares a double with 32 bits of key, so it has 21 bits. */
const MAX_ROWS = 1 << 20;
/** Below this, comparing rows beats another pass over prefixes. */
const SMALL = 24;
/** What is put in order at once when a run goes to a file. */
const BLOCK_BYTES = 1 << 20;
/** Copying fewer bytes one by one beats a call (measured). */
const SHORT_COPY = 48;

export class SortedRows {
  private readonly runs: TemporaryRuns;
  private readonly maxBytes: number;
  private readonly writer = new RowWriter();
  private spilled: Run[] = [];
  private bytes = 0;
  /** For each row its chunk (upper 12 bits) and place in it, and its length. Its length stands before it, too. */
  private starts = new Uint32Array(64);
  private lengths = new Uint32Array(64);
  private count = 0;

  constructor(runs: TemporaryRuns, maxBytes = MAX_BYTES) {
    this.runs = runs;
    this.maxBytes = maxBytes;
  }

  /** Begins a row, to be written with what this returns, until `end`. */
  begin(): RowWriter {
    return this.writer.start(LENGTH_BYTES);
  }

  end(): void {
    const { writer, count } = this;
    const length = writer.at - writer.begin - LENGTH_BYTES;
    writer.patch32(writer.begin, length);
    if (count === this.starts.length) {
      this.starts = grown(this.starts);
      this.lengths = grown(this.lengths);
    }
    this.starts[count] = (writer.chunks.length - 1) * CHUNK_BYTES + writer.begin + LENGTH_BYTES;
    this.lengths[count] = length;
    this.count = count + 1;
    this.bytes += length + LENGTH_BYTES;
    if (this.bytes > this.maxBytes || this.count >= MAX_ROWS) this.spill();
  }

  add(row: Uint8Array): void {
    this.begin().bytes(row);
    this.end();
  }

  /** What was added since the last time as sorted runs: those that did not fit in files, the rest in memory. */
  take(): Run[] {
    const runs = this.spilled;
    for (const bytes of this.blocks(this.bytes)) runs.push({ bytes });
    this.spilled = [];
    this.clear();
    return runs;
  }

  /** All rows in byte order; nothing is left here. */
  sorted(): MergedRows {
    return new MergedRows(this.take());
  }

  private spill(): void {
    this.spilled.push({ file: this.runs.write(this.blocks(BLOCK_BYTES)) });
    this.clear();
  }

  private clear(): void {
    this.writer.clear();
    this.bytes = 0;
    this.count = 0;
  }

  /** The rows in order, each behind its length, in blocks of whole rows of `size` bytes where they are not longer. */
  private *blocks(size: number): Generator<Uint8Array<ArrayBuffer>> {
    if (this.count === 0) return;
    const { starts, lengths, count } = this;
    const { chunks } = this.writer;
    const order = this.order();
    let block = new Uint8Array(size);
    let used = 0;
    for (let index = 0; index < count; ) {
      let row = order[index++]!;
      const from = starts[row]! - LENGTH_BYTES;
      let until = starts[row]! + lengths[row]!;
      // Rows that lay side by side stay so, which most of a log do: they are copied together.
      while (index < count && used + until - from < size) {
        row = order[index]!;
        if (starts[row]! - LENGTH_BYTES !== until || until >>> CHUNK_BITS !== from >>> CHUNK_BITS) break;
        if (used + starts[row]! + lengths[row]! - from > size) break;
        until = starts[row]! + lengths[row]!;
        index++;
      }
      if (used > 0 && used + until - from > size) {
        yield block.subarray(0, used);
        block = new Uint8Array(size);
        used = 0;
      }
      if (until - from > block.length) block = new Uint8Array(until - from);
      const chunk = chunks[from >>> CHUNK_BITS]!;
      const at = from & (CHUNK_BYTES - 1);
      if (until - from > SHORT_COPY) block.set(chunk.subarray(at, at + until - from), used);
      else for (let byte = 0; byte < until - from; byte++) block[used + byte] = chunk[at + byte]!;
      used += until - from;
    }
    yield used === block.length ? block : block.subarray(0, used);
  }

  /**
   * Row numbers in order: sorts 32 bits of every row at a time as doubles (key × 2^21 + row), natively.
   * 1 M rows of 44 bytes: 0.2 s; Array.sort with Buffer.compare: 2.6 s (measured).
   */
  private order(): Uint32Array {
    const order = Uint32Array.from({ length: this.count }, (_, row) => row);
    const pending: { from: number; until: number; depth: number }[] = [
      { from: 0, until: this.count, depth: 0 },
    ];
    const keys = new Float64Array(this.count);
    for (let range = pending.pop(); range !== undefined; range = pending.pop()) {
      const { from, until, depth } = range;
      if (until - from <= SMALL) {
        order.subarray(from, until).sort((a, b) => this.compare(a, b));
        continue;
      }
      let ascending = true;
      for (let index = from; index < until; index++) {
        const key = this.keyAt(order[index]!, depth) * 2 ** 21 + order[index]!;
        ascending &&= index === from || keys[index - 1]! < key;
        keys[index] = key;
      }
      // Logs are in order of time, nearly.
      if (!ascending) keys.subarray(from, until).sort();
      let start = from;
      for (let index = from; index < until; index++) {
        const key = keys[index]!;
        order[index] = key % 2 ** 21;
        const isLast =
          index + 1 === until || Math.floor(keys[index + 1]! / 2 ** 21) !== Math.floor(key / 2 ** 21);
        if (!isLast) continue;
        if (index > start && this.hasMore(order.subarray(start, index + 1), depth + 4)) {
          pending.push({ from: start, until: index + 1, depth: depth + 4 });
        }
        start = index + 1;
      }
    }
    return order;
  }

  private hasMore(rows: Uint32Array, depth: number): boolean {
    return rows.some((row) => this.lengths[row]! > depth);
  }

  /** Four bytes of the row as a number; what lies beyond its end counts as zero, and rows never differ by trailing zeros alone. */
  private keyAt(row: number, depth: number): number {
    const chunk = this.writer.chunks[this.starts[row]! >>> CHUNK_BITS]!;
    const start = this.starts[row]! & (CHUNK_BYTES - 1);
    const end = start + this.lengths[row]!;
    const at = start + depth;
    if (at + 4 <= end) {
      return chunk[at]! * 2 ** 24 + ((chunk[at + 1]! << 16) | (chunk[at + 2]! << 8) | chunk[at + 3]!);
    }
    let key = 0;
    for (let index = at; index < at + 4; index++) key = key * 256 + (index < end ? chunk[index]! : 0);
    return key;
  }

  private compare(a: number, b: number): number {
    const { chunks } = this.writer;
    const left = chunks[this.starts[a]! >>> CHUNK_BITS]!;
    const right = chunks[this.starts[b]! >>> CHUNK_BITS]!;
    const leftAt = this.starts[a]! & (CHUNK_BYTES - 1);
    const rightAt = this.starts[b]! & (CHUNK_BYTES - 1);
    return (
      left.compare(right, rightAt, rightAt + this.lengths[b]!, leftAt, leftAt + this.lengths[a]!) || a - b
    );
  }
}

function grown(column: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(column.length * 2);
  larger.set(column);
  return larger;
}
