/** The days of a FlexNet debug log: midnights, clocks that are set, dates that confirm or correct, zones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { localDate, wallClockMs } from '../../src/base/time-zone.ts';
import { flexnet } from '../../src/text-logs/flexnet.ts';
import { rounds } from '../support/rounds.ts';

type Read = Record<string, unknown>;

function read(lines: readonly string[], zone?: string): Read[] {
  const reader = flexnet.start(lines, zone === undefined ? {} : { zone });
  return lines.flatMap((line) => {
    const outcome = reader.line(line);
    return typeof outcome !== 'string' && 'record' in outcome ? [JSON.parse(outcome.record)] : [];
  });
}

const at = (clock: string) => `${clock} (demo) OUT: "solver" ann@pc1  `;
const timestamp = (clock: string, date: string) => `${clock} (lmgrd) TIMESTAMP ${date}`;
const times = (records: readonly Read[]) => records.map(({ time }) => time);

test('a clock that goes back by much has passed midnight', () => {
  const lines = [
    timestamp('20:00:00', '12/31/2024'),
    at('23:59:59'),
    at(' 0:00:00'),
    at(' 0:00:00'),
    at('23:00:00'),
    at(' 7:00:00'),
  ];
  assert.deepEqual(times(read(lines)), [
    '2024-12-31T23:59:59',
    '2025-01-01T00:00:00',
    '2025-01-01T00:00:00',
    '2025-01-01T23:00:00',
    '2025-01-02T07:00:00',
  ]);
});

test('a small step back is no midnight; the record after it says by how much', () => {
  const lines = [
    timestamp('12:00:00', '3/1/2025'),
    at('13:00:00'),
    at('12:00:30'),
    at('12:00:31'),
    at('12:00:29'),
  ];
  const records = read(lines);
  assert.deepEqual(times(records), [
    '2025-03-01T13:00:00',
    '2025-03-01T12:00:30',
    '2025-03-01T12:00:31',
    '2025-03-01T12:00:29',
  ]);
  assert.deepEqual(
    records.map(({ stepped }) => stepped),
    [undefined, 3570, undefined, undefined],
  );
});

test('what a second pass of the clock shows is told apart from the first', () => {
  const lines = [
    timestamp('12:00:00', '3/1/2025'),
    at('13:00:00'),
    at('13:30:00'),
    at('13:00:00'),
    at('13:00:00'),
    at('13:30:01'),
  ];
  assert.deepEqual(
    read(lines).map(({ again }) => again),
    [undefined, undefined, '2.1', '2.2', undefined],
  );
});

test('a line of yesterday that comes after midnight is of yesterday', () => {
  const lines = [timestamp('20:00:00', '3/1/2025'), at(' 0:00:01'), at('23:59:59'), at(' 0:00:02')];
  assert.deepEqual(times(read(lines)), ['2025-03-02T00:00:01', '2025-03-01T23:59:59', '2025-03-02T00:00:02']);
});

test('lines before the first date are counted back from it', () => {
  const lines = [at('22:00:00'), at(' 3:00:00'), timestamp(' 4:00:00', '3/1/2025'), at(' 5:00:00')];
  assert.deepEqual(times(read(lines)), ['2025-02-28T22:00:00', '2025-03-01T03:00:00', '2025-03-01T05:00:00']);
});

test('before a server that starts nothing is counted back: it may have rested for days', () => {
  const start = " 4:00:00 (lmgrd) Server's System Date and Time: Sat Mar 01 2025 04:00:00 EST";
  const records = read([at('22:00:00'), at(' 3:00:00'), start, at(' 5:00:00')]);
  assert.deepEqual(times(records), [undefined, undefined, '2025-03-01T05:00:00']);
  assert.deepEqual(
    records.map(({ clock, day }) => [clock, day]),
    [
      ['22:00:00', 0],
      ['03:00:00', 1],
      [undefined, undefined],
    ],
  );
});

test('a log without any date has no times, and tells its days apart', () => {
  const records = read([at('22:00:00'), at(' 3:00:00'), at('22:00:00')]);
  assert.deepEqual(
    records.map(({ time, clock, day }) => [time, clock, day]),
    [
      [undefined, '22:00:00', 0],
      [undefined, '03:00:00', 1],
      [undefined, '22:00:00', 1],
    ],
  );
});

test('every line that carries a date tells the day', () => {
  const carriers = [
    "10:55:13 (lmgrd) Server's System Date and Time: Wed Jul 17 2019 10:55:13 -05",
    '10:55:13 (lmgrd) FlexNet Licensing (v11.13.1.2 build 1 x64_lsb) started on lic1 (linux) (7/17/2019)',
    '10:55:13 (lmgrd) TIMESTAMP 7/17/2019',
    '10:55:13 (demo) (@demo-SLOG@) Time: Wed Jul 17 2019 10:55:13 Eastern Daylight Time',
    '10:55:13 (demo) (@demo-SLOG@) Start-Date: Wed Jul 17 2019 10:55:13 EST',
  ];
  for (const carrier of carriers)
    assert.equal(read([carrier, at('11:00:00')]).at(-1)?.time, '2019-07-17T11:00:00', carrier);
});

test('dates of the past, and dates that no calendar has, tell no day', () => {
  const others = [
    '10:55:13 (demo) (@demo-SLOG@) 00000008 ms at 21:06:15(1/9/2017),#3,(ann,pc1,19)',
    '10:55:13 (demo) (@demo-SLOG@) Peak active connections #4 attempted at Sun Jan 08 2017 20:00:01 EST',
    '10:55:13 (lmgrd) TIMESTAMP 2/30/2025',
    '10:55:13 (lmgrd) TIMESTAMP 17/7/2019',
    '10:55:13 (lmgrd) TIMESTAMP 7/17/20190',
    '10:55:13 (demo) (@demo-SLOG@) Time: Mit Jul 17 1819 10:55:13',
  ];
  for (const other of others) assert.equal(read([other, at('11:00:00')]).at(-1)?.time, undefined, other);
});

test('a date that is not the one counted becomes a record, and is believed', () => {
  const lines = [
    timestamp('12:00:00', '3/1/2025'),
    at('13:00:00'),
    timestamp('18:00:00', '3/4/2025'),
    at('19:00:00'),
    timestamp('20:00:00', '3/2/2025'),
    at('21:00:00'),
  ];
  const jumps = read(lines).filter(({ event }) => event === 'clock.jump');
  assert.deepEqual(jumps, [
    {
      time: '2025-03-04T18:00:00',
      event: 'clock.jump',
      daemon: 'lmgrd',
      days: 3,
      from: '2025-03-01',
      to: '2025-03-04',
    },
    {
      time: '2025-03-02T20:00:00',
      event: 'clock.jump',
      daemon: 'lmgrd',
      days: -2,
      from: '2025-03-04',
      to: '2025-03-02',
      again: '2.1',
    },
  ]);
  assert.equal(read(lines).at(-1)?.time, '2025-03-02T21:00:00');
});

test('between a date and one that is ahead of the days counted time is lost, however often it is told', () => {
  const lines = [
    timestamp('12:00:00', '3/1/2025'),
    at('13:00:00'),
    at(' 9:00:00'),
    timestamp('18:00:00', '3/4/2025'),
    timestamp('20:00:00', '3/2/2025'),
    at('21:00:00'),
    timestamp(' 0:00:00', '3/3/2025'),
    timestamp(' 6:00:00', '3/8/2025'),
  ];
  const reader = flexnet.start(lines, { zone: 'UTC' });
  for (const line of lines) reader.line(line);
  const shown = reader.lost!.map((each) => [each.fromMs, each.untilMs].map((ms) => new Date(ms).toJSON()));
  assert.deepEqual(shown, [['2025-03-01T12:00:00.000Z', '2025-03-08T06:00:00.000Z']]);
});

test('a server that starts days later is no jump, one that starts earlier is', () => {
  const start = (date: string) =>
    ` 9:00:00 (lmgrd) FlexNet Licensing (v11.1) started on lic1 (linux) (${date})`;
  const [, later] = read([timestamp('12:00:00', '3/1/2025'), at('13:00:00'), start('3/9/2025')]);
  assert.deepEqual([later?.event, later?.time, later?.days], ['started', '2025-03-09T09:00:00', undefined]);
  const [, earlier] = read([timestamp('12:00:00', '3/5/2025'), at('13:00:00'), start('3/1/2025')]);
  assert.deepEqual([earlier?.event, earlier?.days, earlier?.from], ['started', -5, '2025-03-06']);
});

test('a date that was taken a moment before or after midnight corrects nothing', () => {
  const before = [timestamp('18:00:00', '3/1/2025'), timestamp(' 0:00:00', '3/1/2025'), at(' 0:00:01')];
  assert.deepEqual(times(read(before)), ['2025-03-02T00:00:01']);
  const after = [timestamp('18:00:00', '3/1/2025'), timestamp('23:59:59', '3/2/2025'), at('23:59:59')];
  assert.deepEqual(times(read(after)), ['2025-03-01T23:59:59']);
});

test('near midnight a date on the other side of the day shows that a day is missing, or told twice', () => {
  const jump = (lines: readonly string[]) =>
    read(lines).map(({ event, days, from, to }) => [event, days, from, to]);
  const [night, evening] = [' 0:00:05', '23:59:55'];
  assert.deepEqual(jump([timestamp(night, '3/2/2025'), timestamp(night, '3/3/2025')]), [
    ['clock.jump', 1, '2025-03-02', '2025-03-03'],
  ]);
  assert.deepEqual(jump([timestamp(evening, '3/3/2025'), timestamp(evening, '3/2/2025')]), [
    ['clock.jump', -1, '2025-03-03', '2025-03-02'],
  ]);
});

test('in a zone the hour that clocks show twice is told by the order of the log', () => {
  const lines = [
    timestamp(' 1:00:00', '10/26/2025'),
    at(' 1:59:59'),
    at(' 2:30:00'),
    at(' 2:59:00'),
    at(' 2:00:00'),
    at(' 2:30:00'),
    at(' 3:00:00'),
  ];
  const records = read(lines, 'Europe/Berlin');
  assert.deepEqual(times(records), [
    '2025-10-26T01:59:59+02:00',
    '2025-10-26T02:30:00+02:00',
    '2025-10-26T02:59:00+02:00',
    '2025-10-26T02:00:00+01:00',
    '2025-10-26T02:30:00+01:00',
    '2025-10-26T03:00:00+01:00',
  ]);
  assert.deepEqual(
    records.map(({ stepped, again }) => stepped ?? again),
    records.map(() => undefined),
  );
});

test('a little disorder in the repeated hour is no second pass', () => {
  const lines = [timestamp(' 1:00:00', '10/26/2025'), at(' 2:10:05'), at(' 2:10:04'), at(' 2:10:06')];
  assert.deepEqual(
    times(read(lines, 'Europe/Berlin')).map((time) => String(time).slice(-6)),
    ['+02:00', '+02:00', '+02:00'],
  );
});

test('in a zone the hour that no clock shows is that of the offset before', () => {
  const lines = [timestamp(' 1:00:00', '3/30/2025'), at(' 1:59:59'), at(' 2:30:00'), at(' 3:00:00')];
  assert.deepEqual(times(read(lines, 'Europe/Berlin')), [
    '2025-03-30T01:59:59+01:00',
    '2025-03-30T02:30:00+01:00',
    '2025-03-30T03:00:00+02:00',
  ]);
});

test('UTC is written as such, half hours as they are', () => {
  assert.equal(
    read([timestamp('1:00:00', '7/1/2025'), at(' 2:00:00')], 'UTC')[0]?.time,
    '2025-07-01T02:00:00Z',
  );
  assert.equal(
    read([timestamp('1:00:00', '7/1/2025'), at(' 2:00:00')], 'America/St_Johns')[0]?.time,
    '2025-07-01T02:00:00-02:30',
  );
});

/** What a server in the zone writes at an instant in seconds. */
function render(second: number, zone: string, text: (clock: string, date: string) => string): string {
  const clock = new Date(wallClockMs(second * 1000, zone));
  const two = (value: number) => String(value).padStart(2, '0');
  const hour = String(clock.getUTCHours()).padStart(2, ' ');
  const { year, month, day } = localDate(BigInt(second) * 1_000_000_000n, zone);
  return text(
    `${hour}:${two(clock.getUTCMinutes())}:${two(clock.getUTCSeconds())}`,
    `${month}/${day}/${year}`,
  );
}

