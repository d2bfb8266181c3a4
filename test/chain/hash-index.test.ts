/** The index of links: the same whatever the cuts, bounded whatever the length, and chosen by hashes alone. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  appendIndex,
  entryFrom,
  type HashIndex,
  isLink,
  isOverfull,
  keepLink,
  type LinkSample,
  linkPlace,
  linkPosition,
  MAX_LINKS,
  mergeSamples,
  startIndex,
  startSample,
  thinOut,
  toHashKey,
} from '../../src/chain/hash-index.ts';
import { rounds } from '../support/rounds.ts';
import { randomFrom } from './chain-generator.ts';

type Part = { sample: LinkSample; index: HashIndex };

/** `before`: how many links of the log stand before these. */
function fold(hashes: readonly string[], before = 0): Part {
  const part = { sample: startSample(), index: startIndex() };
  for (const [position, hash] of hashes.entries()) {
    const nth = before + position;
    const place = { file: 'a', line: nth + 1, offset: nth * 2 ** 31, length: 300 };
    keepLink(part.sample, part.index, hash, position, place);
    if (isOverfull(part.sample)) thinOut(part.sample, [part.index]);
  }
  return part;
}

function merge(left: Part, right: Part, shift: number): Part {
  mergeSamples(left.sample, right.sample, [left.index], [right.index]);
  appendIndex(left.index, right.index, shift);
  return left;
}

function someHashes(n: number, seed: number): string[] {
  const random = randomFrom(seed);
  const word = () =>
    random(2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return Array.from({ length: n }, () => word() + word());
}

describe('the index of links', () => {
  test('finds a link and its place, beyond 4 GB too', () => {
    const hashes = someHashes(100, 1);
    const { index } = fold(hashes);
    const entry = entryFrom(index, 77);
    assert.equal(linkPosition(index, entry), 77);
    assert.ok(isLink(index, entry, toHashKey(hashes[77]!)));
    assert.ok(!isLink(index, entry, toHashKey(hashes[78]!)));
    assert.deepEqual(linkPlace(index, entry, 'a'), {
      file: 'a',
      line: 78,
      offset: 77 * 2 ** 31,
      length: 300,
    });
  });

  test('of parts is that of the whole', () => {
    const hashes = someHashes(2500, 2);
    fc.assert(
      fc.property(fc.nat(2500), (cut) => {
        const merged = merge(fold(hashes.slice(0, cut)), fold(hashes.slice(cut), cut), cut);
        assert.deepEqual(merged, fold(hashes));
      }),
    );
  });

  test('of a long log stays within its bound, and is the same at every cut', () => {
    const hashes = someHashes(MAX_LINKS + 40_000, 3);
    const whole = fold(hashes);
    assert.equal(whole.sample.level, 1);
    assert.equal(whole.index.size, whole.sample.kept);
    assert.ok(whole.sample.kept > MAX_LINKS * 0.45 && whole.sample.kept < MAX_LINKS * 0.6);
    assert.ok(whole.index.pages.reduce((sum, { byteLength }) => sum + byteLength, 0) < 16e6);
    for (const cut of [512 * 1024, 30_000, MAX_LINKS + 39_990].slice(0, rounds(1, 3))) {
      const merged = merge(fold(hashes.slice(0, cut)), fold(hashes.slice(cut), cut), cut);
      assert.deepEqual(merged.sample, whole.sample);
      // Bytes: to compare elements takes seconds.
      const bytes = ({ index: { pages } }: Part) =>
        Buffer.concat(pages.map((page) => Buffer.from(page.buffer)));
      assert.ok(bytes(merged).equals(bytes(whole)), `cut at ${cut}`);
    }
  });

  test('is not filled by hashes that were made to be kept', () => {
    const { sample, index } = fold(new Array<string>(MAX_LINKS + 1).fill('0'.repeat(16)));
    assert.equal(sample.kept, 0);
    assert.equal(index.size, 0);
  });
});
