/** Rows come out as a plain sort would have them, from memory and from disk; what was spilled is gone afterwards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RowReader, RowWriter } from '../../src/engine/row-codec.ts';
import { SortedRows } from '../../src/engine/sorted-rows.ts';
import { TemporaryRuns } from '../../src/read/temporary-runs.ts';

const row = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.uint8Array({ maxLength: 4 }).map((tail) => Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, ...tail])),
);

test('sorted() gives every row in byte order, whether or not it was spilled', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 200 }), fc.integer({ min: 20, max: 4000 }), (rows, maxBytes) => {
      const runs = new TemporaryRuns();
      const sorter = new SortedRows(runs, maxBytes);
      // Rows of the engine never differ by trailing zeros alone; their lengths are part of them.
      const whole = rows.map((each) => Buffer.from([...each, 1 + each.length]));
      for (const each of whole) sorter.add(each);
      const sorted = [...sorter.sorted()].map((each) => each.toString('hex'));
      runs.dispose();
      assert.deepEqual(
        sorted,
        whole.sort(Buffer.compare).map((each) => each.toString('hex')),
      );
    }),
  );
});

test('a row longer than a chunk is kept whole', () => {
  const runs = new TemporaryRuns();
  const sorter = new SortedRows(runs);
  const long = Buffer.alloc(3 * 1024 * 1024, 7);
  for (const each of [Buffer.from([9]), long, Buffer.from([1])]) sorter.add(each);
  assert.deepEqual(
    [...sorter.sorted()].map((each) => each.length),
    [1, long.length, 1],
  );
  runs.dispose();
});

test('the order of encoded rows is the order of their values', () => {
  const fields = fc.tuple(
    fc.nat({ max: 65_535 }),
    fc.string(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.nat({ max: 2 ** 40 }),
  );
  fc.assert(
    fc.property(fields, fields, (left, right) => {
      const encode = ([small, text, instant, large]: typeof left) =>
        Buffer.from(
          new RowWriter()
            .start()
            .uint16(small)
            .sortedText(JSON.stringify(text))
            .instant(instant)
            .uint48(large)
            .row(),
        );
      const reader = new RowReader().start(encode(left));
      assert.deepEqual(
        [reader.uint16(), JSON.parse(reader.sortedText()), reader.instant(), reader.uint48()],
        left,
      );
      const [a, b] = [left, right].map(
        ([small, text, instant, large]) =>
          [small, Buffer.from(JSON.stringify(text)).toString('hex'), instant, large] as const,
      );
      const index = a!.findIndex((value, at) => value !== b![at]);
      const expected = index < 0 ? 0 : a![index]! < b![index]! ? -1 : 1;
      assert.equal(Buffer.compare(encode(left), encode(right)), expected);
    }),
  );
});
