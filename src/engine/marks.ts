/** The marks of a whole log, from the parts of its scan: each relation meets each group's marks in order, from memory or disk. */
import type { Mark } from '../model/mark.ts';
import { type Group, NO_VALUE } from '../model/relation.ts';
import type { TemporaryRuns } from '../read/temporary-runs.ts';
import type { MarkPart } from './mark-rows.ts';
import { MarkIndex, MergedMarks } from './merged-marks.ts';
import type { PositionSet } from './position-set.ts';
import { type MarkContext, RowMark } from './row-mark.ts';
import { FILE_AT, get32, get48, OFFSET_AT, ORDER_BYTES, RELATION_BYTES, STEP_AT } from './row-marks.ts';
import { RowReader } from './row-reader.ts';
import { MAX_SAVED, savedUnder, toSaved } from './saved-rows.ts';

/** What is kept in memory: the marks of about 250,000 events. Beyond, they lie in files of about this size. */
const MAX_BYTES = 8 * 1024 * 1024;

/** The name under which marks are saved. */
const SAVED = 'marks';

export class Marks {
  private readonly temporary: TemporaryRuns;
  private readonly maxBytes: number;
  /** Indexed as they come, while threads scan: relating waits for nothing else. */
  private memory = new MarkIndex();
  private files: string[] = [];
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
      if ('file' in run) this.files.push(run.file);
      else {
        this.memory.add(run.bytes);
        this.bytes += run.bytes.length;
      }
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
    const rest = isMany ? this.sorted() : new MergedMarks(this.memory, this.files);
    const file = this.temporary.write(rest.blocks(), newFile(SAVED));
    if (!isMany) return toSaved(SAVED, [...this.restored, file]);
    // The files that became one may go.
    this.restored = [file];
    this.files = [];
    this.memory = new MarkIndex();
    this.bytes = 0;
    return toSaved(SAVED, this.restored);
  }

  private sorted(): MergedMarks {
    return new MergedMarks(this.memory, [...this.restored, ...this.files]);
  }

  /** The runs in memory become one on disk. */
  private spill(): void {
    this.files.push(this.temporary.write(new MergedMarks(this.memory).blocks()));
    this.memory = new MarkIndex();
    this.bytes = 0;
  }

  /**
   * The marks of each group, duplicates dropped. Each group must be read before the next is asked for. Where the group
   * has fewer marks than its relation's entry in `fewest`, it may be passed over.
   * `onMark` is told of every mark once, whether or not the relation reads it.
   */
  *groups(
    files: readonly string[],
    duplicates: PositionSet,
    onMark: OnMark,
    fewest: readonly number[] = [],
  ): Generator<MarkGroup> {
    const merged = this.sorted();
    try {
      const cursor = new MarkCursor(merged, files, duplicates, onMark, fewest);
      while (cursor.startGroup()) {
        yield { relation: cursor.relation, group: cursor.group, marks: cursor };
        // A relation may stop early; the rest of its group is passed over.
        cursor.finishGroup();
      }
    } finally {
      merged.close();
    }
  }
}

/** Told of each mark as it is decoded. */
export type OnMark = (relation: number, step: number, detection: number) => void;

/** Walks over marks, group by group; a plain iterator, since three nested generators took half of relating (measured). */
class MarkCursor implements Iterable<Mark>, Iterator<Mark> {
  relation = 0;
  group: string[] = [];
  private readonly merged: MergedMarks;
  private readonly context: MarkContext;
  private readonly duplicates: PositionSet;
  private readonly onMark: OnMark;
  private readonly fewest: readonly number[];
  /** Where marks from files are copied to. */
  private slab: Buffer = Buffer.alloc(0);
  private slabUsed = 0;
  /** Whether there is a mark of the group to give out next. */
  private more = false;

  constructor(
    merged: MergedMarks,
    files: readonly string[],
    duplicates: PositionSet,
    onMark: OnMark,
    fewest: readonly number[],
  ) {
    this.merged = merged;
    this.context = { files, reader: new RowReader() };
    this.duplicates = duplicates;
    this.onMark = onMark;
    this.fewest = fewest;
  }

  /** Stands before the first mark of the next group that has one; false at the end. */
  startGroup(): boolean {
    const { merged } = this;
    for (;;) {
      if (!merged.nextGroup()) return false;
      this.relation = get32(merged.name, 0);
      const isFew = merged.hasFewer(this.fewest[this.relation] ?? 1);
      if (!this.advance()) continue;
      if (!isFew) break;
      this.finishGroup();
    }
    const { name } = merged;
    const values = JSON.parse(name.toString('utf8', RELATION_BYTES, name.length - 1)) as (string | null)[];
    this.group = values.map((value) => value ?? NO_VALUE);
    return true;
  }

  finishGroup(): void {
    for (; this.more; this.advance()) this.tell();
  }

  [Symbol.iterator](): Iterator<Mark> {
    return this;
  }

  next(): IteratorResult<Mark, undefined> {
    if (!this.more) return END;
    const { merged } = this;
    this.tell();
    let value: RowMark;
    if (merged.stays) value = new RowMark(this.context, merged.bytes, merged.start);
    else value = this.copied();
    this.advance();
    return { done: false, value };
  }

  /** Of a mark that was read from a file: the next step overwrites it there. */
  private copied(): RowMark {
    const { bytes, start, end } = this.merged;
    const length = end - start;
    if (this.slabUsed + length > this.slab.length) {
      this.slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, length));
      this.slabUsed = 0;
    }
    const at = this.slabUsed;
    this.slab.set(bytes.subarray(start, end), at);
    this.slabUsed += length;
    return new RowMark(this.context, this.slab, at);
  }

  private tell(): void {
    const { bytes, start } = this.merged;
    const step = (bytes[start + STEP_AT]! << 8) | bytes[start + STEP_AT + 1]!;
    this.onMark(this.relation, step, this.context.reader.start(bytes, start + ORDER_BYTES).varint());
  }

  private advance(): boolean {
    const { merged } = this;
    do this.more = merged.next();
    while (this.more && this.isDuplicate());
    return this.more;
  }

  private isDuplicate(): boolean {
    if (this.duplicates.size === 0) return false;
    const { bytes, start } = this.merged;
    return this.duplicates.has(get32(bytes, start + FILE_AT), get48(bytes, start + OFFSET_AT));
  }
}

/** Some dozens of marks: one that a relation keeps holds all of them in memory. */
const SLAB_BYTES = 4096;

const END = { done: true, value: undefined } as const;

export type MarkGroup = { relation: number; group: Group; marks: Iterable<Mark> };
