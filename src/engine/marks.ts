/** Marks as rows: sorted by relation, group, time, file and position, so that each relation meets each group's marks in order. */
import type { Instant } from '../base/instant.ts';
import type { Mark } from '../model/mark.ts';
import type { Group } from '../model/relation.ts';
import type { EventCursor } from '../sources/event-cursor.ts';
import type { PositionSet } from './identities.ts';
import type { MarkOutput } from './plan.ts';
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
    writer.start().uint16(output.relation).sortedText(JSON.stringify(group));
    writer
      .instant(time ?? NO_TIME)
      .uint32(event.fileIndex)
      .uint48(event.ordinal)
      .uint16(output.step);
    writer.uint16(detection).uint32(place.line).uint48(place.offset).uint48(place.length);
    writer.text(event.identity).text(event.text(output.subject)).uint16(output.values.length);
    for (const slot of output.values) writer.text(event.text(slot));
    this.rows.add(writer.row());
    return true;
  }

  /** The marks of each group, duplicates dropped. Each group must be read before the next is asked for. */
  *groups(files: readonly string[], duplicates: PositionSet): Generator<MarkGroup> {
    const source = this.rows.sorted();
    const reader = new RowReader();
    const next = (): DecodedMark | undefined => {
      for (;;) {
        const { value, done } = source.next();
        if (done === true) return undefined;
        const decoded = decode(reader.start(value), files);
        if (!duplicates.has(decoded.fileIndex, decoded.ordinal)) return decoded;
      }
    };
    let pending = next();
    while (pending !== undefined) {
      const { relation, groupText } = pending;
      const inGroup = (each: DecodedMark | undefined) =>
        each?.relation === relation && each.groupText === groupText;
      function* marks(): Generator<DecodedMark> {
        while (pending !== undefined && inGroup(pending)) {
          const current: DecodedMark = pending;
          pending = next();
          yield current;
        }
      }
      yield { relation, group: JSON.parse(groupText) as string[], marks: marks() };
      // A relation may stop early; the rest of its group is passed over.
      while (pending !== undefined && inGroup(pending)) pending = next();
    }
  }
}

export type DecodedMark = Mark & {
  relation: number;
  groupText: string;
  fileIndex: number;
  ordinal: number;
  detection: number;
};

export type MarkGroup = { relation: number; group: Group; marks: Iterable<DecodedMark> };

/** The smallest 64-bit instant stands for "no time": such marks come first. */
const NO_TIME: Instant = -(1n << 63n);

function decode(reader: RowReader, files: readonly string[]): DecodedMark {
  const relation = reader.uint16();
  const groupText = reader.sortedText();
  const time = reader.instant();
  const fileIndex = reader.uint32();
  const ordinal = reader.uint48();
  const step = reader.uint16();
  const detection = reader.uint16();
  const place = {
    file: files[fileIndex]!,
    line: reader.uint32(),
    offset: reader.uint48(),
    length: reader.uint48(),
  };
  const identity = reader.text()!;
  const subject = reader.text();
  const values = Array.from({ length: reader.uint16() }, () => reader.text());
  return {
    relation,
    groupText,
    time: time === NO_TIME ? undefined : time,
    fileIndex,
    ordinal,
    step,
    detection,
    place,
    identity,
    subject,
    values,
  };
}
