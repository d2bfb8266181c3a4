/** Ids of values: one a text and kind, whoever wrote it; bounded, also for those who write values to make it slow. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { KIND } from '../../src/base/found-values.ts';
import { loadKernel } from '../../src/read/kernel/load-kernel.ts';
import { ValueIds } from '../../src/sources/value-ids.ts';

/** 32 bytes each, all with one hash where a hash multiplies by 31: `Aa` and `BB` are the same to it. */
function alikeTo31(count: number): Buffer[] {
  return Array.from({ length: count }, (_, number) =>
    Buffer.from(Array.from({ length: 16 }, (_, bit) => ((number >> bit) & 1 ? 'Aa' : 'BB')).join('')),
  );
}

/** 8 bytes each, all with one hash of the kernel's: its multiplication undone for halves that cancel out. */
function alikeToKernel(count: number): Buffer[] {
  const wrap = (value: bigint) => BigInt.asUintN(64, value);
  const multiplier = 0x9e3779b97f4a7c15n;
  let inverse = multiplier;
  for (let round = 0; round < 6; round++) inverse = wrap(inverse * (2n - multiplier * inverse));
  const form = BigInt(8 | (KIND.string << 16)) << 40n;
  return Array.from({ length: count }, (_, number) => {
    const half = BigInt(number) * 7919n;
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(wrap(((half << 32n) | (half ^ 0x1234n)) * inverse) ^ form);
    return bytes;
  });
}

for (const [name, newIds, alike] of [
  ['without a kernel', () => new ValueIds(), alikeTo31],
  ['with a kernel', () => new ValueIds(loadKernel()), alikeToKernel],
] as const) {
  describe(name, () => {
    const idOf = (ids: ValueIds, bytes: Uint8Array) => ids.idOfBytes(KIND.string, bytes, 0, bytes.length);

    test('idOfText() and idOfBytes() agree, and kinds are kept apart', () => {
      const ids = newIds();
      for (const text of ['', 'a', 'é😀', 'x'.repeat(256), '\\u0041'])
        assert.equal(ids.idOfText(KIND.string, text), idOf(ids, Buffer.from(text)), text);
      assert.notEqual(ids.idOfText(KIND.number, '1'), ids.idOfText(KIND.string, '1'));
      assert.equal(ids.idOfText(KIND.string, 'x'.repeat(257)), -1);
      assert.equal(ids.idOfText(KIND.string, 'é'.repeat(129)), -1);
      assert.equal(ids.idOfText(KIND.missing, ''), ids.ofMissing);
    });

    test('idOfText() tells lone surrogates from one another and from the replacement character', () => {
      const ids = newIds();
      const texts = [
        '\ud800',
        '\ud801',
        '\udc00',
        '\ufffd',
        '\ud800\ud800',
        '\u{10000}',
        'a\ud800',
        'é\udfff',
      ];
      assert.equal(new Set(texts.map((text) => ids.idOfText(KIND.string, text))).size, texts.length);
    });

    test('values that were made to collide are beyond the bound, and do not slow the others', () => {
      const ids = newIds();
      const values = alike(4000);
      const first = values.map((value) => idOf(ids, value));
      assert.equal(new Set(values.map((value) => value.toString('hex'))).size, 4000);
      assert.equal(first.filter((id) => id >= 0).length, 512, 'all of them meet at one place of the table');
      assert.deepEqual(
        values.slice(0, 500).map((value) => idOf(ids, value)),
        first.slice(0, 500),
      );
      assert.ok(idOf(ids, Buffer.from('another')) >= 0);
    });
  });
}
