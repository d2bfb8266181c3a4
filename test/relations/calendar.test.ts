/** Windows of the calendar, against a twin that asks the clock of the zone, and limits that dated tables hold. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatInstant, parseTimestamp } from '../../src/base/instant.ts';
import type { Mark } from '../../src/model/mark.ts';
import type { Coverage } from '../../src/model/relation.ts';
import type { CalendarUnit, Correlation, Table, TableRow } from '../../src/model/rule.ts';
import { calendarWindowAt, calendarWindows } from '../../src/relations/calendar.ts';
import { type CalendarJudging, calendarEpisodes } from '../../src/relations/calendar-episodes.ts';
import { eventCount } from '../../src/relations/event-count.ts';
import { isTimed } from '../../src/relations/mark-window.ts';
import { valueAvg } from '../../src/relations/value-avg.ts';
import { valueSum } from '../../src/relations/value-sum.ts';
import { COUNTED, correlationOf, inOrder, judge, RUNS, refusal, toMark } from './made-marks.ts';

function at(text: string): bigint {
  const parsed = parseTimestamp(text);
  assert.ok(parsed.problem === undefined);
  return parsed.instant;
}
const HOUR = 3_600_000_000_000n;
const windowOf = (unit: CalendarUnit, zone: string, text: string) => {
  const { from, until } = calendarWindowAt(unit, zone, at(text));
  return `${formatInstant(from)} ${formatInstant(until)}`;
};

test('days, weeks, months and years begin at midnight on the clocks of the zone', () => {
  const text = '2026-03-31T22:30:00Z';
  assert.equal(windowOf('day', 'UTC', text), '2026-03-31T00:00:00Z 2026-04-01T00:00:00Z');
  assert.equal(windowOf('day', 'Europe/Berlin', text), '2026-03-31T22:00:00Z 2026-04-01T22:00:00Z');
  assert.equal(windowOf('week', 'Europe/Berlin', text), '2026-03-29T22:00:00Z 2026-04-05T22:00:00Z');
  assert.equal(windowOf('month', 'Europe/Berlin', text), '2026-03-31T22:00:00Z 2026-04-30T22:00:00Z');
  assert.equal(windowOf('year', 'Europe/Berlin', text), '2025-12-31T23:00:00Z 2026-12-31T23:00:00Z');
  assert.equal(windowOf('hour', 'Asia/Kolkata', text), '2026-03-31T22:30:00Z 2026-03-31T23:30:00Z');
});

test('the days on which clocks are set have 23 and 25 hours, and the hour shown twice is two', () => {
  const hours = (text: string) => {
    const { from, until } = calendarWindowAt('day', 'Europe/Berlin', at(text));
    return (until - from) / HOUR;
  };
  assert.deepEqual([hours('2026-03-29T10:00:00Z'), hours('2026-10-25T10:00:00Z')], [23n, 25n]);
  assert.equal(
    windowOf('hour', 'Europe/Berlin', '2026-10-25T00:30:00Z'),
    '2026-10-25T00:00:00Z 2026-10-25T01:00:00Z',
  );
  assert.equal(
    windowOf('hour', 'Europe/Berlin', '2026-10-25T01:30:00Z'),
    '2026-10-25T01:00:00Z 2026-10-25T02:00:00Z',
  );
});

test('an hour in which clocks are set by half an hour is cut there', () => {
  // Lord Howe Island, 2026-04-05: at 2:00 of summer time clocks go back to 1:30.
  assert.equal(
    windowOf('hour', 'Australia/Lord_Howe', '2026-04-04T14:59:00Z'),
    '2026-04-04T14:00:00Z 2026-04-04T15:00:00Z',
  );
  assert.equal(
    windowOf('hour', 'Australia/Lord_Howe', '2026-04-04T15:10:00Z'),
    '2026-04-04T15:00:00Z 2026-04-04T15:30:00Z',
  );
  assert.equal(
    windowOf('hour', 'Australia/Lord_Howe', '2026-04-04T15:30:00Z'),
    '2026-04-04T15:30:00Z 2026-04-04T16:30:00Z',
  );
});

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Pacific/Apia',
  'Africa/Casablanca',
];
const UNITS: readonly CalendarUnit[] = ['hour', 'day', 'week', 'month', 'year'];

test('every instant lies in its window, and windows follow one another without hole or overlap', () => {
  const instant = fc.bigInt({
    min: at('1991-01-01T00:00:00Z') / HOUR,
    max: at('2040-01-01T00:00:00Z') / HOUR,
  });
  const property = fc.property(
    fc.constantFrom(...ZONES),
    fc.constantFrom(...UNITS),
    instant,
    fc.bigInt({ min: 0n, max: HOUR - 1n }),
    (zone, unit, hour, rest) => {
      const time = hour * HOUR + rest;
      const { from, until } = calendarWindowAt(unit, zone, time);
      assert.ok(from <= time && time < until);
      for (const inside of [from, until - 1n])
        assert.deepEqual(calendarWindowAt(unit, zone, inside), { from, until });
      assert.equal(calendarWindowAt(unit, zone, until).from, until);
      assert.equal(calendarWindowAt(unit, zone, from - 1n).until, from);
    },
  );
  fc.assert(property, { numRuns: Math.min(RUNS, 3_000) });
});

/** What clocks in the zone show, by a format of its own. */
const formats = new Map<string, Intl.DateTimeFormat>();
function monthOf(mark: bigint, zone: string): string {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit' });
  formats.set(zone, format);
  return format.format(Number(mark / 1_000_000n));
}

