/** The fast road of plain lines says what the reader of all lines says: on made logs, spoiled ones, cut anywhere. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJsonAt } from '../../src/base/json.ts';
import { NOT_PLAIN, PLAIN_RECORD_BYTES, type TextFormat } from '../../src/model/text-format.ts';
import { type Malformed, RecordReader } from '../../src/read/records.ts';
import { flexnet } from '../../src/text-logs/flexnet.ts';

/** The same format without its fast road. */
const slow: TextFormat = {
  ...flexnet,
  start(head, options) {
    const reader = flexnet.start(head, options);
    return { line: (text) => reader.line(text), finish: () => reader.finish() };
  },
};

const word = fc.constantFrom('OUT', 'IN', 'OUT', 'IN', 'DENIED', 'UPGRADE', 'QUEUED', 'in', 'OUT OUT');
const feature = fc.constantFrom(
  '"solver"',
  '"mesh 2"',
  'solver',
  '""',
  '"a\\b"',
  '"é"',
  '3 "solver"',
  '"f@g"',
);
const holder = fc.constantFrom(
  ...['ann@pc1', 'bob@pc2.acme.example', 'Ann Lee@pc1', 'ann@acme@pc1', '@pc1', 'ann@', 'to ann@pc1', 'by'],
  ...[
    'ann@pc1:0.0',
    'ann@fe80::1',
    'a(b@pc1',
    'a[b@pc1',
    'ann@pc(1)',
    'jos\u00e9@pc1',
    'ann@pc"1',
    'ann\t@pc1',
  ],
);
const rest = fc.constantFrom(
  '',
  '  ',
  ' \t',
  ' (3 licenses)',
  '  [J3_7f]',
  ' (-4,342)',
  ' x',
  '\r',
  '  \r',
  '\r\r',
);
const daemon = fc.constantFrom('demo', 'demo', 'lmgrd', 'de mo', 'd"', 'é', 'x'.repeat(80), '');
const gap = fc.constantFrom(' ', ' ', ' ', '', '  ');
/** Seconds to the next line: mostly few, now and then over midnight, and back. */
const step = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom(70, 3600, 30_000, 80_000, -1, -30, -120, -3600, -20_000),
);
const license = fc
  .tuple(daemon, gap, word, gap, feature, gap, holder, rest)
  .map(
    ([who, after, what, before, of, between, by, end]) =>
      `(${who})${after}${what}:${before}${of}${between}${by}${end}`,
  );
const plain = fc
  .tuple(fc.constantFrom('OUT', 'IN'), fc.constantFrom('solver', 'mesh'), fc.constantFrom('ann', 'bob'), rest)
  .map(([what, of, by, end]) => `(demo) ${what}: "${of}" ${by}@pc1${end}`);
const other = fc.constantFrom(
  ...[
    '(lmgrd) TIMESTAMP 3/1/2025',
    '(lmgrd) TIMESTAMP 3/2/2025',
    '(demo) Rereading license file...',
    'noise',
    '',
  ],
  ...[
    '(lmgrd) Started demo (internet tcp_port 1 pid 2)',
    '(demo) EXITING DUE TO SIGNAL 15',
    '(demo) OUT: broken',
  ],
  '(demo) DENIED: "solver" ann@pc1  (Licensed number of users already reached. (-4,342))',
);
const clockForm = fc.constantFrom('padded', 'padded', 'padded', 'two', 'short', 'wrong');

type ClockForm = 'padded' | 'two' | 'short' | 'wrong';

function clockOf(second: number, form: ClockForm): string {
  const [hour, minute, rest] = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  if (form === 'wrong') return `${two(hour)}:${minute}:${two(rest)}`;
  const first = form === 'two' ? two(hour) : form === 'short' ? String(hour) : String(hour).padStart(2, ' ');
  return `${first}:${two(minute)}:${two(rest)}`;
}

const lines = fc
  .array(fc.tuple(step, clockForm, fc.oneof(plain, plain, plain, license, license, other)), {
    minLength: 5,
    maxLength: 60,
    size: 'max',
  })
  .map((pieces) => {
    let second = 32_400;
    return pieces.map(([by, form, message]) => {
      second = (((second + by) % 86_400) + 86_400) % 86_400;
      return `${clockOf(second, form as ClockForm)} ${message}`;
    });
  });
const head = fc.constantFrom<string[]>([' 9:00:00 (lmgrd) TIMESTAMP 3/1/2025'], []);
const zone = fc.constantFrom({}, { zone: 'UTC' }, { zone: 'Europe/Berlin' });

test('plainLine() writes what line() says, and leaves what comes after as line() would', () => {
  const target = Buffer.alloc(PLAIN_RECORD_BYTES);
  let taken = 0;
  fc.assert(
    fc.property(head, lines, zone, (first, others, options) => {
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
    { numRuns: 1000 },
  );
  assert.ok(taken > 1000, `the fast road was hardly taken: ${taken}`);
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

test('a log gives the same records at the same places, wherever it is cut and whatever was spoiled', () => {
  const spoil = fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 0x0d, 0x20, 0x22, 0x40, 0x5c, 0x80, 0xff)), {
    maxLength: 4,
  });
  const lineEnd = fc.constantFrom('\n', '\r\n');
  const long = fc.constantFrom(
    '',
    `${' '.repeat(1500)}\n`,
    ` 9:00:00 (demo) OUT: "f" ${'u'.repeat(1500)}@pc1\n`,
    `${'x'.repeat(5000)}\n`,
  );
  fc.assert(
    fc.property(
      lines,
      zone,
      spoil,
      lineEnd,
      long,
      fc.integer({ min: 1, max: 700 }),
      (others, options, spoils, end, more, size) => {
        const all = [' 9:00:00 (lmgrd) TIMESTAMP 3/1/2025', ...others].map((line) => `${line}${end}`);
        const bytes = Buffer.from(`${all.join('')}${more}${all.slice(1).join('')}`);
        for (const [at, byte] of spoils) bytes[at % bytes.length] = byte;
        const expected = read(slow, bytes, bytes.length, options);
        assert.deepEqual(read(flexnet, bytes, bytes.length, options), expected);
        assert.deepEqual(read(flexnet, bytes, size, options), expected);
      },
    ),
    { numRuns: 300 },
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
