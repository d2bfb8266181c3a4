/** Roots of perfect subtrees out of hashes that lie one after the other, as in a tile. */
import { HASH_BYTES, writeNodeHash } from './tree-hash.ts';

let scratch = Buffer.alloc(256 * HASH_BYTES);

/** Root over `count` hashes from the hash `first` of `hashes` on; `count` is a power of two. */
export function foldPerfect(hashes: Uint8Array, first: number, count: number): Uint8Array {
  if (count * HASH_BYTES > scratch.length) scratch = Buffer.alloc(count * HASH_BYTES);
  scratch.set(hashes.subarray(first * HASH_BYTES, (first + count) * HASH_BYTES));
  for (let left = count / 2; left >= 1; left /= 2)
    for (let at = 0; at < left; at += 1)
      writeNodeHash(scratch, 2 * at * HASH_BYTES, (2 * at + 1) * HASH_BYTES, scratch, at * HASH_BYTES);
  return Uint8Array.prototype.slice.call(scratch, 0, HASH_BYTES);
}
