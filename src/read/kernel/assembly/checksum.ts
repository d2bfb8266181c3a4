/** The checksum of a stretch of the block: the twin of `base/checksum.ts`, in four vectors of four lanes at once. */
import { BLOCK, CHECKSUM_HIGH, CHECKSUM_LANES, CHECKSUM_LOW } from './layout';

const MULTIPLIER: i32 = <i32>0x9e3779b1;

/** Continues a checksum of 52 bits, given in two words; answers in CHECKSUM_LOW and CHECKSUM_HIGH. */
export function checksum(start: i32, end: i32, low: i32, high: i32): void {
  let first = i32x4(low ^ high, low + 1, low + 2, low + 3);
  let second = i32x4(low + 4, low + 5, low + 6, low + 7);
  let third = i32x4(low + 8, low + 9, low + 10, low + 11);
  let fourth = i32x4(low + 12, low + 13, low + 14, low + 15);
  let at = start;
  // A multiplication takes ten cycles, and others can begin in each of them: one vector alone would wait for itself.
  for (; end - at >= 64; at += 64) {
    first = mixLanes(first, v128.load(at, BLOCK));
    second = mixLanes(second, v128.load(at, BLOCK + 16));
    third = mixLanes(third, v128.load(at, BLOCK + 32));
    fourth = mixLanes(fourth, v128.load(at, BLOCK + 48));
  }
  v128.store(CHECKSUM_LANES, first);
  v128.store(CHECKSUM_LANES, second, 16);
  v128.store(CHECKSUM_LANES, third, 32);
  v128.store(CHECKSUM_LANES, fourth, 48);
  for (let lane = 0; at < end; at++, lane = (lane + 1) & 15) mixIn(lane, <i32>load<u8>(at, BLOCK));
  mixIn(0, end - start);
  for (let lane = 15; lane > 3; lane--) mixIn(lane & 3, load<i32>(CHECKSUM_LANES + (lane << 2)));
  const a = load<i32>(CHECKSUM_LANES);
  const b = load<i32>(CHECKSUM_LANES, 4);
  const c = load<i32>(CHECKSUM_LANES, 8);
  const d = load<i32>(CHECKSUM_LANES, 12);
  store<i32>(CHECKSUM_LOW, ((a ^ <i32>(<u32>c >> 7)) * MULTIPLIER) ^ d);
  store<i32>(CHECKSUM_HIGH, <i32>(<u32>(((b ^ <i32>(<u32>d >> 11)) * MULTIPLIER) ^ c) >> 12));
}

function mixLanes(lanes: v128, words: v128): v128 {
  const mixed = i32x4.mul(v128.xor(lanes, words), i32x4.splat(MULTIPLIER));
  return v128.or(i32x4.shl(mixed, 13), i32x4.shr_u(mixed, 19));
}

function mixIn(lane: i32, word: i32): void {
  const at = CHECKSUM_LANES + (lane << 2);
  store<i32>(at, rotl<i32>((load<i32>(at) ^ word) * MULTIPLIER, 13));
}
