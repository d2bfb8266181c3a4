/**
 * Which records repeat others: one row a record, sorted, neighbours compared.
 * Same identity and same bytes is a duplicate, counted once; same identity and other bytes is a finding.
 *
 * Records that carry an id of their own are digested only when their ids meet again, from a second reading:
 * that saves a SHA-256 of nearly every record (a quarter of the scan, measured).
 */
import crypto from 'node:crypto';
import type { EventCursor } from '../sources/event-cursor.ts';
import { KeySet } from './key-set.ts';
import { RowReader, RowWriter } from './row-codec.ts';
import type { SortedRows } from './sorted-rows.ts';

/** Of SHA-256: 128 bits, so that nobody can craft a record that passes for another. */
const CONTENT_BYTES = 16;
const KEY_BYTES = 8;

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
  /** The digests of both: what tells this pair from others, wherever they stand. */
  contents: string;
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
          contents: [previous!.content!, entry.content!]
            .map((each) => each.toString('hex'))
            .sort()
            .join(),
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
    // The row before, which the next step would overwrite; empty once it is kept.
    const scratch = Buffer.alloc(MAX_ROW_BYTES);
    let length = 0;
    for (const row of this.rows.sorted()) {
      if (startsAlike(scratch, row)) {
        if (length > 0) keep(scratch.subarray(0, length));
        keep(row);
        length = 0;
      } else {
        row.copy(scratch);
        length = row.length;
      }
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
      .uint8(content === undefined ? 0 : 1);
    if (content !== undefined) writer.bytes(content);
    writer.uint32(fileIndex).uint48(ordinal).uint32(place.line);
    return writer
      .uint48(place.offset)
      .uint32(place.length)
      .uint8(skipped ? 1 : 0)
      .row();
  }
}

/** What `encode` writes at most: flag, key, flag, content, file, ordinal, line, offset, length, flag. */
const MAX_ROW_BYTES = 1 + KEY_BYTES + 1 + CONTENT_BYTES + 4 + 6 + 4 + 6 + 4 + 1;

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
  const content = isKnown ? reader.bytes(CONTENT_BYTES) : undefined;
  const fileIndex = reader.uint32();
  const ordinal = reader.uint48();
  const line = reader.uint32();
  const offset = reader.uint48();
  const length = reader.uint32();
  const skipped = reader.uint8() === 1;
  const position = { fileIndex, ordinal, line, offset, length };
  return { own, key, content, position, skipped };
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
