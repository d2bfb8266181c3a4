/**
 * The marks of many runs group by group, each group's marks in one order. Runs in memory are indexed: their groups may
 * come in any order. Runs in files have their groups in the order of names and are read along. One walk, so 300 lines.
 */
import { LENGTH_BYTES, RunReader, spanOf } from '../read/temporary-runs.ts';
import { FileRows } from './mark-file.ts';
import { isInShare, type Share } from './mark-shares.ts';
import { hashOf, RowGroups } from './row-groups.ts';
import {
  compareMarks,
  get32,
  headerSpan,
  NAME_AT,
  nameLengthOf,
  putHeader,
  sizeBefore,
} from './row-marks.ts';

/** What is gathered before it is given out as a block. */
const BLOCK_BYTES = 256 * 1024;
const NONE = -1;

/** Walks over groups, and over the marks of each: the row is `bytes` from `start` to `end`, and stays there for whoever holds `bytes`. */
export class MergedMarks {
  bytes: Buffer = NOTHING;
  start = 0;
  end = 0;
  /** The name of the group at hand: relation and values. */
  name: Buffer = NOTHING;
  /** What the spans of the group's marks take. */
  size = 0;
  private readonly memory: MarkIndex;
  /** Groups of `memory` in order, and which of them comes next. */
  private readonly order: Int32Array;
  private nextInMemory = 0;
  /** Readers of files, each before the marks of a group, the smallest name first. */
  private readonly files: FileRows[] = [];
  /** What has marks of the group at hand, from `head` on: the one with the smallest row first. */
  private readonly rows: MarkRowsOfRun[] = [];
  private head = 0;
  private began = false;
  /** For reuse. */
  private readonly pool: MarkRowsOfRun[] = [];
  private used = 0;

  /** `share`: only its groups are taken from the files; `memory` was made for it, too. */
  constructor(memory: MarkIndex, files: readonly string[] = [], share?: Share) {
    this.memory = memory;
    this.order = memory.groups.sorted();
    for (const file of files) this.keepFile(new FileRows(new RunReader({ file }), share));
  }

  /** Steps before the marks of the next group; false at the end. */
  nextGroup(): boolean {
    while (this.next());
    this.rows.length = 0;
    this.head = 0;
    this.began = false;
    this.used = 0;
    this.size = 0;
    const { memory, order, nextInMemory, files } = this;
    const name = nextInMemory < order.length ? memory.nameOf(order[nextInMemory]!) : undefined;
    const file = files[0];
    if (name === undefined && file === undefined) return false;
    const inFile = file !== undefined && (name === undefined || compareNames(file.name, name) <= 0);
    this.name = inFile ? file.name : name!;
    if (name !== undefined && (!inFile || name.equals(this.name)))
      this.openInMemory(order[this.nextInMemory++]!);
    while (files.length > 0 && files[0]!.name.equals(this.name)) {
      const reader = files.shift()!;
      this.size += reader.size;
      this.keep(this.newRows().ofFile(reader));
    }
    return true;
  }

  /** Steps to the next mark of the group; false after its last. */
  next(): boolean {
    const { rows } = this;
    let top = rows[this.head];
    if (top === undefined) return false;
    if (!this.began) this.began = true;
    else if (top.next()) {
      const second = rows[this.head + 1];
      if (second !== undefined && isAfter(top, second)) {
        this.head++;
        this.insert(top);
      }
    } else {
      this.head++;
      if (top.file !== undefined) this.keepFile(top.file);
    }
    top = rows[this.head];
    if (top === undefined) return false;
    this.bytes = top.bytes;
    this.start = top.start;
    this.end = top.end;
    return true;
  }

  /** Whether the group that was just begun has fewer marks than `count`, as far as that is quickly told. */
  hasFewer(count: number): boolean {
    const { rows } = this;
    // None of them is empty.
    if (rows.length >= count) return false;
    let rest = count;
    for (let index = 0; index < rows.length; index++) {
      rest -= rows[index]!.countTo(rest);
      if (rest <= 0) return false;
    }
    return true;
  }

