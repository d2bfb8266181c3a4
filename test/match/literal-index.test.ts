/** The index of literals is held to `includes`, on few letters, so that literals overlap and repeat. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { foldCase } from '../../src/base/fold-case.ts';
import { LiteralIndex } from '../../src/match/literal-index.ts';

const word = (max: number) =>
  fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\u{1f600}'), minLength: 1, maxLength: max });

test('LiteralIndex.find() finds the owners of each literal that the text is or holds, and no others', () => {
  fc.assert(
    fc.property(
      fc.array(word(7), { maxLength: 12 }),
      fc.array(word(7), { maxLength: 4 }),
      word(30),
      (held, equal, text) => {
        const index = new LiteralIndex<string>();
        for (const literal of held)
          index.add({ equal: [], numbers: [], contained: [literal], lengths: [] }, `held ${literal}`);
        for (const literal of equal)
          index.add({ equal: [literal], numbers: [], contained: [], lengths: [] }, `equal ${literal}`);
        const found = new Set<string>();
        index.find(text, false, found);
        const expected = [
          ...held.filter((literal) => text.includes(literal)).map((literal) => `held ${literal}`),
          ...equal.filter((literal) => text === literal).map((literal) => `equal ${literal}`),
        ];
        assert.deepEqual([...found].sort(), [...new Set(expected)].sort());
      },
    ),
    { numRuns: 500 },
  );
});

test('LiteralIndex.find() folds case, and reads a number whatever its notation', () => {
  const index = new LiteralIndex<string>();
  index.add({ equal: ['4624'], numbers: ['4624e0'], contained: [], lengths: [] }, 'number');
  index.add({ equal: [], numbers: [], contained: ['straße'], lengths: [] }, 'text');
  const find = (text: string, isNumber: boolean) => {
    const found = new Set<string>();
    index.find(text, isNumber, found);
    return [...found];
  };
  assert.deepEqual(find('4624.0', true), ['number']);
  assert.deepEqual(find('4624.0', false), []);
  assert.deepEqual(find('HAUPTSTRAßE', false), ['text']);
});

test('LiteralIndex.finds() says of the bytes of a text whether find() finds something', () => {
  const letters = (max: number) =>
    fc.string({ unit: fc.constantFrom('a', 'B', 'b', '.'), minLength: 1, maxLength: max });
  fc.assert(
    fc.property(
      fc.array(letters(9).map(foldCase), { maxLength: 6 }),
      fc.array(letters(7).map(foldCase), { maxLength: 4 }),
      letters(60),
      letters(9),
      (held, equal, text, around) => {
        const index = new LiteralIndex<string>();
        // Literals of fewer than four characters are sought in the text.
        const contained = held.filter((literal) => literal.length > 3);
        index.add({ equal, numbers: [], contained: [...contained, 'aé.b'], lengths: [59] }, 'it');
        const found = new Set<string>();
        index.find(text, false, found);
        // What stands before and behind is no part of it.
        const answer = index.finds(Buffer.from(around + text + around), around.length, text.length);
        if (found.size > 0) assert.ok(answer, text);
        else if (text.length > 3) assert.ok(!answer, text);
      },
    ),
    { numRuns: 1000 },
  );
});

test('LiteralIndex.finds() finds each of many literals, however long, wherever it stands in a text', () => {
  const literals = Array.from(
    { length: 400 },
    (_, number) => `arn:aws:iam::${number}:role/${'x'.repeat(number)}`,
  );
  const index = new LiteralIndex<string>();
  index.add({ equal: [], numbers: [], contained: literals, lengths: [] }, 'it');
  for (const [number, literal] of literals.entries()) {
    const text = Buffer.from(`${'-'.repeat(number % 40)}${literal.toUpperCase()}${'-'.repeat(number % 7)}`);
    assert.ok(index.finds(text, 0, text.length), literal);
    assert.ok(
      !index.finds(text, 0, text.length - (number % 7) - number - 1),
      `without the end of ${literal}`,
    );
  }
});
