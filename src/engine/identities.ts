/**
 * Which records repeat others: one row a record, sorted, neighbours compared.
 * Same identity and same bytes is a duplicate, counted once; same identity and other bytes is a finding.
 *
 * Records that carry an id of their own are digested only when their ids meet again, from a second reading:
 * that saves a SHA-256 of nearly every record (a quarter of the scan, measured).
 */
import crypto from 'node:crypto';
import type { EventCursor } from '../sources/event-cursor.ts';
import { RowReader, RowWriter } from './row-codec.ts';
import type { SortedRows } from './sorted-rows.ts';

/** Of SHA-256: 128 bits, so that nobody can craft a record that passes for another. */
const CONTENT_BYTES = 16;
const KEY_BYTES = 8;
const NO_CONTENT = Buffer.alloc(CONTENT_BYTES);

/** Where a record stands, by file number and position in the file. */
export type RecordPosition = {
  fileIndex: number;
  ordinal: number;
  line: number;
  offset: number;
  length: number;
};

/** A record that repeats `first`. `conflict`: the same id with other content, so that both stand and are audited. */
export type Repeat = {
  conflict: boolean;
  first: RecordPosition;
  again: RecordPosition;
  /** Whether `again` lies outside `--since`/`--until`: then it was not counted as audited. */
  skipped: boolean;
};

/** Reads records of one file again, in ascending order; undefined for one that is gone. */
export type Reread = (
  fileIndex: number,
  stretches: Iterable<RecordPosition>,
) => AsyncIterable<Uint8Array | undefined>;

/** `own`: the key is the source's id, not the content. `content`: undefined until it is needed. */
type Entry = {
  own: boolean;
  key: Buffer;
  content: Buffer | undefined;
  position: RecordPosition;
  skipped: boolean;
};

export class Identities {
  private readonly rows: SortedRows;
  private readonly newRows: () => SortedRows;
  private readonly writer = new RowWriter();
  private readonly key = Buffer.alloc(KEY_BYTES);
  private readonly hashes = new Uint32Array(2);
  private readonly keys = new KeySet();
  /** Whether some key was seen twice, or there were too many to know: only then is there anything to sort. */
  private mayRepeat = false;

  constructor(newRows: () => SortedRows) {
    this.newRows = newRows;
    this.rows = newRows();
  }

  /** `rereadable`: whether the file can be read again and holds these bytes at the event's place. */
  add(event: EventCursor, skipped: boolean, rereadable: boolean): void {
    const own = event.hashOwnIdentity(this.hashes);
    const content = own && rereadable ? undefined : digestOf(event.bytes);
    if (own) {
      this.key.writeUInt32BE(this.hashes[0]!, 0);
      this.key.writeUInt32BE(this.hashes[1]!, 4);
    } else content!.copy(this.key, 0, 0, KEY_BYTES);
    this.mayRepeat ||= !this.keys.add(this.key.readUInt32BE(0), this.key.readUInt32BE(4));
    const { fileIndex, ordinal, place } = event;
    this.rows.add(this.encode(own, this.key, content, fileIndex, ordinal, place, skipped));
  }

  /** Repeats in the order of their keys; each record is named at most once as `again`. */
  async *repeats(reread: Reread): AsyncGenerator<Repeat> {
    if (!this.mayRepeat) return;
    const { known, unknown } = this.candidates();
    await this.digestAgain(unknown, known, reread);
    let previous: Entry | undefined;
    for (const row of known.sorted()) {
      const entry = decode(row);
      const sameKey = previous !== undefined && previous.own === entry.own && previous.key.equals(entry.key);
      const sameContent = sameKey && previous!.content!.equals(entry.content!);
      if (sameContent || (sameKey && entry.own)) {
        yield {
          conflict: !sameContent,
          first: previous!.position,
          again: entry.position,
          skipped: entry.skipped,
        };
      }
      if (!sameContent) previous = copyOf(entry);
    }
  }

  /** The rows whose key is not alone, with and without a digest; the latter in the order of their places. */
  private candidates(): { known: SortedRows; unknown: SortedRows } {
    const known = this.newRows();
    const unknown = this.newRows();
    const keep = (row: Buffer) => {
      const entry = decode(row);
      if (entry.content !== undefined) known.add(row);
      else
        unknown.add(
          this.writer.start().uint32(entry.position.fileIndex).uint48(entry.position.offset).bytes(row).row(),
        );
    };
    const previous = Buffer.alloc(ROW_BYTES);
    let kept = true;
    for (const row of this.rows.sorted()) {
      if (startsAlike(previous, row)) {
        if (!kept) keep(previous);
        keep(row);
        kept = true;
        continue;
      }
      row.copy(previous);
      kept = false;
    }
    return { known, unknown };
  }

  private async digestAgain(unknown: SortedRows, known: SortedRows, reread: Reread): Promise<void> {
    for (const [fileIndex, entries] of byFile(unknown)) {
      let index = 0;
      const stretches = entries.map(({ position }) => position);
      for await (const bytes of reread(fileIndex, stretches)) {
        const entry = entries[index++]!;
        // A record that is gone from its file passes for no other: its content is its place.
        const content = digestOf(bytes ?? Buffer.from(`${fileIndex}/${entry.position.offset}`));
        const { own, key, position, skipped } = entry;
        known.add(this.encode(own, key, content, position.fileIndex, position.ordinal, position, skipped));
      }
    }
  }

