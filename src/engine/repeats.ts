/**
 * Records that repeat others: rows of their identities sorted, neighbors compared.
 * Same identity and same bytes is a duplicate, counted once; same identity and other bytes is a finding.
 *
 * Records that carry an id of their own are digested only when their ids meet again, from a second reading:
 * that saves a SHA-256 of nearly every record (a quarter of the scan, measured).
 */
import crypto from 'node:crypto';
import type { IdentityRow } from './identity-rows.ts';
import { RowReader } from './row-reader.ts';
import type { SortedRows } from './sorted-rows.ts';

/** Of SHA-256: 128 bits, so that nobody can craft a record that passes for another. */
const CONTENT_BYTES = 16;
const KEY_BYTES = 8;

/** Where a record stands, by file number and byte offset in the file. */
export type RecordPosition = {
  fileIndex: number;
  offset: number;
  line: number;
  length: number;
};

/** A record that repeats `first`. `conflict`: the same id with other content, so that both stand and are audited. */
export type Repeat = {
  conflict: boolean;
  first: RecordPosition;
  again: RecordPosition;
  /** The digests of both: what tells this pair from others, wherever they stand. */
  contents: string;
  /** Neither has an id of its own and both stand in one file, more often than in any before: they may be of two events. */
  mayBeSecond: boolean;
  /** Whether `again` lies outside `--since`/`--until`: then it was not counted as audited. */
  skipped: boolean;
};

/** Reads records of one file again, in ascending order; undefined for one that is gone. */
export type Reread = (
  fileIndex: number,
  stretches: Iterable<RecordPosition>,
) => AsyncIterable<Uint8Array | undefined>;

/** The file that some files are parts of, by the number of one of them. */
export type FileOf = (fileIndex: number) => number;

/** `own`: the key is the source's id, not the content. `content`: undefined until it is needed. */
type Entry = {
  own: boolean;
  key: Buffer;
  content: Buffer | undefined;
  position: RecordPosition;
  skipped: boolean;
};

/** Repeats in the order of their keys; each record is named at most once as `again`. */
export async function* findRepeats(
  identities: Iterable<IdentityRow>,
  newRows: () => SortedRows,
  reread: Reread,
  fileOf: FileOf = (fileIndex) => fileIndex,
): AsyncGenerator<Repeat> {
  const known = newRows();
  const unknown = newRows();
  for (const row of sharedKeys(identities, newRows())) {
    const { content, position } = decode(row, 0);
    if (content !== undefined) known.add(row);
    else {
      unknown.begin().uint32(position.fileIndex).uint48(position.offset).bytes(row);
      unknown.end();
    }
  }
  await digestAgain(unknown, known, reread);
  const rows = known.sorted();
  let previous: Entry | undefined;
  const times = new TimesInFile(fileOf);
  while (rows.next()) {
    const entry = decode(rows.bytes, rows.start);
    const sameKey = previous !== undefined && previous.own === entry.own && previous.key.equals(entry.key);
    const sameContent = sameKey && previous!.content!.equals(entry.content!);
    const mayBeSecond = times.isMore(entry, sameContent) && !entry.own;
    if (sameContent || (sameKey && entry.own)) {
      yield {
        conflict: !sameContent,
        first: previous!.position,
        again: entry.position,
        contents: [previous!.content!, entry.content!]
          .map((each) => each.toString('hex'))
          .sort()
          .join(),
        mayBeSecond,
        skipped: entry.skipped,
      };
    }
    if (!sameContent) previous = entry;
  }
}

/** How often one content stands in a file: a copy of the file has it as often, and no oftener. */
class TimesInFile {
  private fileIndex = -1;
  private times = 0;
  /** In any of the files before. */
  private most = 1;
  private readonly fileOf: FileOf;

  constructor(fileOf: FileOf) {
    this.fileOf = fileOf;
  }

  /** Entries come by file. `isRepeat`: of the content before. */
  isMore({ position }: Entry, isRepeat: boolean): boolean {
    const fileIndex = this.fileOf(position.fileIndex);
    if (!isRepeat) this.most = 1;
    else if (fileIndex === this.fileIndex) return ++this.times > this.most;
    else this.most = Math.max(this.most, this.times);
    this.fileIndex = fileIndex;
    this.times = 1;
    return false;
  }
}

