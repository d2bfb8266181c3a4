/** Tries of wanted keys: built once by the cursors, followed at every key of every record. */

import { sameBytes } from './bytes';
import {
  BLOCK,
  FIRST_KEYS,
  MAX_SLOTS,
  MAX_TRIES,
  SCRATCH,
  SLOTS,
  SLOTS_BYTES,
  TRIES,
  TRIES_BYTES,
} from './layout';

// A node: its key's first 16 bytes as two big-endian numbers (so that numbers order as keys do), and what follows it.
export const FIRST: usize = 0;
export const SECOND: usize = 8;
export const LENGTH: usize = 16;
const KEY: usize = 20;
const TABLE: usize = 24;
const MASK: usize = 28;
export const SLOT_LIST: usize = 32;
export const SLOT_COUNT: usize = 36;
const CHILD_COUNT: usize = 40;
const HASH: usize = 44;
/** Where the sequences of keys begin that its objects have had: see `sequences.ts`. */
export const SEQUENCES: usize = 48;
const NODE_BYTES: usize = 52;

// A trie: its root and its slots.
export const ROOT: usize = 0;
export const SLOTS_AT: usize = 4;
const TRIE_BYTES: usize = 16;

/** 16 bytes of ones, then 16 of zeros: a load from 16 - n has n ones. */
const ONES: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0,
]);

let used: usize = TRIES;
let tries: i32 = 0;
let nodes: i32 = 0;

/** Zeroed bytes, 16 spare ones behind them; 0 when the region is full. */
function reserve(bytes: usize): usize {
  const at = used;
  const next = at + ((bytes + 31) & ~(<usize>15));
  if (next > TRIES + TRIES_BYTES) return 0;
  used = next;
  return at;
}

/** Forgets the last node, for which alone room was taken since. Most names of a field begin as others do: they would fill the region. */
function giveBack(before: usize): void {
  memory.fill(before, 0, used - before);
  used = before;
  nodes--;
}

/** The first `length` of 16 bytes, the others zero. */
export function firstBytes(bytes: v128, length: i32): v128 {
  return v128.and(bytes, v128.load(ONES + 16 - <usize>min(length, 16)));
}

