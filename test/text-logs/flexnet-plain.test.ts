/** The fast road of plain lines says what the reader of all lines says: on made logs, spoiled ones, cut anywhere. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJsonAt } from '../../src/base/json.ts';
import { NOT_PLAIN, PLAIN_RECORD_BYTES, type TextFormat } from '../../src/model/text-format.ts';
import type { Malformed } from '../../src/read/record-sink.ts';
import { RecordReader } from '../../src/read/records.ts';
import { flexnet } from '../../src/text-logs/flexnet.ts';
import { rounds } from '../support/rounds.ts';
import { firstLines, flexnetLines, lineEnds, spoils, zones } from '../support/spoiled-flexnet.ts';

/** The same format without its fast road. */
const slow: TextFormat = {
  ...flexnet,
  start(head, options) {
    const reader = flexnet.start(head, options);
    return { lost: reader.lost!, line: (text) => reader.line(text), finish: () => reader.finish() };
  },
};

test('plainLine() writes what line() says, and leaves what comes after as line() would', () => {
  const target = Buffer.alloc(PLAIN_RECORD_BYTES);
  const numRuns = rounds(400, 3000);
  let taken = 0;
  fc.assert(
    fc.property(firstLines, flexnetLines, zones, (first, others, options) => {
      const all = [...first, ...others];
      const [fast, twin] = [flexnet.start(all, options), flexnet.start(all, options)];
      for (const text of all) {
        const bytes = Buffer.from(`##${text}##`);
        const length = fast.plainLine!(bytes, 2, bytes.length - 2, target);
        // Whoever drives a reader takes the carriage return away before `line`.
        const line = text.endsWith('\r') ? text.slice(0, -1) : text;
        const expected = twin.line(line);
        if (length === NOT_PLAIN) assert.deepEqual(fast.line(line), expected);
        else assert.deepEqual({ record: target.toString('utf8', 0, length) }, expected);
        if (length !== NOT_PLAIN) taken++;
      }
    }),
    { numRuns },
  );
  assert.ok(taken > numRuns, `the fast road was hardly taken: ${taken}`);
});

function read(format: TextFormat, bytes: Uint8Array, size: number, options: object) {
  const records: object[] = [];
  const malformed: Malformed[] = [];
  let scanned = '';
  const reader = new RecordReader(
    {
      begin: () => undefined,
      scan(buffer, start, end) {
        const { end: after } = parseJsonAt(buffer, start, end);
        scanned = Buffer.from(buffer.subarray(start, after)).toString();
        return after;
      },
      record: (line, offset, length, count) => records.push({ line, offset, length, count, scanned }),
      malformed: (stretch) => malformed.push(stretch),
    },
    { recordLimit: 2000, texts: { formats: [format], file: 'a.log', options } },
  );
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  const tally = reader.finish();
  return { records, malformed, tally };
}

/** What stands amid the log: blanks, a line that is too long for the fast road, and one for a record. */
const long = fc.constantFrom(
  '',
  `${' '.repeat(1500)}\n`,
  ` 9:00:00 (demo) OUT: "f" ${'u'.repeat(1500)}@pc1\n`,
  `${'x'.repeat(5000)}\n`,
);

test('a log gives the same records at the same places, wherever it is cut and whatever was spoiled', () => {
  fc.assert(
    fc.property(
      flexnetLines,
      zones,
      spoils,
      lineEnds,
      long,
      fc.integer({ min: 1, max: 700 }),
      (others, options, spoiled, end, more, size) => {
        const all = [' 9:00:00 (lmgrd) TIMESTAMP 3/1/2025', ...others].map((line) => `${line}${end}`);
        const bytes = Buffer.from(`${all.join('')}${more}${all.slice(1).join('')}`);
        for (const [at, byte] of spoiled) bytes[at % bytes.length] = byte;
        const expected = read(slow, bytes, bytes.length, options);
        assert.deepEqual(read(flexnet, bytes, bytes.length, options), expected);
        assert.deepEqual(read(flexnet, bytes, size, options), expected);
      },
    ),
    { numRuns: rounds(100, 1000) },
  );
});

test('an opening is known by a copy of its bytes: the buffer of lines is written over', () => {
  const reader = flexnet.start([' 9:00:00 (lmgrd) TIMESTAMP 3/1/2025'], {});
  reader.line(' 9:00:00 (lmgrd) TIMESTAMP 3/1/2025');
  const target = Buffer.alloc(PLAIN_RECORD_BYTES);
  const bytes = Buffer.alloc(200);
  const said = [' 9:00:01 (demo) OUT: "f" ann@pc1', ' 9:00:02 (demo) IN: "f" ann@pc1'].map((line) => {
    const length = reader.plainLine!(bytes, 0, bytes.write(line), target);
    return JSON.parse(target.toString('utf8', 0, length)).event;
  });
  assert.deepEqual(said, ['OUT', 'IN']);
});
