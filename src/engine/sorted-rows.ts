/**
 * Rows of bytes in, sorted runs of them out, in bounded memory.
 * Record identities are encoded so that their byte order is the order they are judged in.
 */
import { LENGTH_BYTES, type Run, RunReader, spanOf, type TemporaryRuns } from '../read/temporary-runs.ts';
import { MergedRows } from './merged-rows.ts';
import { doubled } from './row-groups.ts';
import { MAX_ROWS, RowOrder } from './row-order.ts';
import { CHUNK_BITS, CHUNK_BYTES, RowWriter } from './row-writer.ts';

/** What one sorter holds before it writes a run. The run it makes takes as much again. */
const MAX_BYTES = 24 * 1024 * 1024;
/** What is put in order at once when a run goes to a file. */
const BLOCK_BYTES = 1 << 20;

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
      this.starts = doubled(this.starts);
      this.lengths = doubled(this.lengths);
    }
    this.starts[count] = (writer.chunks.length - 1) * CHUNK_BYTES + writer.begin + LENGTH_BYTES;
    this.lengths[count] = length;
    this.count = count + 1;
    this.bytes += spanOf(length);
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
    return new MergedRows(this.take().map((run) => new RunReader(run)));
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

  /** The rows in order, each in its span, in blocks of whole rows of `size` bytes where they are not longer. */
  private *blocks(size: number): Generator<Uint8Array<ArrayBuffer>> {
    if (this.count === 0) return;
    const { starts, lengths, count } = this;
    const chunks = this.writer.words();
    const order = Uint32Array.from({ length: count }, (_, row) => row);
    new RowOrder(this.writer.chunks, starts, lengths).sort(order);
    let block = new Uint32Array(size / 4);
    let used = 0;
    for (let index = 0; index < count; index++) {
      const row = order[index]!;
      const words = spanOf(lengths[row]!) / 4;
      if (used > 0 && used + words > block.length) {
        yield new Uint8Array(block.buffer, 0, used * 4);
        block = new Uint32Array(size / 4);
        used = 0;
      }
      if (words > block.length) block = new Uint32Array(words);
      const from = starts[row]! - LENGTH_BYTES;
      const chunk = chunks[from >>> CHUNK_BITS]!;
      const at = (from & (CHUNK_BYTES - 1)) / 4;
      for (let word = 0; word < words; word++) block[used + word] = chunk[at + word]!;
      used += words;
    }
    yield new Uint8Array(block.buffer, 0, used * 4);
  }
}
