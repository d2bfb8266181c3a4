/** DAG-CBOR against the library of its authors, on random JSON and on every length at which a head grows. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encode } from '@ipld/dag-cbor';
import fc from 'fast-check';
import { NotCanonicalizableError } from '../../src/base/canonical-json.ts';
import { toDagCbor } from '../../src/base/dag-cbor.ts';
import { parseJsonText } from '../../src/base/json.ts';

function twin(value: unknown): void {
  const text = JSON.stringify(value);
  assert.equal(
    Buffer.from(toDagCbor(parseJsonText(text))).toString('hex'),
    Buffer.from(encode(JSON.parse(text))).toString('hex'),
    text.slice(0, 200),
  );
}

describe('toDagCbor()', () => {
  test('gives the bytes of @ipld/dag-cbor for random JSON', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 });
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, false, 0, -1, 23, 24, -24, -25),
        fc.maxSafeInteger(),
        fc
          .double({ noNaN: true, noDefaultInfinity: true })
          .filter((n) => Math.abs(n) <= Number.MAX_SAFE_INTEGER),
        text,
        fc.array(tie('tree'), { maxLength: 5 }),
        fc.dictionary(text, tie('tree'), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => twin(value)),
      { numRuns: 500 },
    );
  });

  test('gives the shortest head at each length', () => {
    for (const length of [0, 23, 24, 255, 256, 65_535, 65_536]) {
      twin('x'.repeat(length));
      twin(length);
      twin(-1 - length);
      twin(new Array(length).fill(0));
    }
    for (const number of [2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0.5])
      twin(number);
  });

  test('sorts keys by length, then by bytes', () => {
    twin({ b: 1, a: 2, aa: 3, '': 4, é: 5, z: 6, '\u{1f600}': 7, '\ufb33': 8 });
  });

  for (const [what, text] of [
    ['a key twice', '{"a":1,"a":2}'],
    ['half a character', '"\\ud800"'],
    ['a whole number that JavaScript rounds', '9007199254740993'],
  ] as const) {
    test(`refuses ${what}`, () => {
      assert.throws(() => toDagCbor(parseJsonText(text)), NotCanonicalizableError);
    });
  }
});
