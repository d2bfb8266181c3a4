/** A license of which the log tells nothing but events without a time: the message says which, whatever the measure counts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { periodsOf } from './audited-log.ts';
import { atMinute, editorContract, MARCH, runContract, session, set, use } from './run-contract.ts';

const MEASURES = [
  'count seats over month',
  'count seats each hour take p95 over month',
  'count distinct person over month',
  'count assigned person over month',
  'count sum(units) over month',
  'count events over month',
  'count level(units) over month',
  'count sampled(units) each day over month',
];

for (const measure of MEASURES) {
  test(`undated check-ins alone are the reason that is named: ${measure}`, () => {
    const records = ['ann', 'bob'].map((actor) => ({
      ...use('checkin', '2025-03-03T09:00:00Z', actor),
      time: undefined,
    }));
    const [judgement] = runContract(editorContract({ measure, quantity: set(5) }), [...MARCH, ...records]);
    assert.equal(judgement!.verdict, 'undetermined');
    assert.match(
      judgement!.message,
      /^license "editor": used at an unknown time: 2 events of use have no readable time(; the log does not reach back .*)?$/,
    );
    assert.equal(judgement!.count, 2);
    assert.equal(judgement!.place.line, 3);
  });
}

const undated = (actor: string, more: object = {}) => ({
  ...use('checkin', atMinute(0), actor, more),
  time: undefined,
});
/** The verdict, and the most that may have been in use. */
const seats = (quantity: number, ...records: object[]) => {
  const contract = editorContract({ measure: 'count seats over month', quantity: set(quantity) });
  const [judgement] = runContract(contract, [...MARCH, ...records]);
  return [judgement!.verdict, judgement!.usage!.used];
};

test('an undated check-in of a session that no check-out tells of may be a seat at any time', () => {
  const ann = session('ann', 60, 120, { session: 'a' });
  assert.deepEqual(seats(1, ...ann, undated('bob', { session: 'b' })), ['undetermined', 2]);
  assert.deepEqual(seats(1, ...ann, undated('bob')), ['undetermined', 2]);
  assert.equal(seats(2, ...ann, undated('bob', { session: 'b' }))[0], 'satisfied');
  assert.deepEqual(seats(3, ...ann, undated('bob', { session: 'b', quantity: 3 })), ['undetermined', 4]);
  // Ann had this session, and another one at some time.
  assert.deepEqual(seats(1, ...ann, undated('ann', { session: 'a' })), ['undetermined', 2]);
});

test('an undated check-in that repeats another may be of one more session, and no repeated check-out makes up for one', async () => {
  const contract = editorContract({ measure: 'count seats over month', quantity: set(2) });
  const verdict = async (...records: object[]) => (await periodsOf(contract, [...MARCH, ...records]))[0];
  const alike = (record: object) => ({ ...record, id: undefined });
  const ann = session('ann', 60, 120);
  const bob = alike(undated('bob'));
  assert.equal(await verdict(...ann, bob), '2025-03 within 2');
  assert.equal(await verdict(...ann, bob, bob), '2025-03 undetermined 3');
  // Of two check-outs that are alike one alone may be genuine: the check-in without a time is then of a session before.
  const out = alike(use('checkout', atMinute(200), 'cid'));
  const ended = use('checkin', atMinute(230), 'cid');
  const busy = [...ann, ...session('dan', 60, 120)];
  assert.equal(await verdict(...busy, out, out, ended), '2025-03 within 2');
  assert.equal(await verdict(...busy, out, out, ended, undated('cid')), '2025-03 undetermined 3');
});

test('an undated check-in of a session that a check-out began is no further seat', () => {
  const out = use('checkout', atMinute(60), 'ann', { session: 'a' });
  assert.deepEqual(seats(1, out, undated('ann', { session: 'a' })), ['satisfied', 1]);
  const before = { ...out, time: undefined, id: 'before' };
  assert.deepEqual(seats(1, before, undated('ann', { session: 'a' })).at(1), seats(1, before).at(1));
  const unnamed = [...session('ann', 0, 30), use('checkout', atMinute(60), 'ann'), undated('ann')];
  assert.deepEqual(seats(1, ...unnamed), ['satisfied', 1]);
});
