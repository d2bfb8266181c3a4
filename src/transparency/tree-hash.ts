/** The hashes of a Merkle tree over records (RFC 6962 section 2.1, RFC 9162 section 2.1.1), SHA-256. */
import crypto from 'node:crypto';

export const HASH_BYTES = 32;

/** First byte of what is hashed: so that no leaf can be passed off as a node, or a node as a leaf. */
const LEAF = 0x00;
const NODE = 0x01;

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Uint8Array = crypto.createHash('sha256').digest();

/** Both hashers write through it: three times as fast as `update` twice (measured), and nothing is allocated. */
let leafInput = Buffer.alloc(4096);
const nodeInput = Buffer.alloc(1 + 2 * HASH_BYTES);
nodeInput[0] = NODE;

/** Hash of the record whose bytes are `data[start, end)`, written to `target` at `at`. */
export function writeLeafHash(
  data: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): void {
  const length = end - start;
  if (length + 1 > leafInput.length) leafInput = Buffer.alloc(2 * (length + 1));
  leafInput[0] = LEAF;
  leafInput.set(data.subarray(start, end), 1);
  writeDigest(leafInput.subarray(0, length + 1), target, at);
}

export function leafHash(data: Uint8Array): Uint8Array {
  const hash = Buffer.alloc(HASH_BYTES);
  writeLeafHash(data, 0, data.length, hash, 0);
  return hash;
}

/** Hash of the node above the hashes at `left` and `right` of `hashes`, written to `target` at `at`. */
export function writeNodeHash(
  hashes: Uint8Array,
  left: number,
  right: number,
  target: Uint8Array,
  at: number,
): void {
  nodeInput.set(hashes.subarray(left, left + HASH_BYTES), 1);
  nodeInput.set(hashes.subarray(right, right + HASH_BYTES), 1 + HASH_BYTES);
  writeDigest(nodeInput, target, at);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  const hash = Buffer.alloc(HASH_BYTES);
  writeDigest(nodeInput, hash, 0);
  return hash;
}

/** By way of a Latin-1 text: three times as fast as asking for a buffer (measured: 0.43 against 1.25 µs a node). */
function writeDigest(input: Uint8Array, target: Uint8Array, at: number): void {
  const text = crypto.hash('sha256', input, 'latin1' as 'hex');
  for (let index = 0; index < HASH_BYTES; index += 1) target[at + index] = text.charCodeAt(index);
}

export function equalHashes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
