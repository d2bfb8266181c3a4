/**
 * Marks as rows, written where records are scanned: runs of groups, each with its marks in order of time, file and
 * position, then step. Texts go from the record's bytes to the row's, and most groups are found by the ids of values.
 * Long: what writes a row and what sorts and spills rows share their buffers.
 */
import type { Slot } from '../model/event.ts';
import { LENGTH_BYTES, type Run, spanOf, type TemporaryRuns, WRITE_BYTES } from '../read/temporary-runs.ts';
import { ABSENT, ASK_TEXT, type EventCursor } from '../sources/event-cursor.ts';
import { listText, severalText } from './list-text.ts';
import { addWeight, type Weights } from './mark-shares.ts';
import { combinationsOf, countCombinations, MAX_COMBINATIONS, memberLists } from './members.ts';
import type { MarkOutput } from './plan.ts';
import { doubled, RowGroups } from './row-groups.ts';
import { MAX_IDS, RowIds } from './row-ids.ts';
import {
  COUNTED_BEFORE,
  compareMarks,
  get32,
  headerSpan,
  NUMBER_BYTES,
  ORDER_BYTES,
  putHeader,
  RELATION_BYTES,
  SEVERAL,
  SUBJECT,
} from './row-marks.ts';
import { MAX_ROWS, RowOrder } from './row-order.ts';
import { CHUNK_BITS, CHUNK_BYTES, RowWriter, SHORT_TEXT } from './row-writer.ts';

/** The marks of some records as runs, those in memory with their groups in any order. Survives structured clone; the order of parts does not matter. */
export type MarkPart = { runs: Run[]; weights: Weights };

/** What is asked of an event. */
export type MarkedEvent = Pick<
  EventCursor,
  | 'text'
  | 'size'
  | 'kind'
  | 'identity'
  | 'copyText'
  | 'rawSlot'
  | 'copyIdentity'
  | 'repeatingId'
  | 'shape'
  | 'neverHolds'
  | 'recordNumber'
  | 'placeLine'
  | 'placeLength'
  | 'fileIndex'
  | 'offset'
  | 'timeMs'
  | 'timeNanos'
>;

/**
 * What a thread holds before it goes to a file: some 100,000 marks of license use. With half as much again two threads over ten
 * million lines took 406 MB at their peak instead of 365 (measured).
 */
const MAX_BYTES = 16 * 1024 * 1024;
/** What of it is put in order at once. */
const BLOCK_BYTES = 1024 * 1024;
/**
 * What a thread keeps back, and what all threads together keep in memory at the end: the marks of about 50,000 events. A part that
 * has more goes to a file at once; else whoever collects the parts would copy it into one, while the other threads wait for tasks.
 */
export const MAX_KEPT_BYTES = 8 * 1024 * 1024;
/** What the marks of one event take together: each carries the texts of the event, and there may be a thousand of them. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;
/** No group, and no row. */
const NONE = -1;
/** Stands for the header of a group before its rows. */
const HEAD = -2;
/** Values of this length at most are copied into a group's name. */
const MAX_COPIED = 255;

/** Collects marks as detections make them. */
export class MarkRows {
  private readonly runs: TemporaryRuns;
  private readonly maxBytes: number;
  private readonly writer = new RowWriter();
  private readonly groups = new RowGroups();
  private readonly ids = new RowIds();
  private spilled: Run[] = [];
  private weights: Weights = new Map();
  /** Of the run that would be made now. */
  bytes = 0;
  private count = 0;
  /** For each row its chunk (upper 12 bits) and place in it, its length, and the next row of its group. */
  private starts = new Uint32Array(64);
  private lengths = new Uint32Array(64);
  private next = new Int32Array(64);
  /** For each group what the spans of its marks take, and whether some did not come in order. */
  private sizes = new Float64Array(16);
  private isLate = new Uint8Array(16);
  /** The name of a group that is sought. */
  private name = Buffer.alloc(1024);
  /** The last event that made a mark, and where the part of its row lies that all its marks have in common. */
  private fileIndex = -1;
  private recordNumber = -1;
  /** Whether its subject is the first of several. */
  private isSeveral = false;
  private shared: Uint8Array = this.name;
  private sharedFrom = 0;
  private sharedUntil = 0;
  /** Whether some text of the mark at hand, or its subject, had to be asked for: then there may be several. */
  private isAsked = false;
  private isSubjectAsked = false;

