/** Wildcards and escapes of values, and texts matched in linear time, against a plain twin. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { foldCase } from '../../src/base/fold-case.ts';
import { compileNetwork, parseAddress } from '../../src/match/match-address.ts';
import { compareNumbers, normalDecimal } from '../../src/match/match-number.ts';
import { compilePieces } from '../../src/match/match-text.ts';
import { parsePattern } from '../../src/match/parse-pattern.ts';
import type { Piece } from '../../src/model/rule.ts';
import { rounds } from '../support/rounds.ts';

const ANY: Piece = { wildcard: '*' };
const ONE: Piece = { wildcard: '?' };

describe('parsePattern()', () => {
  const cases: [written: string, pieces: Piece[]][] = [
    ['a\\*b', [{ text: 'a*b' }]],
    ['a\\\\*b', [{ text: 'a\\' }, ANY, { text: 'b' }]],
    ['a\\\\\\*b', [{ text: 'a\\*b' }]],
    ['a\\b', [{ text: 'a\\b' }]],
    ['a\\\\b', [{ text: 'a\\b' }]],
    ['a\\\\\\b', [{ text: 'a\\\\b' }]],
    ['a\\\\\\\\b', [{ text: 'a\\\\b' }]],
    ['C:\\*', [{ text: 'C:*' }]],
    ['C:\\\\*', [{ text: 'C:\\' }, ANY]],
    ['a?b', [{ text: 'a' }, ONE, { text: 'b' }]],
    ['a\\?b', [{ text: 'a?b' }]],
    ['***', [ANY]],
    ['', []],
    ['\\*', [{ text: '*' }]],
    ['end\\', [{ text: 'end\\' }]],
  ];
  for (const [written, pieces] of cases) {
    test(`reads ${JSON.stringify(written)}`, () => assert.deepEqual(parsePattern(written).pieces, pieces));
  }
});

/** The definition: a star is any run of code points, a question mark one. */
function plainMatch(pieces: readonly Piece[], chars: readonly string[]): boolean {
  const [first, ...rest] = pieces;
  if (first === undefined) return chars.length === 0;
  if ('text' in first) {
    const wanted = [...first.text];
    return (
      wanted.every((char, index) => chars[index] === char) && plainMatch(rest, chars.slice(wanted.length))
    );
  }
  if (first.wildcard === '?') return chars.length > 0 && plainMatch(rest, chars.slice(1));
  return chars.some((_, index) => plainMatch(rest, chars.slice(index))) || plainMatch(rest, []);
}

test('compilePieces() equals the definition', () => {
  const letter = fc.constantFrom('a', 'b', '😀', '\n');
  const written = fc.array(fc.oneof(letter, fc.constantFrom('*', '?')), { maxLength: 7 });
  const property = fc.property(written, fc.array(letter, { maxLength: 8 }), (pattern, text) => {
    const { pieces } = parsePattern(pattern.join(''));
    assert.equal(compilePieces(pieces)(text.join('')), plainMatch(pieces, text));
  });
  fc.assert(property, { numRuns: rounds(1_000, 3_000) });
});

test('compilePieces() does not hang on a pattern made to backtrack', () => {
  const star = parsePattern(`${'a*'.repeat(30)}b`);
  const question = parsePattern(`${'a*'.repeat(30)}?b`);
  const text = 'a'.repeat(50_000);
  assert.equal(compilePieces(star.pieces)(text), false);
  assert.equal(compilePieces(question.pieces)(text), false);
});

test('foldCase() tells apart exactly what the iu flags tell apart', () => {
  const letters = [...'aAsSkKiIßẞσςΣſKÅåÅıİéÉдДǅǆǄθϑϴµμΜᏠᎠꭰ'];
  for (const left of letters) {
    for (const right of letters) {
      const same = new RegExp(`^${left}$`, 'iu').test(right);
      assert.equal(foldCase(left) === foldCase(right), same, `${left} ${right}`);
    }
  }
});

test('normalDecimal() is one text for all notations of a number', () => {
  for (const [left, right] of [
    ['1', '1.0'],
    ['1e3', '1000'],
    ['0.10', '.1'],
    ['-0', '0'],
    ['100', '1e2'],
    ['1.50', '15e-1'],
  ] as const) {
    assert.equal(normalDecimal(left), normalDecimal(right), `${left} ${right}`);
  }
  for (const [left, right] of [
    ['1', '2'],
    ['1', '-1'],
    ['9007199254740993', '9007199254740992'],
    ['0x10', '16'],
  ] as const) {
    assert.notEqual(normalDecimal(left), normalDecimal(right), `${left} ${right}`);
  }
});

test('compareNumbers() orders integers of any length exactly', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
      fc.bigInt({ min: -2n, max: 2n }),
      (number, step) => {
        const order = compareNumbers(String(number + step), String(number))!;
        assert.equal(Math.sign(order), Number(step > 0n) - Number(step < 0n));
      },
    ),
  );
  assert.equal(compareNumbers('abc', '1'), undefined);
  // Beyond every double, and yet a number that is greater or less.
  for (const large of ['9'.repeat(100_000), '1e400', '1e9999999', `1e${'9'.repeat(400)}`]) {
    assert.ok(compareNumbers(large, '1000000')! > 0, large.slice(0, 20));
    assert.ok(compareNumbers(`-${large}`, '1000000')! < 0, large.slice(0, 20));
  }
  assert.ok(compareNumbers('1e-400', '0')! > 0);
  assert.ok(compareNumbers('1e401', '1e400')! > 0);
});

test('compileNetwork() holds exactly the addresses that share the prefix', () => {
  const address = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
  const dotted = (value: bigint) =>
    [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  const property = fc.property(
    address,
    address,
    fc.integer({ min: 0, max: 32 }),
    (network, candidate, prefix) => {
      const expected = network >> BigInt(32 - prefix) === candidate >> BigInt(32 - prefix);
      const test = compileNetwork(`${dotted(network)}/${prefix}`)!;
      assert.equal(test(dotted(candidate)), expected);
      assert.equal(test(`::ffff:${dotted(candidate)}`), expected);
      assert.equal(compileNetwork(`::ffff:${dotted(network)}/${prefix + 96}`)!(dotted(candidate)), expected);
    },
  );
  fc.assert(property);
  assert.deepEqual(parseAddress('2001:db8::1'), { bits: 128, value: 0x20010db8_00000000_00000000_00000001n });
  assert.deepEqual(parseAddress('::'), { bits: 128, value: 0n });
  for (const wrong of ['10.0.0.0/', '10.0.0.0/33', '10.0.0.0/8/8', 'x', '::1/129', '1.2.3'])
    assert.equal(compileNetwork(wrong), undefined);
});
