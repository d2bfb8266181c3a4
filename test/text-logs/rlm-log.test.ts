/** The RLM report log as a whole: times, zones, restarts, sessions that outlast a log, and its canonical words. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { wallClockMs } from '../../src/base/time-zone.ts';
import { rlm } from '../../src/text-logs/rlm.ts';
import { runContract } from '../licenses/run-contract.ts';
import { seeThrough, shipped, toJson } from '../sources/shipped-mappings.ts';
import { readText } from './read-text.ts';

function logOf(start: string, lines: readonly string[], header: readonly string[] = []): string {
  const first = ['RLM Report Log Format 0, version 14.1, authenticated', 'ISV: acme, RLM version 14.1 BL2'];
  return [...first, `START licsrv ${start}`, ...header, ...lines].join('\n');
}

function timesOf(text: string, zone?: string): unknown[] {
  return readText(rlm, text, zone === undefined ? {} : { zone }).records.map(({ time }) => time);
}

const out = (time: string, handle = '4f', user = 'ann') =>
  `OUT editor 2025.1 1 ${user} ws01 "" 1 1 0 ${handle} ${handle} 1a "" "editor" "2025.1" ${time}`;
const checkIn = (time: string, handle = '4f', user = 'ann') =>
  `IN 1 editor 2025.1 ${user} ws01 "" 1 0 0 ${handle} ${time}`;
const inUse = (time: string, handle = '4f', user = 'ann') =>
  `INUSE editor 2025.1 1 ${user} ws01 "" 1 ${handle} ${handle} 1a ${time}`;
const shutdown = (time: string) => `SHUTDOWN root licsrv ${time}`;

describe('the year', () => {
  test('is that of START, and turns at New Year', () => {
    assert.deepEqual(
      timesOf(
        logOf('12/31/2025 23:00', [out('12/31 23:59:59'), checkIn('01/01 00:00:01'), out('03/01 08:00:00')]),
      ),
      ['2025-12-31T23:00:00', '2025-12-31T23:59:59', '2026-01-01T00:00:01', '2026-03-01T08:00:00'],
    );
  });

  test('goes back with a clock that is set back over New Year', () => {
    assert.deepEqual(
      timesOf(logOf('01/01/2026 00:10', ['TIMEJUMP -30 12/31 23:40:00', out('12/31 23:41:00')])),
      ['2026-01-01T00:10:00', '2025-12-31T23:40:00', '2025-12-31T23:41:00'],
    );
  });

  test('is carried over quiet months by periodic time stamps', () => {
    const lines = [
      out('03/01 08:00:00'),
      '07/01/2026 00:00',
      '12/01/2026 00:00',
      '02/01/2027 00:00',
      checkIn('02/01 08:00:00'),
    ];
    assert.equal(timesOf(logOf('02/01/2026 08:00', lines)).at(-1), '2027-02-01T08:00:00');
  });

  test('is not known without START: the time stays as it is written', () => {
    const text = `RLM Report Log Format 0, version 14.1\n${out('03/02 09:00:00')}`;
    assert.deepEqual(timesOf(text), ['03/02 09:00:00']);
  });

  test('of lines above START is that of START', () => {
    const text = `SWITCH from old.rl\n${logOf('03/02/2026 08:00', [])}`;
    assert.deepEqual(timesOf(text), ['2026-03-02T08:00:00', '2026-03-02T08:00:00']);
  });

  test('of a session in use is the latest in which it can have begun', () => {
    const lines = [inUse('03/01 10:00:00'), inUse('12/30 10:00:00', '50'), inUse('02/29 10:00:00', '51')];
    const { records } = readText(rlm, logOf('03/02/2026 08:00', lines));
    assert.deepEqual(
      records.slice(1).map(({ time, since }) => [time, since]),
      ['2026-03-01T10:00:00', '2025-12-30T10:00:00', '2024-02-29T10:00:00'].map((since) => [
        '2026-03-02T08:00:00',
        since,
      ]),
    );
  });
});

test('a time to the minute is not before the lines above it in that minute', () => {
  const deny = 'DENY editor 2025.1 bob ws02 "" 1 -22 1 03/02 09:00';
  assert.deepEqual(
    timesOf(logOf('03/02/2026 08:00', [out('03/02 09:00:30'), deny, checkIn('03/02 09:00:31')])).slice(1),
    ['2026-03-02T09:00:30', '2026-03-02T09:00:30', '2026-03-02T09:00:31'],
  );
});

test('equal lines of one minute are two, and say so in every copy of the log', () => {
  const deny = 'DENY editor 2025.1 bob ws02 "" 1 -22 1 03/02 09:00';
  const { records } = readText(
    rlm,
    logOf('03/02/2026 08:00', [deny, deny, deny.replace('bob', 'cid'), deny]),
  );
  assert.deepEqual(
    records.slice(1).map(({ user, again }) => [user, again]),
    [
      ['bob', undefined],
      ['bob', 2],
      ['cid', undefined],
      ['bob', 3],
    ],
  );
});

test('hours of the small format pass midnight, and a clock that goes back a little does not', () => {
  const lines = ['23:50', '23:55', '00:05', '00:04', '23:00', '01:30'].map(
    (clock, index) => `OUT editor 2025.1 ann ws01 "" 1 ${index} ${index} ${clock}`,
  );
  assert.deepEqual(timesOf(logOf('03/02/2026 23:45', lines)).slice(1), [
    '2026-03-02T23:50:00',
    '2026-03-02T23:55:00',
    '2026-03-03T00:05:00',
    '2026-03-03T00:04:00',
    '2026-03-03T23:00:00',
    '2026-03-04T01:30:00',
  ]);
});

describe('the offset is written', () => {
  const start = '03/02/2026 08:00';
  const at = (header: readonly string[], zone?: string) => timesOf(logOf(start, [], header), zone)[0];

  test('of a zone without daylight rules, for START as well', () => {
    assert.equal(at(['TIMEZONE -330 0 # IST']), '2026-03-02T08:00:00+05:30');
    assert.equal(at(['TIMEZONE 480 # no rules']), '2026-03-02T08:00:00-08:00');
    assert.equal(at(['TIMEZONE 0']), '2026-03-02T08:00:00Z');
  });

  test('not of one with rules, which nobody describes, unless the zone is given', () => {
    const rules = 'TIMEZONE 480 1 3.2.0/02:00 11.1.0/02:00 # PST';
    assert.equal(at([rules]), '2026-03-02T08:00:00');
    assert.equal(at([rules], 'America/Los_Angeles'), '2026-03-02T08:00:00-08:00');
  });

  test('of the zone that is given, where the log states none', () => {
    assert.equal(at([], 'Europe/Berlin'), '2026-03-02T08:00:00+01:00');
  });

  test('not where the log and the zone that was given exclude each other', () => {
    const { records, malformed } = readText(rlm, logOf(start, [], ['TIMEZONE 480 1 rules']), {
      zone: 'Europe/Berlin',
    });
    assert.equal(records[0]!.time, '2026-03-02T08:00:00');
    assert.deepEqual(malformed, ['a time zone like "Europe/Berlin", which was given for this log']);
  });
});

test('in the hour that clocks show twice the offset is written where the log shows which one it is', () => {
  const clocks = ['01:59:00', '02:10:00', '02:50:00', '02:20:00', '02:55:00', '03:01:00'];
  const lines = clocks.map((clock, index) => out(`10/25 ${clock}`, String(index)));
  assert.deepEqual(timesOf(logOf('10/25/2026 01:00', lines), 'Europe/Berlin').slice(1), [
    '2026-10-25T01:59:00+02:00',
    '2026-10-25T02:10:00',
    '2026-10-25T02:50:00',
    '2026-10-25T02:20:00+01:00',
    '2026-10-25T02:55:00+01:00',
    '2026-10-25T03:01:00+01:00',
  ]);
});

test('an offset that is written is the right one, whatever the clocks do over the year', () => {
  const steps = fc.array(
    fc.oneof(fc.integer({ min: 0, max: 90 * 60 }), fc.integer({ min: 0, max: 86_400 * 60 })),
    { maxLength: 20 },
  );
  const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata');
  const begins = fc.constantFrom(
    '2026-10-24T22:00:00Z',
    '2026-11-01T03:00:00Z',
    '2026-03-28T22:00:00Z',
    '2026-12-31T20:00:00Z',
  );
  fc.assert(
    fc.property(zones, begins, steps, (zone, begin, seconds) => {
      let ms = Date.parse(begin);
      const instants = seconds.map((step) => (ms += step * 1000));
      const wall = (instant: number) => new Date(wallClockMs(instant, zone)).toISOString();
      const [year, month, day, clock] = wall(Date.parse(begin)).split(/[-T]/) as [
        string,
        string,
        string,
        string,
      ];
      const lines = instants.map((instant, index) => {
        const text = wall(instant);
        return out(`${text.slice(5, 7)}/${text.slice(8, 10)} ${text.slice(11, 19)}`, index.toString(16));
      });
      const times = timesOf(logOf(`${month}/${day}/${year} ${clock.slice(0, 5)}`, lines), zone).slice(
        1,
      ) as string[];
      for (const [index, time] of times.entries()) {
        const instant = instants[index]!;
        if (/Z$|[+-]\d\d:\d\d$/.test(time)) assert.equal(Date.parse(time), instant, time);
        else {
          assert.equal(`${time}.000Z`, wall(instant));
          const isRepeated = [30, 60].some((shift) => {
            const other = [instant - shift * 60_000, instant + shift * 60_000];
            return other.some((each) => wall(each) === wall(instant));
          });
          assert.ok(isRepeated, time);
        }
      }
    }),
    { numRuns: 300 },
  );
});

describe('a START is a restart, which ends sessions,', () => {
  const restarts = (text: string) =>
    readText(rlm, text).records.flatMap(({ event, restart }) => (event === 'START' ? [restart] : []));
  const again = logOf('03/03/2026 08:00', []);
  const day = (...lines: string[]) => logOf('03/02/2026 08:00', lines);

  const cases: readonly [title: string, text: string, expected: boolean[]][] = [
    ['when the log shows nothing in use before the first event', day(out('03/02 09:00:00')), [true]],
    ['not when sessions go on', day(inUse('03/01 09:00:00'), out('03/02 09:00:00')), [false]],
    ['not when the log ends before one can know', day('PRODUCT'), [false]],
    ['not after a switch of logs', `SWITCH from old.rl\n${day(out('03/02 09:00:00'))}`, [false]],
    [
      'not in versions that do not list what is in use',
      day(out('03/02 09:00:00')).replace('14.1', '9.4'),
      [false],
    ],
    [
      'after a shutdown',
      `${day(shutdown('03/02 18:00:00'), 'END 03/02/2026 18:00')}\n${again}`,
      [true, true],
    ],
    ['after a log that breaks off', `${day(out('03/02 09:00:00'))}\n${again}`, [true, true]],
    [
      'not after the log was switched away',
      `${day('SWITCH to b.rl', 'END 03/02/2026 18:00')}\n${again}`,
      [true, false],
    ],
    ['not after an END that says no more', `${day('END 03/02/2026 18:00')}\n${again}`, [true, false]],
  ];
  for (const [title, text, expected] of cases) test(title, () => assert.deepEqual(restarts(text), expected));
});

test('a session in use is known where this log has shown it before', () => {
  const text = logOf('03/02/2026 08:00', [
    inUse('03/01 09:00:00', '40'),
    out('03/02 09:00:00', '4f'),
    checkIn('03/02 10:00:00', '40'),
    'REREAD root licsrv 03/02 11:00:00',
    inUse('03/02 09:00:00', '4f'),
    inUse('03/01 09:00:00', '40'),
    inUse('03/02 10:30:00', '4f', 'eve'),
  ]);
  const known = readText(rlm, text).records.flatMap((record) =>
    record.event === 'INUSE' ? [record.known] : [],
  );
  // Number 40 was returned and is given anew; 4f is listed for somebody else.
  assert.deepEqual(known, [false, true, false, false]);
});

test('canonical words', () => {
  const text = logOf('03/02/2026 08:00', [
    out('03/02 09:00:00'),
    inUse('03/01 09:00:00', '40', 'dee'),
    inUse('03/02 09:00:00'),
    'DENY editor 2025.0 bob ws02 "" 1 -22 0 03/02 09:01',
    'DENY editor 2025.0 bob ws02 "" 1 -22 1 03/02 09:02',
    'QUE editor 2025.1 bob ws02 "" 1 50 "" "editor" "2025.1" 03/02 09:03:00',
    'DEQUE 6 editor 2025.1 bob ws02 "" 1 50 03/02 09:04:00',
    checkIn('03/02 10:00:00'),
    'ROAM_EXTEND editor 2025.1 1 ann ws01 "" 4 4f 1a 03/02 11:00:00',
    'REREAD root licsrv 03/02 11:00:00',
    'TIMEJUMP +90 03/02 12:40:00',
    shutdown('03/02 18:00:00'),
    'AUTH 1 c0ffee',
  ]);
  const seen = readText(rlm, text).records.map((record) => seeThrough(shipped('rlm'), toJson(record)));
  assert.deepEqual(
    seen.map(({ action, outcome, decision }) => [action, outcome, decision]),
    [
      ['server.start', 'unknown', undefined],
      ['license.checkout', 'success', 'allowed'],
      ['license.checkout', 'success', 'allowed'],
      ['INUSE', 'success', 'allowed'],
      ['license.denied', 'unknown', undefined],
      ['license.denied', 'failure', 'denied'],
      ['license.queued', 'unknown', undefined],
      ['license.dequeued', 'unknown', undefined],
      ['license.checkin', 'success', undefined],
      ['license.borrow', 'unknown', undefined],
      ['server.reread', 'unknown', undefined],
      ['clock.jump', 'unknown', undefined],
      ['server.stop', 'unknown', undefined],
      ['AUTH', 'unknown', undefined],
    ],
  );
  assert.deepEqual(seen[0]!.actor, 'licsrv');
  const { actor, target, session, service, reason } = seen[8]!;
  assert.deepEqual(
    [actor, target, session, service, reason],
    ['ann', 'editor', 'licsrv/acme/4f', 'acme', 'normal'],
  );
});

const CONTRACT = `
contract: { id: C-1, timezone: UTC }
licenses:
  - id: editor
    covers: { feature: [editor], version: "= 2025.1" }
    measure: count seats each instant take max over month
    quantity: [{ from: 2026-01-01, set: 2 }]
evidence: { coverage: 0% }
`;

/** The most seats in use that the log proves. */
function seatsOf(lines: readonly string[]): number {
  const { records, malformed } = readText(rlm, logOf('03/02/2026 08:00', lines, ['TIMEZONE 0']));
  assert.deepEqual(malformed, []);
  const events = records.map((record) => ({ ...record, ...seeThrough(shipped('rlm'), toJson(record)) }));
  return runContract(CONTRACT, events).find(({ usage }) => usage !== undefined)!.usage!.used;
}

describe('seats', () => {
  test('of sessions from before the log count', () => {
    const lines = [
      inUse('03/01 09:00:00', '40', 'dee'),
      inUse('03/01 09:30:00', '41', 'cid'),
      out('03/02 09:00:00'),
    ];
    const ins = ['40', '41', '4f'].map((handle) => checkIn('03/02 10:00:00', handle));
    assert.equal(seatsOf([...lines, ...ins]), 3);
  });

  test('that are listed again count once', () => {
    const lines = [
      out('03/02 09:00:00', '40', 'dee'),
      out('03/02 09:00:00'),
      'REREAD root licsrv 03/02 09:10:00',
    ];
    const again = [inUse('03/02 09:00:00', '40', 'dee'), inUse('03/02 09:00:00')];
    const ins = ['40', '4f'].map((handle) => checkIn('03/02 10:00:00', handle));
    assert.equal(seatsOf([...lines, ...again, ...ins]), 2);
  });
});
