/** Rows by group as they are written: those of a group are linked, and come out one behind another in their order. */
import { LENGTH_BYTES, spanOf, WRITE_BYTES } from '../read/temporary-runs.ts';
import { addWeight, type Weights } from './mark-shares.ts';
import { doubled, RowGroups } from './row-groups.ts';
import { compareMarks, get32, headerSpan, putHeader } from './row-marks.ts';
import { RowOrder } from './row-order.ts';
import { CHUNK_BITS, CHUNK_BYTES, RowWriter } from './row-writer.ts';

/** No row. */
const NONE = -1;
/** Stands for the header of a group before its rows. */
const HEAD = -2;

export class GroupedRows {
  /** Writes the next row, behind a gap of LENGTH_BYTES; `end` takes it in. */
  readonly writer = new RowWriter();
  private readonly groups = new RowGroups();
  /** Of the run that would be made now. */
  bytes = 0;
  count = 0;
  /** For each row its chunk (upper 12 bits) and place in it, its length, and the next row of its group. */
  private starts = new Uint32Array(64);
  private lengths = new Uint32Array(64);
  private next = new Int32Array(64);
  /** For each group what the spans of its marks take, and whether some did not come in order. */
  private sizes = new Float64Array(16);
  private isLate = new Uint8Array(16);

  /** The group of that name, which ends at `length` of `name`. */
  group(name: Buffer, length: number): number {
    const { groups } = this;
    const { count } = groups;
    const group = groups.find(name, 0, length);
    if (group < count) return group;
    groups.first[group] = NONE;
    if (group === this.sizes.length) {
      this.sizes = doubled(this.sizes);
      this.isLate = doubled(this.isLate);
    }
    this.sizes[group] = 0;
    this.isLate[group] = 0;
    this.bytes += headerSpan(length);
    return group;
  }

  /** Rows of the group are put in order once more, for some may be equal in what is compared as they come. */
  markLate(group: number): void {
    this.isLate[group] = 1;
  }

  /**
   * The row that was written is of `group`. It is known to come after all rows before number `since`: to look at the last one of
   * its group, which nobody looked at for long, took a fortieth of a run with many marks (measured).
   */
  end(group: number, since = 0): void {
    const { writer, groups, count: row } = this;
    const length = writer.at - writer.begin - LENGTH_BYTES;
    writer.patch32(writer.begin, length);
    if (row === this.starts.length) {
      this.starts = doubled(this.starts);
      this.lengths = doubled(this.lengths);
      this.next = doubled(this.next);
    }
    this.starts[row] = (writer.chunks.length - 1) * CHUNK_BYTES + writer.begin + LENGTH_BYTES;
    this.lengths[row] = length;
    this.next[row] = NONE;
    const last = groups.last[group]!;
    if (groups.first[group] === NONE) groups.first[group] = row;
    else {
      this.next[last] = row;
      if (last >= since && this.isLate[group] === 0 && this.isBefore(row, last)) this.isLate[group] = 1;
    }
    groups.last[group] = row;
    this.count = row + 1;
    this.sizes[group]! += spanOf(length);
    this.bytes += spanOf(length);
  }

  private isBefore(row: number, other: number): boolean {
    const { chunks } = this.writer;
    const [start, from] = [this.starts[row]!, this.starts[other]!];
    const bytes = chunks[start >>> CHUNK_BITS]!;
    const others = chunks[from >>> CHUNK_BITS]!;
    return compareMarks(bytes, start & (CHUNK_BYTES - 1), others, from & (CHUNK_BYTES - 1)) < 0;
  }

  forget(): void {
    this.writer.clear();
    this.groups.clear();
    this.bytes = 0;
    this.count = 0;
  }

  /** Everything in the order of groups. */
  inOrder(size: number, weights: Weights): Generator<Uint8Array> {
    return this.blocks(size, (bytes) => new ArrayBuffer(bytes), weights, this.groups.sorted());
  }

  /**
   * All marks, group by group in that order, or in the one they were met; in blocks of whole rows of `size` bytes, where rows are
   * not longer. In that order they go to a file: then a large block is used again.
   */
  *blocks(
    size: number,
    newBuffer: (size: number) => ArrayBuffer | SharedArrayBuffer,
    weights: Weights,
    order?: Int32Array,
  ): Generator<Uint8Array> {
    const { groups, next, starts, lengths } = this;
    const chunks = this.writer.words();
    let block: Uint8Array = new Uint8Array(0);
    let words: Uint32Array = new Uint32Array(0);
    let at = 0;
    for (let place = 0; place < groups.count; place++) {
      const group = order === undefined ? place : order[place]!;
      if (this.isLate[group] === 1) this.putInOrder(group);
      const marks = this.sizes[group]!;
      const name = groups.starts[group]!;
      const nameLength = groups.lengths[group]!;
      for (let row = HEAD; row !== NONE; row = row === HEAD ? groups.first[group]! : next[row]!) {
        const span = row === HEAD ? headerSpan(nameLength) : spanOf(lengths[row]!);
        if (at + span > block.length) {
          if (at > 0) yield block.subarray(0, at);
          if (order === undefined || at < WRITE_BYTES || span > block.length) {
            const buffer = newBuffer(Math.max(size, span));
            block = new Uint8Array(buffer);
            words = new Uint32Array(buffer);
          }
          at = 0;
        }
        if (row === HEAD) {
          // What a block held before is not to stand behind the header.
          words[(at + span) / 4 - 1] = 0;
          putHeader(block, at, groups.names, name, nameLength, marks);
        } else copyRow(chunks, starts[row]!, span, words, at);
        at += span;
      }
      addWeight(weights, get32(groups.names, name), groups.hashes[group]!, marks);
    }
    if (at > 0) yield block.subarray(0, at);
  }

  /** Links the rows of a group whose marks did not come in order. */
  private putInOrder(group: number): void {
    const { groups, next } = this;
    const rows: number[] = [];
    for (let row = groups.first[group]!; row !== NONE; row = next[row]!) rows.push(row);
    const order = Uint32Array.from(rows);
    new RowOrder(this.writer.chunks, this.starts, this.lengths).sort(order);
    groups.first[group] = order[0]!;
    for (let index = 0; index < order.length; index++) next[order[index]!] = order[index + 1] ?? NONE;
    groups.last[group] = order.at(-1)!;
    this.isLate[group] = 0;
  }
}

/** Copies the row that begins at `start`, `span` bytes with its length, to `at` of `words`, in bytes. */
function copyRow(
  chunks: readonly Uint32Array[],
  start: number,
  span: number,
  words: Uint32Array,
  at: number,
): void {
  const from = start - LENGTH_BYTES;
  const chunk = chunks[from >>> CHUNK_BITS]!;
  const first = (from & (CHUNK_BYTES - 1)) / 4;
  const to = at / 4;
  const count = span / 4;
  for (let word = 0; word < count; word++) words[to + word] = chunk[first + word]!;
}
