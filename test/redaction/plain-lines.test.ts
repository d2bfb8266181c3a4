/** Salted lines give back what was collected, however they are cut; other lines stay as they are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JsonValue, parseJsonText } from '../../src/base/json.ts';
import { PlainLines } from '../../src/redaction/plain-lines.ts';
import { saltBytes, saltRecord } from '../../src/redaction/salted-record.ts';
import { rounds } from '../support/rounds.ts';

const newSalt = () => 'A'.repeat(22);

function salt(line: Buffer): string {
  const text = line.toString();
  if (!Buffer.from(text).equals(line)) return saltBytes(line, newSalt).line;
  let record: JsonValue | undefined;
  try {
    record = parseJsonText(text);
  } catch {
    // Kept as one text.
  }
  return saltRecord(record, text, newSalt).line;
}

function plain(lines: string, cuts: readonly number[] = []): Buffer {
  const bytes = Buffer.from(lines);
  const filter = new PlainLines();
  const parts: Uint8Array[] = [];
  let start = 0;
  for (const cut of [...cuts.map((each) => each % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)) {
    parts.push(filter.push(bytes.subarray(start, cut)));
    start = cut;
  }
  return Buffer.concat([...parts, filter.end()]);
}

const line = fc.oneof(
  fc.json().map((text) => Buffer.from(text.replaceAll('\n', ''))),
  fc
    .constantFrom(
      '{}',
      '{ }',
      '{"a": 1 }',
      '{"_salted":{}}',
      '{"_record":"x"}',
      '{"a":{"_salted":{"salts":{}}}}',
      '{"a":",\\"_salted\\":{","b":[{"_salted":{}}]}',
      '[{"a":1}]',
      '{"torn',
      '{"a":1,"a":2}',
    )
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x0a))),
);

test('PlainLines gives back every line that was salted, wherever its blocks are cut', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), fc.array(fc.nat(), { maxLength: 4 }), (lines, cuts) => {
      const whole = lines.filter(({ length }) => length > 0);
      const salted = whole.map((each) => `${salt(each)}\n`).join('');
      const expected = Buffer.concat(whole.flatMap((each) => [each, Buffer.from('\n')]));
      assert.deepEqual(plain(salted, cuts), expected);
    }),
    { numRuns: rounds(500, 2000) },
  );
});

test('PlainLines leaves lines alone that were not salted', () => {
  for (const text of ['{"a":1}\n', 'x', '', '{"_record":"a\\nb","_salted":{"salts":{}}}\n{"a":1}'])
    assert.equal(plain(text).toString(), text.replace(/\{"_record.*\n/, '{"_record":"a\\nb"}\n'));
});
