/** A log of text that is cut between readers: the ranges together give what one reader of all lines gives. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { plainChecksum } from '../../src/base/checksum.ts';
import { parseJsonAt } from '../../src/base/json.ts';
import type { TextOptions } from '../../src/model/text-format.ts';
import type { CutTools } from '../../src/read/cut-lines.ts';
import { cutText, MAX_REPLAY, replay, type TextRange } from '../../src/read/cut-text.ts';
import { readRange } from '../../src/read/plain-bytes.ts';
import { FILL_BYTES } from '../../src/read/read-window.ts';
import type { Malformed, RecordSink } from '../../src/read/record-sink.ts';
import { RecordReader } from '../../src/read/records.ts';
import { flexnet } from '../../src/text-logs/flexnet.ts';
import { rounds } from '../support/rounds.ts';
import { firstLines, flexnetLines, lineEnds, spoils, zones } from '../support/spoiled-flexnet.ts';

const folder = mkdtempSync(join(tmpdir(), 'audit-check-cut-text-'));
const file = join(folder, 'lmgrd.log');
after(() => rmSync(folder, { recursive: true }));

const tools: CutTools = { block: Buffer.alloc(FILL_BYTES), checksum: plainChecksum, countNewlines: () => 0 };
const LIMIT = 2000;
const HEAD = { layout: 'lines' as const, wrapper: undefined, docker: false };

/** What a reader tells of the lines it reads. */
class Told implements RecordSink {
  readonly told: (object | Malformed)[] = [];
  private scanned = '';

  begin(): undefined {}

  scan(bytes: Uint8Array, start: number, end: number): number {
    const { end: behind } = parseJsonAt(bytes, start, end);
    this.scanned = Buffer.from(bytes.subarray(start, behind)).toString();
    return behind;
  }

  record(line: number, offset: number, length: number): void {
    this.told.push({ line, offset, length, scanned: this.scanned });
  }

  malformed(stretch: Malformed): void {
    this.told.push(stretch);
  }
}

async function rangesOf(head: string[], options: TextOptions, rangeBytes: number): Promise<TextRange[]> {
  const ranges: TextRange[] = [];
  const skimmer = flexnet.startSkimmer!(head, options);
  for await (const { range, from } of cutText(
    file,
    () => rangeBytes,
    tools,
    () => {},
    skimmer,
    LIMIT,
  ))
    ranges.push(structuredClone({ range, from }));
  return ranges;
}

function readRanges(ranges: readonly TextRange[], options: TextOptions): object[] {
  return ranges.flatMap(({ range, from }) => {
    const sink = new Told();
    const text = flexnet.resume!(from.state, options);
    replay(file, from, range.start, text);
    const resume = { head: HEAD, offset: range.start, line: range.line, text };
    const reader = new RecordReader(sink, { recordLimit: LIMIT, resume });
    assert.equal(
      readRange(file, range, reader, plainChecksum, () => {}),
      undefined,
    );
    assert.equal(reader.finish().bytes, range.end - range.start);
    return sink.told;
  });
}

function readWhole(bytes: Uint8Array, head: string[], options: TextOptions): object[] {
  const sink = new Told();
  const resume = { head: HEAD, offset: 0, line: 1, text: flexnet.start(head, options) };
  const reader = new RecordReader(sink, { recordLimit: LIMIT, resume });
  reader.push(bytes);
  reader.finish();
  return sink.told;
}

test('ranges of any size give the records of the whole, whatever was spoiled', async () => {
  const size = fc.integer({ min: 1, max: 900 });
  const mark = fc.constantFrom('', '\ufeff');
  const numRuns = rounds(100, 3000);
  let cuts = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(mark, firstLines, flexnetLines, lineEnds),
      zones,
      spoils,
      size,
      async ([before, first, others, end], options, spoiled, rangeBytes) => {
        const head = [...first, ...others];
        // Twice: the second time is a day later, or the clock was put back.
        const bytes = Buffer.from(before + [...head, ...others].map((line) => line + end).join(''));
        for (const [at, byte] of spoiled) bytes[at % bytes.length] = byte;
        writeFileSync(file, bytes);
        const ranges = await rangesOf(head, options, rangeBytes);
        cuts += ranges.length;
        assert.deepEqual(readRanges(ranges, options), readWhole(bytes, head, options));
      },
    ),
    { numRuns },
  );
  assert.ok(cuts > numRuns * 3, `hardly anything was cut: ${cuts} ranges`);
});

test('a line in two pieces is one, and a second line like it the second', async () => {
  const head = [' 9:00:00 (lmgrd) TIMESTAMP 3/1/2025'];
  const noise = `${'x'.repeat(99)}\n`.repeat(Math.ceil(FILL_BYTES / 100) - 1);
  const equal = ' 9:00:30 (demo) OUT: "f" ann@pc1\n';
  const begin = `${head[0]}\n${noise}`;
  const text = `${begin}${equal.repeat(Math.ceil((FILL_BYTES + 100 - begin.length) / equal.length) + 1)}`;
  writeFileSync(file, text);
  const ranges = await rangesOf(head, {}, FILL_BYTES);
  assert.equal(ranges.length, 2);
  assert.deepEqual(readRanges(ranges, {}), readWhole(Buffer.from(text), head, {}));
});

test('nothing is cut where more than a megabyte would have to be read again, nor behind a line that is too long', async () => {
  const head = [' 9:00:00 (lmgrd) TIMESTAMP 3/1/2025'];
  const line = ' 9:00:30 (demo) OUT: "f" ann@pc1\n';
  writeFileSync(file, `${head[0]}\n${line.repeat(Math.ceil((2.5 * MAX_REPLAY) / line.length))}`);
  const ranges = await rangesOf(head, {}, MAX_REPLAY / 4);
  assert.equal(ranges.length, 5);
  assert.ok(ranges.every(({ range, from }) => range.start - from.offset <= MAX_REPLAY));
  const minutes = Array.from({ length: 40 }, (_, index) => ` 9:${index + 10}:00 (demo) OUT: "f" ann@pc1\n`);
  writeFileSync(file, `${head[0]}\n${minutes.join('')}${'x'.repeat(LIMIT + 1)}\n${minutes.join('')}`);
  const untilLong = await rangesOf(head, {}, 100);
  assert.ok(untilLong.length > 5);
  assert.ok(untilLong.at(-1)!.range.end - untilLong.at(-1)!.range.start > LIMIT + minutes.join('').length);
});