  /** `runs`: where marks go that do not fit in memory, `maxBytes` of them. */
  constructor(runs: TemporaryRuns, maxBytes = MAX_BYTES) {
    this.runs = runs;
    this.maxBytes = maxBytes;
  }

  /**
   * Adds the mark of the event under the cursor, or its marks where each of several values makes one; false when a group-by
   * field is absent, or some marks are left out for there would be too many.
   */
  add(output: MarkOutput, event: MarkedEvent, detection: number): boolean {
    // All marks of an event are of one run, so that their order is the same however the log is cut.
    if (this.bytes > this.maxBytes || this.count > MAX_ROWS - MAX_COMBINATIONS) this.spill();
    this.isAsked = false;
    const group = this.groupOf(output, event);
    if (group !== NONE) this.put(group, output, event, detection);
    const mayBeSeveral = this.isAsked && (output.group.length > 0 || output.each !== undefined);
    return mayBeSeveral ? this.addMembers(group, output, event, detection) : group !== NONE;
  }

  /** The marks beside the one in `first`; all where that is NONE, for the first of several values may be absent. */
  private addMembers(first: number, output: MarkOutput, event: MarkedEvent, detection: number): boolean {
    const { group: slots, values, each } = output;
    const counted = [...(each ?? [])];
    const countedSlots = counted.map((index) => values[index]!);
    const isSeveral = (slot: Slot) => event.size(event.rawSlot(slot)) > 1;
    // What had to be asked for is nearly always a text beyond ASCII.
    let isCounted = first !== NONE;
    if (!slots.some(isSeveral) && !countedSlots.some(isSeveral)) return isCounted;
    const lists = memberLists(event, slots, countedSlots);
    const most = this.bytes + MAX_EVENT_BYTES;
    // Equal but for their values, they come in the order of these.
    if (isCounted) this.isLate[first] = 1;
    for (const texts of combinationsOf(lists).slice(isCounted ? 1 : 0)) {
      const group = this.namedGroup(output, event, texts);
      const members = new Map(counted.map((index, place) => [index, texts[slots.length + place]]));
      if (group === NONE) continue;
      if (this.bytes > most) return false;
      this.put(group, output, event, isCounted ? COUNTED_BEFORE : detection, members);
      isCounted = true;
      this.isLate[group] = 1;
    }
    return isCounted && countCombinations(lists) <= MAX_COMBINATIONS;
  }

  /** `members`: by position in the output's values, those that are chosen of several. */
  private put(
    group: number,
    output: MarkOutput,
    event: MarkedEvent,
    detection: number,
    members?: ReadonlyMap<number, string | undefined>,
  ): void {
    const { writer } = this;
    const { values } = output;
    writer.start(LENGTH_BYTES);
    // Enough while texts are short; the longer ones see to it themselves.
    const most = ORDER_BYTES + NUMBER_BYTES + (values.length + 3) * SHORT_TEXT;
    writer.reserve(most);
    writer.time(event.timeMs, event.timeNanos);
    writer.uint32(event.fileIndex).uint48(event.offset).uint16(output.step).varint(detection);
    this.putShared(output, event, most);
    writer.varint(values.length);
    const held = event.shape < 0 ? undefined : (output.held?.[event.shape] ?? heldIn(output, event));
    if (held === undefined)
      for (let index = 0; index < values.length; index++) this.putValue(output, event, index, most, members);
    else {
      let next = 0;
      for (let place = 0; place < held.length; place++) {
        const index = held[place]!;
        for (; next < index; next++) writer.buffer[writer.at++] = 0;
        this.putValue(output, event, index, most, members);
        next++;
      }
      for (; next < values.length; next++) writer.buffer[writer.at++] = 0;
    }
    this.end(group);
  }

