/** The plain reading of RFC 9162 section 2.1, recursive and slow: what the trees of src/transparency are held against. Tests only. */
import { createHash } from 'node:crypto';

export type Hash = Buffer;

const sha256 = (...parts: Uint8Array[]): Hash => createHash('sha256').update(Buffer.concat(parts)).digest();

export const twinLeaf = (data: Uint8Array): Hash => sha256(Buffer.of(0), data);
export const twinNode = (left: Uint8Array, right: Uint8Array): Hash => sha256(Buffer.of(1), left, right);

/** k: the largest power of two smaller than n. */
const split = (n: number): number => 2 ** Math.floor(Math.log2(n - 1));

export function twinRoot(leaves: readonly Uint8Array[]): Hash {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return Buffer.from(leaves[0]!);
  const k = split(leaves.length);
  return twinNode(twinRoot(leaves.slice(0, k)), twinRoot(leaves.slice(k)));
}

export function twinPath(m: number, leaves: readonly Uint8Array[]): Hash[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return m < k
    ? [...twinPath(m, leaves.slice(0, k)), twinRoot(leaves.slice(k))]
    : [...twinPath(m - k, leaves.slice(k)), twinRoot(leaves.slice(0, k))];
}

/** SUBTREE_SUBPROOF of draft-ietf-plants-merkle-tree-certs; with start 0 it is the PROOF of RFC 9162. */
export function twinConsistency(
  start: number,
  end: number,
  leaves: readonly Uint8Array[],
  known = true,
): Hash[] {
  if (start === 0 && end === leaves.length) return known ? [] : [twinRoot(leaves)];
  const k = split(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  if (end <= k) return [...twinConsistency(start, end, left, known), twinRoot(right)];
  if (k <= start) return [...twinConsistency(start - k, end - k, right, known), twinRoot(left)];
  return [...twinConsistency(0, end - k, right, false), twinRoot(left)];
}

/** Leaf hashes of small made records. */
export const madeLeaves = (count: number): Hash[] =>
  Array.from({ length: count }, (_, index) => twinLeaf(Buffer.from(`record ${index}`)));