type Row = { days: number; until: number | undefined; line: number; value: string };
const rows: fc.Arbitrary<Row[]> = fc
  .array(
    fc.record({
      // Quarters of a day around the turns of months.
      days: fc.integer({ min: 0, max: 130 * 4 }),
      until: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined, freq: 3 }),
      value: fc.constantFrom('1', '2', '5', '-3'),
    }),
    { maxLength: 24 },
  )
  .map((drawn) => drawn.map((row, line) => ({ ...row, line: line + 1 })));

const START = 1_769_817_600; // 2026-01-31T00:00:00Z
const QUARTER = 6 * 3600;
const marksOf = (drawn: readonly Row[]) =>
  inOrder(
    drawn.map(({ days, until, line, value }) => {
      const time = START + days * QUARTER;
      return { at: time, line, value, ...(until !== undefined && { until: time + until * QUARTER }) };
    }),
  );
const endOf = (mark: Mark) => mark.until ?? mark.time!;

/** Months that hold, those in a row as one. */
function monthsTwin(
  marks: readonly Mark[],
  zone: string,
  figure: (window: readonly Mark[]) => number,
  holds: (value: number) => boolean,
  mode: { grows: boolean; onlyUp: boolean; coverage: Coverage; empty: boolean; fromStart: boolean },
): string[] {
  const starts = marks.map(endOf);
  if (mode.fromStart && mode.empty && mode.coverage !== undefined) starts.push(mode.coverage.from);
  if (starts.length === 0) return [];
  const first = starts.reduce((a, b) => (a < b ? a : b));
  const last = [...marks.map(endOf), ...(mode.coverage ? [mode.coverage.until] : [])].reduce((a, b) =>
    a > b ? a : b,
  );
  const said: string[] = [];
  let previous = '';
  for (
    let { from, until } = calendarWindowAt('month', zone, first);
    from <= last;
    { from, until } = calendarWindowAt('month', zone, until)
  ) {
    const window = marks
      .filter((mark) => monthOf(endOf(mark), zone) === monthOf(from, zone))
      .sort((a, b) => Number(endOf(a) - endOf(b)));
    const ends = [...new Set(window.map(endOf))];
    const figures = mode.grows
      ? ends.map((end) => figure(window.filter((mark) => endOf(mark) <= end)))
      : [figure(window)];

    const isCovered =
      mode.coverage !== undefined && from >= mode.coverage.from && until - 1n <= mode.coverage.until;
    const isJudged = window.length > 0 || (mode.empty && isCovered);
    const held = isJudged ? figures.filter(holds) : [];
    const verdict =
      held.length === 0 ? '' : (mode.grows && mode.onlyUp) || isCovered ? 'violation' : 'undetermined';
    if (verdict !== '' && verdict === previous) {
      const [, peak] = said.at(-1)!.split(' ');
      said[said.length - 1] = `${verdict} ${Math.max(Number(peak), ...held)}`;
    } else if (verdict !== '') said.push(`${verdict} ${Math.max(...held)}`);
    previous = verdict;
  }
  return said;
}

