/** Globs are held to the regular expressions they stand for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileGlob } from '../../src/base/glob.ts';

test('compileGlob() matches what the expression of the pattern matches', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.', '😀'), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '\n', '😀'), maxLength: 10 });
  fc.assert(
    fc.property(pattern, text, (glob, tried) => {
      const source = glob.replace(/[*?.]/g, (character) => ({ '*': '.*', '?': '.', '.': '\\.' })[character]!);
      assert.equal(compileGlob(glob)(tried), new RegExp(`^${source}$`, 's').test(tried));
    }),
    { numRuns: 2000 },
  );
});

test('compileGlob() takes no exponential time', () => {
  assert.equal(compileGlob(`${'*a'.repeat(20)}*b`)('a'.repeat(20_000)), false);
});
