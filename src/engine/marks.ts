/** The marks of a whole log, from the parts of its scan: each relation meets each group's marks in order, from memory or disk. */
import type { Mark } from '../model/mark.ts';
import { type Group, NO_VALUE } from '../model/relation.ts';
import type { TemporaryRuns } from '../read/temporary-runs.ts';
import { weighFile } from './mark-file.ts';
import { MAX_KEPT_BYTES, type MarkPart } from './mark-rows.ts';
import { addWeights, type Share, type Weights } from './mark-shares.ts';
import { MarkIndex, MergedMarks } from './merged-marks.ts';
import type { PositionSet } from './position-set.ts';
import { type MarkContext, RowMark } from './row-mark.ts';
import { FILE_AT, get32, get48, OFFSET_AT, ORDER_BYTES, RELATION_BYTES, STEP_AT } from './row-marks.ts';
import { RowReader } from './row-reader.ts';
import { MAX_SAVED, savedUnder, toSaved } from './saved-rows.ts';

/** The name under which marks are saved, and of what kind their files are. */
export const SAVED_MARKS = 'marks';

export class Marks {
  private readonly temporary: TemporaryRuns;
  private readonly maxBytes: number;
  private memory: Uint8Array[] = [];
  private files: string[] = [];
  /** Of earlier runs of the program; they stay where they are. */
  private restored: string[] = [];
  /** Of the runs in memory. */
  private bytes = 0;
  /** Of all but the restored ones. */
  private readonly weights: Weights = new Map();

  /** `maxBytes`: what is kept in memory; beyond, marks lie in files of about this size. */
  constructor(temporary: TemporaryRuns, maxBytes = MAX_KEPT_BYTES) {
    this.temporary = temporary;
    this.maxBytes = maxBytes;
  }

  /** Takes the part over. */
  merge({ runs, weights }: MarkPart): void {
    addWeights(this.weights, weights);
    for (const run of runs) {
      if ('file' in run) this.files.push(run.file);
      else {
        this.memory.push(run.bytes);
        this.bytes += run.bytes.length;
      }
    }
    if (this.bytes > this.maxBytes) this.spill();
  }

  /** Goes on with the marks that an earlier run of the program saved. */
  restore(files: Readonly<Record<string, string>>): void {
    this.restored = savedUnder(SAVED_MARKS, files);
  }

  /** Writes what came since into a new file, or everything where files have become many; returns all files by name. */
  save(newFile: (kind: string) => string): Record<string, string> {
    const isMany = this.restored.length >= MAX_SAVED;
    const rest = mergedOf(isMany ? this.source() : { memory: this.memory, files: this.files });
    const file = this.temporary.write(rest.blocks(), newFile(SAVED_MARKS));
    if (!isMany) return toSaved(SAVED_MARKS, [...this.restored, file]);
    // The files that became one may go.
    this.restored = [file];
    this.files = [];
    this.forgetMemory();
    this.weights.clear();
    return toSaved(SAVED_MARKS, this.restored);
  }

  /** Where all marks are. */
  source(): MarkSource {
    return { memory: this.memory, files: [...this.restored, ...this.files] };
  }

  /** How they weigh. */
  weigh(): Weights {
    const weights = new Map(this.weights);
    for (const file of this.restored) addWeights(weights, weighFile(file));
    return weights;
  }

  /** The runs in memory become one on disk. */
  private spill(): void {
    this.files.push(this.temporary.write(mergedOf({ memory: this.memory, files: [] }).blocks()));
    this.forgetMemory();
  }

  private forgetMemory(): void {
    this.memory = [];
    this.bytes = 0;
  }
}

/** Runs in memory, which threads share, and the names of files of runs. */
export type MarkSource = { memory: readonly Uint8Array[]; files: readonly string[] };

function mergedOf({ memory, files }: MarkSource, share?: Share): MergedMarks {
  const index = new MarkIndex();
  for (const run of memory) index.add(run, share);
  return new MergedMarks(index, files, share);
}

