/** Trees, ranges and proofs against the plain twin: every size up to 130, every leaf, every pair of sizes. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  appendLeaf,
  type CompactRange,
  equalRanges,
  mergeRanges,
  rootOf,
  startRange,
} from '../../src/transparency/compact-range.ts';
import {
  consistencySpans,
  inclusionSpans,
  type LeafSpan,
  subtreeConsistencySpans,
} from '../../src/transparency/make-proof.ts';
import { foldPerfect } from '../../src/transparency/perfect-tree.ts';
import { leafHash, nodeHash } from '../../src/transparency/tree-hash.ts';
import {
  verifyConsistency,
  verifyInclusion,
  verifySubtreeConsistency,
  verifySubtreeInclusion,
} from '../../src/transparency/verify-proof.ts';
import { rounds } from '../support/rounds.ts';
import { madeLeaves, twinConsistency, twinLeaf, twinNode, twinPath, twinRoot } from './merkle-twin.ts';

const MOST = 130;
const leaves = madeLeaves(MOST);
const roots = Array.from({ length: MOST + 1 }, (_, size) => twinRoot(leaves.slice(0, size)));
const spanHashes = new Map<string, Buffer>();
const hashOf = ({ begin, end }: LeafSpan) => {
  const key = `${begin} ${end}`;
  if (!spanHashes.has(key)) spanHashes.set(key, twinRoot(leaves.slice(begin, end)));
  return spanHashes.get(key)!;
};
const range = (begin: number, end: number): CompactRange =>
  leaves.slice(begin, end).reduce<CompactRange>(appendLeaf, startRange(begin));

describe('leafHash()', () => {
  test('and nodeHash() put 00 and 01 before what they hash', () => {
    for (const size of [0, 1, 31, 4095, 4096, 100_000]) {
      const data = Buffer.alloc(size, 7);
      assert.deepEqual(Buffer.from(leafHash(data)), twinLeaf(data));
    }
    assert.deepEqual(Buffer.from(nodeHash(leaves[0]!, leaves[1]!)), twinNode(leaves[0]!, leaves[1]!));
  });
});

describe('a compact range', () => {
  test('has the root of the twin at every size', () => {
    for (let size = 0; size <= MOST; size += 1)
      assert.deepEqual(Buffer.from(rootOf(range(0, size))), roots[size], `size ${size}`);
  });

  test('of two stretches merged is that of the whole, cut anywhere and merged in any order', () => {
    const cuts = fc.uniqueArray(fc.nat(MOST), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(cuts, fc.array(fc.nat(9), { minLength: 8, maxLength: 8 }), (found, picks) => {
        const edges = [0, ...found, MOST].sort((a, b) => a - b);
        const parts = edges.slice(1).map((end, at) => structuredClone(range(edges[at]!, end)));
        for (const pick of picks) {
          if (parts.length < 2) break;
          const at = pick % (parts.length - 1);
          parts.splice(at, 2, mergeRanges(parts[at]!, parts[at + 1]!));
        }
        const whole = parts.reduce(mergeRanges);
        assert.ok(equalRanges(whole, range(0, MOST)));
      }),
      { numRuns: rounds(150, 300) },
    );
  });

  test('of any stretch merges with its neighbors at every offset', () => {
    for (let begin = 0; begin <= 40; begin += 1)
      for (let end = begin; end <= 40; end += 1)
        assert.ok(equalRanges(mergeRanges(range(begin, end), range(end, 41)), range(begin, 41)));
  });

  test('refuses a neighbor that is none, and has no root when it begins later', () => {
    assert.throws(() => mergeRanges(range(0, 3), range(4, 5)), RangeError);
    assert.throws(() => rootOf(range(1, 3)), RangeError);
  });
});

describe('foldPerfect()', () => {
  test('is the root over a power of two of hashes', () => {
    const bytes = Buffer.concat(leaves.slice(0, 128));
    for (const [first, count] of [
      [0, 1],
      [5, 1],
      [0, 2],
      [64, 64],
      [0, 128],
    ] as const)
      assert.deepEqual(
        Buffer.from(foldPerfect(bytes, first, count)),
        hashOf({ begin: first, end: first + count }),
      );
  });
});

describe('inclusionSpans()', () => {
  test('gives the path of the twin, and it verifies, for every leaf of every size', () => {
    for (let size = 1; size <= MOST; size += 1)
      for (let leaf = 0; leaf < size; leaf += 1) {
        const proof = inclusionSpans(leaf, { begin: 0, end: size }).map(hashOf);
        if (size <= 70 || size > 126) assert.deepEqual(proof, twinPath(leaf, leaves.slice(0, size)));
        const fault = verifyInclusion(BigInt(leaf), BigInt(size), leaves[leaf]!, roots[size]!, proof);
        assert.equal(fault, undefined, `leaf ${leaf} of ${size}`);
      }
  });

  test('proves nothing about another leaf, size or root, or with a hash more, less or changed', () => {
    for (const [leaf, size] of [
      [0, 1],
      [3, 7],
      [6, 7],
      [64, 130],
      [129, 130],
      [17, 64],
    ] as const) {
      const proof = twinPath(leaf, leaves.slice(0, size));
      const verify = (at: number, of: number, hashes = proof, root = roots[size]!, own = leaves[leaf]!) =>
        verifyInclusion(BigInt(at), BigInt(of), own, root, hashes);
      assert.equal(verify(leaf, size), undefined);
      for (let other = 0; other < size; other += 1)
        if (other !== leaf) assert.notEqual(verify(other, size), undefined);
      assert.notEqual(verify(leaf, size, [...proof, leaves[0]!]), undefined);
      assert.notEqual(verify(leaf, size, proof, roots[size - 1]!), undefined);
      assert.notEqual(verify(leaf, size, proof, roots[size]!, twinLeaf(Buffer.from('other'))), undefined);
      for (const at of proof.keys()) {
        assert.notEqual(verify(leaf, size, proof.toSpliced(at, 1)), undefined);
        const changed = Buffer.from(proof[at]!);
        changed[at % 32]! ^= 1;
        assert.notEqual(verify(leaf, size, proof.with(at, changed)), undefined);
      }
      assert.match(verify(size, size)!, /outside/);
      assert.match(verify(leaf, size, [Buffer.alloc(31)])!, /32 bytes/);
    }
  });

  test('verifyInclusion() answers at sizes up to 2^64 - 1, and not beyond', () => {
    const last = 2n ** 64n - 2n;
    // The last leaf but one of a tree of 2^64 - 1: 63 siblings, all to the left of an incomplete right edge.
    const proof = Array.from({ length: 63 }, (_, at) => twinLeaf(Buffer.of(at)));
    const root = proof.reduce((hash, sibling) => twinNode(sibling, hash), leaves[0]!);
    assert.equal(verifyInclusion(last, 2n ** 64n - 1n, leaves[0]!, root, proof), undefined);
    assert.notEqual(verifyInclusion(last, 2n ** 64n, leaves[0]!, root, proof), undefined);
    assert.notEqual(verifyInclusion(last - 1n, 2n ** 64n - 1n, leaves[0]!, root, proof), undefined);
  });
});

describe('consistencySpans()', () => {
  test('gives the proof of the twin, and it verifies, for every pair of sizes', () => {
    for (let size = 1; size <= MOST; size += 1)
      for (let old = 0; old <= size; old += 1) {
        const proof = consistencySpans(old, size).map(hashOf);
        if (old > 0 && (size <= 64 || size > 127))
          assert.deepEqual(proof, twinConsistency(0, old, leaves.slice(0, size)));
        const fault = verifyConsistency(BigInt(old), BigInt(size), roots[old]!, roots[size]!, proof);
        assert.equal(fault, undefined, `${old} of ${size}`);
      }
  });

  test('proves nothing about another tree', () => {
    const other = twinRoot([twinLeaf(Buffer.from('other')), ...leaves.slice(1, 7)]);
    const proof = twinConsistency(0, 7, leaves.slice(0, 130));
    assert.match(verifyConsistency(7n, 130n, other, roots[130]!, proof)!, /smaller tree/);
    assert.match(verifyConsistency(7n, 130n, roots[7]!, other, proof)!, /larger tree/);
    assert.notEqual(verifyConsistency(6n, 130n, roots[7]!, roots[130]!, proof), undefined);
    assert.notEqual(verifyConsistency(7n, 7n, roots[7]!, other, []), undefined);
    assert.notEqual(verifyConsistency(0n, 7n, roots[1]!, roots[7]!, []), undefined);
    assert.notEqual(verifyConsistency(0n, 7n, roots[0]!, roots[7]!, [roots[7]!]), undefined);
  });
});

describe('subtree proofs', () => {
  test('are those of the twin, and verify, for every subtree of trees up to 33', () => {
    let proven = 0;
    for (let size = 1; size <= 33; size += 1)
      for (let begin = 0; begin < size; begin += 1)
        for (let end = begin + 1; end <= size; end += 1) {
          if (begin % 2 ** Math.ceil(Math.log2(end - begin)) !== 0) {
            assert.throws(() => subtreeConsistencySpans({ begin, end }, size), RangeError);
            continue;
          }
          const proof = subtreeConsistencySpans({ begin, end }, size).map(hashOf);
          assert.deepEqual(proof, twinConsistency(begin, end, leaves.slice(0, size)));
          const hash = hashOf({ begin, end });
          const [start, until] = [BigInt(begin), BigInt(end)];
          const fault = verifySubtreeConsistency(start, until, BigInt(size), hash, roots[size]!, proof);
          assert.equal(fault, undefined, `[${begin}, ${end}) of ${size}`);
          const path = inclusionSpans(end - 1, { begin, end }).map(hashOf);
          assert.equal(
            verifySubtreeInclusion(until - 1n, start, until, leaves[end - 1]!, hash, path),
            undefined,
          );
          proven += 1;
        }
    assert.ok(proven > 1000);
  });
});