/** The first `length` of 16 bytes as two big-endian numbers. */
export function keyLanes(bytes: v128, length: i32): v128 {
  const kept = firstBytes(bytes, length);
  return v128.shuffle<u8>(kept, kept, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
}

/** Of a key that is shorter than 16 bytes. */
export function hashLanes(first: u64, second: u64): u64 {
  const product = (first + second * 0xc2b2ae3d27d4eb4f) * 0x9e3779b97f4a7c15;
  return product ^ (product >>> 32);
}

/** Of a key of 16 bytes and more, at an address. */
export function hashLong(first: u64, second: u64, key: usize, length: i32): u64 {
  let hash = hashLanes(first, second + length);
  for (let at = 16; at + 8 < length; at += 8) hash = hashLanes(hash, load<u64>(key + at));
  return hashLanes(hash, load<u64>(key + length - 8));
}

/** The child of `node` under the key at `key` of the block, or 0. */
export function findChild(node: usize, first: u64, second: u64, hash: u64, key: i32, length: i32): usize {
  const table = load<u32>(node, TABLE);
  const mask = load<u32>(node, MASK);
  let at = <u32>hash & mask;
  while (true) {
    const child: usize = load<u32>(table + (at << 2));
    if (child === 0) return 0;
    if (load<u64>(child, FIRST) === first && load<u64>(child, SECOND) === second) {
      if (length < 16) return child;
      if (<i32>load<u32>(child, LENGTH) === length) {
        if (sameBytes(load<u32>(child, KEY), BLOCK + key, length)) return child;
      }
    }
    at = (at + 1) & mask;
  }
}

function newNode(key: usize, length: i32): usize {
  const node = reserve(NODE_BYTES);
  const table = reserve(16);
  const copy = reserve(length);
  if (node === 0 || table === 0 || copy === 0) return 0;
  memory.copy(copy, key, length);
  const lanes = keyLanes(v128.load(copy), length);
  const first = i64x2.extract_lane(lanes, 0);
  const second = i64x2.extract_lane(lanes, 1);
  store<u64>(node, first, FIRST);
  store<u64>(node, second, SECOND);
  store<u32>(node, length, LENGTH);
  store<u32>(node, copy, KEY);
  store<u32>(node, table, TABLE);
  store<u32>(node, 3, MASK);
  store<u32>(node, FIRST_KEYS + (nodes << 2), SEQUENCES);
  nodes++;
  store<u32>(
    node,
    <u32>(length < 16 ? hashLanes(first, second) : hashLong(first, second, copy, length)),
    HASH,
  );
  return node;
}

function insert(table: usize, mask: u32, child: usize): void {
  let at = load<u32>(child, HASH) & mask;
  while (load<u32>(table + (at << 2)) !== 0) at = (at + 1) & mask;
  store<u32>(table + (at << 2), child);
}

/** A new trie, or 0 when there is no room. */
export function newTrie(): usize {
  if (tries === MAX_TRIES) return 0;
  const trie = reserve(TRIE_BYTES);
  if (trie === 0) return 0;
  const root = newNode(SCRATCH, 0);
  if (root === 0) return 0;
  store<u32>(trie, root, ROOT);
  store<u32>(trie, SLOTS + SLOTS_BYTES * tries, SLOTS_AT);
  tries++;
  return trie;
}

export function rootOf(trie: usize): usize {
  return load<u32>(trie, ROOT);
}

/** Where the columns of the trie's slots begin. */
export function slotsOf(trie: usize): usize {
  return load<u32>(trie, SLOTS_AT);
}

/** The child of `node` for the key of `length` bytes that was written to SCRATCH; made when it is new; 0 without room. */
export function childFor(node: usize, length: i32): usize {
  const before = used;
  const made = newNode(SCRATCH, length);
  if (made === 0) return 0;
  const first = load<u64>(made, FIRST);
  const second = load<u64>(made, SECOND);
  const known = findChild(node, first, second, load<u32>(made, HASH), <i32>(SCRATCH - BLOCK), length);
  if (known !== 0) {
    giveBack(before);
    return known;
  }
  const count = load<u32>(node, CHILD_COUNT) + 1;
  let mask = load<u32>(node, MASK);
  let table: usize = load<u32>(node, TABLE);
  if (count * 4 > mask + 1) {
    // At most a quarter full: most keys of a record are not wanted, and find an empty place at once.
    const larger = mask * 2 + 1;
    const roomier = reserve((larger + 1) << 2);
    if (roomier === 0) return 0;
    for (let at: u32 = 0; at <= mask; at++) {
      const child: usize = load<u32>(table + (at << 2));
      if (child !== 0) insert(roomier, larger, child);
    }
    table = roomier;
    mask = larger;
    store<u32>(node, table, TABLE);
    store<u32>(node, mask, MASK);
  }
  insert(table, mask, made);
  store<u32>(node, count, CHILD_COUNT);
  // What was known of its objects was known without this child.
  store<u32>(load<u32>(node, SEQUENCES), 0);
  return made;
}

/** A field ends at `node`: its slot, and which reading of its name this is. False without room. */
export function endSlot(node: usize, slot: i32, rank: i32): bool {
  if (slot >= MAX_SLOTS) return false;
  const count = load<u32>(node, SLOT_COUNT);
  const list = reserve((count + 1) << 3);
  if (list === 0) return false;
  memory.copy(list, load<u32>(node, SLOT_LIST), count << 3);
  store<u32>(list + (count << 3), slot, 0);
  store<u32>(list + (count << 3), rank, 4);
  store<u32>(node, list, SLOT_LIST);
  store<u32>(node, count + 1, SLOT_COUNT);
  return true;
}
