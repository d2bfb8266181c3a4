/** What only happens when an input is larger than the reader's buffer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecords } from '../support/read-records.ts';

const MEGABYTE = 1024 * 1024;

test('in a pretty array of many blocks every broken record is named and every other is read', () => {
  const padding = 'x'.repeat(90);
  const elements = Array.from({ length: 30_000 }, (_, index) =>
    index % 7 === 3
      ? `  {\n    "n": ${index},,\n    "p": "${padding}"\n  }`
      : `  {\n    "n": ${index},\n    "p": "${padding}"\n  }`,
  );
  const text = `[\n${elements.join(',\n')}\n]\n`;
  assert.ok(text.length > 3 * MEGABYTE);
  for (const block of [undefined, 65_537]) {
    const { records, malformed, tally } = readRecords(text, block === undefined ? {} : { block });
    assert.equal(records.length + malformed.length, elements.length);
    assert.ok(malformed.every(({ line }) => ((line - 2) / 4) % 7 === 3));
    assert.ok(
      records.every(({ line, text: record }) => (JSON.parse(record) as { n: number }).n === (line - 2) / 4),
    );
    assert.equal(tally.cutShort, false);
    assert.equal(tally.recordBytes + tally.malformedBytes + tally.framingBytes, text.length);
  }
});

test('white space before the first record is passed over in bounded memory and linear time, and its lines count', () => {
  const blank = ' '.repeat(MEGABYTE - 1);
  const text = `${`${blank}\n`.repeat(40)}{"a":1}\n`;
  const before = process.memoryUsage().arrayBuffers;
  const { records, tally } = readRecords(text, { block: 65_536 });
  assert.deepEqual(
    records.map(({ line, offset }) => [line, offset]),
    [[41, 40 * MEGABYTE]],
  );
  assert.equal(tally.framingBytes, text.length - '{"a":1}'.length);
  // The text itself is held by this test.
  assert.ok(process.memoryUsage().arrayBuffers - before < text.length + 16 * MEGABYTE);
});

test('a layout is chosen from the first record on, however much white space stands before it', () => {
  const text = `${' \n'.repeat(200_000)}{\n  "a": 1\n}\n{\n  "a": 2\n}\n`;
  for (const block of [undefined, 1000]) {
    const { records, malformed } = readRecords(text, block === undefined ? {} : { block });
    assert.deepEqual(malformed, []);
    assert.deepEqual(
      records.map(({ line }) => line),
      [200_001, 200_004],
    );
  }
});
