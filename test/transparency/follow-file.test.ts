/** Following a file against what was sealed of it: the books close for every edit, whatever the batches, and good records stay good. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { FileFollower, type FollowedFile, type LeafBatch } from '../../src/transparency/follow-file.ts';
import { headOf, type SealedStream } from '../../src/transparency/inventory.ts';
import { HASH_BYTES } from '../../src/transparency/tree-hash.ts';
import { madeLeaves, twinLeaf } from './merkle-twin.ts';

const sealedLeaves = madeLeaves(1500);
const others = Array.from({ length: 1200 }, (_, at) => twinLeaf(Buffer.from(`other ${at}`)));
const log = {
  *leaves(begin: number, end: number) {
    for (let at = begin; at < end; at += 256 - (at % 256))
      yield Buffer.concat(sealedLeaves.slice(at, Math.min(end, at + 256 - (at % 256))));
  },
};

/** Sealed in three runs, with leaves of another stream between. */
const SPANS = [
  [0, 300],
  [400, 500],
  [1000, 200],
] as const;
const own = SPANS.flatMap(([first, count]) => sealedLeaves.slice(first, first + count));
const stream: SealedStream = {
  number: 0,
  file: 'a',
  head: headOf(own),
  spans: SPANS.map(([first, count]) => ({ stream: 0, file: 'a', source: null, first, count })),
  count: own.length,
};

function follow(leaves: readonly Buffer[], batch: number): FollowedFile {
  const follower = new FileFollower(log, stream, new Map());
  for (let at = 0; at < leaves.length; at += batch) {
    const part = leaves.slice(at, at + batch);
    const numbers = Float64Array.from(part, (_, index) => at + index);
    const one: LeafBatch = {
      count: part.length,
      hashes: Buffer.concat(part),
      lines: numbers.map((number) => number + 1),
      offsets: numbers.map((number) => number * 10),
      lengths: numbers.map(() => 9),
    };
    assert.equal(one.hashes.length, part.length * HASH_BYTES);
    follower.add(one);
  }
  return follower.finish();
}

const kinds = ({ pieces }: FollowedFile) => pieces.map(({ kind, records }) => `${kind} ${records}`);

const contents = ({ pieces }: FollowedFile) => pieces.map(({ content }) => content);

describe('FileFollower', () => {
  test('finds a stream as sealed over all its spans, and what is new behind', () => {
    for (const batch of [1, 7, 256, 4096]) {
      const followed = follow([...own, ...others.slice(0, 3)], batch);
      assert.deepEqual(kinds(followed), ['sealed 1000', 'new 3']);
      assert.equal(followed.reached.get(0), 1000);
    }
  });

  test('says the same whatever the batches, and counts every record once, for any edits', () => {
    const edit = fc.record({
      at: fc.nat(own.length),
      remove: fc.oneof(fc.nat(3), fc.constantFrom(0, 255, 256, 257, 600)),
      insert: fc.oneof(fc.nat(3), fc.constantFrom(0, 255, 256, 257, 600)),
    });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 3 }), fc.integer({ min: 1, max: 700 }), (edits, batch) => {
        const leaves = [...own];
        let fresh = 0;
        for (const { at, remove, insert } of edits) {
          leaves.splice(at, remove, ...others.slice(fresh, fresh + insert));
          fresh = (fresh + insert) % 500;
        }
        const followed = follow(leaves, batch);
        const whole = follow(leaves, leaves.length || 1);
        assert.deepEqual(kinds(followed), kinds(whole));
        assert.deepEqual(contents(followed), contents(whole));
        const sum = followed.pieces.reduce(
          (total, { kind, records }) => total + (kind === 'missing' ? 0 : records),
          0,
        );
        assert.equal(sum, leaves.length);
        const known = new Set(own.map((leaf) => leaf.toString('hex')));
        let at = 0;
        for (const { kind, records } of followed.pieces) {
          if (kind === 'missing') continue;
          if (kind === 'sealed')
            for (const leaf of leaves.slice(at, at + records)) assert.ok(known.has(leaf.toString('hex')));
          at += records;
        }
        const isChanged = !leaves.slice(0, own.length).every((leaf, index) => leaf.equals(own[index]!));
        const spoke = followed.pieces.some(({ kind }) => kind !== 'sealed' && kind !== 'new');
        assert.equal(
          spoke || (followed.reached.get(0) ?? 0) < own.length,
          isChanged || leaves.length < own.length,
        );
      }),
      { numRuns: 150 },
    );
  });

  test('names single edits by what they are', () => {
    assert.deepEqual(kinds(follow(own.with(500, others[0]!), 4096)), [
      'sealed 500',
      'altered 1',
      'sealed 499',
    ]);
    assert.deepEqual(kinds(follow(own.toSpliced(500, 400), 64)), ['sealed 500', 'missing 400', 'sealed 100']);
    assert.deepEqual(kinds(follow(own.slice(700), 64)), ['missing 700', 'sealed 300']);
    assert.deepEqual(kinds(follow(own.toSpliced(9, 0, ...others.slice(0, 200)), 64)), [
      'sealed 9',
      'inserted 200',
      'sealed 991',
    ]);
    assert.deepEqual(kinds(follow([...own.slice(0, 400), ...others.slice(0, 900)], 64)), [
      'sealed 400',
      'rewritten 900',
    ]);
    assert.deepEqual(kinds(follow([], 64)), []);
  });
});