const monthly = (changes: Partial<Correlation>) => {
  const { timespan: _, ...rest } = correlationOf({
    window: 'calendar',
    calendarUnit: 'month',
    message: '{peak}',
    ...changes,
  });
  return rest;
};

const coverages = fc.option(
  fc.tuple(fc.integer({ min: -200, max: 100 }), fc.integer({ min: 200, max: 700 })).map(([from, until]) => ({
    from: BigInt(START + from * QUARTER) * 1_000_000_000n,
    until: BigInt(START + until * QUARTER) * 1_000_000_000n,
  })),
  { nil: undefined },
);

for (const [name, definition, figure] of [
  ['event_count', eventCount, (window: readonly Mark[]) => window.length],
  [
    'value_sum',
    valueSum,
    (window: readonly Mark[]) => window.reduce((sum, { values }) => sum + Number(values[0]), 0),
  ],
] as const) {
  test(`${name} over calendar months equals its twin, as marks arrive and month by month`, () => {
    const operators = fc.constantFrom('gte', 'lt', 'eq') as fc.Arbitrary<'gte' | 'lt' | 'eq'>;
    const property = fc.property(
      rows,
      operators,
      fc.integer({ min: 0, max: 8 }),
      fc.constantFrom(...ZONES),
      coverages,
      fc.boolean(),
      (drawn, operator, limit, timezone, coverage, fromStart) => {
        const marks = marksOf(drawn);
        const grows = operator === 'gte';
        const holds = (value: number) =>
          operator === 'gte' ? value >= limit : operator === 'lt' ? value < limit : value === limit;
        const twin = monthsTwin(marks, timezone, figure, holds, {
          grows,
          onlyUp: true,
          coverage,
          empty: !grows,
          fromStart,
        });
        const extra = definition === valueSum ? COUNTED : {};
        const found = judge(
          definition,
          monthly({
            condition: { [operator]: limit },
            timezone,
            groupNames: fromStart ? [] : ['tenant'],
            ...extra,
          }),
          marks,
          coverage,
        );
        assert.deepEqual(
          found.map(({ verdict, message }) => `${verdict} ${/-?\d+/.exec(message)![0]}`),
          twin,
        );
      },
    );
    fc.assert(property, { numRuns: RUNS });
  });
}

