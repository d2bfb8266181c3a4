/** The usage log of the Sentinel RMS License Manager. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sentinel } from '../../src/text-logs/sentinel.ts';
import { seeThrough, shipped, toJson } from '../sources/shipped-mappings.ts';
import { readText } from './read-text.ts';

const STARTUP =
  '# Startup Sentinel RMS Development Kit v9.50 Mon Mar  2 09:00:00 2026  1772438400 licsrv 140 4294';

/** In Berlin, one hour east of UTC. */
function entry(transaction: number, more: Partial<Record<'levels' | 'rest', string>> = {}): string {
  const { levels = '2 0 MTI1', rest = `${transaction} 3 0 ann ws01 9.5.0 2 - MA== 754986 OTM1` } = more;
  return `${levels} Mon Mar 2 09:00:01 2026 1772438401 editor 2025 ${rest}`;
}

function readOne(line: string): Record<string, unknown> {
  const { records, malformed } = readText(sentinel, line);
  assert.deepEqual(malformed, []);
  return records[0]!;
}

test('an entry', () => {
  assert.deepEqual(readOne(entry(0)), {
    log: 'sentinel',
    time: '2026-03-02T09:00:01+01:00',
    event: 'issued',
    transaction: 0,
    feature: 'editor',
    version: '2025',
    user: 'ann',
    host: 'ws01',
    quantity: 2,
    in_use: 3,
    seconds: 0,
    server_version: '9.5.0',
    trailer: 'MA== 754986 OTM1',
  });
});

test('entries of versions without the reserved field, and with a comment', () => {
  const record = readOne(entry(2, { levels: '2 0', rest: '2 0 61 ann ws01 7.00 1 nightly' }));
  assert.deepEqual(
    [record.event, record.seconds, record.in_use, record.comment, record.trailer],
    ['released', 61, 0, 'nightly', undefined],
  );
});

test('startup and shutdown, and other comments', () => {
  const shutdown = STARTUP.replace('Startup', 'Shutdown');
  const { records, framing } = readText(sentinel, `${STARTUP}\n# pool leader elected\n${shutdown}`);
  assert.deepEqual(
    records.map(({ event, time, server }) => [event, time, server]),
    ['Startup', 'Shutdown'].map((event) => [event, '2026-03-02T09:00:00+01:00', 'licsrv']),
  );
  assert.equal(framing, 2);
});

test('transactions in canonical words', () => {
  const actions = Array.from({ length: 18 }, (_, transaction) => {
    const { action, outcome, reason } = seeThrough(shipped('sentinel'), toJson(readOne(entry(transaction))));
    return [transaction, action, outcome, ...(reason === undefined ? [] : [reason])];
  });
  assert.deepEqual(actions, [
    [0, 'license.checkout', 'success'],
    [1, 'license.denied', 'failure'],
    [2, 'license.checkin', 'success'],
    [3, 'license.queued', 'unknown'],
    [4, 'license.denied', 'failure', 'queue-request-failed'],
    [5, 'license.checkout', 'success', 'asked-to-queue'],
    [6, 'license.checkout', 'success', 'from-queue'],
    [7, 'license.dequeued', 'unknown'],
    [8, 'license.checkout', 'success', 'commuter'],
    [9, 'license.checkin', 'success', 'commuter'],
    [10, 'license.checkin', 'success', 'shutdown'],
    [11, '11', 'unknown'],
    [12, '12', 'unknown'],
    [13, '13', 'unknown'],
    [14, 'license.checkout', 'success', 'moved-here'],
    [15, '15', 'unknown'],
    [16, 'license.checkin', 'success', 'handed-back'],
    [17, '17', 'unknown'],
  ]);
  const seen = seeThrough(shipped('sentinel'), toJson(readOne(STARTUP)));
  assert.deepEqual([seen.action, seen.actor], ['server.start', 'licsrv']);
});

test('numbers that are encrypted are not taken for numbers of licenses', () => {
  for (const levels of ['3 0 x', '2 4 x']) {
    const record = readOne(entry(0, { levels, rest: '0 MTI= 0 ann ws01 9.5.0 Mg== - x' }));
    assert.deepEqual(
      [record.quantity, record.in_use, record.encryption],
      ['Mg==', undefined, Number(levels.startsWith('3') ? 3 : 4)],
    );
  }
  assert.equal(
    readText(sentinel, entry(0, { rest: '0 MTI= 0 ann ws01 9.5.0 Mg== - x' })).malformed.length,
    1,
  );
});

describe('malformed is', () => {
  const wrong: Readonly<Record<string, string>> = {
    'a line of another kind': 'hello',
    'an entry that is cut': entry(0).slice(0, 70),
    'a transaction that is no number': entry(0).replace(' 0 3 0 ann', ' x 3 0 ann'),
    'a user name with a space, which shifts the fields': entry(0).replace('ann', 'Ann Lee'),
    'a date that is not the moment of the time stamp': entry(0).replace('09:00:01', '09:07:01'),
    'a date of another day': entry(0).replace('Mar 2', 'Mar 4'),
    'a day that no calendar has': entry(0).replace('Mar 2', 'Feb 30'),
    'a startup whose times disagree': STARTUP.replace('1772438400', '1772438000'),
  };
  for (const [title, line] of Object.entries(wrong)) {
    test(title, () => {
      const { records, malformed } = readText(sentinel, line);
      assert.deepEqual([records.length, malformed.length], [0, 1]);
    });
  }
});

test('the offset of a server is what its date is off from its time stamp', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 631_152_000, max: 4_102_444_800 }),
      fc.integer({ min: -48, max: 56 }),
      fc.integer({ min: 0, max: 1 }),
      (seconds, quarters, delay) => {
        const offset = quarters * 15;
        const [day, date, month, year, clock] = new Date((seconds + offset * 60 + delay) * 1000)
          .toUTCString()
          .split(/,? /) as [string, string, string, string, string];
        const line = `2 0 x ${day} ${month} ${Number(date)} ${clock} ${year} ${seconds} f v 0 1 0 u h 9.5.0 1 -`;
        const { time } = readOne(line);
        assert.equal(Date.parse(time as string), seconds * 1000);
        assert.match(time as string, offset === 0 ? /Z$/ : offset < 0 ? /-\d\d:\d\d$/ : /\+\d\d:\d\d$/);
      },
    ),
    { numRuns: 200 },
  );
});

test('a usage log is known by its entries', () => {
  assert.ok(sentinel.recognizes([STARTUP, entry(0)], 'lserv.log'));
  assert.ok(sentinel.recognizes(['', '# pool leader elected', entry(0)], 'lserv.log'));
  assert.ok(!sentinel.recognizes(['# Startup of something', 'text'], 'lserv.log'));
  assert.ok(!sentinel.recognizes([entry(0), 'one', 'two', 'three'], 'lserv.log'));
  assert.ok(!sentinel.recognizes([], 'lserv.log'));
});

// An expression that tries again at each place would take 10^11 steps for a line: many minutes.
test('hostile lines of half a megabyte are read', () => {
  const lines = [
    `# Startup ${'Mon Mar '.repeat(100_000)}`,
    `2 0 ${'x '.repeat(300_000)}`,
    `${entry(0)} ${'x '.repeat(300_000)}`,
    `${' '.repeat(500_000)}${entry(0)}`,
  ];
  assert.ok(sentinel.recognizes(lines, 'lserv.log'));
  assert.equal(readText(sentinel, lines.join('\n')).records.length, 2);
});