  private putValue(
    output: MarkOutput,
    event: MarkedEvent,
    index: number,
    most: number,
    members: ReadonlyMap<number, string | undefined> | undefined,
  ): void {
    const slot = output.values[index]!;
    if (output.lists?.has(index)) this.writer.text(listText(event, slot)).reserve(most);
    else if (members?.has(index)) this.writer.text(members.get(index)).reserve(most);
    else if (slot === output.subject && !(this.isSeveral && output.takesSeveral)) this.putSubject();
    else if (!this.putText(event, slot)) {
      this.isAsked = true;
      this.putAsked(event, slot, most, output.takesSeveral === true);
    }
  }

  /** Line, length, identity and subject. One event often makes several marks, with the same of all of them. */
  private putShared(output: MarkOutput, event: MarkedEvent, most: number): void {
    const { writer } = this;
    if (event.recordNumber === this.recordNumber && event.fileIndex === this.fileIndex) {
      const { shared, sharedUntil } = this;
      writer.reserve(sharedUntil - this.sharedFrom + most);
      const { buffer } = writer;
      let { at } = writer;
      for (let from = this.sharedFrom; from < sharedUntil; ) buffer[at++] = shared[from++]!;
      writer.at = at;
      return;
    }
    const before = writer.at - writer.begin;
    writer.varint(event.placeLine).varint(event.placeLength);
    const length = event.copyIdentity(writer.buffer, writer.at + 1, SHORT_TEXT - 1);
    if (length >= 0) {
      writer.buffer[writer.at] = length + 1;
      writer.at += length + 1;
    } else writer.text(event.identity).reserve(most);
    this.isSeveral = false;
    this.isSubjectAsked = !this.putText(event, output.subject);
    if (this.isSubjectAsked) {
      this.isSeveral = severalText(event, event.rawSlot(output.subject)) !== undefined;
      this.putAsked(event, output.subject, most, false);
    }
    this.fileIndex = event.fileIndex;
    this.recordNumber = event.recordNumber;
    this.shared = writer.buffer;
    this.sharedFrom = writer.begin + before;
    this.sharedUntil = writer.at;
  }

  /** False where the text must be asked for. */
  private putText(event: MarkedEvent, slot: number): boolean {
    const { writer } = this;
    const { buffer, at } = writer;
    const length = event.copyText(slot, buffer, at + 1, SHORT_TEXT - 1);
    if (length === ASK_TEXT) return false;
    // 0 for what is absent.
    buffer[at] = length + 1;
    writer.at = length === ABSENT ? at + 1 : at + 1 + length;
    return true;
  }

  private putAsked(event: MarkedEvent, slot: number, most: number, takesSeveral: boolean): void {
    const { writer } = this;
    const several = takesSeveral ? severalText(event, event.rawSlot(slot)) : undefined;
    if (several !== undefined) writer.bytes(SEVERAL);
    writer.text(several ?? event.text(slot)).reserve(most);
  }

  private putSubject(): void {
    const { writer } = this;
    this.isAsked ||= this.isSubjectAsked;
    writer.buffer[writer.at++] = SUBJECT[0];
    writer.buffer[writer.at++] = SUBJECT[1];
  }

  private end(group: number): void {
    const { writer, groups, count: row } = this;
    const length = writer.at - writer.begin - LENGTH_BYTES;
    writer.patch32(writer.begin, length);
    if (row === this.starts.length) {
      this.starts = doubled(this.starts);
      this.lengths = doubled(this.lengths);
      this.next = doubled(this.next);
    }
    this.starts[row] = (writer.chunks.length - 1) * CHUNK_BYTES + writer.begin + LENGTH_BYTES;
    this.lengths[row] = length;
    this.next[row] = NONE;
    const last = groups.last[group]!;
    if (groups.first[group] === NONE) groups.first[group] = row;
    else {
      this.next[last] = row;
      if (this.isLate[group] === 0 && this.isBefore(row, last)) this.isLate[group] = 1;
    }
    groups.last[group] = row;
    this.count = row + 1;
    this.sizes[group]! += spanOf(length);
    this.bytes += spanOf(length);
  }

