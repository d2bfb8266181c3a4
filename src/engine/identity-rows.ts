/** What names each record, as rows of 32-bit words: written where records are scanned, kept where repeats are sought. */
import crypto from 'node:crypto';
import { countWords, readWords, type TemporaryRuns } from '../read/temporary-runs.ts';
import type { EventCursor } from '../sources/event-cursor.ts';
import { CONTENT_BYTES } from './record-content.ts';
import { MAX_SAVED } from './saved-rows.ts';

/** key (2), offset (low 32 bits), upper 16 bits of the offset with the flags above them, file, line, length. */
export const PLAIN_WORDS = 7;
/** The same with the digest of the record behind (`record-content.ts`). */
export const DIGESTED_WORDS = 11;
export const IDENTITY_WIDTHS = [PLAIN_WORDS, DIGESTED_WORDS] as const;
const FILE_WORD = 4;
/** Set in the word that ends the offset: the key is the source's id, not the content; the record lies out of range. */
const OWN = 1 << 16;
const SKIPPED = 1 << 17;

/** Chunks of rows grow from small files' needs to this many rows. */
const FIRST_ROWS = 64;
const MAX_ROWS = 1 << 15;

/** Rows leave for `onFull` when they take this many bytes: a file that only one worker can read may hold any number of them. */
const FULL_BYTES = 2 * 1024 * 1024;

type Words = Uint32Array<ArrayBuffer>;

/**
 * The identities of some records, in chunks of whole rows. Survives structured clone; the order of parts does not matter.
 * `digested` are those that cannot be read again or carry no id of their own.
 */
export type IdentityPart = { plain: Words[]; digested: Words[] };

/** What `postMessage` may move instead of copying. */
export function identityTransfers({ plain, digested }: IdentityPart): ArrayBuffer[] {
  return [...plain, ...digested].map(({ buffer }) => buffer);
}

/** What is asked of a record. */
export type IdentifiedEvent = Pick<EventCursor, 'hashOwnIdentity' | 'bytes' | 'fileIndex' | 'offset'>;

/** Collects the identities of records as they are scanned. */
export class IdentityRows {
  private readonly onFull: ((part: IdentityPart) => void) | undefined;
  private readonly plain = new GrowingRows(PLAIN_WORDS);
  private readonly digested = new GrowingRows(DIGESTED_WORDS);
  private readonly key = new Uint32Array(2);

  /** `onFull` gets a part whenever some megabytes are together; the rest comes with `take`. */
  constructor(onFull?: (part: IdentityPart) => void) {
    this.onFull = onFull;
  }

  /**
   * `rereadable`: whether the file can be read again and holds at the event's place what a record with an id of its own is
   * compared by: its bytes, or of a line of text what is `written` there.
   */
  add(
    event: IdentifiedEvent,
    line: number,
    length: number,
    skipped: boolean,
    rereadable: boolean,
    written?: Uint8Array,
  ): void {
    const { key } = this;
    const own = event.hashOwnIdentity(key);
    const isPlain = own && rereadable;
    const rows = isPlain ? this.plain : this.digested;
    const at = rows.reserve();
    const { words } = rows;
    if (!isPlain) {
      const digest = crypto.hash('sha256', (own ? written : undefined) ?? event.bytes, 'buffer');
      for (let index = 0; index < 4; index++) words[at + PLAIN_WORDS + index] = wordAt(digest, index * 4);
    }
    words[at] = own ? key[0]! : words[at + PLAIN_WORDS]!;
    words[at + 1] = own ? key[1]! : words[at + PLAIN_WORDS + 1]!;
    const { offset } = event;
    words[at + 2] = offset;
    words[at + 3] = Math.floor(offset / 2 ** 32) | (own ? OWN : 0) | (skipped ? SKIPPED : 0);
    words[at + FILE_WORD] = event.fileIndex;
    words[at + 5] = line;
    words[at + 6] = length;
    if (this.onFull !== undefined && this.plain.bytes + this.digested.bytes > FULL_BYTES)
      this.onFull(this.take());
  }

  /** What was collected since the last time. */
  take(): IdentityPart {
    return { plain: this.plain.take(), digested: this.digested.take() };
  }
}

/** Rows of one width in chunks that grow, so that nothing is copied as their number grows. */
class GrowingRows {
  words: Words = new Uint32Array(0);
  /** Bytes of the chunks. */
  bytes = 0;
  private readonly width: number;
  private full: Words[] = [];
  private used = 0;

  constructor(width: number) {
    this.width = width;
  }

