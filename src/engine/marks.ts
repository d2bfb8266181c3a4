/** The marks of a whole log, from the parts of its scan: each relation meets each group's marks in order, from memory or disk. */
import type { Mark } from '../model/mark.ts';
import type { Group } from '../model/relation.ts';
import { type Run, RunReader, type TemporaryRuns } from '../read/temporary-runs.ts';
import type { MarkPart } from './mark-rows.ts';
import { MergedRows } from './merged-rows.ts';
import type { PositionSet } from './position-set.ts';
import { RowReader } from './row-reader.ts';
import { TIME_BYTES } from './row-writer.ts';
import { MAX_SAVED, savedUnder, toSaved } from './saved-rows.ts';

/** Marks that came without a value for a group-by field, by relation: they leave it, and the report says how many. */
export type Ungrouped = number[];

/** What is kept in memory: the marks of about a million events. Beyond, they lie in files of about this size. */
const MAX_BYTES = 32 * 1024 * 1024;

/** The name under which marks are saved. */
const SAVED = 'marks';

export class Marks {
  private readonly temporary: TemporaryRuns;
  private readonly maxBytes: number;
  private runs: Run[] = [];
  /** Of earlier runs of the program; they stay where they are. */
  private restored: string[] = [];
  private bytes = 0;

  constructor(temporary: TemporaryRuns, maxBytes = MAX_BYTES) {
    this.temporary = temporary;
    this.maxBytes = maxBytes;
  }

  /** Takes the part over. */
  merge({ runs }: MarkPart): void {
    for (const run of runs) {
      this.runs.push(run);
      if ('bytes' in run) this.bytes += run.bytes.length;
    }
    if (this.bytes > this.maxBytes) this.spill();
  }

  /** Goes on with the marks that an earlier run of the program saved. */
  restore(files: Readonly<Record<string, string>>): void {
    this.restored = savedUnder(SAVED, files);
  }

  /** Writes what came since into a new file, or everything where files have become many; returns all files by name. */
  save(newFile: (kind: string) => string): Record<string, string> {
    const isMany = this.restored.length >= MAX_SAVED;
    const rest = isMany ? this.sorted() : new MergedRows(this.runs.map((run) => new RunReader(run)));
    const file = this.temporary.write(rest.blocks(), newFile(SAVED));
    const files = [...(isMany ? [] : this.restored), file];
    return toSaved(SAVED, files);
  }

  private sorted(): MergedRows {
    const runs = [...this.restored.map((file) => ({ file })), ...this.runs];
    return new MergedRows(runs.map((run) => new RunReader(run)));
  }

  /** The runs in memory become one on disk. */
  private spill(): void {
    const merged = new MergedRows(this.runs.filter((run) => 'bytes' in run).map((run) => new RunReader(run)));
    this.runs = this.runs.filter((run) => 'file' in run);
    this.runs.push({ file: this.temporary.write(merged.blocks()) });
    this.bytes = 0;
  }

  /**
   * The marks of each group, duplicates dropped. Each group must be read before the next is asked for.
   * `onMark` is told of every mark once, whether or not the relation reads it.
   */
  *groups(files: readonly string[], duplicates: PositionSet, onMark: OnMark): Generator<MarkGroup> {
    const rows = this.sorted();
    try {
      const cursor = new MarkCursor(rows, files, duplicates, onMark);
      while (cursor.startGroup()) {
        yield { relation: cursor.relation, group: cursor.group, marks: cursor };
        // A relation may stop early; the rest of its group is passed over.
        cursor.finishGroup();
      }
    } finally {
      rows.close();
    }
  }
}

/** Told of each mark as it is decoded. */
export type OnMark = (relation: number, step: number, detection: number) => void;

/** Walks over sorted rows, group by group; a plain iterator, since three nested generators took half of relating (measured). */
class MarkCursor implements Iterable<Mark>, Iterator<Mark> {
  relation = 0;
  group: string[] = [];
  private readonly rows: MergedRows;
  private readonly reader = new RowReader();
  private readonly files: readonly string[];
  private readonly duplicates: PositionSet;
  private readonly onMark: OnMark;
  /** Whether there is a row to decode next. */
  private more = true;
  /** The bytes that all rows of the group begin with: relation and group. */
  private prefix: Buffer = Buffer.alloc(0);

  constructor(rows: MergedRows, files: readonly string[], duplicates: PositionSet, onMark: OnMark) {
    this.rows = rows;
    this.files = files;
    this.duplicates = duplicates;
    this.onMark = onMark;
    this.advance();
  }

  /** Stands before the first mark of the next group that has one; false at the end. */
  startGroup(): boolean {
    if (!this.more) return false;
    const { rows } = this;
    const reader = this.reader.start(rows.bytes, rows.start);
    this.relation = reader.uint32();
    this.group = JSON.parse(reader.sortedText()) as string[];
    this.prefix = Buffer.from(rows.bytes.subarray(rows.start, reader.position));
    return true;
  }

  finishGroup(): void {
    while (this.next().done !== true);
  }

  [Symbol.iterator](): Iterator<Mark> {
    return this;
  }

  next(): IteratorResult<Mark, undefined> {
    if (!this.more || !this.inGroup()) return { done: true, value: undefined };
    const value = this.decode();
    this.advance();
    return { done: false, value };
  }

  /** Looks from the end, where the texts of neighboring groups differ. */
  private inGroup(): boolean {
    const { prefix } = this;
    const { bytes, start, end } = this.rows;
    if (end - start < prefix.length) return false;
    for (let index = prefix.length - 1; index >= 0; index--) {
      if (prefix[index] !== bytes[start + index]) return false;
    }
    return true;
  }

  private advance(): void {
    do this.more = this.rows.next();
    while (this.more && this.isDuplicate());
  }

  private isDuplicate(): boolean {
    if (this.duplicates.size === 0) return false;
    const { bytes, start } = this.rows;
    const reader = this.reader.start(bytes, fileIndexAt(bytes, start));
    return this.duplicates.has(reader.uint32(), reader.uint48());
  }

  private decode(): Mark {
    const { rows } = this;
    const reader = this.reader.start(rows.bytes, rows.start + this.prefix.length);
    const time = reader.time();
    const file = this.files[reader.uint32()]!;
    const offset = reader.uint48();
    const step = reader.uint16();
    this.onMark(this.relation, step, reader.varint());
    const place = { file, line: reader.varint(), offset, length: reader.varint() };
    const identity = reader.uniqueText()!;
    const subject = reader.text();
    const count = reader.varint();
    const values = count === 0 ? NO_VALUES : new Array<string | undefined>(count);
    for (let index = 0; index < count; index++) values[index] = reader.text();
    return { step, time, place, identity, subject, values };
  }
}

/** Where a row's file number stands: behind relation, group and time. */
function fileIndexAt(bytes: Buffer, start: number): number {
  return bytes.indexOf(0, start + RELATION_BYTES) + 1 + TIME_BYTES;
}

const RELATION_BYTES = 4;
const NO_VALUES: (string | undefined)[] = [];

export type MarkGroup = { relation: number; group: Group; marks: Iterable<Mark> };
