/** The RLM report log: each kind of record, in each of its forms, and what it says in canonical words. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { rlm } from '../../src/text-logs/rlm.ts';
import { formsOf, readFields } from '../../src/text-logs/rlm-layouts.ts';
import { seeThrough, shipped, toJson } from '../sources/shipped-mappings.ts';
import { readText, withoutMarks } from './read-text.ts';

const HEADER = `RLM Report Log Format 0, version 14.1, authenticated
ISV: acme, RLM version 14.1 BL2

Logfile format Copyright (C) Reprise Software, Inc.
START licsrv 03/02/2026 08:00
TIMEZONE 0 0 # UTC
LICENSE FILE /opt/acme/acme.lic
`;

/** The record of one line behind a header, without what the header gives to all. */
function readOne(line: string): object {
  const { records, malformed } = readText(rlm, HEADER + line);
  assert.deepEqual(malformed, []);
  assert.equal(records.length, 2, line);
  return withoutMarks(records, 'log', 'daemon', 'server')[1]!;
}

const OUT = 'OUT editor 2025.1 1 ann ws01 "" 2 7 1 4f 4f 1a2b "apollo" "editor" "2025.0" 03/02 09:00:01';

const SAMPLES: readonly { line: string; record: object }[] = [
  {
    line: OUT,
    record: {
      time: '2026-03-02T09:00:01Z',
      event: 'OUT',
      feature: 'editor',
      version: '2025.1',
      pool: '1',
      user: 'ann',
      host: 'ws01',
      quantity: 2,
      in_use: 7,
      reserved_in_use: 1,
      handle: '4f',
      share_handle: '4f',
      process: '1a2b',
      project: 'apollo',
      requested_feature: 'editor',
      requested_version: '2025.0',
    },
  },
  {
    line: 'IN 4 editor 2025.0 ann ws01 "" 2 5 1 4f 03/02 10:00:00',
    record: {
      time: '2026-03-02T10:00:00Z',
      event: 'IN',
      why: 4,
      feature: 'editor',
      requested_version: '2025.0',
      user: 'ann',
      host: 'ws01',
      quantity: 2,
      in_use: 5,
      reserved_in_use: 1,
      handle: '4f',
      reason: 'timed-out',
    },
  },
  {
    line: 'DENY editor 2025.0 bob ws02 "" 1 -22 1 03/02 10:01',
    record: {
      time: '2026-03-02T10:01:00Z',
      precision: 'minute',
      event: 'DENY',
      feature: 'editor',
      requested_version: '2025.0',
      user: 'bob',
      host: 'ws02',
      quantity: 1,
      why: -22,
      last_attempt: 1,
      reason: 'all-in-use',
    },
  },
  {
    line: 'INUSE editor 2025.1 1 dee ws04 "" 1 41 40 4a07 12/30 15:45:43',
    record: {
      time: '2026-03-02T08:00:00Z',
      event: 'INUSE',
      feature: 'editor',
      version: '2025.1',
      pool: '1',
      user: 'dee',
      host: 'ws04',
      quantity: 1,
      handle: '41',
      share_handle: '40',
      process: '4a07',
      since: '2025-12-30T15:45:43Z',
      known: false,
    },
  },
  {
    line: 'INUSE editor 2025.1 1 dee ws04 "" 1 41 4a07 03/01 15:45:43',
    record: {
      time: '2026-03-02T08:00:00Z',
      event: 'INUSE',
      feature: 'editor',
      version: '2025.1',
      pool: '1',
      user: 'dee',
      host: 'ws04',
      quantity: 1,
      handle: '41',
      process: '4a07',
      since: '2026-03-01T15:45:43Z',
      known: false,
    },
  },
  {
    line: 'QUE editor 2025.1 bob ws02 "" 1 50 "" "editor" "2025.0" 03/02 10:01:30',
    record: {
      time: '2026-03-02T10:01:30Z',
      event: 'QUE',
      feature: 'editor',
      version: '2025.1',
      user: 'bob',
      host: 'ws02',
      quantity: 1,
      handle: '50',
      requested_feature: 'editor',
      requested_version: '2025.0',
    },
  },
  {
    line: 'DEQUE 6 editor 2025.0 bob ws02 "" 1 50 03/02 10:02:00',
    record: {
      time: '2026-03-02T10:02:00Z',
      event: 'DEQUE',
      why: 6,
      feature: 'editor',
      requested_version: '2025.0',
      user: 'bob',
      host: 'ws02',
      quantity: 1,
      handle: '50',
      reason: 'dequeued-by-client',
    },
  },
  {
    line: 'ROAM_EXTEND editor 2025.1 1 ann ws01 "" 4 4f ffffffff 03/02 11:00:00',
    record: {
      time: '2026-03-02T11:00:00Z',
      event: 'ROAM_EXTEND',
      feature: 'editor',
      version: '2025.1',
      pool: '1',
      user: 'ann',
      host: 'ws01',
      days_extended: 4,
      handle: '4f',
      process: 'ffffffff',
    },
  },
  {
    line: 'METER_DEC 4f 3 5 03/02/11:00:01',
    record: { time: '2026-03-02T11:00:01Z', event: 'METER_DEC', handle: '4f', meter: 3, decrement: 5 },
  },
  {
    line: 'METER_DEC 4f 3 5 03/02 11:00:01',
    record: { time: '2026-03-02T11:00:01Z', event: 'METER_DEC', handle: '4f', meter: 3, decrement: 5 },
  },
  {
    line: 'DYNRES create ann ws01 1 3 "build 7" 03/02 11:01:00',
    record: {
      time: '2026-03-02T11:01:00Z',
      event: 'DYNRES',
      operation: 'create',
      user: 'ann',
      host: 'ws01',
      pool: '1',
      quantity: 3,
      reservation: 'build 7',
    },
  },
  {
    line: 'TEMP create editor 2025.1 2 cid ws03 "" 2026-03-02 15:55 41 03/02 11:02:00',
    record: {
      time: '2026-03-02T11:02:00Z',
      event: 'TEMP',
      operation: 'create',
      feature: 'editor',
      version: '2025.1',
      pool: '2',
      user: 'cid',
      host: 'ws03',
      expiry_date: '2026-03-02',
      expiry_time: '15:55',
      handle: '41',
    },
  },
  {
    line: 'PRODUCT editor 2025.1 1 10 2 8 "ANY" "C-17" "ACME" "Reprise" "li-1" "opt" 3 5 0 0 0 0 0 0 0',
    record: {
      time: '2026-03-02T08:00:00Z',
      event: 'PRODUCT',
      feature: 'editor',
      version: '2025.1',
      pool: '1',
      count: 10,
      reservations: 2,
      soft_limit: 8,
      hostid: 'ANY',
      contract: 'C-17',
      customer: 'ACME',
      issuer: 'Reprise',
      line_item: 'li-1',
      options: 'opt',
      share: '3',
      max_share: 5,
      type: '0',
      named_users: 0,
      meter_type: 0,
      meter: 0,
      meter_initial_decrement: 0,
      meter_period: 0,
      meter_period_decrement: 0,
      capacity: 12,
    },
  },
  {
    line: 'REREAD root licsrv 03/02 12:00:00',
    record: { time: '2026-03-02T12:00:00Z', event: 'REREAD', user: 'root', host: 'licsrv' },
  },
  {
    line: 'SHUTDOWN root licsrv 03/02 12:00:00',
    record: { time: '2026-03-02T12:00:00Z', event: 'SHUTDOWN', user: 'root', host: 'licsrv' },
  },
  {
    line: 'TIMEJUMP -90 03/02 12:00:00',
    record: { time: '2026-03-02T12:00:00Z', event: 'TIMEJUMP', minutes: -90 },
  },
  {
    line: 'TIMEJUMP +90 03/02 12:00:00',
    record: { time: '2026-03-02T12:00:00Z', event: 'TIMEJUMP', minutes: 90 },
  },
  {
    line: 'SWITCH to /var/log/acme new.rl',
    record: { time: '2026-03-02T08:00:00Z', event: 'SWITCH', direction: 'to', file: '/var/log/acme new.rl' },
  },
  {
    line: 'END 03/02/2026 18:00',
    record: { time: '2026-03-02T18:00:00Z', precision: 'minute', event: 'END' },
  },
  {
    line: '03/03/2026 00:00',
    record: { time: '2026-03-03T00:00:00Z', precision: 'minute', event: 'timestamp' },
  },
  {
    line: 'AUTH 1 c0ffee',
    record: { time: '2026-03-02T08:00:00Z', event: 'AUTH', section: '1', signature: 'c0ffee' },
  },
  {
    line: 'BADAUTH (2 errors, 1 sessions, 3 authentication sections)',
    record: {
      time: '2026-03-02T08:00:00Z',
      event: 'BADAUTH',
      text: '(2 errors, 1 sessions, 3 authentication sections)',
    },
  },
  {
    line: 'REPROCESSED with rlmanon v14.1',
    record: { time: '2026-03-02T08:00:00Z', event: 'REPROCESSED', text: 'with rlmanon v14.1' },
  },
  {
    line: 'log 03/02 12:00:00 "anything at all',
    record: { time: '2026-03-02T12:00:00Z', event: 'log', text: '"anything at all' },
  },
];

