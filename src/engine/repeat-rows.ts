/** The identities of records as rows that sort: flag, key, content, place. */
import type { IdentityRow } from './identity-rows.ts';
import { CONTENT_BYTES } from './record-content.ts';
import { RowReader } from './row-reader.ts';
import type { SortedRows } from './sorted-rows.ts';

const KEY_BYTES = 8;

/** Where a record stands, by file number and byte offset in the file. */
export type RecordPosition = {
  fileIndex: number;
  offset: number;
  line: number;
  length: number;
};

/**
 * `own`: the key is the source's id, not the content. `content`: undefined until it is needed. `spelling`: of records of one
 * content, which of them are equal byte for byte; 0 until contents are compared whatever their spelling. `fixed`: it was digested as
 * it was scanned, for it cannot be read again.
 */
export type Entry = {
  own: boolean;
  key: Buffer;
  content: Buffer | undefined;
  position: RecordPosition;
  spelling: number;
  skipped: boolean;
  fixed: boolean;
};

/** What `encode` writes at most: flag, key, flag, content, file, offset, line, length, spelling, flags. */
export const MAX_ROW_BYTES = 1 + KEY_BYTES + 1 + CONTENT_BYTES + 4 + 6 + 4 + 4 + 4 + 1;
const IS_SKIPPED = 1;
const IS_FIXED = 2;

/** Adds a row whose order is flag, key, content, position. */
export function encode(
  rows: SortedRows,
  identity: IdentityRow,
  { spelling, fixed } = { spelling: 0, fixed: identity.content !== undefined },
): void {
  const { own, key, content, fileIndex, offset, line, length, skipped } = identity;
  const row = rows.begin();
  row
    .uint8(own ? 1 : 0)
    .uint32(key[0])
    .uint32(key[1]);
  row.uint8(content === undefined ? 0 : 1);
  if (content !== undefined) row.bytes(content);
  row.uint32(fileIndex).uint48(offset).uint32(line).uint32(length).uint32(spelling);
  row.uint8((skipped ? IS_SKIPPED : 0) | (fixed ? IS_FIXED : 0));
  rows.end();
}

/** Adds a row behind where its record stands, in whose order records are read again. */
export function addPlaced(rows: SortedRows, { fileIndex, offset }: RecordPosition, row: Uint8Array): void {
  rows.begin().uint32(fileIndex).uint48(offset).bytes(row);
  rows.end();
}

/** Whether two rows carry the same key. */
export function startsAlike(left: Buffer, right: Buffer): boolean {
  for (let index = KEY_BYTES; index >= 0; index--) if (left[index] !== right[index]) return false;
  return true;
}

const reader = new RowReader();

export function decode(bytes: Buffer, start: number): Entry {
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
  const spelling = reader.uint32();
  const flags = reader.uint8();
  return {
    own,
    key,
    content,
    position,
    spelling,
    skipped: (flags & IS_SKIPPED) !== 0,
    fixed: (flags & IS_FIXED) !== 0,
  };
}

/** At most this many records are read again in one pass over a file. */
const BATCH = 100_000;

/** File and offset, which stand before the row of a record that must be read again. */
const PLACE_BYTES = 10;

/** Entries of one file after another, each in the order of its offsets. */
export function* byFile(unknown: SortedRows): Generator<[fileIndex: number, entries: Entry[]]> {
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