  private encode(
    own: boolean,
    key: Buffer,
    content: Buffer | undefined,
    fileIndex: number,
    ordinal: number,
    place: { line: number; offset: number; length: number },
    skipped: boolean,
  ): Buffer {
    const { writer } = this;
    writer
      .start()
      .uint8(own ? 1 : 0)
      .bytes(key)
      .uint8(content === undefined ? 0 : 1)
      .bytes(content ?? NO_CONTENT);
    writer.uint32(fileIndex).uint48(ordinal).uint32(place.line);
    return writer
      .uint48(place.offset)
      .uint48(place.length)
      .uint8(skipped ? 1 : 0)
      .row();
  }
}

/** What `encode` writes: flag, key, flag, content, file, ordinal, line, offset, length, flag. */
const ROW_BYTES = 1 + KEY_BYTES + 1 + CONTENT_BYTES + 4 + 6 + 4 + 6 + 6 + 1;

/** Whether two rows carry the same key. */
function startsAlike(left: Buffer, right: Buffer): boolean {
  for (let index = KEY_BYTES; index >= 0; index--) if (left[index] !== right[index]) return false;
  return true;
}

function digestOf(bytes: Uint8Array): Buffer {
  return crypto.hash('sha256', bytes, 'buffer').subarray(0, CONTENT_BYTES);
}

function decode(row: Buffer): Entry {
  const reader = new RowReader().start(row);
  const own = reader.uint8() === 1;
  const key = reader.bytes(KEY_BYTES);
  const isKnown = reader.uint8() === 1;
  const content = reader.bytes(CONTENT_BYTES);
  const fileIndex = reader.uint32();
  const ordinal = reader.uint48();
  const line = reader.uint32();
  const offset = reader.uint48();
  const length = reader.uint48();
  const skipped = reader.uint8() === 1;
  const position = { fileIndex, ordinal, line, offset, length };
  return { own, key, content: isKnown ? content : undefined, position, skipped };
}

/** Rows are views that the next step overwrites. */
function copyOf(entry: Entry): Entry {
  return { ...entry, key: Buffer.from(entry.key), content: Buffer.from(entry.content!) };
}

/** At most this many records are read again in one pass over a file. */
const BATCH = 100_000;

/** Entries of one file after another, each in the order of its offsets. */
function* byFile(rows: SortedRows): Generator<[fileIndex: number, entries: Entry[]]> {
  let entries: Entry[] = [];
  let current = -1;
  for (const row of rows.sorted()) {
    const fileIndex = row.readUInt32BE(0);
    if ((fileIndex !== current || entries.length >= BATCH) && entries.length > 0) {
      yield [current, entries];
      entries = [];
    }
    current = fileIndex;
    entries.push(decode(Buffer.from(row.subarray(10))));
  }
  if (entries.length > 0) yield [current, entries];
}

/** Entries of 8 bytes: 16 MiB for the largest set, half of which may be filled. */
const MAX_SLOTS = 1 << 21;

/** A set of 53-bit keys that gives up when it is full. */
class KeySet {
  private slots = new Float64Array(1 << 12);
  private count = 0;

  /** False when the key was there already, or the set is full. */
  add(high: number, low: number): boolean {
    if (this.count * 2 >= this.slots.length && !this.grow()) return false;
    // Never 0, which marks a free slot.
    if (!this.put(high * 2 ** 21 + (low & 0x1fffff) + 1, high)) return false;
    this.count++;
    return true;
  }

  private put(key: number, hash: number): boolean {
    const { slots } = this;
    const mask = slots.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const there = slots[at]!;
      if (there === 0) {
        slots[at] = key;
        return true;
      }
      if (there === key) return false;
    }
  }

  private grow(): boolean {
    if (this.slots.length === MAX_SLOTS) return false;
    const old = this.slots;
    this.slots = new Float64Array(old.length * 2);
    for (const key of old) if (key !== 0) this.put(key, Math.floor((key - 1) / 2 ** 21));
    return true;
  }
}

/** A set of record positions, 8 bytes each. */
export class PositionSet {
  private positions = new Float64Array(64);
  private count = 0;
  private sorted = true;

  get size(): number {
    return this.count;
  }

  add(fileIndex: number, ordinal: number): void {
    if (this.count === this.positions.length) {
      const larger = new Float64Array(this.count * 2);
      larger.set(this.positions);
      this.positions = larger;
    }
    this.positions[this.count++] = toNumber(fileIndex, ordinal);
    this.sorted = false;
  }

  has(fileIndex: number, ordinal: number): boolean {
    if (this.count === 0) return false;
    if (!this.sorted) this.positions.subarray(0, this.count).sort();
    this.sorted = true;
    const wanted = toNumber(fileIndex, ordinal);
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.positions[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.positions[low] === wanted;
  }
}

/** Exact up to 2^20 files of 2^33 records: beyond 2^53 doubles would merge neighbours. */
function toNumber(fileIndex: number, ordinal: number): number {
  return fileIndex * 2 ** 33 + ordinal;
}