  private isBefore(row: number, other: number): boolean {
    const { chunks } = this.writer;
    const [start, from] = [this.starts[row]!, this.starts[other]!];
    const bytes = chunks[start >>> CHUNK_BITS]!;
    const others = chunks[from >>> CHUNK_BITS]!;
    return compareMarks(bytes, start & (CHUNK_BYTES - 1), others, from & (CHUNK_BYTES - 1)) < 0;
  }

  /** NONE when a value is absent that must not be; one that may is null in the group's name. */
  private groupOf(output: MarkOutput, event: MarkedEvent): number {
    const { relation, group: slots } = output;
    if (slots.length > MAX_IDS) return this.namedGroup(output, event);
    const { ids } = this.ids;
    for (let index = 0; index < MAX_IDS; index++) {
      const id = index < slots.length ? event.repeatingId(slots[index]!) : NONE;
      if (id < 0 && index < slots.length) return this.namedGroup(output, event);
      ids[index] = id;
    }
    const known = this.ids.find(relation);
    if (known !== NONE) return known;
    const group = this.namedGroup(output, event);
    if (group !== NONE) this.ids.add(relation, group);
    return group;
  }

  /** `texts`: the values, where they are chosen of several. */
  private namedGroup(
    { relation, group: slots, optional }: MarkOutput,
    event: MarkedEvent,
    texts?: readonly (string | undefined)[],
  ): number {
    let at = RELATION_BYTES;
    this.name.writeUInt32BE(relation);
    this.name[at++] = OPEN_BRACKET;
    for (let index = 0; index < slots.length; index++) {
      this.reserveName(at + MAX_COPIED + 8);
      if (index > 0) this.name[at++] = COMMA;
      const length =
        texts === undefined ? event.copyText(slots[index]!, this.name, at + 1, MAX_COPIED) : ASK_TEXT;
      if (length === ABSENT || length === ASK_TEXT) {
        if (length === ASK_TEXT) this.isAsked = true;
        const value =
          length === ABSENT ? undefined : texts === undefined ? event.text(slots[index]!) : texts[index];
        if (value === undefined && !optional?.[index]) return NONE;
        const json = JSON.stringify(value ?? null);
        this.reserveName(at + json.length * 3 + 8);
        at += this.name.write(json, at);
        continue;
      }
      // ASCII without quotes, backslashes and controls, so JSON as it is.
      this.name[at] = QUOTE;
      at += length + 2;
      this.name[at - 1] = QUOTE;
    }
    this.name[at++] = CLOSE_BRACKET;
    this.name[at++] = 0;
    const { groups } = this;
    const { count } = groups;
    const group = groups.find(this.name, 0, at);
    if (group === count) {
      groups.first[group] = NONE;
      if (group === this.sizes.length) {
        this.sizes = doubled(this.sizes);
        this.isLate = doubled(this.isLate);
      }
      this.sizes[group] = 0;
      this.isLate[group] = 0;
      this.bytes += headerSpan(at);
    }
    return group;
  }

  private reserveName(length: number): void {
    if (length <= this.name.length) return;
    const larger = Buffer.alloc(length * 2);
    larger.set(this.name);
    this.name = larger;
  }

  get isEmpty(): boolean {
    return this.count === 0 && this.spilled.length === 0;
  }

  /** What was collected since the last time. */
  take(): MarkPart {
    if (this.bytes > MAX_KEPT_BYTES) this.spill();
    const runs = this.spilled;
    // Every thread that judges some of the groups reads it as it is.
    for (const bytes of this.blocks(this.bytes, (size) => new SharedArrayBuffer(size))) runs.push({ bytes });
    const { weights } = this;
    this.spilled = [];
    this.weights = new Map();
    this.clear();
    return { runs, weights };
  }

