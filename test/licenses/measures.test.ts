/** Distinct people and sums through the whole relation, against twins that look at all use at every instant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NANOS_PER_SECOND, parseTimestamp } from '../../src/base/instant.ts';
import { runContract, spanning, use } from './run-contract.ts';

const DAY = 86_400n * NANOS_PER_SECOND;
const START = parseTimestamp('2025-01-01T00:00:00Z');
assert.equal(START.problem, undefined);
const START_DAY = START.instant! / DAY;

function text(day: number): string {
  return new Date(Number((START_DAY + BigInt(day)) * 86_400n) * 1000).toISOString();
}

/** Quantities by day from 1 January 2025; the log spans January and February whole. */
function contract(measure: string, limits: readonly [day: number, set: number][]): string {
  const quantity = limits.map(([day, set]) => `{from: ${text(day).slice(0, 10)}, set: ${set}}`).join(', ');
  return `
contract: {id: C-1, timezone: UTC}
fields: {quantity: units}
licenses:
  - {id: editor, covers: {feature: editor}, measure: ${measure}, quantity: [${quantity}]}`;
}

const SPAN = spanning(text(0), text(59));

type Used = { day: number; person: string; units: number };

function runMeasure(measure: string, limits: readonly [number, number][], used: readonly Used[]) {
  const records = used.map(({ day, person, units }) => use('use', text(day), person, { units }));
  return runContract(contract(measure, limits), [...SPAN, ...records])
    .filter(({ usage }) => usage !== undefined)
    .map(({ verdict, usage }) => ({ period: usage!.period, verdict }));
}

const usesArbitrary = (units: fc.Arbitrary<number>) =>
  fc
    .array(
      fc.record({
        day: fc.integer({ min: 0, max: 58 }),
        person: fc.constantFrom('ann', 'bob', 'cid', 'dan', 'eve'),
        units,
      }),
      { minLength: 1, maxLength: 14 },
    )
    .map((uses) => uses.sort((a, b) => a.day - b.day));

const limitsArbitrary = fc
  .tuple(
    fc.integer({ min: 0, max: 5 }),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 57 }), fc.integer({ min: 0, max: 5 })), { maxLength: 3 }),
  )
  .map(([first, later]): [number, number][] => {
    const byDay = new Map<number, number>([[0, first], ...later]);
    return [...byDay].sort(([a], [b]) => a - b);
  });

/** For each month: the figure at the end of each stretch with one quantity, over the month and since its last fall. */
function twin(
  limits: readonly [number, number][],
  used: readonly Used[],
  figure: (uses: readonly Used[]) => number,
) {
  const months = [
    { period: '2025-01', from: 0, until: 31 },
    { period: '2025-02', from: 31, until: 59 },
  ];
  return months
    .filter(({ from, until }) => {
      const days = used.map(({ day }) => day);
      return Math.min(...days) < until && Math.max(...days) >= from;
    })
    .map(({ period, from, until }) => {
      const limitOn = (day: number) => limits.findLast(([since]) => since <= day)![1];
      let fallen = from;
      let verdict = 'satisfied';
      for (let day = from; day < until; day++) {
        if (day > from && limitOn(day) < limitOn(day - 1)) fallen = day;
        const month = used.filter((each) => each.day >= from && each.day <= day);
        const sinceFall = month.filter((each) => each.day >= fallen);
        if (figure(sinceFall) > limitOn(day)) return { period, verdict: 'violation' };
        if (figure(month) > limitOn(day)) verdict = 'undetermined';
      }
      return { period, verdict };
    });
}

test('distinct people agree with a count of every day, against quantities that rise and fall within the month', () => {
  const people = (uses: readonly Used[]) => new Set(uses.map(({ person }) => person)).size;
  fc.assert(
    fc.property(limitsArbitrary, usesArbitrary(fc.constant(1)), (limits, used) => {
      assert.deepEqual(
        runMeasure('count distinct person each period take max over month', limits, used),
        twin(limits, used, people),
      );
    }),
    { numRuns: 150 },
  );
});

test('sums agree with a sum of every day, without drift', () => {
  // In tenths, so that floating point would be off: the twin adds whole numbers.
  const tenths = (uses: readonly Used[]) =>
    uses.reduce((sum, { units }) => sum + Math.round(units * 10), 0) / 10;
  fc.assert(
    fc.property(
      limitsArbitrary,
      usesArbitrary(fc.integer({ min: 0, max: 12 }).map((units) => units / 10)),
      (limits, used) => {
        assert.deepEqual(runMeasure('count sum(units) over month', limits, used), twin(limits, used, tenths));
      },
    ),
    { numRuns: 150 },
  );
});

test('events of use are counted one by one', () => {
  fc.assert(
    fc.property(limitsArbitrary, usesArbitrary(fc.constant(1)), (limits, used) => {
      assert.deepEqual(
        runMeasure('count events over month', limits, used),
        twin(limits, used, (uses) => uses.length),
      );
    }),
    { numRuns: 100 },
  );
});

const monthly = (measure: string, limit: number, records: readonly object[]) =>
  runContract(contract(measure, [[0, limit]]), [...SPAN, ...records]);

test('a correction that brings a sum below its limit is undetermined, for somebody must vouch for it', () => {
  const records = [use('use', text(3), 'ann', { units: 120 }), use('use', text(4), 'ann', { units: -30 })];
  const [judgement] = monthly('count sum(units) over month', 100, records);
  assert.equal(judgement!.verdict, 'undetermined');
  assert.equal(
    judgement!.message,
    'license "editor" in 2025-01: between 90 and 120 of "units", expected at most 100 (from 2025-01-01): corrections of -30 lie in the period',
  );
});

test('a quantity that cannot be read leaves its own month open, and no other', () => {
  const records = [
    use('use', text(3), 'ann', { units: 'plenty' }),
    use('use', text(40), 'ann', { units: 5 }),
  ];
  assert.deepEqual(
    monthly('count sum(units) over month', 100, records).map(({ verdict, usage }) => [
      usage!.period,
      verdict,
      usage!.reason,
    ]),
    [
      ['2025-01', 'undetermined', '1 event has no readable quantity'],
      ['2025-02', 'satisfied', undefined],
    ],
  );
});

test('somebody who held a session when the month began is a possible user, and proven once checked in', () => {
  const distinct = 'count distinct person over month';
  const held = [use('checkout', text(20), 'ann'), use('use', text(40), 'bob')];
  assert.deepEqual(
    monthly(distinct, 1, held).map(({ verdict }) => verdict),
    ['satisfied', 'undetermined'],
  );
  assert.deepEqual(
    monthly(distinct, 1, [...held, use('checkin', text(41), 'ann')]).map(({ verdict }) => verdict),
    ['satisfied', 'violation'],
  );
});

test('a check-in at the first instant of a month is use of the month before', () => {
  const records = [
    use('checkout', text(20), 'ann'),
    use('checkin', text(31), 'ann'),
    use('use', text(40), 'bob'),
  ];
  assert.deepEqual(
    monthly('count distinct person over month', 1, records).map(({ verdict }) => verdict),
    ['satisfied', 'satisfied'],
  );
});

test('hosts and quarters are counted as people and months are', () => {
  const records = [use('use', text(3), 'ann', { host: 'h1' }), use('use', text(40), 'ann', { host: 'h2' })];
  const [judgement, ...others] = monthly('count distinct host over quarter', 1, records);
  assert.deepEqual(
    [judgement!.verdict, judgement!.usage!.period, judgement!.usage!.used, others.length],
    ['violation', '2025-Q1', 2, 0],
  );
});
