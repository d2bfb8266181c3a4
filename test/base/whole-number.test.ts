import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wholeNumberAt, wholeNumberOf } from '../../src/base/whole-number.ts';

const CASES: [string, number][] = [
  ['0', 0],
  ['007', 7],
  ['-12', -12],
  ['999999999999999', 999_999_999_999_999],
  ['-999999999999999', -999_999_999_999_999],
];
const OTHERS = ['', '-', '1.0', '1e3', '+1', ' 1', '1 ', '1000000000000000', '--1', 'x', '١'];

test('wholeNumberOf() reads up to 15 digits, and nothing else', () => {
  for (const [text, number] of CASES) assert.equal(wholeNumberOf(text), number, text);
  for (const text of OTHERS) assert.ok(Number.isNaN(wholeNumberOf(text)), text);
});

test('wholeNumberAt() reads the same from bytes, whatever stands around them', () => {
  const text = fc.oneof(
    fc.constantFrom(...CASES.map(([each]) => each), ...OTHERS),
    fc.integer().map(String),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (each) => {
      const bytes = Buffer.from(`9${each}9`);
      assert.equal(wholeNumberAt(bytes, 1, bytes.length - 1), wholeNumberOf(each));
    }),
  );
});
