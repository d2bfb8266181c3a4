/** The index of patterns against a test of each pattern. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PatternIndex } from '../../src/roles/pattern-index.ts';
import { rounds } from '../support/rounds.ts';

/** The twin: a regular expression for each pattern. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

const words = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/', '*', '?'), maxLength: 7 });
const texts = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/'), maxLength: 9 });

test('visit() finds exactly the patterns that match', () => {
  fc.assert(
    fc.property(fc.array(words, { maxLength: 12 }), texts, (patterns, text) => {
      const index = new PatternIndex<number>();
      for (const [at, pattern] of patterns.entries()) index.add(pattern, at);
      const found: number[] = [];
      index.visit(text, (at) => found.push(at));
      const expected = [...patterns.keys()].filter((at) => matches(patterns[at]!, text));
      assert.deepEqual(
        found.sort((a, b) => a - b),
        expected,
      );
      assert.equal(index.has(text), expected.length > 0);
    }),
    { numRuns: rounds(1_000, 10_000) },
  );
});

// To try every literal in every round would take 3·10^10 comparisons: many minutes.
test('visit() passes 300,000 other literals over', () => {
  const index = new PatternIndex<number>();
  for (let at = 0; at < 300_000; at++) index.add(`service${at}:Action${at}`, at);
  index.add('service7:*', -1);
  const found: number[] = [];
  for (let round = 0; round < 100_000; round++) index.visit('service7:Action7', (at) => found.push(at));
  assert.deepEqual(found.slice(0, 2), [7, -1]);
  assert.equal(found.length, 200_000);
});
