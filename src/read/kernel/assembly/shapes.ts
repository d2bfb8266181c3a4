/**
 * Small integers for the shapes of records: which fields a scan found, in which order, of which kinds, which of them empty.
 * Records of one log have a few shapes, and what follows from a shape alone is then asked once. Exact: shapes are compared.
 */
import { LAST_SHAPE, MAX_SHAPES, MAX_TOKENS, SHAPE_TABLE, SHAPES, TOKENS } from './layout';

// A shape: the slots of its trie, how many tokens it has, and the tokens.
const SLOTS: usize = 0;
const COUNT: usize = 4;
const FIRST: usize = 16;
const SHAPE_SHIFT: i32 = 10;

/** Places of the table less one: at most a quarter of them is taken. */
const MASK: u32 = MAX_SHAPES * 4 - 1;
/** Looks at the table for one shape: records made to collide are beyond the bound. */
const MAX_LOOKS: i32 = 64;
const UNKNOWN: i32 = -1;

let known: i32 = 0;

/** The shape of the record whose `count` tokens stand in TOKENS; -1 beyond the bounds. */
export function shapeOf(slots: usize, count: i32): i32 {
  if (count > MAX_TOKENS) return UNKNOWN;
  // No token is zero, so that what fills the last four up is none.
  v128.store(TOKENS + (count << 2), i32x4.splat(0));
  const last = load<i32>(slots, LAST_SHAPE);
  if (last > 0 && isShape(last - 1, slots, count)) return last - 1;
  let at = hashTokens(slots, count) & MASK;
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const place = SHAPE_TABLE + ((<usize>at) << 2);
    let shape = load<i32>(place) - 1;
    if (shape < 0) {
      if (known === MAX_SHAPES) return UNKNOWN;
      shape = add(slots, count);
      store<i32>(place, known);
    } else if (!isShape(shape, slots, count)) {
      at = (at + 1) & MASK;
      continue;
    }
    store<i32>(slots, shape + 1, LAST_SHAPE);
    return shape;
  }
  return UNKNOWN;
}

function isShape(shape: i32, slots: usize, count: i32): bool {
  const entry = SHAPES + ((<usize>shape) << SHAPE_SHIFT);
  if (load<u32>(entry, SLOTS) !== <u32>slots || load<i32>(entry, COUNT) !== count) return false;
  let difference = i32x4.splat(0);
  const end: usize = count << 2;
  for (let at: usize = 0; at < end; at += 16) {
    difference = v128.or(difference, v128.xor(v128.load(entry + at, FIRST), v128.load(TOKENS + at)));
  }
  return !v128.any_true(difference);
}

function add(slots: usize, count: i32): i32 {
  const entry = SHAPES + ((<usize>known) << SHAPE_SHIFT);
  store<u32>(entry, <u32>slots, SLOTS);
  store<i32>(entry, count, COUNT);
  for (let at: usize = 0; at < <usize>(count << 2); at += 16) {
    v128.store(entry + at, v128.load(TOKENS + at), FIRST);
  }
  known++;
  return known - 1;
}

function hashTokens(slots: usize, count: i32): u32 {
  let lanes = i32x4(<i32>slots, count, 0x2c1b3c6d, 0x297a2d39);
  const multiplier = i32x4.splat(<i32>0x9e3779b1);
  for (let at: usize = 0; at < <usize>(count << 2); at += 16) {
    const mixed = i32x4.mul(v128.xor(lanes, v128.load(TOKENS + at)), multiplier);
    lanes = v128.xor(mixed, i32x4.shr_u(mixed, 15));
  }
  let hash = i32x4.extract_lane(lanes, 0);
  hash = (hash ^ rotl<i32>(i32x4.extract_lane(lanes, 1), 8)) * <i32>0x85ebca6b;
  hash = (hash ^ rotl<i32>(i32x4.extract_lane(lanes, 2), 16)) * <i32>0xc2b2ae35;
  hash = (hash ^ rotl<i32>(i32x4.extract_lane(lanes, 3), 24)) * <i32>0x9e3779b1;
  return <u32>hash ^ (<u32>hash >>> 16);
}