/** The rows whose key is not alone, each valid until the next step. */
function* sharedKeys(identities: Iterable<IdentityRow>, sorted: SortedRows): Generator<Buffer> {
  for (const identity of identities) encode(sorted, identity);
  // The row before, which the next step would overwrite; empty once it is given out.
  const scratch = Buffer.alloc(MAX_ROW_BYTES);
  let length = 0;
  const rows = sorted.sorted();
  while (rows.next()) {
    const row = rows.bytes.subarray(rows.start, rows.end);
    if (startsAlike(scratch, row)) {
      if (length > 0) yield scratch.subarray(0, length);
      yield row;
      length = 0;
    } else {
      row.copy(scratch);
      length = row.length;
    }
  }
}

async function digestAgain(unknown: SortedRows, known: SortedRows, reread: Reread): Promise<void> {
  for (const [fileIndex, entries] of byFile(unknown)) {
    let index = 0;
    const stretches = entries.map(({ position }) => position);
    for await (const bytes of reread(fileIndex, stretches)) {
      const { own, key, position, skipped } = entries[index++]!;
      // A record that is gone from its file passes for no other: its content is its place.
      const content = digestOf(bytes ?? Buffer.from(`${fileIndex}/${position.offset}`));
      const words = [key.readUInt32BE(0), key.readUInt32BE(4)] as const;
      encode(known, { own, key: words, content, skipped, ...position });
    }
  }
}

/** What `encode` writes at most: flag, key, flag, content, file, offset, line, length, flag. */
const MAX_ROW_BYTES = 1 + KEY_BYTES + 1 + CONTENT_BYTES + 4 + 6 + 4 + 4 + 1;

/** Adds a row whose order is flag, key, content, position. */
function encode(rows: SortedRows, identity: IdentityRow): void {
  const { own, key, content, fileIndex, offset, line, length, skipped } = identity;
  const row = rows.begin();
  row
    .uint8(own ? 1 : 0)
    .uint32(key[0])
    .uint32(key[1]);
  row.uint8(content === undefined ? 0 : 1);
  if (content !== undefined) row.bytes(content);
  row.uint32(fileIndex).uint48(offset).uint32(line).uint32(length);
  row.uint8(skipped ? 1 : 0);
  rows.end();
}

/** Whether two rows carry the same key. */
function startsAlike(left: Buffer, right: Buffer): boolean {
  for (let index = KEY_BYTES; index >= 0; index--) if (left[index] !== right[index]) return false;
  return true;
}

function digestOf(bytes: Uint8Array): Buffer {
  return crypto.hash('sha256', bytes, 'buffer').subarray(0, CONTENT_BYTES);
}

const reader = new RowReader();

function decode(bytes: Buffer, start: number): Entry {
  reader.start(bytes, start);
  const own = reader.uint8() === 1;
  const key = reader.bytes(KEY_BYTES);
  const isKnown = reader.uint8() === 1;
  const content = isKnown ? reader.bytes(CONTENT_BYTES) : undefined;
  const position = {
    fileIndex: reader.uint32(),
    offset: reader.uint48(),
    line: reader.uint32(),
    length: reader.uint32(),
  };
  return { own, key, content, position, skipped: reader.uint8() === 1 };
}

/** At most this many records are read again in one pass over a file. */
const BATCH = 100_000;

/** File and offset, which stand before the row of a record that must be read again. */
const PLACE_BYTES = 10;

/** Entries of one file after another, each in the order of its offsets. */
function* byFile(unknown: SortedRows): Generator<[fileIndex: number, entries: Entry[]]> {
  let entries: Entry[] = [];
  let current = -1;
  const rows = unknown.sorted();
  while (rows.next()) {
    const entry = decode(rows.bytes, rows.start + PLACE_BYTES);
    const { fileIndex } = entry.position;
    if ((fileIndex !== current || entries.length >= BATCH) && entries.length > 0) {
      yield [current, entries];
      entries = [];
    }
    current = fileIndex;
    entries.push(entry);
  }
  if (entries.length > 0) yield [current, entries];
}
