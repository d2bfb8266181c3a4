/** Rows on disk, for what does not fit in memory. Rows are log data: the folder is the user's alone and goes with the run. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { threadId } from 'node:worker_threads';
import { orRefused } from '../base/system-error.ts';

/** What is written at once, at least. */
export const WRITE_BYTES = 256 * 1024;
/** What one reader holds of its file: a merge has many of them. */
const READ_BYTES = 64 * 1024;
/** Before each row of a run stands its length: 32 bits, big endian. */
export const LENGTH_BYTES = 4;

/** What a row takes in a run: its length, itself, and zeros up to a whole word, so that rows can be copied by words. */
export function spanOf(length: number): number {
  return (LENGTH_BYTES + length + 3) & ~3;
}

/** Rows in ascending order, each in its span. Survives structured clone; a file travels by its name. */
export type Run = { file: string } | { bytes: Uint8Array };

/** Of ten million lines of a license server 9 GB were written, of ten million events of an application 0.6 (measured). */
const ROOM =
  'set TMPDIR to a folder on a disk with room (up to 15 times what is audited) that you may write to';

/** Files of this thread so far, whichever folder they are in: threads share one. */
let fileCount = 0;

/** The folder of one run of the program. The thread that makes it removes it; others are given its name and write into it. */
export class TemporaryRuns {
  private made: string | undefined;
  private readonly given: string | undefined;

  /** `folder`: made by the main thread, which outlives whoever is given it. */
  constructor(folder?: string) {
    this.given = folder;
  }

  /** Makes the folder (mode 0700) if nobody did. */
  get folder(): string {
    this.made ??= this.given ?? this.makeFolder();
    return this.made;
  }

  /** A name in the folder that no thread uses yet. */
  newFile(): string {
    return path.join(this.folder, `rows-${threadId}-${fileCount++}`);
  }

  /**
   * Writes the blocks into a new file, or behind what `file` holds. @returns the file's name
   * @throws {MachineRefusal} where there is no room for them
   */
  write(blocks: Iterable<Uint8Array>, file = this.newFile()): string {
    const what = `what does not fit in memory cannot be written to ${path.dirname(file)}`;
    orRefused(what, ROOM, () => writeBlocks(file, blocks));
    return file;
  }

  /** Removes everything; also called when the process ends early. Does nothing in a folder that was given. */
  dispose(): void {
    if (this.given !== undefined) return;
    // A worker thread may be writing still while the process ends: then removing is tried again.
    if (this.made !== undefined) fs.rmSync(this.made, { recursive: true, force: true, maxRetries: 3 });
    this.made = undefined;
    process.removeListener('exit', this.onExit);
  }

  private readonly onExit = () => this.dispose();

  private makeFolder(): string {
    process.once('exit', this.onExit);
    const folder = os.tmpdir();
    return orRefused(`no folder for temporary files can be made in ${folder}`, ROOM, () =>
      fs.mkdtempSync(path.join(folder, 'audit-check-')),
    );
  }
}

/**
 * Appends the blocks to a file that only the user may read, or with `w` writes it anew. Blocks below WRITE_BYTES are gathered,
 * so they must stay as they are; others are written before the next one is asked for, and may be used again.
 */
export function writeBlocks(file: string, blocks: Iterable<Uint8Array>, flag: 'a' | 'w' = 'a'): void {
  const descriptor = fs.openSync(file, flag, 0o600);
  try {
    let pending: Uint8Array[] = [];
    let size = 0;
    for (const block of blocks) {
      pending.push(block);
      size += block.length;
      if (size < WRITE_BYTES) continue;
      writeAll(descriptor, pending);
      pending = [];
      size = 0;
    }
    writeAll(descriptor, pending);
  } finally {
    fs.closeSync(descriptor);
  }
}

function writeAll(descriptor: number, blocks: readonly Uint8Array[]): void {
  const bytes = blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks);
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(descriptor, bytes, at);
}

/** Of a file of words, how many are in it. */
export function countWords(file: string): number {
  return fs.statSync(file).size / Uint32Array.BYTES_PER_ELEMENT;
}