describe('calendar windows', () => {
  const mark = (text: string, line: number, value?: string): Mark => ({
    ...toMark({ at: 0, line, value }),
    time: at(text),
  });
  const all = { from: at('2026-01-01T00:00:00Z'), until: at('2026-06-30T00:00:00Z') };
  test('name the month and the zone, and are not a sliding window', () => {
    const { message: _, ...rule } = monthly({ condition: { gt: 1 }, timezone: 'Europe/Berlin' });
    const marks = [
      mark('2026-03-31T21:59:59Z', 1),
      mark('2026-03-31T22:00:00Z', 2),
      mark('2026-04-30T21:59:59Z', 3),
    ];
    assert.deepEqual(
      judge(eventCount, rule, marks).map(({ message }) => message),
      [
        'tried rule: 2 events within the month 2026-04 (Europe/Berlin), expected at most 1, from 2026-03-31T22:00:00Z until 2026-04-30T21:59:59Z',
      ],
    );
  });
  test('trap 15: a known group that falls silent is told, for each stretch of months that the log covers', () => {
    const rule = monthly({ condition: { lt: 1 }, groupNames: ['tenant'] });
    const marks = [mark('2026-02-10T00:00:00Z', 1), mark('2026-05-10T00:00:00Z', 2)];
    assert.deepEqual(
      judge(eventCount, rule, marks, all).map(({ verdict, message, place }) => [
        verdict,
        message,
        place.line,
      ]),
      [['violation', '0', 1]],
    );
    assert.deepEqual(judge(eventCount, rule, marks, undefined), []);
  });
  test('where there is but one group, months before its first event are told, and a log without any', () => {
    const rule = monthly({ condition: { lt: 1 } });
    const told = (marks: readonly Mark[], coverage: Coverage) =>
      judge(eventCount, rule, marks, coverage).map(({ verdict, place, count, span }) => [
        verdict,
        `${place.file}:${place.line}`,
        count,
        ...[span!.from, span!.until + 1n].map((instant) => formatInstant(instant).slice(0, 10)),
      ]);
    const marks = [mark('2026-02-10T00:00:00Z', 1), mark('2026-05-10T00:00:00Z', 2)];
    assert.deepEqual(told(marks, all), [
      ['violation', 'a.ndjson:1', 0, '2026-01-01', '2026-02-01'],
      ['violation', 'a.ndjson:1', 0, '2026-02-10', '2026-05-01'],
    ]);
    assert.deepEqual(told([], all), [['violation', 'rules.yaml:1', 0, '2026-01-01', '2026-06-01']]);
    assert.deepEqual(told([], undefined), []);
    assert.deepEqual(told([], { ...all, until: at('2026-01-30T00:00:00Z') }), []);
    const [hole] = [{ from: at('2026-03-01T00:00:00Z'), until: at('2026-03-09T00:00:00Z') }];
    assert.equal(told([], { ...all, holes: [hole!] })[0]?.[0], 'undetermined');
  });
  test('an average of a month that the log does not cover is undetermined', () => {
    const rule = monthly({ condition: { gt: 1 }, ...COUNTED });
    const marks = [mark('2026-02-10T00:00:00Z', 1, '5')];
    const verdicts = (from: string) =>
      judge(valueAvg, rule, marks, { ...all, from: at(from) }).map(({ verdict }) => verdict);
    assert.deepEqual(
      [verdicts('2026-02-01T00:00:00Z'), verdicts('2026-02-01T00:00:01Z')],
      [['violation'], ['undetermined']],
    );
  });
  test('a time that no calendar should hold is one that cannot be read', () => {
    const marks = [mark('0001-01-01T00:00:00Z', 1), mark('2026-02-10T00:00:00Z', 2)];
    const [found] = judge(eventCount, monthly({ condition: { gte: 2 } }), marks);
    assert.equal(found?.verdict, 'undetermined');
  });
  test('two hundred years of hours without an event are one step', () => {
    const { calendarUnit: _, ...rule } = monthly({ condition: { lt: 1 }, groupNames: ['tenant'] });
    const marks = [mark('1990-01-02T00:00:00Z', 1), mark('2199-12-31T00:00:00Z', 2)];
    const wide = { from: at('1990-01-01T00:00:00Z'), until: at('2199-12-31T23:00:00Z') };
    assert.equal(judge(eventCount, { ...rule, calendarUnit: 'hour' }, marks, wide).length, 2);
    let asked = 0;
    const hourOf = calendarWindows('hour', 'UTC');
    const judging: CalendarJudging = {
      windowAt(instant) {
        asked++;
        return hourOf(instant);
      },
      makeMeasure: () => ({ add() {}, remove() {}, value: () => 1 }),
      judge: (figure) => (figure === 0 ? 'violation' : 'satisfied'),
      telling: undefined,
      asTheyArrive: false,
      ofNothing: 0,
      covered: wide,
      place: undefined,
    };
    assert.equal([...calendarEpisodes(marks.filter(isTimed), judging)].length, 2);
    assert.ok(asked < 10, `${asked} windows were looked at`);
  });
  test('the window of the mark before is asked first', () => {
    const windowAt = calendarWindows('month', 'Europe/Berlin');
    assert.equal(windowAt(at('2026-02-10T00:00:00Z')), windowAt(at('2026-02-11T00:00:00Z')));
  });
});