describe('each kind of record', () => {
  for (const { line, record } of SAMPLES) test(line, () => assert.deepEqual(readOne(line), record));
});

test('START tells the log it begins, and whether sessions from before are over', () => {
  const { records, framing, malformed } = readText(rlm, `${HEADER}OUT`.replace('OUT', `${OUT}\n`));
  assert.deepEqual([records.length, framing, malformed], [2, 8, []]);
  assert.deepEqual(records[0], {
    log: 'rlm',
    time: '2026-03-02T08:00:00Z',
    precision: 'minute',
    event: 'START',
    daemon: 'acme',
    server: 'licsrv',
    log_format: 'standard',
    log_version: '14.1',
    restart: true,
  });
});

test('the detailed format has fractions of seconds, and more about the client', () => {
  const detailed = OUT.replace('09:00:01', '09:00:01.0250');
  const more = `${detailed} "Linux 6.1" "C:\\acme\\edit.exe" 0 0`;
  const texts = [detailed, `${detailed} "Linux 6.1" "/opt/edit"`, more, `${more} 192.0.2.7`];
  const records = texts.map(readOne) as Record<string, unknown>[];
  for (const { time } of records) assert.equal(time, '2026-03-02T09:00:01.0250Z');
  assert.deepEqual(
    [records[3]!.os, records[3]!.command, records[3]!.roam_days],
    ['Linux 6.1', 'C:\\acme\\edit.exe', 0],
  );
  assert.equal(seeThrough(shipped('rlm'), toJson(records[3])).ip, '192.0.2.7');
});

