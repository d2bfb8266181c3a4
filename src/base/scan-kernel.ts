/**
 * What a compiled scanner offers: scanning, interning and comparing in one block of memory that files are read into.
 * Made by `read/kernel/`; whoever is given none runs on the slow twins, with the same answers.
 */
import type { Checksum } from './checksum.ts';
import type { FoundValues } from './found-values.ts';

/** Stands for "this must go to the slow twin". */
export const UNUSUAL = -1;

/** Positions are offsets in `block`, and in `reach`. One kernel serves one thread. */
export interface ScanKernel {
  /** Files are read into it. It never moves, and a scan sees nothing beyond the end that it is given. */
  readonly block: Buffer;
  /** The block and what lies behind it, by the same positions: from `asideStart` on room for a record that stands in no file. */
  readonly reach: Buffer;
  readonly asideStart: number;
  /** Whether it is one of these. */
  holds(bytes: Uint8Array): boolean;
  /** For the fields of one source; undefined when there is no room for another. */
  newTrie(): KernelTrie | undefined;
  /** How many newlines stand in a view of the block. */
  countNewlines(bytes: Buffer): number;
  /** The checksum of a view of the block; of other bytes the plain one. */
  readonly checksum: Checksum;

  /** The id of the value [start, end) of the block: see `ValueIds`. -1 beyond the bounds. */
  intern(kind: number, start: number, end: number): number;
  /** Distinct values that `intern` knows. */
  readonly ids: number;
  /** The same as `intern` for bytes that lie elsewhere. */
  internBytes(kind: number, bytes: Uint8Array, start: number, end: number): number;

  /** What `parsePlainTimestamp` reads, as whole milliseconds; NaN for any other text. */
  plainInstant(start: number, end: number): number;
  /** The nanoseconds beyond the milliseconds that `plainInstant` answered last. */
  readonly nanos: number;

  /** Both hashes of `hashBytes`, continued in `key`. */
  hash(key: Uint32Array, start: number, end: number): void;
  /** Whether the `text.length` bytes at `start`, all ASCII, are `text`. What was equal is kept: asked again, it costs a tenth. */
  equalsText(text: string, start: number): boolean;
  /**
   * The bytes [start, end) without the member [from, until), which takes one comma along: for records without white
   * space. A view that the next call overwrites.
   */
  copyWithout(start: number, end: number, from: number, until: number): Uint8Array;
}

/** Wanted paths by slot, and the values that the last scan found for them. */
export interface KernelTrie {
  readonly found: FoundValues;
  /** As `SlotScanner.addReadings` for its slot of that number. Without room for it every scan is UNUSUAL from then on. */
  add(slot: number, readings: readonly (readonly string[])[]): void;
  /** From now on each scan looks up the id of the slot's first value, which costs less than to ask for it later. */
  wantId(slot: number): void;
  /** The index after the value at `start`, or UNUSUAL. */
  scan(start: number, end: number): number;
  /** The index of the newline that ends the line at `start`, when it is one object between blanks; else UNUSUAL, and nothing is found. */
  scanLine(start: number, end: number): number;
  /** Where the record of `scanLine` lies. */
  readonly recordStart: number;
  readonly recordEnd: number;
}