test('what a server wrote over nights and over both changes of the clock is read back to the second', () => {
  // Servers write at least every six hours; the hour before and after the clocks are set is busy, so that it can be told.
  const zone = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'UTC',
    'America/Havana',
  );
  const year = fc.integer({ min: 2000, max: 2030 });
  const steps = fc.array(fc.integer({ min: 0, max: 6 * 3600 }), { minLength: 1, maxLength: 40 });
  const near = fc.constantFrom(Date.UTC(2000, 2, 25), Date.UTC(2000, 9, 25), Date.UTC(2000, 0, 1));
  fc.assert(
    fc.property(zone, year, near, steps, (place, from, season, gaps) => {
      let second = Math.floor(season / 1000) + Math.round((from - 2000) * 365.25) * 86_400;
      const expected: number[] = [];
      const lines = [render(second, place, timestamp)];
      for (const gap of gaps)
        for (const until = second + gap; second < until; ) {
          second = Math.min(until, second + 600);
          expected.push(second);
          lines.push(render(second, place, at));
        }
      const instants = times(read(lines, place)).map((time) => Date.parse(String(time)) / 1000);
      assert.deepEqual(instants, expected);
    }),
    { numRuns: rounds(60, 1000) },
  );
});

test('without a zone the days are right from the first line to the last, wherever the date stands', () => {
  const steps = fc.array(fc.integer({ min: 1, max: 20 * 3600 }), { minLength: 2, maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.nat(), (gaps, place) => {
      let second = Date.UTC(2025, 1, 27) / 1000;
      const seconds = gaps.map((gap) => (second += gap));
      const dated = seconds[place % seconds.length]!;
      const lines = seconds.flatMap((each) => [
        render(each, 'UTC', at),
        ...(each === dated ? [render(each, 'UTC', timestamp)] : []),
      ]);
      assert.deepEqual(
        times(read(lines)).map((time) => Date.parse(`${time}Z`) / 1000),
        seconds,
      );
    }),
    { numRuns: 200 },
  );
});
