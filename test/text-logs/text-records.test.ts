/** Lines of text through the record reader: places, books, bounds, and that JSON stays JSON. The format is a toy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJsonAt } from '../../src/base/json.ts';
import type { TextFormat, TextOutcome } from '../../src/model/text-format.ts';
import { loadKernel } from '../../src/read/kernel/load-kernel.ts';
import type { Malformed } from '../../src/read/record-sink.ts';
import { RecordReader } from '../../src/read/records.ts';
import { csv } from '../../src/text-logs/csv.ts';

/** `+text` begins a record or goes on with one, `.` ends it, `=text` is a record by itself, `!` is none, the rest is noise. */
const toy: TextFormat = {
  name: 'toy',
  recognizes: (head, file) => head[0] === 'TOY' && file.endsWith('.log'),
  start() {
    let parts: string[] = [];
    const record = (): TextOutcome => {
      const json = JSON.stringify({ text: parts.join('|') });
      parts = [];
      return { record: json };
    };
    return {
      line(text) {
        if (text.startsWith('!')) return { malformed: 'a record' };
        if (text.startsWith('=')) return { record: JSON.stringify({ text: text.slice(1) }) };
        if (text.startsWith('+')) {
          parts.push(text.slice(1));
          return 'continues';
        }
        return text === '.' && parts.length > 0 ? record() : 'framing';
      },
      finish: () => (parts.length === 0 ? 'framing' : { malformed: 'a line "."' }),
    };
  },
};

const kernel = loadKernel()!;

type Options = { size?: number; limit?: number; file?: string; format?: TextFormat; kernel?: boolean };

function read(input: string | Uint8Array, options: Options = {}) {
  const bytes = Buffer.from(input);
  const records: { line: number; offset: number; length: number; text: string }[] = [];
  const malformed: Malformed[] = [];
  let scanned = '';
  let source: string | undefined;
  let sample: unknown;
  const block = options.kernel === true ? kernel.block : undefined;
  const reader = new RecordReader(
    {
      begin(documents, text) {
        source = text?.name;
        sample = documents;
        return undefined;
      },
      scan(buffer, start, end) {
        if (block !== undefined) assert.equal(buffer, block);
        const { end: after } = parseJsonAt(buffer, start, end);
        scanned = Buffer.from(buffer.subarray(start, after)).toString();
        return after;
      },
      record: (line, offset, length) =>
        records.push({ line, offset, length, text: JSON.parse(scanned).text }),
      malformed: (stretch) => malformed.push(stretch),
    },
    {
      recordLimit: options.limit ?? 1 << 20,
      block,
      texts: { formats: [options.format ?? toy], file: options.file ?? 'a.log', options: {} },
    },
  );
  const size = options.size ?? bytes.length + 1;
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  const tally = reader.finish();
  assert.equal(tally.recordBytes + tally.malformedBytes + tally.framingBytes, bytes.length);
  return { records, malformed, tally, source, sample };
}

test('a line is a record at its place: blanks and line ends around it are framing', () => {
  const { records, tally, source } = read('TOY\r\n=ann  \r\nnoise\n\n=bob');
  assert.equal(source, 'toy');
  assert.deepEqual(records, [
    { line: 2, offset: 5, length: 4, text: 'ann  ' },
    { line: 5, offset: 20, length: 4, text: 'bob' },
  ]);
  assert.equal(tally.recordBytes, 8);
});

test('blanks at the begin of a line are cells of a table, wherever a block ends', () => {
  const rows = Array.from({ length: 40_000 }, (_, index) => `\tann${index}`);
  const input = `time\tactor\n${rows.join('\n')}\n`;
  const { records, malformed } = read(input, { format: csv, file: 'a.tsv', size: 4096 });
  assert.deepEqual([records.length, malformed], [rows.length, []]);
});

test('a record of several lines has the place of all of them', () => {
  const { records } = read('TOY\n+a\n\n+b\n.\n=c\n');
  assert.deepEqual(records, [
    { line: 2, offset: 4, length: 8, text: 'a|b' },
    { line: 6, offset: 13, length: 2, text: 'c' },
  ]);
});