describe('limits from dated tables', () => {
  const row = (tenant: string[], units: string, from?: string, to?: string): TableRow => ({
    columns: { tenant, units: [units] },
    ...(from !== undefined && { from: at(from) }),
    ...(to !== undefined && { to: at(to) }),
  });
  const tableOf = (...tableRows: TableRow[]): Table => ({
    name: 'quotas',
    title: 'Quotas',
    file: 'quotas.yaml',
    line: 3,
    rows: tableRows,
  });
  const ruled = (table: Table, changes: Partial<Correlation> = {}) =>
    correlationOf({
      limits: { gt: { table, match: { tenant: 'tenant' }, value: 'units' } },
      groupNames: ['tenant'],
      ...changes,
    });
  const quotas = tableOf(
    row(['acme', 'zeta'], '1', undefined, '2026-02-01T00:00:00Z'),
    row(['acme'], '2', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'),
  );
  const burst = (from: string, events: number): Mark[] =>
    Array.from({ length: events }, (_, index) => ({
      ...toMark({ at: 0, line: index + 1 }),
      time: at(from) + BigInt(index),
    }));
  const said = (tenant: string, marks: Mark[], rule = ruled(quotas)) =>
    [...eventCount.compile(rule, assert.fail)!.judge([tenant], marks, undefined)].map(
      ({ verdict, message }) => `${verdict} ${message.split(', from')[0]}`,
    );

  test('the row in force at the time of the event decides: from is included, to is not', () => {
    const over = (limit: number) => [
      `violation tried rule: ${limit + 1} events within 10s of tenant "acme", expected at most ${limit}`,
    ];
    assert.deepEqual(said('acme', burst('2026-01-31T23:59:59Z', 2)), over(1));
    assert.deepEqual(said('acme', burst('2026-02-01T00:00:00Z', 2)), []);
    assert.deepEqual(said('acme', burst('2026-02-01T00:00:00Z', 3)), over(2));
    assert.deepEqual(said('zeta', burst('2026-01-31T23:59:59Z', 2)).length, 1);
  });
  test('without a row in force it is undetermined, once for a group, with the reason', () => {
    const note =
      'positions of tenant "acme" without a limit, no row of the table is in force for it at the time';
    assert.deepEqual(said('acme', burst('2026-03-01T00:00:00Z', 3)), [`undetermined tried rule: 3 ${note}`]);
    assert.equal(said('nobody', burst('2026-01-01T00:00:00Z', 3)).length, 1);
    assert.deepEqual(
      said('acme', [
        ...burst('2026-01-01T00:00:00Z', 2),
        ...burst('2026-05-01T00:00:00Z', 9),
        ...burst('2026-07-01T00:00:00Z', 9),
      ]).map((text) => text.split(' ')[0]),
      ['violation', 'undetermined'],
    );
  });
  test('a limit of its own and one from a table make a range', () => {
    const range = ruled(quotas, { condition: { lt: 4 } });
    const verdicts = (events: number) =>
      said('acme', burst('2026-01-10T00:00:00Z', events), range).map((text) => text.split(' ')[0]);
    assert.deepEqual([verdicts(1), verdicts(2), verdicts(4)], [[], ['undetermined'], []]);
  });
  test('two rows at one time, and what the table lacks, are told with its place', () => {
    const twice = tableOf(row(['acme'], '1'), row(['zeta', 'acme'], '2', '2026-02-01T00:00:00Z'));
    assert.equal(
      refusal(eventCount, ruled(twice)),
      'the table "quotas" (quotas.yaml:3) holds two rows at one time for tenant "acme", from 2026-02-01T00:00:00Z on',
    );
    assert.match(
      refusal(eventCount, ruled(tableOf(row(['acme'], 'many')))),
      /row 1 of the table "quotas" .* must hold one number as "units", found "many"/,
    );
    const named = (match: Record<string, string>, value: string) =>
      refusal(
        eventCount,
        correlationOf({ limits: { gt: { table: quotas, match, value } }, groupNames: ['tenant'] }),
      );
    assert.match(named({ tenant: 'tenant' }, 'unit'), /has no column "unit", did you mean "units"/);
    assert.match(named({ tenants: 'tenant' }, 'units'), /has no column "tenants", did you mean "tenant"/);
    assert.match(named({ tenant: 'actor' }, 'units'), /"match" names "actor", which is not in "group-by"/);
    const many = Array.from({ length: 400 }, (_, index) => `t${index}`);
    const wide: TableRow = { columns: { tenant: many, region: many, units: ['1'] } };
    const rule = correlationOf({
      limits: { gt: { table: tableOf(wide), match: { tenant: 'tenant', region: 'region' }, value: 'units' } },
      groupNames: ['tenant', 'region'],
    });
    assert.match(refusal(eventCount, rule), /holds more than 100000 combinations to match/);
  });
});
