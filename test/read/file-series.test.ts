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
  [
    'as Kubernetes has them',
    (day) => `audit-2026-03-${padded(day)}T00-00-00.000.log`,
    'audit-2026-03-06T*.log',
  ],
  ['as logrotate has them', (day) => `app.log-202603${padded(day)}.gz`, 'app.log-20260306.gz'],
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

const dated = (first: string, last: string) => {
  const [from, until] = [Date.parse(first), Date.parse(last)];
  return Array.from({ length: (until - from) / 86_400_000 + 1 }, (_, index) =>
    new Date(from + index * 86_400_000).toISOString().slice(0, 10),
  );
};
const weekday = (date: string) => new Date(date).getUTCDay();
const app = (date: string) => `app-${date}.log`;
const without = (dates: readonly string[], ...gone: string[]) => dates.filter((each) => !gone.includes(each));

test('a log that is silent at weekends, at night, or more often than not was never meant to be whole', () => {
  const workdays = dated('2026-03-02', '2026-03-27').filter((date) => ![0, 6].includes(weekday(date)));
  assert.deepEqual(missing(workdays.map(app)), []);
  assert.deepEqual(missing(without(workdays, '2026-03-11').map(app)), ['app-2026-03-11.log']);
  const daytime = upTo(240).filter((hour) => hour % 24 > 7 && hour % 24 < 20);
  const hourly = (hour: number) => `a-2026-03-${padded(1 + Math.floor(hour / 24))}T${padded(hour % 24)}.log`;
  assert.deepEqual(missing(daytime.map(hourly)), []);
  // A whole day is missed all the same.
  assert.deepEqual(missing(daytime.filter((hour) => Math.floor(hour / 24) !== 4).map(hourly)), [
    'a-2026-03-05T*.log',
  ]);
  assert.deepEqual(missing(of([3, 9, 14, 27, 28], (day) => `app-2026-03-${padded(day)}.log`)), []);
});

test('a weekday that never has a file in two weeks is free, and in a shorter time the weekend alone', () => {
  const nightly = dated('2026-03-03', '2026-03-28').filter((date) => weekday(date) > 1);
  assert.deepEqual(missing(nightly.map(app)), [], 'from Tuesday to Saturday');
  assert.deepEqual(missing(without(nightly, '2026-03-12').map(app)), ['app-2026-03-12.log']);
  const mondays = dated('2026-01-05', '2026-03-30').filter((date) => weekday(date) === 1);
  assert.deepEqual(missing(mondays.map(app)), []);
  assert.deepEqual(missing(without(mondays, '2026-02-16').map(app)), ['app-2026-02-16.log']);
  const isNoMonday = (date: string) => weekday(date) !== 1;
  const mondayless = ['app-2026-03-09.log'];
  assert.deepEqual(missing(dated('2026-03-05', '2026-03-17').filter(isNoMonday).map(app)), [
    ...mondayless,
    'app-2026-03-16.log',
  ]);
  assert.deepEqual(missing(dated('2026-03-05', '2026-03-18').filter(isNoMonday).map(app)), []);
  const week = without(dated('2026-03-05', '2026-03-12'), '2026-03-07', '2026-03-08');
  assert.deepEqual(missing(week.map(app)), [], 'Saturday and Sunday');
  assert.deepEqual(missing(without(week, '2026-03-09').map(app)), mondayless);
});

test('a series has few holes for its files, or few breaks', () => {
  const parts = (...without: number[]) => of(upTo(12, ...without), (number) => `part-${number}.json`);
  assert.deepEqual(missing(parts(3, 6, 9)), ['part-3.json', 'part-6.json', 'part-9.json']);
  assert.deepEqual(missing(parts(3, 6, 8, 10)), []);
  const exported = (number: number) => `export-${number}.json`;
  // One break alone tells nothing of 10 steps, but of as many as there are.
  const broken = (last: number) => of([...upTo(5), ...upTo(last - 5).map((each) => each + 90)], exported);
  assert.deepEqual(missing(broken(10)), []);
  assert.deepEqual(holesInSeries(broken(11)), [
    { unit: 'number', present: 11, holes: 85, missing: of([6, 7, 8], exported) },
  ]);
});

test('hours are a series if 19 of 20 steps lead to the next', () => {
  const hourly = (hours: readonly number[]) =>
    hours.map((hour) => `a-2026-03-${padded(1 + Math.floor(hour / 24))}T${padded(hour % 24)}.log`);
  assert.deepEqual(missing(hourly(upTo(24, 12))), [], 'too few');
  assert.deepEqual(missing(hourly(upTo(25, 12))), ['a-2026-03-01T12.log']);
  assert.deepEqual(missing(hourly(upTo(42, 12, 20))), [], '2 of 39 steps');
  assert.equal(missing(hourly(upTo(43, 12, 20))).length, 2);
});

test('few numbers are a series only behind the whole name of a log', () => {
  for (const name of ['audit.log', 'audit.json', 'a.ndjson', 'a.jsonl', 'syslog.txt', 'users.csv'])
    for (const packing of ['', '.gz', '.zst', '.bz2', '.xz'])
      assert.deepEqual(missing(of([1, 2, 4, 5], (each) => `${name}.${each}${packing}`)), [
        `${name}.3${packing}`,
      ]);
  assert.deepEqual(missing(of([1, 2, 4], (each) => `audit.log.${each}`)), [], 'too few rotations');
  assert.deepEqual(missing(of([8080, 8081, 8083, 8084, 8085], (port) => `web-${port}.log`)), [], 'ports');
  assert.deepEqual(missing(of(upTo(8, 5), (host) => `web-${padded(host)}.log`)), [], 'seven hosts');
  assert.deepEqual(missing(of(upTo(9, 5), (host) => `web-${padded(host)}.log`)), ['web-05.log']);
});

