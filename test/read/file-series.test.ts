/** Names that count on: what is missing among them, and what was never meant to be there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { holesInSeries, MAX_MISSING } from '../../src/read/file-series.ts';

const padded = (number: number) => String(number).padStart(2, '0');
const of = (numbers: readonly number[], name: (number: number) => string) => numbers.map(name);
const upTo = (last: number, ...without: number[]) =>
  Array.from({ length: last }, (_, index) => index + 1).filter((each) => !without.includes(each));
const missing = (names: readonly string[]) => holesInSeries(names).flatMap((each) => each.missing);

const DATED: [form: string, name: (day: number) => string, hole: string][] = [
  ['with dashes', (day) => `logs/app-2026-03-${padded(day)}.ndjson`, 'logs/app-2026-03-06.ndjson'],
  ['without', (day) => `app.202603${padded(day)}.log.gz`, 'app.20260306.log.gz'],
  ['as folders', (day) => `o/2026/03/${padded(day)}/${day * 7919}.json.gz`, 'o/2026/03/06/'],
  ['as a folder and a name', (day) => `2026/03/app-2026-03-${padded(day)}.log`, '2026/03/app-2026-03-06.log'],
  [
    'as partitions',
    (day) => `dt/year=2026/month=03/day=${padded(day)}/a.json`,
    'dt/year=2026/month=03/day=06/',
  ],
  ['as Azure has them', (day) => `y=2026/m=3/d=${day}/h=0/m=00/PT1H.json`, 'y=2026/m=3/d=6/h=*'],
  [
    'with a time and an id, as CloudTrail has them',
    (day) => `1_CloudTrail_eu-west-1_202603${padded(day)}T15${padded(day)}Z_x${day * 7919}.json.gz`,
    '1_CloudTrail_eu-west-1_20260306*.json.gz',
  ],
];

for (const [form, name, hole] of DATED) {
  test(`a day that is missing is named: dates ${form}`, () => {
    assert.deepEqual(missing(of(upTo(14, 6), name)), [hole]);
    assert.deepEqual(missing(of(upTo(14), name)), []);
  });
}

test('numbers, months and hours count on as well', () => {
  assert.deepEqual(missing(of(upTo(5, 3), (number) => `audit.log.${number}.gz`)), ['audit.log.3.gz']);
  assert.deepEqual(missing(of(upTo(12, 9), (number) => `part-${String(number).padStart(5, '0')}.json`)), [
    'part-00009.json',
  ]);
  assert.deepEqual(missing(of(upTo(6, 4), (month) => `app-2026-${padded(month)}.csv`)), ['app-2026-04.csv']);
  const hours = upTo(72, 31).map(
    (hour) => `a-2026-03-${padded(1 + Math.floor(hour / 24))}T${padded(hour % 24)}.log`,
  );
  assert.deepEqual(missing(hours), ['a-2026-03-02T07.log']);
});

test('a log that is silent at weekends, at night, or more often than not was never meant to be whole', () => {
  const workdays = upTo(28).filter((day) => ![0, 6].includes(new Date(Date.UTC(2026, 2, day)).getUTCDay()));
  assert.deepEqual(missing(of(workdays, (day) => `app-2026-03-${padded(day)}.log`)), []);
  const without = workdays.filter((day) => day !== 11);
  assert.deepEqual(missing(of(without, (day) => `app-2026-03-${padded(day)}.log`)), ['app-2026-03-11.log']);
  const daytime = upTo(240).filter((hour) => hour % 24 > 7 && hour % 24 < 20);
  const hourly = (hour: number) => `a-2026-03-${padded(1 + Math.floor(hour / 24))}T${padded(hour % 24)}.log`;
  assert.deepEqual(missing(daytime.map(hourly)), []);
  // A whole day is missed all the same.
  assert.deepEqual(missing(daytime.filter((hour) => Math.floor(hour / 24) !== 4).map(hourly)), [
    'a-2026-03-05T*.log',
  ]);
  assert.deepEqual(missing(of([3, 9, 14, 27, 28], (day) => `app-2026-03-${padded(day)}.log`)), []);
});

test('what is no series is none', () => {
  assert.deepEqual(missing(['1.log', '2.log', '4.log']), [], 'too few');
  assert.deepEqual(missing(['a1.log', 'a2.log', 'a4.log', 'a5.log']), [], 'a part of a word');
  assert.deepEqual(missing(of([1, 2, 90_000, 90_001], (port) => `host-${port}.log`)), [], 'too far apart');
  assert.deepEqual(missing(of(upTo(6, 4), (shard) => `shard-${shard}/audit.log`)), [], 'a folder');
});

test('names that are many are counted', () => {
  const [holes] = holesInSeries(of(upTo(30, 8, 9, 10, 11, 12), (day) => `app-2026-01-${padded(day)}.log`));
  assert.deepEqual(holes, {
    ...{ unit: 'day', present: 25, holes: 5 },
    missing: ['app-2026-01-08.log', 'app-2026-01-09.log', 'app-2026-01-10.log'],
  });
});

test('whatever the order of names, what is told of a series is what was taken out of it', () => {
  const days = fc.uniqueArray(fc.integer({ min: 1, max: 88 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(days, fc.infiniteStream(fc.nat()), (taken, weights) => {
      const name = (day: number) =>
        `app-${new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10)}.log`;
      const names = of(
        upTo(89, ...taken.map((day) => day + 1)).map((day) => day - 1),
        name,
      );
      const shuffled = names.map((each) => [each, weights.next().value] as const).sort((a, b) => a[1] - b[1]);
      const [holes] = holesInSeries(shuffled.map(([each]) => each));
      const first = names.at(0)!;
      const last = names.at(-1)!;
      const within = of(taken, name)
        .filter((each) => each > first && each < last)
        .sort();
      assert.equal(holes?.holes ?? 0, within.length);
      assert.deepEqual(holes?.missing ?? [], within.slice(0, MAX_MISSING));
    }),
  );
});
