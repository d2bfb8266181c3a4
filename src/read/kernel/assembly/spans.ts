/** Spans of the block compared, hashed, and joined to pre-images. */
import { byteAt, COMMA, copyBytes, sameBytes } from './bytes';
import { BLOCK, HASH_FIRST, HASH_SECOND, SCRATCH, TEXT } from './layout';

/** Keeps `length` bytes of the block, at most TEXT_BYTES, for `equalsText`. */
export function keepText(start: i32, length: i32): void {
  copyBytes(TEXT, BLOCK + start, length);
}

/** Whether `length` bytes of the block from `start` on are those that were kept. */
export function equalsText(start: i32, length: i32): bool {
  return sameBytes(BLOCK + start, TEXT, length);
}

/** FNV-1a, and a second hash with another multiplier; as `hashBytes` of `sources/event-cursor.ts`. */
export function hash(first: u32, second: u32, start: i32, end: i32): void {
  first = (first ^ 0xff) * 0x01000193;
  second = (second ^ 0xff) * 0x5bd1e995;
  for (let at = start; at < end; at++) {
    const byte = byteAt(at);
    first = (first ^ byte) * 0x01000193;
    second = (second ^ byte) * 0x5bd1e995;
  }
  store<u32>(HASH_FIRST, first);
  store<u32>(HASH_SECOND, second ^ (second >>> 15));
}

/**
 * Copies [start, end) of the block to SCRATCH without the member [from, until), which takes one comma along: the one
 * behind it, else the one before. For records without white space. @returns the length of the copy
 */
export function copyWithout(start: i32, end: i32, from: i32, until: i32): i32 {
  if (byteAt(until) === COMMA) until++;
  else if (byteAt(from - 1) === COMMA) from--;
  const head = from - start;
  copyBytes(SCRATCH, BLOCK + start, head);
  copyBytes(SCRATCH + head, BLOCK + until, end - until);
  return head + end - until;
}