test('a line that means to be a record and is none is malformed where it stands', () => {
  const { malformed, tally } = read('TOY\n=a\n! what\n=b\n');
  assert.deepEqual(malformed, [
    { line: 3, offset: 7, length: 6, at: 7, expected: 'a record', found: '"! what"', truncated: false },
  ]);
  assert.equal(tally.malformedBytes, 6);
});

test('a record that the file ends in is malformed from its first line', () => {
  const [stretch] = read('TOY\n+a\n+b\n').malformed;
  assert.deepEqual([stretch?.line, stretch?.offset, stretch?.length], [2, 4, 5]);
  assert.equal(stretch?.found, 'the end of the file');
});

test('neither a line nor a record of lines may be longer than a record', () => {
  const long = read(`TOY\n=${'x'.repeat(50)}\n=a\n`, { limit: 20 });
  assert.deepEqual(
    long.malformed.map(({ line, expected }) => [line, expected]),
    [[2, 'a record of at most 20 bytes']],
  );
  assert.deepEqual(
    long.records.map(({ text }) => text),
    ['a'],
  );
  const lines = read(`TOY\n${'+12345678\n'.repeat(3)}=a\n`, { limit: 20 });
  assert.deepEqual(
    lines.malformed.map(({ line, length }) => [line, length]),
    [[2, 29]],
  );
  const cut = read(`TOY\n+a\n${'x'.repeat(50)}\n=b\n`, { limit: 20 });
  assert.deepEqual(
    cut.malformed.map(({ line, expected }) => [line, expected]),
    [
      [2, 'the rest of the record'],
      [3, 'a record of at most 20 bytes'],
    ],
  );
});

test('UTF-8 is read as such, any other line as Latin-1, so that what differs stays different', () => {
  const bytes = Buffer.concat([
    Buffer.from('TOY\n=Zoë\n='),
    Buffer.from([0xe9, 0x0a, 0x3d, 0xe8, 0x0a]),
    Buffer.from('=a\n'),
  ]);
  assert.deepEqual(
    read(bytes).records.map(({ text }) => text),
    ['Zoë', 'é', 'è', 'a'],
  );
});

test('what is JSON is never asked whether it is text, nor is what no format recognizes', () => {
  const greedy: TextFormat = { ...toy, recognizes: () => true };
  for (const input of ['{"text":"a"}\n', '[{"text":"a"}]\n', 'TOY\n{"text":"a"}\n', '\n[1,2]\n'])
    assert.equal(read(input, { format: greedy }).source, undefined, input);
  assert.equal(read('TOY\n=a\n', { file: 'a.txt' }).source, undefined);
  assert.equal(read('TOY\n=a\n', { file: 'a.txt' }).malformed.length, 2);
});

test('the source is judged by the first records', () => {
  const { sample } = read(`TOY\n${'=a\n'.repeat(50)}`);
  assert.equal((sample as unknown[]).length, 20);
});

test('a format that wants more of the head gets 4 MB of it, and not before they are there', () => {
  const heads: number[] = [];
  const curious: TextFormat = {
    ...toy,
    wantsMore: () => true,
    start(head, options) {
      heads.push(head.length);
      return toy.start(head, options);
    },
  };
  const lines = 5_000;
  const input = `TOY\n${`=${'x'.repeat(1022)}\n`.repeat(lines)}`;
  const { records } = read(input, { format: curious, size: 1 << 19 });
  assert.equal(records.length, lines);
  // Once for the sample, once for the file.
  assert.deepEqual(heads, [4096, 4096]);
  assert.equal(read('TOY\n=a', { format: curious }).records.length, 1);
});

test('what is found does not depend on the blocks, nor on the kernel', () => {
  const line = fc.constantFrom(
    '=ann',
    '  =',
    '+a',
    '+é',
    '.',
    '!',
    'noise',
    '',
    ' ',
    '=x y \r',
    `=${'z'.repeat(40)}`,
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.integer({ min: 1, max: 50 }), (lines, size) => {
      const input = `TOY\n${lines.join('\n')}`;
      const whole = read(input, { limit: 30 });
      assert.deepEqual(read(input, { limit: 30, size }), whole);
      assert.deepEqual(read(input, { limit: 30, size, kernel: true }), whole);
    }),
    { numRuns: 200 },
  );
});
