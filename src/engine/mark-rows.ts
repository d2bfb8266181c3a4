/**
 * Marks as rows, written where records are scanned: runs of groups, each with its marks in order of time, file and
 * position, then step. Texts go from the record's bytes to the row's.
 */
import { groupBy } from '../base/group-by.ts';
import type { Slot } from '../model/event.ts';
import { LENGTH_BYTES, type Run, type TemporaryRuns } from '../read/temporary-runs.ts';
import { ABSENT, ASK_TEXT } from '../sources/event-cursor.ts';
import { EventGroups, NO_GROUP } from './event-groups.ts';
import { GroupedRows } from './grouped-rows.ts';
import { listText, severalText, togetherText } from './list-text.ts';
import type { Weights } from './mark-shares.ts';
import type { MarkedEvent } from './marked-event.ts';
import { combinationsOf, countCombinations, MAX_COMBINATIONS, memberLists } from './members.ts';
import type { MarkOutput } from './plan.ts';
import { COUNTED_BEFORE, NUMBER_BYTES, ORDER_BYTES, SEVERAL, SUBJECT } from './row-marks.ts';
import { MAX_ROWS } from './row-order.ts';
import { type RowChunk, SHORT_TEXT } from './row-writer.ts';

/** The marks of some records as runs, those in memory with their groups in any order. Survives structured clone; the order of parts does not matter. */
export type MarkPart = { runs: Run[]; weights: Weights };

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
/** Collects marks as detections make them. */
export class MarkRows {
  private readonly runs: TemporaryRuns;
  private readonly maxBytes: number;
  private readonly rows = new GroupedRows();
  private readonly groups = new EventGroups(this.rows);
  private readonly writer = this.rows.writer;
  private spilled: Run[] = [];
  private weights: Weights = new Map();
  /** The last event that made a mark, and where the part of its row lies that all its marks have in common. */
  private fileIndex = -1;
  private offset = -1;
  private timeMs = Number.NaN;
  private timeNanos = 0;
  private recordNumber = -1;
  /** Its marks come after all rows before this number; 0 where that is not known. */
  private since = 0;
  /** The latest event so far: time, then place. */
  private latest = EARLIEST;
  /** Whether its subject is the first of several. */
  private isSeveral = false;
  private shared: RowChunk = this.writer.chunk;
  private sharedFrom = 0;
  private sharedUntil = 0;
  /** Whether that had to be asked for. */
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
    if (this.rows.bytes > this.maxBytes || this.rows.count > MAX_ROWS - MAX_COMBINATIONS) this.spill();
    const { groups } = this;
    const { selected } = event;
    // What is of one of them must not be told with what is of another.
    if (selected !== undefined && selected.length > 1 && makesSeveral(output))
      return this.addFacets(selected, output, event, detection);
    groups.isAsked = false;
    const group = groups.of(output, event);
    if (group !== NO_GROUP) this.put(group, output, event, detection);
    const mayBeSeveral = groups.isAsked && makesSeveral(output);
    return mayBeSeveral ? this.addMembers(group, output, event, detection) : group !== NO_GROUP;
  }

  /** The marks beside the one in `first`; all where that is NO_GROUP, for the first of several values may be absent. */
  private addMembers(first: number, output: MarkOutput, event: MarkedEvent, detection: number): boolean {
    const { group: slots, values, each, persons } = output;
    const counted = [...(each ?? [])];
    const countedSlots = counted.map((index) => values[index]!);
    const isSeveral = (slot: Slot) => event.size(slot) > 1;
    // What had to be asked for is nearly always a text beyond ASCII.
    let isCounted = first !== NO_GROUP;
    if (!slots.some(isSeveral) && !countedSlots.some(isSeveral)) return isCounted;
    const lists = memberLists(event, slots, countedSlots, persons);
    const most = this.rows.bytes + MAX_EVENT_BYTES;
    // Equal but for their values, they come in the order of these.
    if (isCounted) this.rows.markLate(first);
    for (const texts of combinationsOf(lists).slice(isCounted ? 1 : 0)) {
      const group = this.groups.named(output, event, texts);
      const members = new Map(counted.map((index, place) => [index, texts[slots.length + place]]));
      if (group === NO_GROUP) continue;
      if (this.rows.bytes > most) return false;
      this.put(group, output, event, isCounted ? COUNTED_BEFORE : detection, members);
      isCounted = true;
      this.rows.markLate(group);
    }
    return isCounted && countCombinations(lists) <= MAX_COMBINATIONS;
  }

  /** Each combination once, with what else its first facet has. */
  private addFacets(
    facets: readonly number[],
    output: MarkOutput,
    event: MarkedEvent,
    detection: number,
  ): boolean {
    const { group: slots, values, each, persons } = output;
    const counted = [...(each ?? [])];
    const countedSlots = counted.map((index) => values[index]!);
    const most = this.rows.bytes + MAX_EVENT_BYTES;
    const known = new Set<string>();
    let made = 0;
    let isCounted = false;
    let isWhole = true;
    // What is of one group is told together, of whichever facets it is.
    const alike = groupBy(facets, (facet) =>
      output.facets === undefined ? '' : event.facetKey(facet, output.facets),
    );
    for (const each of alike.values()) {
      event.select(each);
      const lists = memberLists(event, slots, countedSlots, persons);
      isWhole &&= countCombinations(lists) <= MAX_COMBINATIONS;
      for (const texts of combinationsOf(lists)) {
        // An event is in a group once, and each of its values counts.
        if (counted.length === 0) {
          const named = JSON.stringify(texts);
          if (known.has(named)) continue;
          known.add(named);
        }
        if (made >= MAX_COMBINATIONS || this.rows.bytes > most) isWhole = false;
        if (!isWhole) break;
        made++;
        const group = this.groups.named(output, event, texts);
        if (group === NO_GROUP) continue;
        const members = new Map(counted.map((index, place) => [index, texts[slots.length + place]]));
        this.put(group, output, event, isCounted ? COUNTED_BEFORE : detection, members);
        isCounted = true;
        this.rows.markLate(group);
      }
    }
    event.select(facets);
    return isCounted && isWhole;
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
    this.rows.end(group, this.since);
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
    else if (slot === output.subject && !this.isSeveral) this.putSubject();
    else if (!this.putText(event, slot)) {
      this.groups.isAsked = true;
      const isTogether = output.takesTogether === true && output.each?.has(index) !== true;
      this.putAsked(event, slot, most, output, isTogether);
    }
  }

  /** Line, length, identity and subject. One event often makes several marks, with the same of all of them. */
  private putShared(output: MarkOutput, event: MarkedEvent, most: number): void {
    const { writer } = this;
    const isOther = event.offset !== this.offset || event.fileIndex !== this.fileIndex;
    // Events of one record may have several times. One without a time is asked for anew with each mark.
    if (isOther || event.timeMs !== this.timeMs || event.timeNanos !== this.timeNanos) this.beginEvent(event);
    if (event.recordNumber === this.recordNumber && event.fileIndex === this.fileIndex) {
      writer.reserve(this.sharedUntil - this.sharedFrom + most);
      writer.copy(this.shared, this.sharedFrom, this.sharedUntil);
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
      this.isSeveral = severalText(event, output.subject) !== undefined;
      writer.text(togetherText(event, output.subject)).reserve(most);
    }
    this.fileIndex = event.fileIndex;
    this.recordNumber = event.recordNumber;
    this.shared = writer.chunk;
    this.sharedFrom = writer.begin + before;
    this.sharedUntil = writer.at;
  }

  /** Events of a log follow one another in time: most come after all before them, and so do their marks. */
  private beginEvent({ timeMs, timeNanos, fileIndex, offset }: MarkedEvent): void {
    const event = { timeMs, timeNanos, fileIndex, offset };
    const isLatest = isAfter(event, this.latest);
    if (isLatest) this.latest = event;
    this.offset = offset;
    this.timeMs = timeMs;
    this.timeNanos = timeNanos;
    this.since = isLatest ? this.rows.count : 0;
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

  private putAsked(
    event: MarkedEvent,
    slot: number,
    most: number,
    output: MarkOutput,
    isTogether: boolean,
  ): void {
    const { writer } = this;
    const several = output.takesSeveral ? severalText(event, slot) : undefined;
    if (several !== undefined) writer.bytes(SEVERAL);
    const text = isTogether ? togetherText(event, slot) : event.text(slot);
    writer.text(several ?? text).reserve(most);
  }

  private putSubject(): void {
    const { writer } = this;
    this.groups.isAsked ||= this.isSubjectAsked;
    writer.buffer[writer.at++] = SUBJECT[0];
    writer.buffer[writer.at++] = SUBJECT[1];
  }

  get isEmpty(): boolean {
    return this.rows.count === 0 && this.spilled.length === 0;
  }

  /** Of the run that would be made now. */
  get bytes(): number {
    return this.rows.bytes;
  }

  /** What was collected since the last time. */
  take(): MarkPart {
    const { rows, weights } = this;
    if (rows.bytes > MAX_KEPT_BYTES) this.spill();
    const runs = this.spilled;
    // Every thread that judges some of the groups reads it as it is.
    for (const bytes of rows.blocks(rows.bytes, (size) => new SharedArrayBuffer(size), weights))
      runs.push({ bytes });
    this.spilled = [];
    this.weights = new Map();
    this.forget();
    return { runs, weights };
  }

  private spill(): void {
    this.spilled.push({ file: this.runs.write(this.rows.inOrder(BLOCK_BYTES, this.weights)) });
    this.forget();
  }

  private forget(): void {
    this.rows.forget();
    this.groups.forget();
    this.recordNumber = -1;
    this.offset = -1;
    this.latest = EARLIEST;
  }
}

/** What marks are ordered by before their steps. */
type EventOrder = { timeMs: number; timeNanos: number; fileIndex: number; offset: number };

const EARLIEST: EventOrder = { timeMs: Number.NEGATIVE_INFINITY, timeNanos: 0, fileIndex: -1, offset: -1 };

/** False of an event without a time. */
function isAfter(event: EventOrder, other: EventOrder): boolean {
  if (event.timeMs !== other.timeMs) return event.timeMs > other.timeMs;
  if (event.timeNanos !== other.timeNanos) return event.timeNanos > other.timeNanos;
  if (event.fileIndex !== other.fileIndex) return event.fileIndex > other.fileIndex;
  return event.offset > other.offset;
}

/** Whether each of several values of the event makes a mark. */
function makesSeveral({ group, each }: MarkOutput): boolean {
  return group.length > 0 || each !== undefined;
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
