/** Rows come out as a plain sort would have them, from memory and from disk; what was spilled is gone afterwards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nanosBeyondMs, wholeMs } from '../../src/base/instant.ts';
import { MergedRows } from '../../src/engine/merged-rows.ts';
import { RowReader } from '../../src/engine/row-reader.ts';
import { RowWriter } from '../../src/engine/row-writer.ts';
import { SortedRows } from '../../src/engine/sorted-rows.ts';
import { type Run, RunReader, TemporaryRuns } from '../../src/read/temporary-runs.ts';
import { anyCharacter } from '../support/any-character.ts';

const row = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.uint8Array({ maxLength: 4 }).map((tail) => Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, ...tail])),
);

const merge = (runs: readonly Run[]) => new MergedRows(runs.map((run) => new RunReader(run)));

function* rowsOf(rows: MergedRows): Generator<Buffer> {
  while (rows.next()) yield Buffer.from(rows.bytes.subarray(rows.start, rows.end));
}

test('sorted() gives every row in byte order, whether or not it was spilled', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 200 }), fc.integer({ min: 20, max: 4000 }), (rows, maxBytes) => {
      const runs = new TemporaryRuns();
      const sorter = new SortedRows(runs, maxBytes);
      // Rows of the engine never differ by trailing zeros alone; their lengths are part of them.
      const whole = rows.map((each) => Buffer.from([...each, 1 + each.length]));
      for (const each of whole) sorter.add(each);
      const sorted = [...rowsOf(sorter.sorted())].map((each) => each.toString('hex'));
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
    [...rowsOf(sorter.sorted())].map((each) => each.length),
    [1, long.length, 1],
  );
  runs.dispose();
});

test('the rows of 200 runs come in one order, from memory and from files, and go into one run in that order', () => {
  const runs = new TemporaryRuns();
  const long = (index: number) => (index % 97 === 0 ? Buffer.alloc(70_000, index % 256) : Buffer.alloc(0));
  const all: Buffer[] = [];
  const parts: Run[] = Array.from({ length: 200 }, (_, part) => {
    const sorter = new SortedRows(runs);
    for (let index = 0; index < part % 7; index++) {
      const row = Buffer.concat([Buffer.from(`${(part * 31 + index * 577) % 211}`), long(part + index)]);
      all.push(row);
      sorter.add(row);
    }
    return sorter.take();
  }).flatMap((run, index) =>
    run.map((each) => ('bytes' in each && index % 3 === 0 ? { file: runs.write([each.bytes]) } : each)),
  );
  const expected = all.sort(Buffer.compare).map((row) => row.toString('hex'));
  const found = [...rowsOf(merge(parts))].map((row) => row.toString('hex'));
  assert.deepEqual(found, expected);
  const merged = { file: runs.write(merge(parts).blocks()) };
  assert.deepEqual(
    [...rowsOf(merge([merged]))].map((row) => row.toString('hex')),
    expected,
  );
  runs.dispose();
});

test('the order of encoded rows is the order of their values', () => {
  // Year 1 to year 9999, in nanoseconds.
  const instant = fc.option(
    fc.bigInt({ min: -62_135_596_800_000_000_000n, max: 253_402_300_799_999_999_999n }),
    { nil: undefined },
  );
  const fields = fc.tuple(fc.nat({ max: 65_535 }), instant, fc.nat({ max: 2 ** 40 }));
  const encode = ([small, time, large]: [number, bigint | undefined, number]) => {
    const [ms, nanos] = time === undefined ? [Number.NaN, 0] : [wholeMs(time), nanosBeyondMs(time)];
    return Buffer.from(new RowWriter().start().uint16(small).time(ms, nanos).uint48(large).row());
  };
  const close = fields.chain((left) =>
    fc.tuple(
      fc.constant(left),
      fc.tuple(
        ...left.map((value, at) =>
          fc.oneof(
            fc.constant(value),
            fields.map((each) => each[at]),
          ),
        ),
      ) as typeof fields,
    ),
  );
  fc.assert(
    fc.property(close, ([left, right]) => {
      const reader = new RowReader().start(encode(left));
      assert.deepEqual([reader.uint16(), reader.time(), reader.uint48()], left);
      // "No time" comes before all times.
      const [a, b] = [left, right].map(
        ([number, at, large]) => [number, at ?? -(2n ** 100n), large] as const,
      );
      const index = a!.findIndex((value, at) => value !== b![at]);
      const expected = index < 0 ? 0 : a![index]! < b![index]! ? -1 : 1;
      assert.equal(Buffer.compare(encode(left), encode(right)), expected);
    }),
  );
});

test('a text comes back as it went in, whatever its length and letters', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.string({ unit: anyCharacter, maxLength: 200 }), { nil: undefined })),
      (texts) => {
        const writer = new RowWriter().start();
        for (const text of texts) writer.text(text);
        const reader = new RowReader().start(Buffer.from(writer.row()));
        assert.deepEqual(
          texts.map(() => reader.text()),
          texts,
        );
      },
    ),
  );
});

test('a stretch of one chunk is copied into another as it is, wherever both lie', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.nat({ max: 9 }),
      fc.nat({ max: 9 }),
      (bytes, before, behind) => {
        const from = new RowWriter();
        from.start().bytes(new Uint8Array(before)).bytes(bytes);
        const to = new RowWriter();
        to.start().bytes(new Uint8Array(behind).fill(7));
        to.reserve(bytes.length);
        to.copy(from.chunk, before, before + bytes.length);
        assert.deepEqual([...to.row()], [...new Uint8Array(behind).fill(7), ...bytes]);
        // What lies between rows is zero.
        assert.ok(to.buffer.subarray(to.at).every((byte) => byte === 0));
      },
    ),
  );
});
