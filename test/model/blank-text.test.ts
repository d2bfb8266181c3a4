/** What stands where a value should and says nothing. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { EMPTY_FORM, isBlankOutcome, isBlankText, MAX_PLACEHOLDER } from '../../src/model/blank-text.ts';

const WORDS = ['n/a', 'null', 'none', 'nil', 'undefined', 'unknown'];

/** Word by word, without a look at how texts begin. */
function plainIsBlank(text: string): boolean {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/^[([{<]+|[)\]}>]+$/g, '');
  if (text.length > MAX_PLACEHOLDER) return false;
  return WORDS.includes(plain) || (EMPTY_FORM.test(plain) && !['/', '*', '::'].includes(plain));
}

describe('says nothing', () => {
  for (const text of [
    '',
    ' ',
    '-',
    '***',
    'N/A',
    '<none>',
    '[NULL]',
    ' (unknown) ',
    '\u200b',
    '\u0010',
    'un\u212anown',
  ])
    test(JSON.stringify(text), () => assert.ok(isBlankText(text)));
});

describe('says something', () => {
  for (const text of [
    '0',
    '/',
    '*',
    '::',
    'root',
    'nobody',
    'n',
    'ünknown',
    '管理者',
    '٣',
    'x'.repeat(101),
    '-'.repeat(101),
  ])
    test(JSON.stringify(text.slice(0, 20)), () => assert.ok(!isBlankText(text)));
});

test('whatever a text begins with, it is judged as word by word', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...WORDS,
      ...WORDS.map((word) => word.toUpperCase()),
      'K',
      '\u212a',
      'İ',
      '(',
      '>',
      '\u0019',
    ),
    fc.string({ maxLength: 2 }),
    fc.string({ maxLength: 2, unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
      const text = pieces.join('');
      assert.equal(isBlankText(text), plainIsBlank(text));
    }),
    { numRuns: 2000 },
  );
});

test('an outcome that is unknown says so', () => {
  assert.ok(!isBlankOutcome(' Unknown '));
  assert.ok(isBlankOutcome('none'));
});
