/** base58btc and base32 against published vectors (draft-msporny-base58, RFC 4648 §10), and strict reading. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fromBase58, fromStrictText, toBase32, toBase58 } from '../../src/base/multibase.ts';

describe('toBase58()', () => {
  for (const [hex, text] of [
    ['48656c6c6f20576f726c6421', '2NEpo7TZRRrLZSi2U'],
    ['0000287fb4cd', '11233QC4'],
    ['', ''],
    ['00', '1'],
  ] as const) {
    test(`writes ${hex || 'nothing'} as ${text || 'nothing'}, and fromBase58() reads it back`, () => {
      assert.equal(toBase58(Buffer.from(hex, 'hex')), text);
      assert.equal(Buffer.from(fromBase58(text)!).toString('hex'), hex);
    });
  }

  test('is undone by fromBase58() for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        assert.deepEqual(new Uint8Array(fromBase58(toBase58(bytes))!), bytes);
      }),
    );
  });
});

test('fromBase58() refuses characters that look alike, and what is longer than any key', () => {
  for (const text of ['0', 'O', 'I', 'l', 'a b', 'x'.repeat(513)])
    assert.equal(fromBase58(text), undefined, text);
});

test('toBase32() writes the vectors of RFC 4648 in lower case without padding', () => {
  const vectors = {
    f: 'my',
    fo: 'mzxq',
    foo: 'mzxw6',
    foob: 'mzxw6yq',
    fooba: 'mzxw6ytb',
    foobar: 'mzxw6ytboi',
  };
  for (const [text, base32] of Object.entries(vectors)) assert.equal(toBase32(Buffer.from(text)), base32);
});

describe('fromStrictText()', () => {
  for (const [what, text, encoding] of [
    ['a final line break', '_-8\n', 'base64url'],
    ['padding in base64url', '_-8=', 'base64url'],
    ['missing padding in base64', '/+8', 'base64'],
    ['stray bits in the last character', '_-9', 'base64url'],
    ['the other alphabet', '/+8', 'base64url'],
    ['capitals in hex', 'FFEF', 'hex'],
    ['half a byte', 'ffe', 'hex'],
  ] as const) {
    test(`refuses ${what}`, () => assert.equal(fromStrictText(text, encoding), undefined));
  }

  test('reads what is written as it should be', () => {
    const bytes = Buffer.from('ffef', 'hex');
    for (const [text, encoding] of [
      ['_-8', 'base64url'],
      ['/+8=', 'base64'],
      ['ffef', 'hex'],
      ['FFEF', 'HEX'],
    ] as const)
      assert.deepEqual(Buffer.from(fromStrictText(text, encoding)!), bytes);
  });
});