test('a fraction of fewer than four digits is left out: nobody knows whether zeros are missing', () => {
  for (const fraction of ['.0', '.5', '.25', '.0000'])
    assert.equal(
      (readOne(OUT.replace('09:00:01', `09:00:01${fraction}`)) as { time: string }).time,
      '2026-03-02T09:00:01Z',
    );
});

test('the small format: a check-in has what its check-out said', () => {
  const text = `${HEADER.replace('Format 0', 'Format 1')}OUT editor 2025.1 ann ws01 "" 1 4f 4f 09:00
IN 1 1 4f 09:30
IN 1 1 77 09:31`;
  const { records, malformed } = readText(rlm, text);
  assert.deepEqual(malformed, []);
  const [, , known, unknown] = records;
  assert.deepEqual(withoutMarks([known!], 'log', 'daemon', 'server', 'precision', 'why', 'reason'), [
    {
      time: '2026-03-02T09:30:00Z',
      event: 'IN',
      quantity: 1,
      handle: '4f',
      feature: 'editor',
      version: '2025.1',
      user: 'ann',
      host: 'ws01',
    },
  ]);
  assert.deepEqual([unknown!.handle, unknown!.feature], ['77', undefined]);
});

test('a check-in is of the product and version that were checked out, not of those that were asked for', () => {
  const out = OUT.replace('"editor" "2025.0"', '"suite" "2024.0"');
  const { records } = readText(rlm, `${HEADER}${out}\nIN 1 suite 2024.0 ann ws01 "" 2 5 1 4f 03/02 10:00:00`);
  const { feature, version, requested_feature, requested_version } = records[2]!;
  assert.deepEqual(
    [feature, version, requested_feature, requested_version],
    ['editor', '2025.1', 'suite', '2024.0'],
  );
});

