/** The checksum of a stretch of the block: the twin of `base/checksum.ts`, in four lanes at once. */
import { BLOCK, CHECKSUM_HIGH, CHECKSUM_LOW } from './layout';

const MULTIPLIER: i32 = <i32>0x9e3779b1;

/** Continues a checksum of 52 bits, given in two words; answers in CHECKSUM_LOW and CHECKSUM_HIGH. */
export function checksum(start: i32, end: i32, low: i32, high: i32): void {
  let lanes = i32x4(low ^ high, low + 1, low + 2, low + 3);
  const multiplier = i32x4.splat(MULTIPLIER);
  let at = start;
  for (; end - at >= 16; at += 16) {
    const mixed = i32x4.mul(v128.xor(lanes, v128.load(at, BLOCK)), multiplier);
    lanes = v128.or(i32x4.shl(mixed, 13), i32x4.shr_u(mixed, 19));
  }
  let a = i32x4.extract_lane(lanes, 0);
  let b = i32x4.extract_lane(lanes, 1);
  let c = i32x4.extract_lane(lanes, 2);
  let d = i32x4.extract_lane(lanes, 3);
  for (let lane = 0; at < end; at++, lane = (lane + 1) & 3) {
    const byte = <i32>load<u8>(at, BLOCK);
    if (lane === 0) a = mix(a, byte);
    else if (lane === 1) b = mix(b, byte);
    else if (lane === 2) c = mix(c, byte);
    else d = mix(d, byte);
  }
  a = mix(a, end - start);
  store<i32>(CHECKSUM_LOW, ((a ^ <i32>(<u32>c >> 7)) * MULTIPLIER) ^ d);
  store<i32>(CHECKSUM_HIGH, <i32>(<u32>(((b ^ <i32>(<u32>d >> 11)) * MULTIPLIER) ^ c) >> 12));
}

function mix(lane: i32, word: i32): i32 {
  return rotl<i32>((lane ^ word) * MULTIPLIER, 13);
}
