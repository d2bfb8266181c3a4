/** How marks lie in a run: for each group its header, then the marks of the group in order, each in a span. */
import { LENGTH_BYTES, spanOf } from '../read/temporary-runs.ts';

/** The first byte of a header; no mark begins with it, for the first byte of a time is below 0x20. */
export const HEADER = 0xff;
/** A header: HEADER, the group's name, and in 6 bytes how many the spans of its marks take. */
export const NAME_AT = 1;
const SIZE_BYTES = 6;

/** A group's name: the relation in 4 bytes, the values as a JSON array in UTF-8, and a zero. */
export const RELATION_BYTES = 4;

// A mark: what orders it, then numbers of varying length (detection, line, length), then texts: identity, subject, a
// number of values, and those.
export const FILE_AT = 10;
export const OFFSET_AT = 14;
export const STEP_AT = 20;
export const ORDER_BYTES = 22;
/** Stands for the detection of a mark whose event another mark of it counts already; in bytes it comes after every detection. */
export const COUNTED_BEFORE = 2 ** 28 - 1;
/** What the varying numbers take at most. */
export const NUMBER_BYTES = 24;

/** From this byte on, with a zero behind it, a sign: no text begins like that, for its length would be written in one byte. */
export const SIGN = 0x80;
/** The sign for a value that is the subject. */
export const SUBJECT = [0x80, 0x00] as const;
/** The sign before a text that is several values. */
export const SEVERAL = [0x81, 0x00] as const;

/** Negative, zero or positive: time, file, offset, step. */
export function compareMarks(a: Uint8Array, at: number, b: Uint8Array, from: number): number {
  for (let index = 0; index < ORDER_BYTES; index++) {
    const difference = a[at + index]! - b[from + index]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What the header of a group takes whose name has so many bytes. */
export function headerSpan(nameLength: number): number {
  return spanOf(NAME_AT + nameLength + SIZE_BYTES);
}

/** Puts a header at `at`. The name is `names` from `start` on; `size`: bytes of the marks that follow. */
export function putHeader(
  run: Uint8Array,
  at: number,
  names: Uint8Array,
  start: number,
  nameLength: number,
  size: number,
): void {
  put32(run, at, NAME_AT + nameLength + SIZE_BYTES);
  run[at + LENGTH_BYTES] = HEADER;
  let to = at + LENGTH_BYTES + NAME_AT;
  for (let index = 0; index < nameLength; index++) run[to++] = names[start + index]!;
  const high = Math.floor(size / 2 ** 32);
  run[to] = high >>> 8;
  run[to + 1] = high;
  put32(run, to + 2, size);
}

/** The length of the name in a header whose row is `length` bytes long. */
export function nameLengthOf(length: number): number {
  return length - NAME_AT - SIZE_BYTES;
}

/** The size that stands in the header whose row ends at `end`. */
export function sizeBefore(run: Uint8Array, end: number): number {
  return get48(run, end - SIZE_BYTES);
}

function put32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Big endian. */
export function get32(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 2 ** 24 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
}

export function get48(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 8) | bytes[at + 1]!) * 2 ** 32 + get32(bytes, at + 2);
}