test('numbers of versions and of addresses do not count', () => {
  assert.deepEqual(missing(of(upTo(20, 7), (host) => `10.0.0.${host}.log`)), []);
  assert.deepEqual(missing(of(upTo(20, 7), (patch) => `app-v1.2.${patch}.log`)), []);
  assert.deepEqual(missing(of(upTo(20, 7), (build) => `app-v1.2-${build}.log`)), ['app-v1.2-7.log']);
});

test('a series of which a part is packed is one', () => {
  const packed = (last: number, name: (number: number) => string) => (each: number) =>
    `${name(each)}${each <= last ? '.gz' : ''}`;
  const day = (each: number) => `app-2026-03-${padded(each)}.log`;
  assert.deepEqual(missing(of(upTo(14, 9), packed(8, day))), ['app-2026-03-09.log.gz']);
  assert.deepEqual(missing(of(upTo(14), packed(8, day))), []);
  assert.deepEqual(missing(of([1, 2, 4, 5], (each) => `audit.log.${each}${each > 1 ? '.gz' : ''}`)), [
    'audit.log.3',
  ]);
  const trail = (each: number) => `1_CloudTrail_eu-west-1_202603${padded(each)}T1505Z_x${each * 7919}.json`;
  assert.deepEqual(missing(of(upTo(14, 9), packed(8, trail))), ['1_CloudTrail_eu-west-1_20260309*.json.gz']);
  const twice = of(upTo(14, 9), day).flatMap((name) => [name, `${name}.zst`]);
  assert.deepEqual(holesInSeries(twice), [
    { unit: 'day', present: 13, holes: 1, missing: ['app-2026-03-09.log'] },
  ]);
});

test('dates that do not agree with the last stay as they are', () => {
  const since = (date: string) => `since-2025-11-01/host-2026-01/app-${date}.log`;
  const days = dated('2026-03-01', '2026-03-14');
  assert.deepEqual(missing(without(days, '2026-03-06').map(since)), [since('2026-03-06')]);
  const fromTo = days.slice(1).map((date, index) => `export_${days[index]}_${date}.csv`);
  assert.deepEqual(missing(fromTo.toSpliced(4, 1)), [], 'from one day to the next');
  const trail = (date: string) =>
    `AWSLogs/2/${date.replaceAll('-', '/')}/2_CloudTrail_${date.replaceAll('-', '')}T2355Z_Qx4.json.gz`;
  assert.deepEqual(missing(without(days, '2026-03-06').map(trail)), [
    'AWSLogs/2/2026/03/06/2_CloudTrail_20260306T2355Z_Qx4.json.gz',
  ]);
});

test('a file in a folder whose date is its own by chance is there', () => {
  const days = dated('2026-03-01', '2026-03-14');
  assert.deepEqual(missing(days.map((date) => `moved-2026-03-05/app-${date}.log`)), []);
  assert.deepEqual(
    missing(days.map((date, index) => `moved-2026-03-05/app-${date}T1000Z_x${index * 7919}.log`)),
    [],
  );
});

test('what is excluded is not missing', () => {
  const names = dated('2026-03-01', '2026-03-14').map(app);
  const some = without(names, app('2026-03-05'), app('2026-03-09'));
  const excluded = (...gone: string[]) => holesInSeries(some, () => new Set(gone));
  assert.deepEqual(excluded(app('2026-03-05')), [
    { unit: 'day', present: 12, holes: 1, missing: [app('2026-03-09')] },
  ]);
  assert.deepEqual(excluded(app('2026-03-05'), app('2026-03-09')), []);
});

test('what is no series is none', () => {
  assert.deepEqual(missing(of(upTo(12, 4), (each) => `a${each}.log`)), [], 'a part of a word');
  const far = [...upTo(20), ...upTo(20).map((each) => each + 90_000)];
  assert.deepEqual(missing(of(far, (each) => `host-${each}.log`)), [], 'too far apart');
  assert.deepEqual(missing(of(upTo(12, 4), (shard) => `shard-${shard}/audit.log`)), [], 'a folder');
  assert.deepEqual(missing(of([1, 3, 4], (day) => `app.log-2026030${day}.gz`)), [], 'three days');
});

test('100,000 names are looked at in seconds', () => {
  const days = dated('2026-01-01', '2026-10-27');
  const names = Array.from({ length: 100_000 }, (_, index) => {
    const date = days[index % days.length]!.replaceAll('-', '/');
    return `AWSLogs/1/CloudTrail/${date}/1_CloudTrail_${date.replaceAll('/', '')}T2355Z_x${index}.json.gz`;
  });
  const hosts = Array.from({ length: 100_000 }, (_, index) => {
    const [host, part] = [Math.floor(index / 11), index % 11];
    return `host-${host}/part-${part > 5 ? part + 9900 : part}.log`;
  });
  for (const each of [names, hosts]) {
    const { user } = process.cpuUsage();
    holesInSeries(each);
    const seconds = (process.cpuUsage().user - user) / 1e6;
    assert.ok(seconds < 10, `${seconds} s`);
  }
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
