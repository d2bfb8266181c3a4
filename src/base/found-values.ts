/** What a scan found: the values of a record as columns, and by slot where its values begin. Filled by either scanner. */

/** Kinds of a found value, in the order of `ValueKind`. */
export const KIND = { missing: 0, null: 1, boolean: 2, number: 3, string: 4, array: 5, object: 6 } as const;
export type KindCode = (typeof KIND)[keyof typeof KIND];

/** Beside the kind of a string: it holds a backslash; it holds bytes beyond ASCII. */
export const ESCAPED = 8;
export const NON_ASCII = 16;
/** Beside the kind of the first value of a slot, whatever it is: others follow it. */
export const FOLLOWED = 32;
const KIND_BITS = 7;

/** Stands for "the scan did not look the id up". */
export const NO_ID = -2;

/** One class for both scanners: their columns differ in where they lie alone, and a reader does not see which it reads. */
export class FoundValues {
  /** Whether the last record was in RFC 8785 form. False also where only the slow path can tell. */
  canonical = true;
  /** Whether the last record may hold a key twice, or wrote a key with escapes: its values must come from the tree. */
  needsTree = false;
  /**
   * A small integer: records of one shape and one scanner have the same first values by slot, kind, being in an array or
   * not and being an empty text or not, whatever else they hold. -1 where nobody tells, for one that needs the tree too.
   */
  shape = -1;

  // By value; `next` links the values of one slot. Positions are offsets in the scanned bytes, -1 for the key of an element.
  starts: Int32Array;
  ends: Int32Array;
  keyStarts: Int32Array;
  next: Int32Array;
  /** Where the outermost array on the way to the value begins, and which element of it leads there: its position; -1 outside of any. */
  lists: Int32Array;
  elements: Int32Array;
  /** Kind and marks. */
  kinds: Uint8Array;
  /** Of the first value of a slot whose ids the scan looks up, as `ValueIds` has it; else NO_ID. */
  ids: Int32Array;

  // By slot: first and last value, the rank they were found at, how many they are, and the record they belong to.
  heads: Int32Array;
  tails: Int32Array;
  ranks: Int32Array;
  counts: Int32Array;
  stamps: Int32Array;
  /** Of the last record; never 0, which stands for "not found so far". */
  stamp = 0;

  /** Where `valueAt` stood last. */
  private walkedSlot = -1;
  private walkedStamp = 0;
  private walkedAt = 0;
  private walkedIndex = -1;

  constructor(columns: Columns) {
    this.starts = columns.starts;
    this.ends = columns.ends;
    this.keyStarts = columns.keyStarts;
    this.next = columns.next;
    this.lists = columns.lists;
    this.elements = columns.elements;
    this.kinds = columns.kinds;
    this.ids = columns.ids;
    this.heads = columns.heads;
    this.tails = columns.tails;
    this.ranks = columns.ranks;
    this.counts = columns.counts;
    this.stamps = columns.stamps;
  }

  /** Begins a record. */
  advance(): number {
    this.stamp = this.stamp === 0x7fffffff ? 1 : this.stamp + 1;
    return this.stamp;
  }

  /** `everFound` begins anew; the values of the last record are gone. */
  forget(): void {
    this.stamps.fill(0);
    this.walkedSlot = -1;
  }

  /** Whether some record so far had a value for `slot`. */
  everFound(slot: number): boolean {
    return (this.stamps[slot] ?? 0) !== 0;
  }

  /** Index of the first value of `slot`, or -1. */
  first(slot: number): number {
    return this.stamps[slot] === this.stamp ? this.heads[slot]! : -1;
  }

  /**
   * Index of value number `at` of `slot`, or -1. Who asks for one after the other goes on from the last: a log decides how many
   * there are, and to begin anew for each of 60,000 took half a minute (measured).
   */
  valueAt(slot: number, at: number): number {
    const goesOn = slot === this.walkedSlot && this.stamp === this.walkedStamp && at >= this.walkedAt;
    let index = goesOn ? this.walkedIndex : this.first(slot);
    for (let step = goesOn ? this.walkedAt : 0; step < at && index >= 0; step++) index = this.next[index]!;
    if (at === 0 || index < 0) return index;
    this.walkedSlot = slot;
    this.walkedStamp = this.stamp;
    this.walkedAt = at;
    this.walkedIndex = index;
    return index;
  }

  size(slot: number): number {
    return this.stamps[slot] === this.stamp ? this.counts[slot]! : 0;
  }

  kind(value: number): KindCode {
    return (this.kinds[value]! & KIND_BITS) as KindCode;
  }

  /** Whether the value is a string with a backslash in it, which must be decoded before it is compared. */
  isEscaped(value: number): boolean {
    return (this.kinds[value]! & ESCAPED) !== 0;
  }

  /** Whether it is the first of several values. */
  isFollowed(value: number): boolean {
    return (this.kinds[value]! & FOLLOWED) !== 0;
  }

  /** Whether the value's bytes are its text, ASCII without escapes, and it is the only one of its slot that was read so far. */
  isPlain(value: number): boolean {
    return this.kinds[value]! <= KIND_BITS;
  }

  start(value: number): number {
    return this.starts[value]!;
  }

  endOf(value: number): number {
    return this.ends[value]!;
  }

  keyStart(value: number): number {
    return this.keyStarts[value]!;
  }
}

export type Columns = Pick<
  FoundValues,
  | 'starts'
  | 'ends'
  | 'keyStarts'
  | 'next'
  | 'lists'
  | 'elements'
  | 'kinds'
  | 'ids'
  | 'heads'
  | 'tails'
  | 'ranks'
  | 'counts'
  | 'stamps'
>;
