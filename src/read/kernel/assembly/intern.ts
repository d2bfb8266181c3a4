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
  SCRATCH,
} from './layout';

// An entry: where its text lies, how long it is, and its kind.
const HASH: usize = 0;
const TEXT: usize = 4;
const LENGTH: usize = 8;
const KIND: usize = 12;

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
  const hash = hashText(kind, text, length);
  let at = hash & mask;
  while (true) {
    const place = load<u64>(ID_TABLE + ((<usize>at) << 3));
    const id = <u32>place;
    if (id === 0) break;
    if (<u32>(place >>> 32) === hash) {
      const entry = ID_ENTRIES + ((<usize>(id - 1)) << 4);
      if (load<i32>(entry, LENGTH) === length && load<i32>(entry, KIND) === kind) {
        if (sameBytes(load<u32>(entry, TEXT), text, length)) return <i32>(id - 1);
      }
    }
    at = (at + 1) & mask;
  }
  return add(hash, kind, text, length, at);
}

function add(hash: u32, kind: i32, text: usize, length: i32, at: u32): i32 {
  if (count >= MAX_IDS || used + length > ID_ARENA + MAX_ARENA_BYTES) return -1;
  const entry = ID_ENTRIES + ((<usize>count) << 4);
  store<u32>(entry, hash, HASH);
  store<u32>(entry, <u32>used, TEXT);
  store<i32>(entry, length, LENGTH);
  store<i32>(entry, kind, KIND);
  copyBytes(used, text, length);
  used += length;
  count++;
  store<i32>(ID_COUNT, count);
  if (count * 2 > <i32>mask) rehash();
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
    const hash = load<u32>(ID_ENTRIES + ((<usize>(id - 1)) << 4), HASH);
    let at = hash & mask;
    while (load<u64>(ID_TABLE + ((<usize>at) << 3)) !== 0) at = (at + 1) & mask;
    place(hash, at, id);
  }
}

function hashText(kind: i32, text: usize, length: i32): u32 {
  let hash: u64 = (<u64>((length << 3) + kind) + 1) * 0x9e3779b97f4a7c15;
  while (length > 8) {
    hash = (hash ^ load<u64>(text)) * 0xc2b2ae3d27d4eb4f;
    hash ^= hash >>> 29;
    text += 8;
    length -= 8;
  }
  const kept: u64 = length === 8 ? -1 : ((<u64>1) << ((<u64>length) << 3)) - 1;
  hash = (hash ^ (load<u64>(text) & kept)) * 0x9e3779b97f4a7c15;
  return <u32>(hash >>> 32);
}
