/** Marks as rows: sorted by relation, group, time, file and position, so that each relation meets each group's marks in order. */
import type { Instant } from '../base/instant.ts';
import type { Mark } from '../model/mark.ts';
import type { Group } from '../model/relation.ts';
import type { EventCursor } from '../sources/event-cursor.ts';
import type { MarkOutput } from './plan.ts';
import type { PositionSet } from './position-set.ts';
import { RowReader, RowWriter } from './row-codec.ts';
import type { SortedRows } from './sorted-rows.ts';

/** Marks that came without a value for a group-by field, by relation: they leave it, and the report says how many. */
export type Ungrouped = number[];

export class MarkRows {
  private readonly rows: SortedRows;
  private readonly writer = new RowWriter();

  constructor(rows: SortedRows) {
    this.rows = rows;
  }

  /** Adds the mark of the event under the cursor; false when a group-by field is absent. */
  add(output: MarkOutput, event: EventCursor, detection: number): boolean {
    const group: string[] = [];
    for (const slot of output.group) {
      const value = event.text(slot);
      if (value === undefined) return false;
      group.push(value);
    }
    const { time, place } = event;
    const { writer } = this;
    writer.start().uint32(output.relation).sortedText(JSON.stringify(group));
    writer
      .instant(time ?? NO_TIME)
      .uint32(event.fileIndex)
      .uint48(event.ordinal)
      .uint16(output.step);
    writer.uint32(detection).uint32(place.line).uint48(place.offset).uint48(place.length);
    writer.text(event.identity).text(event.text(output.subject)).uint16(output.values.length);
    for (const slot of output.values) writer.text(event.text(slot));
    this.rows.add(writer.row());
    return true;
  }

  /**
   * The marks of each group, duplicates dropped. Each group must be read before the next is asked for.
   * `onMark` is told of every mark once, whether or not the relation reads it.
   */
  *groups(files: readonly string[], duplicates: PositionSet, onMark: OnMark): Generator<MarkGroup> {
    const cursor = new MarkCursor(this.rows.sorted(), files, duplicates, onMark);
    while (cursor.startGroup()) {
      yield { relation: cursor.relation, group: cursor.group, marks: cursor };
      // A relation may stop early; the rest of its group is passed over.
      cursor.finishGroup();
    }
  }
}

/** Told of each mark as it is decoded. */
export type OnMark = (relation: number, step: number, detection: number) => void;

/** Walks over sorted rows, group by group; a plain iterator, since three nested generators took half of relating (measured). */
class MarkCursor implements Iterable<Mark>, Iterator<Mark> {
  relation = 0;
  group: string[] = [];
  private readonly source: Iterator<Buffer>;
  private readonly reader = new RowReader();
  private readonly files: readonly string[];
  private readonly duplicates: PositionSet;
  private readonly onMark: OnMark;
  /** The row to decode next; undefined at the end. */
  private row: Buffer | undefined;
  /** The bytes that all rows of the group begin with: relation and group. */
  private prefix: Buffer = Buffer.alloc(0);

  constructor(source: Iterator<Buffer>, files: readonly string[], duplicates: PositionSet, onMark: OnMark) {
    this.source = source;
    this.files = files;
    this.duplicates = duplicates;
    this.onMark = onMark;
    this.advance();
  }

  /** Stands before the first mark of the next group that has one; false at the end. */
  startGroup(): boolean {
    if (this.row === undefined) return false;
    const reader = this.reader.start(this.row);
    this.relation = reader.uint32();
    const text = reader.sortedText();
    this.group = JSON.parse(text) as string[];
    this.prefix = Buffer.from(this.row.subarray(0, reader.position));
    return true;
  }

  finishGroup(): void {
    while (this.next().done !== true);
  }

  [Symbol.iterator](): Iterator<Mark> {
    return this;
  }

  next(): IteratorResult<Mark, undefined> {
    if (this.row === undefined || !this.inGroup(this.row)) return { done: true, value: undefined };
    const value = this.decode(this.row);
    this.advance();
    return { done: false, value };
  }

  private inGroup(row: Buffer): boolean {
    const { prefix } = this;
    return row.length >= prefix.length && prefix.compare(row, 0, prefix.length) === 0;
  }

  private advance(): void {
    for (;;) {
      const { value, done } = this.source.next();
      this.row = done === true ? undefined : value;
      if (this.row === undefined || !this.isDuplicate(this.row)) return;
    }
  }

  private isDuplicate(row: Buffer): boolean {
    if (this.duplicates.size === 0) return false;
    const reader = this.reader.start(row);
    reader.uint32();
    reader.sortedText();
    reader.instant();
    return this.duplicates.has(reader.uint32(), reader.uint48());
  }

  private decode(row: Buffer): Mark {
    const reader = this.reader.start(row);
    reader.bytes(this.prefix.length);
    const time = reader.instant();
    const file = this.files[reader.uint32()]!;
    reader.uint48();
    const step = reader.uint16();
    this.onMark(this.relation, step, reader.uint32());
    const place = { file, line: reader.uint32(), offset: reader.uint48(), length: reader.uint48() };
    const identity = reader.text()!;
    const subject = reader.text();
    const values = new Array<string | undefined>(reader.uint16());
    for (let index = 0; index < values.length; index++) values[index] = reader.text();
    return { step, time: time === NO_TIME ? undefined : time, place, identity, subject, values };
  }
}

export type MarkGroup = { relation: number; group: Group; marks: Iterable<Mark> };

/** The smallest 64-bit instant stands for "no time": such marks come first. */
const NO_TIME: Instant = -(1n << 63n);
