/** Lines of FlexNet debug logs as they are and as they should not be, over midnights and clocks that were set. Tests only. */
import fc from 'fast-check';

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
  .tuple(
    fc.constantFrom('demo', 'demo', 'acme'),
    fc.constantFrom('OUT', 'IN'),
    fc.constantFrom('solver', 'mesh'),
    fc.constantFrom('ann', 'bob'),
    rest,
  )
  .map(([who, what, of, by, end]) => `(${who}) ${what}: "${of}" ${by}@pc1${end}`);
const other = fc.constantFrom(
  ...[
    '(lmgrd) TIMESTAMP 3/1/2025',
    '(demo) Server started on pc9 for: f',
    '(acme) Server started on pc9 for: f',
    '(lmgrd) TIMESTAMP 3/2/2025',
    '(lmgrd) TIMESTAMP 10/26/2025',
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

/** Lines of one log in its order; most are about licenses, and most of these are plain. */
export const flexnetLines = fc
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
/** What a log begins with: a date, or none. */
export const firstLines = fc.constantFrom<string[]>([' 9:00:00 (lmgrd) TIMESTAMP 3/1/2025'], []);
export const zones = fc.constantFrom({}, { zone: 'UTC' }, { zone: 'Europe/Berlin' });

/** Bytes written over others, each at an index modulo the length of the log. */
export const spoils = fc.array(
  fc.tuple(fc.nat(), fc.constantFrom(0, 0x0d, 0x20, 0x22, 0x40, 0x5c, 0x80, 0xff)),
  { maxLength: 4 },
);
export const lineEnds = fc.constantFrom('\n', '\r\n');
