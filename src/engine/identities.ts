/**
 * Which records repeat others: their keys go through a filter, and the few that may have come twice are sorted and compared.
 * Same identity and same bytes is a duplicate, counted once; same identity and other bytes is a finding.
 *
 * Records that carry an id of their own are digested only when their ids meet again, from a second reading:
 * that saves a SHA-256 of nearly every record (a quarter of the scan, measured).
 */
import crypto from 'node:crypto';
import type { TemporaryRuns } from '../read/temporary-runs.ts';
import {
  DIGESTED_WORDS,
  IDENTITY_WIDTHS,
  type IdentityPart,
  type IdentityRow,
  PLAIN_WORDS,
  readIdentityRow,
  StoredIdentities,
} from './identity-rows.ts';
import { KeyFilter, MAX_SLOT_BITS, slotBitsFor } from './key-filter.ts';
import { RowReader } from './row-codec.ts';
import { savedUnder, toSaved } from './saved-rows.ts';
import { SortedRows } from './sorted-rows.ts';

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

/** What may be held in memory before it goes to disk: bytes of rows, of rows being sorted, and bits of the filter. */
export type IdentityLimits = { rowBytes: number; sortBytes: number; slotBits: number; fewRows: number };

const LIMITS: IdentityLimits = {
  // The rows of 1.2 million records.
  rowBytes: 32 * 1024 * 1024,
  sortBytes: 40 * 1024 * 1024,
  slotBits: MAX_SLOT_BITS,
  // Sorting so many takes less than another pass through a filter.
  fewRows: 100_000,
};

/** Passes through filters before candidates are sorted: each leaves those whose slots in it were met twice. */
const MAX_ROUNDS = 4;

export class Identities {
  private readonly runs: TemporaryRuns;
  private readonly limits: IdentityLimits;
  private readonly stored: StoredIdentities;
  private filter: KeyFilter;

  constructor(runs: TemporaryRuns, limits: Partial<IdentityLimits> = {}) {
    this.runs = runs;
    this.limits = { ...LIMITS, ...limits };
    this.stored = this.newStore();
    this.filter = new KeyFilter(slotBitsFor(0, this.limits.slotBits));
  }

  /** Takes the part over. */
  merge({ plain, digested }: IdentityPart): void {
    for (const rows of plain) this.take(rows, PLAIN_WORDS);
    for (const rows of digested) this.take(rows, DIGESTED_WORDS);
  }

  /** Goes on with the records that an earlier run of the program saved. */
  restore(files: Readonly<Record<string, string>>): void {
    for (const width of IDENTITY_WIDTHS)
      for (const file of savedUnder(`identities-${width}`, files)) this.stored.restore(file, width);
    this.filter = filterOf(this.stored, slotBitsFor(this.stored.count, this.limits.slotBits));
  }

  /** Writes what came since into new files, or everything where files have become many; returns all files by name. */
  save(newFile: (kind: string) => string): Record<string, string> {
    const saved = IDENTITY_WIDTHS.map((width) =>
      toSaved(`identities-${width}`, this.stored.save(width, newFile)),
    );
    return Object.assign({}, ...saved);
  }

  private take(rows: Uint32Array<ArrayBuffer>, width: number): void {
    const { stored } = this;
    stored.add(rows, width);
    const slotBits = slotBitsFor(stored.count, this.limits.slotBits);
    if (slotBits === this.filter.slotBits) this.filter.addRows(rows, width);
    else this.filter = filterOf(stored, slotBits);
  }

  /** Repeats in the order of their keys; each record is named at most once as `again`. */
  async *repeats(reread: Reread): AsyncGenerator<Repeat> {
    if (!this.filter.metAny) return;
    const { known, unknown } = this.candidates();
    await this.digestAgain(unknown, known, reread);
    const rows = known.sorted();
    let previous: Entry | undefined;
    while (rows.next()) {
      const entry = decode(rows.bytes, rows.start);
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
      if (!sameContent) previous = entry;
    }
  }

  /** The rows whose key is not alone, with and without a digest; the latter in the order of their places. */
  private candidates(): { known: SortedRows; unknown: SortedRows } {
    const known = this.newRows();
    const unknown = this.newRows();
    const sorted = this.newRows();
    for (const [rows, width] of this.narrowed().chunks()) {
      for (let at = 0; at < rows.length; at += width) encode(sorted, readIdentityRow(rows, at, width));
    }
    const keep = (row: Buffer) => {
      const { content, position } = decode(row, 0);
      if (content !== undefined) known.add(row);
      else {
        unknown.begin().uint32(position.fileIndex).uint48(position.offset).bytes(row);
        unknown.end();
      }
    };
    // The row before, which the next step would overwrite; empty once it is kept.
    const scratch = Buffer.alloc(MAX_ROW_BYTES);
    let length = 0;
    const rows = sorted.sorted();
    while (rows.next()) {
      const row = rows.bytes.subarray(rows.start, rows.end);
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

  /** The rows that may repeat: again and again through other filters, as long as they are many and get fewer. */
  private narrowed(): StoredIdentities {
    let rows = this.pick(this.stored, this.filter);
    for (let round = 1; round < MAX_ROUNDS && rows.count > this.limits.fewRows; round++) {
      const before = rows.count;
      rows = this.pick(rows, filterOf(rows, slotBitsFor(before, this.limits.slotBits), round));
      if (rows.count > before / 2) break;
    }
    return rows;
  }

  private pick(stored: StoredIdentities, filter: KeyFilter): StoredIdentities {
    const picked = this.newStore();
    for (const [rows, width] of stored.chunks()) {
      const some = filter.repeating(rows, width);
      if (some.length > 0) picked.add(some, width);
    }
    return picked;
  }

  private async digestAgain(unknown: SortedRows, known: SortedRows, reread: Reread): Promise<void> {
    for (const [fileIndex, entries] of byFile(unknown)) {
      let index = 0;
      const stretches = entries.map(({ position }) => position);
      for await (const bytes of reread(fileIndex, stretches)) {
        const { own, key, position, skipped } = entries[index++]!;
        // A record that is gone from its file passes for no other: its content is its place.
        const content = digestOf(bytes ?? Buffer.from(`${fileIndex}/${position.offset}`));
        encode(known, {
          own,
          key: [key.readUInt32BE(0), key.readUInt32BE(4)],
          content,
          skipped,
          ...position,
        });
      }
    }
  }

  private newRows(): SortedRows {
    return new SortedRows(this.runs, this.limits.sortBytes);
  }

  private newStore(): StoredIdentities {
    return new StoredIdentities(this.runs, this.limits.rowBytes);
  }
}

function filterOf(stored: StoredIdentities, slotBits: number, round = 0): KeyFilter {
  const filter = new KeyFilter(slotBits, round);
  for (const [rows, width] of stored.chunks()) filter.addRows(rows, width);
  return filter;
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
