/** Counting equal lines: as a Map of their texts would, whatever is made of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Repeats, TextWords } from '../../src/text-logs/repeats.ts';

const MULTIPLIER_INVERSE = inverse(0x9e3779b1);

/** Modulo 2^32, of an odd number (Newton). */
function inverse(odd: number): number {
  let value = odd;
  for (let step = 0; step < 5; step++) value = Math.imul(value, 2 - Math.imul(odd, value));
  return value;
}

test('counts a line within its window and the one before, as a Map for each window does', () => {
  const line = fc.record({
    text: fc.stringMatching(/^[ab\u00e9]{0,6}$/),
    step: fc.integer({ min: -90, max: 90 }),
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 300 }), (lines) => {
      const repeats = new Repeats();
      let second = 1000;
      let window = Number.NEGATIVE_INFINITY;
      let [current, before] = [new Map<string, number>(), new Map<string, number>()];
      for (const { text, step } of lines) {
        second += step;
        const own = Math.floor(second / 64);
        if (own > window) {
          before = own === window + 1 ? current : new Map();
          current = new Map();
          window = own;
        }
        const counted = own === window ? current : before;
        const said = `${second} ${text}`;
        counted.set(said, (counted.get(said) ?? 0) + 1);
        assert.equal(repeats.count(said, second, 1), counted.get(said));
      }
    }),
  );
});

test('many lines of one second, and long ones, keep their counts', () => {
  const repeats = new Repeats();
  for (const times of [1, 2, 3])
    for (let index = 0; index < 5000; index++)
      assert.equal(repeats.count(`${index}${'é'.repeat(index % 700)}`, 5, 1), times);
});

test('texts that are made to collide are told apart all the same', () => {
  const repeats = new Repeats();
  const text = new TextWords(Buffer.alloc(64));
  const count = (first: number) => {
    // The second word that makes the hash of two words 7, whatever the first is: each step of it can be undone.
    let hash = Math.imul(2 ^ first, 0x9e3779b1);
    hash ^= hash >>> 15;
    const last = Math.imul(7, MULTIPLIER_INVERSE) ^ hash;
    text.bytes.writeInt32LE(first, 0);
    text.bytes.writeInt32LE(last, 4);
    return repeats.countText(text, 8, 5, 1);
  };
  for (const times of [1, 2]) for (let index = 0; index < 200; index++) assert.equal(count(index), times);
  assert.equal(repeats.count('other', 5, 1), 1);
});
