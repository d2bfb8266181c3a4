/** What a statement says of time that no log spans: nothing. Its use is unknown, and no seat of it is to spare. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMoment } from '../../src/base/instant.ts';
import type { LicenseFigures } from '../../src/model/license-figures.ts';
import type { Stretch } from '../../src/model/relation.ts';
import { editorContract, runContract, session, set, spanning, use } from './run-contract.ts';
import { figuresOf } from './statement-run.ts';

const at = (text: string) => parseMoment(text)!;
const stretch = (from: string, until: string): Stretch => ({ from: at(from), until: at(until) });

const CONTRACT = editorContract({ quantity: set(10) });
/** A file of January, and one of April on: nothing lies between. */
const HOLE = stretch('2025-02-01T00:00:00.000000001Z', '2025-04-02T23:59:59.999999999Z');
const LOG = { ...stretch('2025-01-01T00:00:00Z', '2025-04-20T00:00:00Z'), holes: [HOLE] };
const RECORDS = [
  use('checkout', '2025-01-07T08:00:00Z', 'ann', { session: 's1' }),
  use('checkin', '2025-01-07T09:00:00Z', 'ann', { session: 's1' }),
  use('checkout', '2025-04-07T08:00:00Z', 'bob', { session: 's2' }),
  use('checkin', '2025-04-07T09:00:00Z', 'bob', { session: 's2' }),
];
const boundsOf = ({ months }: LicenseFigures) =>
  months.map(({ period, lower, upper, at: peak }) => [period, lower, upper, peak]);

test('nothing is known of months that no log spans', () => {
  assert.deepEqual(boundsOf(figuresOf(CONTRACT, RECORDS, {}, LOG)), [
    ['2025-01', 1, 1, '2025-01-07T08:00:00Z'],
    ['2025-02', null, null, null],
    ['2025-03', null, null, null],
    ['2025-04', 1, 1, '2025-04-07T08:00:00Z'],
  ]);
});

test('a session that goes on through such months is known in them, and more may be', () => {
  const through = [
    use('checkout', '2025-01-30T08:00:00Z', 'ann', { session: 's1' }),
    use('checkin', '2025-04-07T09:00:00Z', 'ann', { session: 's1' }),
  ];
  const [, february] = boundsOf(figuresOf(CONTRACT, through, {}, LOG));
  assert.deepEqual(february!.slice(0, 3), ['2025-02', 1, null]);
});

test('no seat is to spare by days of which a part is missing', () => {
  const { idle } = figuresOf(CONTRACT, RECORDS, {}, LOG);
  assert.equal(idle.spare, null);
  assert.equal(
    idle.spareDoubt,
    'the log holds nothing between 2025-02-01T00:00:00Z and 2025-04-03T00:00:00Z, as if a file were missing: seats may have been used there',
  );
  const whole = figuresOf(CONTRACT, RECORDS, {}, { ...LOG, holes: [] }).idle;
  assert.deepEqual(whole.spare, { amount: 9, limit: 10, highest: 1, since: '2025-03' });
  assert.equal(whole.spareDoubt, null);
});

test('spare seats are told since the log begins, where it begins amid a month', () => {
  const late = stretch('2025-03-10T00:00:00Z', '2025-04-20T00:00:00Z');
  assert.equal(figuresOf(CONTRACT, RECORDS.slice(2), {}, late).idle.spare?.since, '2025-03-10');
});

test('the mean of an hour is that of the weeks that the log spans', () => {
  // Mondays: 2025-01-06 with a session of the whole hour from 8, then the missing weeks, then 2025-04-07 without.
  const records = [
    use('checkout', '2025-01-06T08:00:00Z', 'ann', { session: 's1' }),
    use('checkin', '2025-01-06T09:00:00Z', 'ann', { session: 's1' }),
    ...spanning('2025-01-06T00:00:00Z', '2025-04-08T00:00:00Z'),
  ];
  const log = {
    ...stretch('2025-01-06T00:00:00Z', '2025-04-08T00:00:00Z'),
    holes: [stretch('2025-01-07T00:00:00Z', '2025-04-06T23:59:59.999999999Z')],
  };
  const monday = figuresOf(CONTRACT, records, {}, log).heat!.mean[0]!;
  assert.equal(monday[8], 0.5);
  assert.equal(figuresOf(CONTRACT, records, {}, log).heat!.mean[2]![8], null);
});

test('the verdict of a month without a log says that its use is unknown', () => {
  const { message, verdict } = runContract(CONTRACT, RECORDS, LOG).find(
    ({ usage }) => usage?.period === '2025-02',
  )!;
  assert.equal(verdict, 'undetermined');
  assert.match(message, /^license "editor" in 2025-02: use unknown, allowed 10 .*, but the log spans 0 %/);
});

test('a log without a readable time has no months', () => {
  const untimed = session('ann', 10, 20).map((record) => ({ ...record, time: '2025-03-03 10:00:00' }));
  const { months, periods, trueUp } = figuresOf(CONTRACT, untimed);
  assert.deepEqual([months, periods, trueUp.periods], [[], [], []]);
  assert.equal(trueUp.excess.upper, null);
});
