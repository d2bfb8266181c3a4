/** RFC 8785 against the vectors of its authors, and the values that serializers get wrong. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { canonicalNumber, NotCanonicalizableError, toCanonicalJson } from '../../src/base/canonical-json.ts';
import { parseJson, parseJsonText, toCompactJson } from '../../src/base/json.ts';
import { JsonSyntaxError } from '../../src/base/lexical.ts';
import { SlotScanner } from '../../src/base/slot-scanner.ts';
import { readRecords } from '../support/read-records.ts';
import { sharedData } from '../support/shared-data.ts';

const folder = sharedData('json-canonicalization/testdata');
const absent = { skip: folder === undefined && 'sample data absent' };

test('the vectors of the authors come out to the byte', absent, () => {
  const names = readdirSync(join(folder!, 'input'));
  assert.equal(names.length, 6);
  for (const name of names) {
    const canonical = Buffer.from(toCanonicalJson(parseJson(readFileSync(join(folder!, 'input', name)))));
    assert.deepEqual(canonical, readFileSync(join(folder!, 'output', name)), name);
    const hex = readFileSync(join(folder!, 'outhex', name.replace('.json', '.txt')), 'utf8').replace(
      /\s+/g,
      '',
    );
    assert.equal(canonical.toString('hex'), hex, name);
  }
});

test('what is canonical stays as it is', absent, () => {
  for (const name of readdirSync(join(folder!, 'output'))) {
    const bytes = readFileSync(join(folder!, 'output', name));
    assert.equal(toCanonicalJson(parseJson(bytes)), bytes.toString(), name);
  }
});

const NUMBERS: readonly (readonly [written: string, canonical: string])[] = [
  ['-0', '0'],
  ['-0.0', '0'],
  ['1e0', '1'],
  ['1.0', '1'],
  ['100', '100'],
  ['1E2', '100'],
  ['1e21', '1e+21'],
  ['1e-7', '1e-7'],
  ['0.000001', '0.000001'],
  ['-9214364837600034816', '-9214364837600035000'],
  ['5e-324', '5e-324'],
  ['1e-400', '0'],
  ['333333333.33333329', '333333333.3333333'],
];

for (const [written, canonical] of NUMBERS) {
  test(`the number ${written} is ${canonical} in canonical form, and stays as written everywhere else`, () => {
    assert.equal(toCanonicalJson(parseJsonText(written)), canonical);
    assert.equal(toCompactJson(parseJsonText(`{"n":${written}}`)), `{"n":${written}}`);
  });
}

/** RFC 8785 appendix B: the bits of a double and its text. */
const DOUBLES: readonly (readonly [bits: bigint, canonical: string])[] = [
  [0x0000000000000001n, '5e-324'],
  [0x8000000000000001n, '-5e-324'],
  [0x7fefffffffffffffn, '1.7976931348623157e+308'],
  [0x4340000000000000n, '9007199254740992'],
  [0x4430000000000000n, '295147905179352830000'],
  [0x44b52d02c7e14af5n, '9.999999999999997e+22'],
  [0x44b52d02c7e14af6n, '1e+23'],
  [0x444b1ae4d6e2ef4en, '999999999999999700000'],
  [0x444b1ae4d6e2ef50n, '1e+21'],
  [0x3eb0c6f7a0b5ed8cn, '9.999999999999997e-7'],
  [0x3eb0c6f7a0b5ed8dn, '0.000001'],
  [0x41b3de4355555553n, '333333333.3333332'],
  [0xbecbf647612f3696n, '-0.0000033333333333333333'],
];

test('the doubles of RFC 8785 appendix B have its texts', () => {
  const view = new DataView(new ArrayBuffer(8));
  for (const [bits, canonical] of DOUBLES) {
    view.setBigUint64(0, bits);
    // 17 significant digits name every double.
    assert.equal(canonicalNumber(view.getFloat64(0).toPrecision(17)), canonical);
  }
});

test('numbers beyond the double range, lone surrogates and doubled keys have no canonical form, and it says which', () => {
  for (const [text, reason] of [
    ['{"n":1e400}', /1e400/],
    ['{"n":9007199254740993}', /9007199254740993/],
    ['{"n":12345678901234567999}', /12345678901234567999/],
    ['{"n":1.2345678901234567999e19}', /digits that no double holds/],
    ['["\\ud800"]', /lone surrogate/],
    ['{"\\udc00":1}', /lone surrogate/],
    ['{"a":1,"b":2,"a":1}', /"a" stands twice/],
  ] as const) {
    assert.throws(
      () => toCanonicalJson(parseJsonText(text)),
      (error) => error instanceof NotCanonicalizableError && reason.test(error.message),
      text,
    );
  }
});

test('keys are ordered by UTF-16 code units, not by code points', () => {
  const canonical = toCanonicalJson(parseJsonText('{"\\ufb33":2,"\\ud83d\\ude00":1,"a":3}'));
  assert.equal(canonical, '{"a":3,"\u{1f600}":1,"\ufb33":2}');
});

test('5,000 levels of nesting are refused alike by the parser, the scanner and the reader, and the next record is read', () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    const deep = `{"a":${open.repeat(5000)}1${close.repeat(5000)}}`;
    const bytes = Buffer.from(deep);
    const isDeep = (error: unknown) =>
      error instanceof JsonSyntaxError && /levels of nesting/.test(error.expected);
    assert.throws(() => parseJson(bytes), isDeep);
    assert.throws(() => new SlotScanner().scan(bytes, 0, bytes.length), isDeep);
    const { records, malformed } = readRecords(`${deep}\n{"b":2}\n`);
    assert.deepEqual(
      records.map(({ text }) => text),
      ['{"b":2}'],
    );
    assert.deepEqual(
      malformed.map(({ expected, line }) => [expected, line]),
      [['at most 1000 levels of nesting', 1]],
    );
  }
});

test('1,000 levels of nesting have a canonical form', () => {
  const text = `${'['.repeat(1000)}1${']'.repeat(1000)}`;
  assert.equal(toCanonicalJson(parseJsonText(text)), text);
});
