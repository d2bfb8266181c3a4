/** Loads of the block and the byte tests that several parts of the kernel share. Positions are offsets in the block. */
import { BLOCK } from './layout';

export const QUOTE: u32 = 0x22;
export const BACKSLASH: u32 = 0x5c;
export const COMMA: u32 = 0x2c;
export const COLON: u32 = 0x3a;
export const OPEN_BRACE: u32 = 0x7b;
export const CLOSE_BRACE: u32 = 0x7d;
export const OPEN_BRACKET: u32 = 0x5b;
export const CLOSE_BRACKET: u32 = 0x5d;
export const MINUS: u32 = 0x2d;
export const NEWLINE: u32 = 0x0a;
export const SPACE: u32 = 0x20;

/** Stands for "the slow twin must look at this". */
export const UNUSUAL: i32 = -1;

export function byteAt(at: i32): u32 {
  return load<u8>(at, BLOCK);
}

/** A bit for each of the 16 bytes at `at` that ends the run of plain text in a string: quote, backslash, control, non-ASCII. */
export function stops(bytes: v128): i32 {
  return i8x16.bitmask(
    v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
      // Signed: bytes from 0x80 on are negative.
      i8x16.lt_s(bytes, i8x16.splat(0x20)),
    ),
  );
}

/** Whether `length` bytes at two addresses are the same; reads up to 15 bytes behind them. */
export function sameBytes(a: usize, b: usize, length: i32): bool {
  while (length >= 16) {
    if (v128.any_true(v128.xor(v128.load(a), v128.load(b)))) return false;
    a += 16;
    b += 16;
    length -= 16;
  }
  const equal = i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b)));
  return (~equal & ((1 << length) - 1)) === 0;
}

/** Copies `length` bytes, and up to 15 more: a call of `memory.copy` costs more than a short text (measured). */
export function copyBytes(to: usize, from: usize, length: i32): void {
  for (let at = 0; at < length; at += 16) v128.store(to + at, v128.load(from + at));
}

/** Newlines in [start, end) of the block. */
export function countNewlines(start: i32, end: i32): i32 {
  let count = 0;
  const newline = i8x16.splat(0x0a);
  while (end - start >= 16) {
    count += popcnt(i8x16.bitmask(i8x16.eq(v128.load(start, BLOCK), newline)));
    start += 16;
  }
  if (start < end) {
    const tail = i8x16.bitmask(i8x16.eq(v128.load(start, BLOCK), newline));
    count += popcnt(tail & ((1 << (end - start)) - 1));
  }
  return count;
}