/** What all marks of a run of the program are read with. */
export type MarkReading = {
  /** Names by file index. */
  files: readonly string[];
  /** Files, by index, whose records do not run forward in time. */
  unordered?: readonly number[];
  /** Records whose marks are dropped. */
  duplicates: PositionSet;
  /** Of these, records whose marks come all the same, as such, to relations that ask for them. */
  seconds?: Seconds;
  /** Told of every mark once, whether or not its relation reads it. */
  onMark: OnMark;
  /** By relation: groups with fewer marks may be passed over, but for those that `keeps` names. */
  fewest?: readonly number[];
  keeps?: (relation: number, group: Group) => boolean;
  /** Only these groups. */
  share?: Share | undefined;
};

export type Seconds = { positions: PositionSet; isAsked: (relation: number) => boolean };

/** The marks of each group in order. Each group must be read before the next is asked for. */
export function* markGroups(source: MarkSource, reading: MarkReading): Generator<MarkGroup> {
  const merged = mergedOf(source, reading.share);
  try {
    const cursor = new MarkCursor(merged, reading);
    while (cursor.startGroup()) {
      yield { relation: cursor.relation, name: merged.name, group: cursor.group, marks: cursor };
      // A relation may stop early; the rest of its group is passed over.
      cursor.finishGroup();
    }
  } finally {
    merged.close();
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
  private readonly seconds: Seconds | undefined;
  private readonly onMark: OnMark;
  private readonly fewest: readonly number[];
  private readonly keeps: MarkReading['keeps'];
  /** Whether there is a mark of the group to give out next. */
  private more = false;
  /** Whether that one repeats another and may be of a second event. */
  private isSecond = false;

  constructor(merged: MergedMarks, reading: MarkReading) {
    const { files, unordered, duplicates, seconds, onMark, fewest = [], keeps } = reading;
    this.merged = merged;
    this.context = { files, unordered: new Set(unordered), reader: new RowReader() };
    this.duplicates = duplicates;
    this.seconds = seconds;
    this.onMark = onMark;
    this.fewest = fewest;
    this.keeps = keeps;
  }

  /** Stands before the first mark of the next group that has one; false at the end. */
  startGroup(): boolean {
    const { merged } = this;
    for (;;) {
      if (!merged.nextGroup()) return false;
      this.relation = get32(merged.name, 0);
      const isFew = merged.hasFewer(this.fewest[this.relation] ?? 1);
      if (!this.advance()) continue;
      if (!isFew || this.keeps !== undefined) {
        this.group = groupOf(merged.name);
        if (!isFew || this.keeps?.(this.relation, this.group) === true) return true;
      }
      this.finishGroup();
    }
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
    const value = new RowMark(this.context, merged.bytes, merged.start, this.isSecond);
    this.advance();
    return { done: false, value };
  }

  private tell(): void {
    if (this.isSecond) return;
    const { bytes, start } = this.merged;
    const step = (bytes[start + STEP_AT]! << 8) | bytes[start + STEP_AT + 1]!;
    this.onMark(this.relation, step, this.context.reader.start(bytes, start + ORDER_BYTES).varint());
  }

  private advance(): boolean {
    const { merged } = this;
    do this.more = merged.next();
    while (this.more && this.isDropped());
    return this.more;
  }

  private isDropped(): boolean {
    this.isSecond = false;
    if (this.duplicates.size === 0) return false;
    const { bytes, start, name } = this.merged;
    const [file, offset] = [get32(bytes, start + FILE_AT), get48(bytes, start + OFFSET_AT)];
    if (!this.duplicates.has(file, offset)) return false;
    const { seconds } = this;
    this.isSecond = seconds?.isAsked(get32(name, 0)) === true && seconds.positions.has(file, offset);
    return !this.isSecond;
  }
}

const END = { done: true, value: undefined } as const;

function groupOf(name: Buffer): string[] {
  const values = JSON.parse(name.toString('utf8', RELATION_BYTES, name.length - 1)) as (string | null)[];
  return values.map((value) => value ?? NO_VALUE);
}

/** `name`: the bytes that groups are ordered by, relation first. */
export type MarkGroup = { relation: number; name: Buffer; group: Group; marks: Iterable<Mark> };
