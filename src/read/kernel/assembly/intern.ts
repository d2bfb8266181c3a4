/** Small integers for value texts, equal exactly when kind and text are equal: the twin of `sources/value-ids.ts`. */
import { copyBytes, sameBytes } from './bytes';
import {
  BLOCK,
  ID_ARENA,
  ID_COUNT,
  ID_ENTRIES,
  ID_TABLE,
  MAX_ARENA_BYTES,
  MAX_ID_BYTES,
  MAX_IDS,
  MAX_LOOKS,
  SCRATCH,
} from './layout';
import { firstBytes, hashLanes } from './trie';

// An entry: the text's first 16 bytes (those behind its end are zero), so that a short text is compared at once; its
// length and kind in one word; its hash; where it lies.
const HEAD: usize = 0;
const FORM: usize = 16;
const HASH: usize = 20;
const TEXT: usize = 24;
/** Entries are 32 bytes long. */
const ENTRY_SHIFT: i32 = 5;

/** Places of the table less one; it is half full at the most. */
let mask: u32 = 4095;
let count: i32 = 0;
let used: usize = ID_ARENA;

/** The id of the bytes [start, end) of the block as a value of `kind`; -1 beyond the bounds. */
export function intern(kind: i32, start: i32, end: i32): i32 {
  return idOf(kind, BLOCK + start, end - start);
}

/** The id of the first `length` bytes of SCRATCH. */
export function internScratch(kind: i32, length: i32): i32 {
  return idOf(kind, SCRATCH, length);
}

function idOf(kind: i32, text: usize, length: i32): i32 {
  if (length > MAX_ID_BYTES) return -1;
  const form = length | (kind << 16);
  const head = firstBytes(v128.load(text), length);
  const hash = hashText(form, head, text, length);
  let at = hash & mask;
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const found = load<u64>(ID_TABLE + ((<usize>at) << 3));
    const id = <u32>found;
    if (id === 0) return add(hash, form, head, text, length, at);
    if (<u32>(found >>> 32) === hash) {
      const entry = ID_ENTRIES + ((<usize>(id - 1)) << ENTRY_SHIFT);
      if (load<i32>(entry, FORM) === form && !v128.any_true(v128.xor(v128.load(entry, HEAD), head))) {
        if (length <= 16 || sameBytes(load<u32>(entry, TEXT) + 16, text + 16, length - 16))
          return <i32>(id - 1);
      }
    }
    at = (at + 1) & mask;
  }
  return -1;
}

function add(hash: u32, form: i32, head: v128, text: usize, length: i32, at: u32): i32 {
  const beyond = length > 16 ? length : 0;
  if (count >= MAX_IDS || used + beyond > ID_ARENA + MAX_ARENA_BYTES) return -1;
  const entry = ID_ENTRIES + ((<usize>count) << ENTRY_SHIFT);
  v128.store(entry, head, HEAD);
  store<i32>(entry, form, FORM);
  store<u32>(entry, hash, HASH);
  store<u32>(entry, <u32>used, TEXT);
  copyBytes(used, text, beyond);
  used += beyond;
  count++;
  store<i32>(ID_COUNT, count);
  if (count * 2 > <i32>mask + 1) rehash();
  else place(hash, at, count);
  return count - 1;
}

function place(hash: u32, at: u32, id: i32): void {
  store<u64>(ID_TABLE + ((<usize>at) << 3), ((<u64>hash) << 32) | <u64>id);
}

function rehash(): void {
  mask = mask * 2 + 1;
  memory.fill(ID_TABLE, 0, (<usize>mask + 1) << 3);
  for (let id = 1; id <= count; id++) {
    const hash = load<u32>(ID_ENTRIES + ((<usize>(id - 1)) << ENTRY_SHIFT), HASH);
    let at = hash & mask;
    while (load<u64>(ID_TABLE + ((<usize>at) << 3)) !== 0) at = (at + 1) & mask;
    place(hash, at, id);
  }
}

function hashText(form: i32, head: v128, text: usize, length: i32): u32 {
  let hash = hashLanes(i64x2.extract_lane(head, 0) ^ ((<u64>form) << 40), i64x2.extract_lane(head, 1));
  if (length > 16) {
    for (let at = 16; at + 8 < length; at += 8) hash = hashLanes(hash, load<u64>(text + at));
    hash = hashLanes(hash, load<u64>(text + length - 8));
  }
  return <u32>hash;
}