  /** Closes the files that were not read to their ends. */
  close(): void {
    for (const file of this.files) file.close();
    for (const rows of this.rows) rows.file?.close();
    this.files.length = 0;
    this.rows.length = 0;
  }

  /** Everything as one run with its groups in order, in blocks of whole rows. */
  *blocks(): Generator<Uint8Array<ArrayBuffer>> {
    let block = new Uint8Array(BLOCK_BYTES);
    let used = 0;
    const isFull = (span: number) => used > 0 && used + span > block.length;
    while (this.nextGroup()) {
      const { name } = this;
      let span = headerSpan(name.length);
      if (isFull(span)) {
        yield block.subarray(0, used);
        used = 0;
      }
      if (used === 0) block = new Uint8Array(Math.max(BLOCK_BYTES, span));
      putHeader(block, used, name, 0, name.length, this.size);
      used += span;
      const whole = this.takeWhole();
      for (let from = whole?.from ?? 0; whole !== undefined && from < whole.until; ) {
        const { bytes, until } = whole;
        let end = wholeRows(bytes, from, Math.min(until, from + block.length - used));
        if (end === from) {
          if (used > 0) yield block.subarray(0, used);
          used = 0;
          span = spanOf(get32(bytes, from));
          block = new Uint8Array(Math.max(BLOCK_BYTES, span));
          end = wholeRows(bytes, from, Math.min(until, from + block.length));
        }
        block.set(bytes.subarray(from, end), used);
        used += end - from;
        from = end;
      }
      while (this.next()) {
        const from = this.start - LENGTH_BYTES;
        span = spanOf(this.end - this.start);
        if (isFull(span)) {
          yield block.subarray(0, used);
          used = 0;
        }
        if (used === 0) block = new Uint8Array(Math.max(BLOCK_BYTES, span));
        block.set(this.bytes.subarray(from, from + span), used);
        used += span;
      }
    }
    if (used > 0) yield block.subarray(0, used);
  }

  /**
   * Takes all marks of the group that was just begun, where they lie in order in one run in memory, as most do that go to a
   * file: one by one they take three times as long (measured).
   */
  private takeWhole(): { bytes: Buffer; from: number; until: number } | undefined {
    const { rows } = this;
    if (rows.length !== 1 || this.head !== 0 || this.began) return undefined;
    const whole = rows[0]!.whole();
    if (whole !== undefined) this.head = 1;
    return whole;
  }

  private openInMemory(group: number): void {
    const { memory } = this;
    for (let part = memory.groups.first[group]!; part !== NONE; part = memory.next[part]!) {
      const from = memory.from[part]!;
      const until = memory.until[part]!;
      this.size += until - from;
      this.keep(this.newRows().ofMemory(memory.runs[memory.runOf[part]!]!, from, until));
    }
  }

  private newRows(): MarkRowsOfRun {
    if (this.used === this.pool.length) this.pool.push(new MarkRowsOfRun());
    return this.pool[this.used++]!;
  }

  /** Steps to the first mark, if there is one. */
  private keep(some: MarkRowsOfRun): void {
    const { rows } = this;
    if (!some.next()) {
      if (some.file !== undefined) this.keepFile(some.file);
    } else if (rows.length === 0 || !isAfter(rows[rows.length - 1]!, some)) rows.push(some);
    else {
      rows.unshift(some);
      this.insert(some);
    }
  }

  /** Puts what stands before `head`'s place where its row belongs among the others; the runs of a log follow one another in time, so this is rare. */
  private insert(some: MarkRowsOfRun): void {
    const { rows } = this;
    // Called with `some` either before `head` (it was the top) or at it (it is new).
    const isNew = rows[this.head] === some;
    const first = isNew ? this.head : this.head - 1;
    let low = first + 1;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isAfter(rows[middle]!, some)) high = middle;
      else low = middle + 1;
    }
    for (let index = first; index < low - 1; index++) rows[index] = rows[index + 1]!;
    rows[low - 1] = some;
    this.head = first;
  }

  /** Keeps a file that stands before a group in its place; one that ended is closed. */
  private keepFile(file: FileRows): void {
    if (!file.startGroup()) return;
    const { files } = this;
    let low = 0;
    let high = files.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareNames(files[middle]!.name, file.name) > 0) high = middle;
      else low = middle + 1;
    }
    files.splice(low, 0, file);
  }
}