/** The words of a file of rows of `width` words each, some whole rows at a time; each block is overwritten by the next. */
export function* readWords(file: string, width: number): Generator<Uint32Array> {
  const descriptor = fs.openSync(file, 'r');
  try {
    const block = new Uint32Array(width * Math.floor(WRITE_BYTES / 4 / width));
    const bytes = new Uint8Array(block.buffer);
    for (;;) {
      let filled = 0;
      for (let read = -1; filled < bytes.length && read !== 0; filled += read) {
        read = fs.readSync(descriptor, bytes, filled, bytes.length - filled, null);
      }
      if (filled === 0) return;
      if (filled % (width * 4) !== 0) throw new Error(`the file of rows ${file} ends inside a row`);
      yield block.subarray(0, filled / 4);
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Walks over the rows of a run: the row is `bytes` from `start` to `end`, valid until the next step. */
export class RunReader {
  bytes: Buffer;
  start = 0;
  end = 0;
  /** Where the span of the row ends. */
  after = 0;
  private readonly file: string | undefined;
  private descriptor = -1;
  /** How often what is left of a block moved to the front of the next. */
  moves = 0;
  /** Where in the file is read next. */
  private position = 0;
  /** Bytes of `bytes` that are the run's. */
  filled: number;

  constructor(run: Run) {
    this.file = 'file' in run ? run.file : undefined;
    this.filled = 'file' in run ? 0 : run.bytes.length;
    if ('file' in run) {
      this.bytes = Buffer.alloc(READ_BYTES);
      this.descriptor = fs.openSync(run.file, 'r');
    } else this.bytes = Buffer.from(run.bytes.buffer, run.bytes.byteOffset, run.bytes.length);
  }

  /** Steps to the next row; false at the end, and then the file is closed. */
  next(): boolean {
    if (this.after + LENGTH_BYTES > this.filled && !this.fill(LENGTH_BYTES)) return false;
    const { bytes, after } = this;
    const length =
      bytes[after]! * 2 ** 24 + ((bytes[after + 1]! << 16) | (bytes[after + 2]! << 8) | bytes[after + 3]!);
    const span = spanOf(length);
    // May move what is left of the block.
    if (after + span > this.filled) this.fill(span);
    this.start = this.after + LENGTH_BYTES;
    this.end = this.start + length;
    this.after += span;
    return true;
  }

  /**
   * How many rows the next `bytes` of the run are, counted no further than to `most`; `most` where they do not fit in one
   * block. The row at hand may be overwritten by that.
   */
  countTo(most: number, bytes: number): number {
    if (bytes > READ_BYTES && this.file !== undefined) return most;
    if (this.after + bytes > this.filled) this.fill(bytes);
    let count = 0;
    const end = this.after + bytes;
    for (let at = this.after; at < end && count < most; count++) at += spanOf(this.bytes.readUInt32BE(at));
    return count;
  }

  /** Passes over so many bytes behind the row at hand: the spans of whole rows. */
  skip(bytes: number): void {
    const beyond = this.after + bytes - this.filled;
    this.after += bytes;
    if (beyond <= 0 || this.file === undefined) return;
    this.position += beyond;
    this.after = this.filled;
  }

  /** Stops early. */
  close(): void {
    if (this.descriptor >= 0) fs.closeSync(this.descriptor);
    this.descriptor = -1;
  }

  /** Moves what is left of the block to its front and reads until `wanted` bytes are there; false at the end of the run. */
  private fill(wanted: number): boolean {
    if (this.descriptor >= 0) {
      const rest = this.filled - this.after;
      const block = wanted > this.bytes.length ? Buffer.alloc(wanted * 2) : this.bytes;
      block.set(this.bytes.subarray(this.after, this.filled));
      this.bytes = block;
      this.moves++;
      this.filled = rest;
      this.after = 0;
      while (this.filled < wanted) {
        const read = fs.readSync(
          this.descriptor,
          block,
          this.filled,
          block.length - this.filled,
          this.position,
        );
        if (read === 0) break;
        this.filled += read;
        this.position += read;
      }
    }
    if (this.filled - this.after >= wanted) return true;
    this.close();
    if (this.filled > this.after) throw new Error(`the run ${this.file ?? 'in memory'} ends inside a row`);
    return false;
  }
}
