/** The index of literals is held to `includes`, on few letters, so that literals overlap and repeat. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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