  private spill(): void {
    const blocks = this.blocks(BLOCK_BYTES, (size) => new ArrayBuffer(size), this.groups.sorted());
    this.spilled.push({ file: this.runs.write(blocks) });
    this.clear();
  }

  private clear(): void {
    this.writer.clear();
    this.groups.clear();
    this.ids.clear();
    this.bytes = 0;
    this.count = 0;
    this.recordNumber = -1;
  }

  /**
   * All marks, group by group in that order, or in the one they were met; in blocks of whole rows of `size` bytes, where rows are
   * not longer. In that order they go to a file: then a large block is used again.
   */
  private *blocks(
    size: number,
    newBuffer: (size: number) => ArrayBuffer | SharedArrayBuffer,
    order?: Int32Array,
  ): Generator<Uint8Array> {
    const { groups, next, starts, lengths } = this;
    const chunks = this.writer.words();
    let block: Uint8Array = new Uint8Array(0);
    let words: Uint32Array = new Uint32Array(0);
    let at = 0;
    for (let place = 0; place < groups.count; place++) {
      const group = order === undefined ? place : order[place]!;
      if (this.isLate[group] === 1) this.putInOrder(group);
      const marks = this.sizes[group]!;
      const name = groups.starts[group]!;
      const nameLength = groups.lengths[group]!;
      for (let row = HEAD; row !== NONE; row = row === HEAD ? groups.first[group]! : next[row]!) {
        const span = row === HEAD ? headerSpan(nameLength) : spanOf(lengths[row]!);
        if (at + span > block.length) {
          if (at > 0) yield block.subarray(0, at);
          if (order === undefined || at < WRITE_BYTES || span > block.length) {
            const buffer = newBuffer(Math.max(size, span));
            block = new Uint8Array(buffer);
            words = new Uint32Array(buffer);
          }
          at = 0;
        }
        if (row === HEAD) {
          // What a block held before is not to stand behind the header.
          words[(at + span) / 4 - 1] = 0;
          putHeader(block, at, groups.names, name, nameLength, marks);
        } else copyRow(chunks, starts[row]!, span, words, at);
        at += span;
      }
      addWeight(this.weights, get32(groups.names, name), groups.hashes[group]!, marks);
    }
    if (at > 0) yield block.subarray(0, at);
  }

  /** Links the rows of a group whose marks did not come in order. */
  private putInOrder(group: number): void {
    const { groups, next } = this;
    const rows: number[] = [];
    for (let row = groups.first[group]!; row !== NONE; row = next[row]!) rows.push(row);
    const order = Uint32Array.from(rows);
    new RowOrder(this.writer.chunks, this.starts, this.lengths).sort(order);
    groups.first[group] = order[0]!;
    for (let index = 0; index < order.length; index++) next[order[index]!] = order[index + 1] ?? NONE;
    groups.last[group] = order.at(-1)!;
    this.isLate[group] = 0;
  }
}

/** Remembers which of the output's values records of this shape may hold: most of those that a license names are absent. */
function heldIn(output: MarkOutput, event: MarkedEvent): readonly number[] {
  const { values, subject, lists } = output;
  const held = [...values.keys()].filter(
    (index) => lists?.has(index) || values[index] === subject || !event.neverHolds(values[index]!),
  );
  output.held ??= [];
  // Without holes the array stays an array.
  while (output.held.length <= event.shape) output.held.push(undefined);
  output.held[event.shape] = held;
  return held;
}

/** Copies the row that begins at `start`, `span` bytes with its length, to `at` of `words`, in bytes. */
function copyRow(
  chunks: readonly Uint32Array[],
  start: number,
  span: number,
  words: Uint32Array,
  at: number,
): void {
  const from = start - LENGTH_BYTES;
  const chunk = chunks[from >>> CHUNK_BITS]!;
  const first = (from & (CHUNK_BYTES - 1)) / 4;
  const to = at / 4;
  const count = span / 4;
  for (let word = 0; word < count; word++) words[to + word] = chunk[first + word]!;
}

const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