/** Which groups the runs in memory have, and where: each group is a list of parts, in the order of the runs. */
export class MarkIndex {
  readonly runs: Buffer[] = [];
  readonly groups = new RowGroups();
  /** By part: its run, its marks' place there, and the next part of the group. */
  readonly runOf: number[] = [];
  readonly from: number[] = [];
  readonly until: number[] = [];
  readonly next: number[] = [];

  nameOf(group: number): Buffer {
    const { names, starts, lengths } = this.groups;
    return names.subarray(starts[group]!, starts[group]! + lengths[group]!);
  }

  /** Of `share` only, where one is given. */
  add(bytes: Uint8Array, share?: Share): this {
    const run = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const index = this.runs.push(run) - 1;
    const { groups } = this;
    for (let at = 0; at < run.length; ) {
      const length = get32(run, at);
      const start = at + LENGTH_BYTES;
      const { count } = groups;
      const name = nameLengthOf(length);
      const hash = hashOf(run, start + NAME_AT, name);
      const from = at + spanOf(length);
      at = from + sizeBefore(run, start + length);
      if (!isInShare(get32(run, start + NAME_AT), hash, share)) continue;
      const group = groups.find(run, start + NAME_AT, name, hash);
      const part = this.runOf.length;
      this.runOf.push(index);
      this.from.push(from);
      this.until.push(at);
      this.next.push(NONE);
      if (group === count) groups.first[group] = part;
      else this.next[groups.last[group]!] = part;
      groups.last[group] = part;
    }
    return this;
  }
}

/** The marks that one run has of one group. One class for both kinds of runs, for each step looks at several of them. */
class MarkRowsOfRun {
  bytes: Buffer = NOTHING;
  start = 0;
  end = 0;
  file: FileRows | undefined;
  private at = 0;
  private until = 0;

  ofMemory(bytes: Buffer, from: number, until: number): this {
    this.bytes = bytes;
    this.file = undefined;
    this.at = from;
    this.until = until;
    return this;
  }

  ofFile(file: FileRows): this {
    this.file = file;
    return this;
  }

  /** Its marks, of which the first is at hand, counted no further than to `most`; `most` where that is not quickly told. */
  countTo(most: number): number {
    if (this.file !== undefined) return this.file.countTo(most);
    let count = 1;
    for (let { at } = this; at < this.until && count < most; count++) at += spanOf(get32(this.bytes, at));
    return count;
  }

  /** Where the mark at hand and all after it lie; undefined where they are in a file. */
  whole(): { bytes: Buffer; from: number; until: number } | undefined {
    if (this.file !== undefined) return undefined;
    return { bytes: this.bytes, from: this.start - LENGTH_BYTES, until: this.until };
  }

  next(): boolean {
    const { file, at } = this;
    if (file !== undefined) {
      if (!file.next()) return false;
      this.bytes = file.bytes;
      this.start = file.start;
      this.end = file.end;
      return true;
    }
    if (at >= this.until) return false;
    this.start = at + LENGTH_BYTES;
    const length = get32(this.bytes, at);
    this.end = this.start + length;
    this.at = at + spanOf(length);
    return true;
  }
}

/** The end of the last row from `from` on that ends at `until` or before. */
function wholeRows(bytes: Uint8Array, from: number, until: number): number {
  let end = from;
  while (end < until) {
    const next = end + spanOf(get32(bytes, end));
    if (next > until) break;
    end = next;
  }
  return end;
}

function isAfter(left: MarkRowsOfRun, right: MarkRowsOfRun): boolean {
  return compareMarks(left.bytes, left.start, right.bytes, right.start) > 0;
}

/** As `Buffer.compare`, whose call takes longer than to look at the names of groups. */
function compareNames(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const difference = left[index]! - right[index]!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

const NOTHING = Buffer.alloc(0);
