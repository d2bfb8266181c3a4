/** Numbers as people read them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, formatNumber } from '../../src/base/text-safety.ts';

test('formatDecimal() marks thousands before the point only, and leaves what is no plain decimal as it is', () => {
  for (const [amount, text] of [
    [0, '0'],
    [1234567, '1,234,567'],
    [-1234.5, '-1,234.5'],
    [0.1234567, '0.1234567'],
    [1e21, '1e+21'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ] as const)
    assert.equal(formatDecimal(amount), text);
  assert.equal(formatNumber(12345678901234567890n), '12,345,678,901,234,567,890');
});
