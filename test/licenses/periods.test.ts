/** Days, months and segments in real time zones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatInstant, parseTimestamp } from '../../src/base/instant.ts';
import { EARLIEST, isTimeZone, LATEST, localDate, parseDate, startOfDay } from '../../src/base/time-zone.ts';
import { calendarPeriodAt, coveredPercent, toSegments } from '../../src/licenses/contract/periods.ts';

const HOUR = 3_600_000_000_000n;

function at(text: string): bigint {
  const parsed = parseTimestamp(text);
  assert.equal(parsed.problem, undefined);
  return parsed.instant!;
}

function day(text: string, zone: string): string {
  return formatInstant(startOfDay(parseDate(text)!, zone));
}

test('months when clocks change have 743 and 745 hours in Berlin, and 744 in UTC', () => {
  const hours = (zone: string, text: string) => {
    const { from, until } = calendarPeriodAt('month', at(text), zone);
    return Number((until - from) / HOUR);
  };
  assert.equal(hours('Europe/Berlin', '2025-03-15T00:00:00Z'), 743);
  assert.equal(hours('Europe/Berlin', '2025-10-15T00:00:00Z'), 745);
  assert.equal(hours('UTC', '2025-03-15T00:00:00Z'), 744);
});

test('UTC, which is told without zone data, has the days of a zone that is GMT by its data', () => {
  const ms = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2200, 0) - 1 });
  fc.assert(
    fc.property(ms, (each) => {
      const instant = BigInt(each) * 1_000_000n;
      const date = localDate(instant, 'UTC');
      assert.deepEqual(date, localDate(instant, 'Etc/GMT'));
      assert.equal(startOfDay(date, 'UTC'), startOfDay(date, 'Etc/GMT'));
    }),
  );
});

test('the last hour of a UTC month is the next month in Berlin', () => {
  const instant = at('2025-01-31T23:30:00Z');
  assert.equal(calendarPeriodAt('month', instant, 'UTC').label, '2025-01');
  assert.equal(calendarPeriodAt('month', instant, 'Europe/Berlin').label, '2025-02');
  assert.equal(calendarPeriodAt('quarter', at('2025-03-31T22:00:00Z'), 'Europe/Berlin').label, '2025-Q2');
});

test('a day begins at its first instant where midnight is skipped, repeated, or the whole day is missing', () => {
  assert.equal(
    day('2018-11-04', 'America/Sao_Paulo'),
    '2018-11-04T03:00:00Z',
    'clocks went from 0:00 to 1:00',
  );
  assert.equal(
    day('2025-10-26', 'Atlantic/Azores'),
    '2025-10-26T00:00:00Z',
    'clocks went from 1:00 back to 0:00: the first midnight',
  );
  assert.equal(
    day('2011-12-30', 'Pacific/Apia'),
    '2011-12-30T10:00:00Z',
    'Samoa had no such day: where the 31st begins',
  );
  assert.equal(day('2025-07-01', 'Europe/Berlin'), '2025-06-30T22:00:00Z');
});

test('every instant lies in the period that is named for it, and periods leave no hole', () => {
  const zones = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Pacific/Apia',
    'America/Sao_Paulo',
    'Australia/Lord_Howe',
  );
  const instants = fc.bigInt({ min: EARLIEST, max: LATEST - 1n });
  fc.assert(
    fc.property(
      zones,
      instants,
      fc.constantFrom('month' as const, 'quarter' as const),
      (zone, instant, kind) => {
        const period = calendarPeriodAt(kind, instant, zone);
        assert.ok(period.from <= instant && instant < period.until);
        assert.equal(calendarPeriodAt(kind, period.from - 1n, zone).until, period.from);
        assert.equal(calendarPeriodAt(kind, period.until, zone).from, period.until);
        const { year, month } = localDate(instant, zone);
        if (kind === 'month') assert.equal(period.label, `${year}-${String(month).padStart(2, '0')}`);
      },
    ),
    { numRuns: 300 },
  );
});

test('segments cut a month where the quantity changes, and know the limit of each', () => {
  const limits = [
    { from: at('2025-01-01T00:00:00Z'), amount: 5n },
    { from: at('2025-01-20T00:00:00Z'), amount: 7n },
  ];
  const plan = { over: 'month' as const, zone: 'UTC', term: undefined, limits };
  const segments = toSegments(plan, at('2024-12-31T00:00:00Z'), at('2025-02-01T00:00:00Z'));
  assert.deepEqual(
    segments.map(({ period, limit, from }) => [
      period?.label,
      limit?.amount,
      formatInstant(from).slice(0, 10),
    ]),
    [
      ['2024-12', undefined, '2024-12-01'],
      ['2025-01', 5n, '2025-01-01'],
      ['2025-01', 7n, '2025-01-20'],
      ['2025-02', 7n, '2025-02-01'],
    ],
  );
});

test('coverage is measured against the part of the period that lies in the term', () => {
  const zone = 'UTC';
  const period = calendarPeriodAt('month', at('2025-01-15T00:00:00Z'), zone);
  const until = { text: '2026-01-01', instant: at('2026-01-01T00:00:00Z') };
  const term = { from: { text: '2025-01-30', instant: at('2025-01-30T00:00:00Z') }, until, grace: 0n };
  const coverage = { from: at('2025-01-31T00:00:00Z'), until: at('2025-03-01T00:00:00Z') };
  assert.equal(coveredPercent(period, term, coverage), 50);
  assert.equal(coveredPercent(period, undefined, undefined), 0);
});

test('isTimeZone() takes IANA names only', () => {
  assert.deepEqual(['Europe/Berlin', 'UTC', '+01:00', 'Mars/Olympus', ''].map(isTimeZone), [
    true,
    true,
    false,
    false,
    false,
  ]);
});