  /** Room for one row in `words`, from the index that is returned. */
  reserve(): number {
    if (this.used === this.words.length) this.addChunk();
    const at = this.used;
    this.used += this.width;
    return at;
  }

  take(): Words[] {
    const chunks = this.full;
    if (this.used > 0)
      chunks.push(this.used === this.words.length ? this.words : this.words.slice(0, this.used));
    this.full = [];
    this.words = new Uint32Array(0);
    this.used = 0;
    this.bytes = 0;
    return chunks;
  }

  private addChunk(): void {
    const rows = Math.min(Math.max((this.words.length / this.width) * 2, FIRST_ROWS), MAX_ROWS);
    if (this.used > 0) this.full.push(this.words);
    this.words = new Uint32Array(rows * this.width);
    this.bytes += this.words.byteLength;
    this.used = 0;
  }
}

/** A row of words, read. `content`: undefined where the record was not digested. */
export type IdentityRow = {
  own: boolean;
  key: readonly [high: number, low: number];
  content: Buffer | undefined;
  fileIndex: number;
  offset: number;
  line: number;
  length: number;
  skipped: boolean;
};

export function readIdentityRow(words: Uint32Array, at: number, width: number): IdentityRow {
  const flags = words[at + 3]!;
  let content: Buffer | undefined;
  if (width === DIGESTED_WORDS) {
    content = Buffer.alloc(CONTENT_BYTES);
    for (let index = 0; index < 4; index++)
      content.writeUInt32BE(words[at + PLAIN_WORDS + index]!, index * 4);
  }
  return {
    own: (flags & OWN) !== 0,
    key: [words[at]!, words[at + 1]!],
    content,
    fileIndex: words[at + FILE_WORD]!,
    offset: (flags & 0xffff) * 2 ** 32 + words[at + 2]!,
    line: words[at + 5]!,
    length: words[at + 6]!,
    skipped: (flags & SKIPPED) !== 0,
  };
}

/** Rows of both widths, in memory up to a bound and then in two files. */
export class StoredIdentities {
  count = 0;
  private readonly runs: TemporaryRuns;
  private readonly maxBytes: number;
  private readonly kept = new Map<number, Words[]>();
  private readonly files = new Map<number, string>();
  private readonly restored = new Map<number, string[]>();
  private bytes = 0;

  constructor(runs: TemporaryRuns, maxBytes: number) {
    this.runs = runs;
    this.maxBytes = maxBytes;
  }

  /** Takes the chunk over. */
  add(rows: Words, width: number): void {
    const chunks = this.kept.get(width);
    if (chunks === undefined) this.kept.set(width, [rows]);
    else chunks.push(rows);
    this.count += rows.length / width;
    this.bytes += rows.byteLength;
    if (this.bytes > this.maxBytes) this.spill();
  }

  /** All rows, in chunks that are valid until the next step. */
  *chunks(): Generator<[rows: Uint32Array, width: number]> {
    for (const width of IDENTITY_WIDTHS) {
      for (const file of this.restored.get(width) ?? [])
        for (const rows of readWords(file, width)) yield [rows, width];
      for (const rows of this.added(width)) yield [rows, width];
    }
  }

  private *added(width: number): Generator<Uint32Array> {
    const file = this.files.get(width);
    if (file !== undefined) yield* readWords(file, width);
    yield* this.kept.get(width) ?? [];
  }

  /** Rows that an earlier run of the program saved; their file stays where it is. */
  restore(file: string, width: number): void {
    this.restored.set(width, [...(this.restored.get(width) ?? []), file]);
    this.count += countWords(file) / width;
  }

  /** Writes what was added, or everything where files have become many; returns the files of this width. */
  save(width: number, newFile: (kind: string) => string): string[] {
    const restored = this.restored.get(width) ?? [];
    const isMany = restored.length >= MAX_SAVED;
    const file = newFile('identities');
    const { runs } = this;
    runs.write([], file);
    if (isMany)
      for (const each of restored)
        for (const rows of readWords(each, width)) runs.write([toBytes(rows)], file);
    for (const rows of this.added(width)) runs.write([toBytes(rows)], file);
    if (!isMany) return [...restored, file];
    // The files that became one may go.
    this.restored.set(width, [file]);
    this.files.delete(width);
    this.kept.delete(width);
    return [file];
  }

  private spill(): void {
    for (const [width, chunks] of this.kept) {
      const file = this.runs.write(chunks.map(toBytes), this.files.get(width));
      this.files.set(width, file);
    }
    this.kept.clear();
    this.bytes = 0;
  }
}

function toBytes(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 2 ** 24 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
}