test('user names may have spaces, and users and hosts may be empty', () => {
  const names = (line: string) => {
    const { user, host } = readOne(line) as Record<string, unknown>;
    return [user, host];
  };
  assert.deepEqual(names(OUT.replace('ann', 'Ann  van der Berg')), ['Ann  van der Berg', 'ws01']);
  assert.deepEqual(names(OUT.replace('ann', '""')), [undefined, 'ws01']);
  assert.deepEqual(names(OUT.replace('ws01', '""')), ['ann', undefined]);
});

test('quoted fields: escapes where they fit, and backslashes as they are', () => {
  const isvDef = (quoted: string) => (readOne(OUT.replace('""', quoted)) as Record<string, unknown>).isv_def;
  assert.equal(isvDef('"a b"'), 'a b');
  assert.equal(isvDef('"say \\"hi\\" now"'), 'say "hi" now');
  assert.equal(isvDef('"C:\\\\dir"'), 'C:\\dir');
  assert.equal(isvDef('"C:\\dir"'), 'C:\\dir');
  assert.equal(isvDef('"C:\\dir\\"'), 'C:\\dir\\');
  assert.equal(isvDef('"a"b"'), 'a"b');
});

describe('malformed is', () => {
  const wrong: Readonly<Record<string, string>> = {
    'a kind that nobody knows': 'OUTER editor 2025.1',
    'too few fields': 'SHUTDOWN root 03/02 12:00:00',
    'too many': 'TIMEJUMP 5 6 03/02 12:00:00',
    'a handle that is no hex number': OUT.replace('4f 4f', 'xx 4f'),
    'a quantity in words': OUT.replace(' 2 7 ', ' two 7 '),
    'a field that lacks its quotes': OUT.replace('"apollo"', 'apollo'),
    'a quote that nothing ends': OUT.replace('"apollo"', '"apollo'),
    'a day that no calendar has': OUT.replace('03/02', '02/30'),
    'an hour that no clock has': OUT.replace('09:00:01', '24:00:01'),
    'a day that no year near has': OUT.replace('03/02', '02/29'),
    'a switch to nowhere': 'SWITCH over there',
    'a zone that is none': 'TIMEZONE west',
    'a format that is none': 'RLM Report Log Format 7, version 14.1',
    'a START without its year': 'START licsrv 03/02 08:00',
  };
  for (const [title, line] of Object.entries(wrong)) {
    test(title, () => {
      const { records, malformed } = readText(rlm, HEADER + line);
      assert.equal(malformed.length, 1, JSON.stringify(records));
      assert.equal(records.length, 1);
    });
  }
});

test('the message for a known kind names its fields', () => {
  const { malformed } = readText(rlm, `${HEADER}TIMEJUMP soon`);
  assert.deepEqual(malformed, ['TIMEJUMP minutes day clock']);
});

test('a header of free text has an end', () => {
  const text = `RLM Report Log Format 0, version 14.1\n${'hidden events\n'.repeat(60)}`;
  assert.equal(readText(rlm, text).malformed.length, 10);
});

test('a report log is known by its first line', () => {
  const first = 'RLM Report Log Format 2, version 9.3';
  assert.ok(rlm.recognizes([first], 'acme.rl'));
  assert.ok(rlm.recognizes(['SWITCH from old.rl', '', `\ufeff${first}, authenticated  `], 'acme.rl'));
  assert.ok(!rlm.recognizes(['10:00 (acme) OUT: editor', first], 'acme.rl'));
  assert.ok(!rlm.recognizes([], 'acme.rl'));
});

