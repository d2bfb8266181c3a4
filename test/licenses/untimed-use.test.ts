/** A license of which the log tells nothing but events without a time: the message says which, whatever the measure counts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editorContract, MARCH, runContract, set, use } from './run-contract.ts';

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
