/** The digest of many: the same in any order and any grouping, and another for every change. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addSetDigests, setDigestOf } from '../../src/base/set-digest.ts';

const sum = (texts: readonly string[]) => texts.map(setDigestOf).reduce(addSetDigests);

describe('addSetDigests()', () => {
  test('gives one sum, however it is grouped and ordered', () => {
    const texts = fc.array(fc.string(), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(texts, fc.nat(), (all, cut) => {
        const at = 1 + (cut % (all.length - 1));
        const parts = addSetDigests(sum(all.slice(at)), sum(all.slice(0, at)));
        assert.equal(parts, sum(all));
      }),
    );
  });

  test('tells what stands twice from what stands once or not at all', () => {
    const sums = [['a'], ['a', 'a'], ['a', 'b'], ['a', 'b', 'b'], ['b', 'b', 'a', 'a']].map(sum);
    assert.equal(new Set(sums).size, sums.length);
  });

  test('adds lanes of 16 bits, each by itself', () => {
    const lanes = (...bytes: number[]) => Buffer.alloc(2048, Buffer.from(bytes)).toString('latin1');
    assert.equal(addSetDigests(lanes(0xff, 0x01), lanes(0x02, 0x00)), lanes(0x01, 0x02));
    assert.equal(addSetDigests(lanes(0xff, 0xff), lanes(0x01, 0x00)), lanes(0x00, 0x00));
  });
});