const word = fc.stringMatching(/^[a-zA-Z0-9_.-]{1,12}$/);
const hex = fc.stringMatching(/^[0-9a-f]{1,8}$/);
const number = fc.nat(99_999);
/** Quoted by the log: any characters of a line. */
const text = fc.string({ maxLength: 20, unit: 'grapheme' }).filter((value) => !/[\r\n]/.test(value));

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

test('what is written as a check-out is read back', () => {
  const checkOut = fc.record({
    feature: word,
    version: word,
    user: word,
    host: word,
    isv_def: text,
    quantity: number,
    in_use: number,
    handle: hex,
    project: text,
    second: fc.integer({ min: 0, max: 59 }),
  });
  fc.assert(
    fc.property(checkOut, (out) => {
      const second = String(out.second).padStart(2, '0');
      const line = `OUT ${out.feature} ${out.version} 1 ${out.user} ${out.host} ${quoted(out.isv_def)} ${out.quantity} ${out.in_use} 0 ${out.handle} ${out.handle} 1a ${quoted(out.project)} "" "" 03/02 09:00:${second}`;
      const record = readOne(line) as Record<string, unknown>;
      for (const [name, value] of Object.entries(out)) {
        if (name !== 'second') assert.equal(record[name], value === '' ? undefined : value, name);
      }
      assert.equal(record.time, `2026-03-02T09:00:${second}Z`);
    }),
    { numRuns: 200 },
  );
});

const FIXED: Readonly<Record<string, string>> = {
  date: '03/02/2026',
  day: '03/02',
  clock: '09:00:01',
  'day/clock': '03/02/09:00:01',
  direction: 'to',
};

test('every form of every kind is read back, with users of several words', () => {
  const kinds = [...new Set(SAMPLES.map(({ line }) => line.split(' ')[0]!))].filter(
    (kind) => !/^\d/.test(kind),
  );
  const forms = [...kinds, 'START'].flatMap((kind) =>
    formsOf(kind)
      .split(', or ')
      .map((form) => [kind, ...form.split(' ').slice(1)] as const),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...forms),
      fc.array(fc.nat(9999), { minLength: 22, maxLength: 22 }),
      fc.array(text, { minLength: 22, maxLength: 22 }),
      fc.constantFrom('ann', 'Ann Lee', 'van der Berg'),
      ([kind, ...names], numbers, texts, user) => {
        const values = names.map((name, index) => {
          const plain = name.replace(/"/g, '');
          if (name.startsWith('"')) return [plain, texts[index]!, quoted(texts[index]!)] as const;
          const value = plain === 'user' ? user : (FIXED[plain] ?? String(numbers[index]));
          return [plain, value, value] as const;
        });
        const fields = readFields(kind, ` ${values.map(([, , written]) => written).join(' ')}`);
        assert.deepEqual(
          fields && [...fields],
          values.map(([name, value]) => [name, value]),
          kind,
        );
      },
    ),
    { numRuns: 500 },
  );
});

// An expression that tries again at each place would take 10^11 steps for a line: many minutes.
test('hostile lines of a megabyte are records or malformed, and their controls stay escaped', () => {
  const lines = [
    '"'.repeat(500_000),
    `OUT ${'"a" '.repeat(300_000)}`,
    `OUT ${'\\"'.repeat(300_000)}`,
    `DENY ${'a '.repeat(500_000)}`,
    `log 03/02 09:00:00 ${'" '.repeat(500_000)}`,
    `${'9'.repeat(500_000)}/02/2026 08:00`,
    `TIMEZONE ${'1 '.repeat(300_000)}`,
    OUT.replace('ann', 'a\u0000\u001b[31mnn'),
    OUT.replace('ann', 'a\rnn'),
    OUT.replace('ann', '__proto__'),
  ];
  const { records, malformed } = readText(rlm, HEADER + lines.join('\n'));
  assert.equal(records.length + malformed.length, 1 + lines.length - 1);
  assert.deepEqual(
    records.slice(-3).map(({ user }) => user),
    ['a\u0000\u001b[31mnn', 'a\rnn', '__proto__'],
  );
});
