/**
 * Verification of inclusion and consistency proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2, subtrees by
 * draft-ietf-plants-merkle-tree-certs section 4.4). Sizes are exact up to 2^64 - 1. Nothing here trusts its input.
 */
import { EMPTY_ROOT, equalHashes, HASH_BYTES, nodeHash } from './tree-hash.ts';

/** Undefined: proven. Otherwise what does not fit, in words. */
export type ProofFault = string | undefined;

const MAX_SIZE = 2n ** 64n - 1n;

/** `leaf` is the leaf's hash. */
export function verifyInclusion(
  index: bigint,
  size: bigint,
  leaf: Uint8Array,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): ProofFault {
  return verifySubtreeInclusion(index, 0n, size, leaf, root, proof);
}

/** Of a leaf in the subtree over leaves `[start, end)`, whose hash is `root`. */
export function verifySubtreeInclusion(
  index: bigint,
  start: bigint,
  end: bigint,
  leaf: Uint8Array,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): ProofFault {
  if (!isSubtree(start, end)) return `leaves ${start} to ${end} are no subtree`;
  if (index < start || index >= end) return `leaf ${index} is outside of leaves ${start} to ${end}`;
  const misshapen = misshapenHash([leaf, root, ...proof]);
  if (misshapen !== undefined) return misshapen;
  let at = index - start;
  let last = end - start - 1n;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0n) return 'the proof has more hashes than the tree has levels';
    if (at % 2n === 1n || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2n === 0n && at !== 0n) {
        at >>= 1n;
        last >>= 1n;
      }
    } else hash = nodeHash(hash, sibling);
    at >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n) return 'the proof has fewer hashes than the tree has levels';
  return equalHashes(hash, root) ? undefined : 'the proof leads to another root';
}

/** That the tree of `newSize` leaves begins with that of `oldSize`. A tree of size 0 is the beginning of every tree. */
export function verifyConsistency(
  oldSize: bigint,
  newSize: bigint,
  oldRoot: Uint8Array,
  newRoot: Uint8Array,
  proof: readonly Uint8Array[],
): ProofFault {
  if (oldSize !== 0n) return verifySubtreeConsistency(0n, oldSize, newSize, oldRoot, newRoot, proof);
  const misshapen = misshapenHash([oldRoot, newRoot]);
  if (misshapen !== undefined) return misshapen;
  if (newSize < 0n || newSize > MAX_SIZE) return `${newSize} is no size of a tree`;
  if (proof.length > 0) return 'the proof from an empty tree has no hashes';
  if (!equalHashes(oldRoot, EMPTY_ROOT)) return 'the old root is not that of an empty tree';
  if (newSize === 0n && !equalHashes(newRoot, EMPTY_ROOT)) return 'the new root is not that of an empty tree';
  return undefined;
}

/** That the tree of `size` leaves with that root holds the subtree over leaves `[start, end)`. */
export function verifySubtreeConsistency(
  start: bigint,
  end: bigint,
  size: bigint,
  subtreeHash: Uint8Array,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): ProofFault {
  if (!isSubtree(start, end)) return `leaves ${start} to ${end} are no subtree`;
  if (end > size) return `a tree of ${size} leaves does not hold leaves up to ${end}`;
  if (size > MAX_SIZE) return `${size} is no size of a tree`;
  const misshapen = misshapenHash([subtreeHash, root, ...proof]);
  if (misshapen !== undefined) return misshapen;
  let first = start;
  let last = end - 1n;
  let tree = size - 1n;
  const climb = () => {
    first >>= 1n;
    last >>= 1n;
    tree >>= 1n;
  };
  const isAtEnd = last === tree;
  while (first !== last && (isAtEnd || last % 2n === 1n)) climb();
  const rest = [...proof];
  let subtree = subtreeHash;
  if (first !== last) {
    const seed = rest.shift();
    if (seed === undefined) return 'the proof has fewer hashes than the tree has levels';
    subtree = seed;
  }
  let whole = subtree;
  for (const sibling of rest) {
    if (tree === 0n) return 'the proof has more hashes than the tree has levels';
    if (last % 2n === 1n || last === tree) {
      if (first < last) subtree = nodeHash(sibling, subtree);
      whole = nodeHash(sibling, whole);
      while (last % 2n === 0n && last !== 0n) climb();
    } else whole = nodeHash(whole, sibling);
    climb();
  }
  if (tree !== 0n) return 'the proof has fewer hashes than the tree has levels';
  if (!equalHashes(subtree, subtreeHash)) return 'the proof leads to another root of the smaller tree';
  return equalHashes(whole, root) ? undefined : 'the proof leads to another root of the larger tree';
}

/** Leaves `[start, end)` where `start` is a multiple of the next power of two at or above their number. */
function isSubtree(start: bigint, end: bigint): boolean {
  if (start < 0n || start >= end || end > MAX_SIZE) return false;
  let power = 1n;
  while (power < end - start) power <<= 1n;
  return start % power === 0n;
}

function misshapenHash(hashes: readonly Uint8Array[]): ProofFault {
  const odd = hashes.find((hash) => hash.length !== HASH_BYTES);
  return odd === undefined ? undefined : `expected hashes of ${HASH_BYTES} bytes, found ${odd.length}`;
}
