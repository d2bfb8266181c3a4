/** Cutting a file into ranges of lines, and reading those: nothing lost, nothing twice, and a change between is noticed. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { plainChecksum } from '../../src/base/checksum.ts';
import { type CutTools, cutLines, type LineStretch } from '../../src/read/cut-lines.ts';
import { CHANGED, type LineRange, readRange } from '../../src/read/plain-bytes.ts';
import { FILL_BYTES } from '../../src/read/read-window.ts';
import type { RecordSink } from '../../src/read/record-sink.ts';
import { RecordReader } from '../../src/read/records.ts';
import { rounds } from '../support/rounds.ts';

const folder = mkdtempSync(join(tmpdir(), 'audit-check-cut-'));
const file = join(folder, 'log.ndjson');
after(() => rmSync(folder, { recursive: true }));

const tools: CutTools = {
  block: Buffer.alloc(FILL_BYTES),
  checksum: plainChecksum,
  countNewlines: (bytes) => bytes.reduce((count, byte) => count + Number(byte === 10), 0),
};

async function cut(
  rangeBytes: number,
  stretch?: LineStretch,
): Promise<{ ranges: LineRange[]; seen: Buffer }> {
  const ranges: LineRange[] = [];
  const seen: Buffer[] = [];
  const onPiece = (piece: Buffer) => seen.push(Buffer.from(piece));
  for await (const range of cutLines(file, () => rangeBytes, tools, onPiece, stretch))
    ranges.push({ ...range });
  return { ranges, seen: Buffer.concat(seen) };
}

/** Lines of a range as the reader sees them; everything is malformed or a record, so every line that is not blank shows. */
function linesOf(range: LineRange): { lines: string[]; problem: string | undefined } {
  const lines: string[] = [];
  let text = '';
  const sink: RecordSink = {
    begin: () => undefined,
    scan: (bytes, start, end) => {
      text = Buffer.from(bytes.subarray(start, end)).toString();
      return end;
    },
    record: (line, offset) => lines.push(`${line} ${offset} ${text}`),
    malformed: ({ line, offset }) => lines.push(`${line} ${offset} malformed`),
  };
  const head = { layout: 'lines' as const, wrapper: undefined, docker: false };
  const resume = { head, offset: range.start, line: range.line };
  const reader = new RecordReader(sink, { recordLimit: 1024, resume });
  const problem = readRange(file, range, reader, plainChecksum, () => {});
  const tally = reader.finish();
  assert.equal(tally.bytes, range.end - range.start);
  assert.equal(tally.recordBytes + tally.malformedBytes + tally.framingBytes, tally.bytes);
  return { lines, problem };
}

const line = fc.oneof(fc.constantFrom('', ' ', '{}', '{"a":1}\r'), fc.string({ maxLength: 30 }));

test('cutLines() yields ranges of whole lines without gaps, with the numbers of their first lines', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 40 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 400 }),
      async (lines, ends, rangeBytes) => {
        const text = lines.map((each) => each.replaceAll('\n', '')).join('\n') + (ends ? '\n' : '');
        const bytes = Buffer.from(text);
        writeFileSync(file, bytes);
        const { ranges, seen } = await cut(rangeBytes);
        assert.deepEqual(seen, bytes, 'all bytes pass by, once');
        let at = 0;
        for (const range of ranges) {
          assert.equal(range.start, at);
          assert.ok(range.end > range.start);
          assert.equal(range.line, bytes.subarray(0, at).toString('latin1').split('\n').length);
          assert.ok(at === 0 || bytes[at - 1] === 10, 'a range begins behind a newline');
          at = range.end;
        }
        assert.equal(at, bytes.length);
        const whole = linesOf({ start: 0, end: bytes.length, line: 1, checksum: 0 }).lines;
        assert.deepEqual(
          ranges.flatMap((range) => linesOf(range).lines),
          whole,
        );
        for (const range of ranges) assert.equal(linesOf(range).problem, undefined);
        const middle = ranges[Math.floor(ranges.length / 2)];
        if (middle === undefined) return;
        const from = { offset: middle.start, line: middle.line };
        const { ranges: later } = await cut(rangeBytes, { from, until: ranges.at(-1)!.end });
        assert.deepEqual(later, ranges.slice(Math.floor(ranges.length / 2)), 'cutting may begin at any line');
      },
    ),
    { numRuns: rounds(100, 300) },
  );
});

test('cutLines() makes one range of a line longer than many', async () => {
  writeFileSync(file, `{}\n${'x'.repeat(3 * FILL_BYTES)}\n{}\n{}`);
  const { ranges } = await cut(8);
  assert.deepEqual(
    ranges.map(({ start, end, line: first }) => [start, end, first]),
    [
      [0, 3 * FILL_BYTES + 4, 1],
      [3 * FILL_BYTES + 4, 3 * FILL_BYTES + 9, 3],
    ],
  );
});

test('readRange() says that a file changed since it was cut: one byte, or its end gone', async () => {
  const text = '{"a":1}\n'.repeat(100_000);
  writeFileSync(file, text);
  const { ranges } = await cut(FILL_BYTES + 17);
  assert.ok(ranges.length > 2);
  assert.equal(linesOf(ranges[1]!).problem, undefined);
  appendFileSync(file, '{"a":2}\n');
  assert.equal(linesOf(ranges.at(-1)!).problem, undefined, "what was appended is nobody's business");
  const changed = Buffer.from(text);
  for (const at of [ranges[1]!.start, ranges[1]!.end - 1, ranges[1]!.start + FILL_BYTES - 2]) {
    changed[at]! ^= 1;
    writeFileSync(file, changed);
    assert.equal(linesOf(ranges[1]!).problem, CHANGED);
    assert.equal(linesOf(ranges[0]!).problem, undefined);
    changed[at]! ^= 1;
  }
  truncateSync(file, text.length - 1);
  const reader = new RecordReader(
    { begin: () => undefined, scan: (_, __, end) => end, record: () => {}, malformed: () => {} },
    { recordLimit: 1024 },
  );
  assert.equal(
    readRange(file, ranges.at(-1)!, reader, plainChecksum, () => {}),
    CHANGED,
  );
});
