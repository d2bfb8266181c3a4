/** Events of one second in an export that lists the newest first: their order in the file is not that in which they happened. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditedRules, detections, type LogRecord, saidBy } from './audited-rules.ts';

const at = (time: string, action: string): LogRecord => ({
  time: `2026-11-10T${time}Z`,
  id: `${action} ${time}`,
  actor: 'ann',
  action,
  target: 'CHG-7',
});

const others = (hour: string) => [1, 2, 3, 4].map((minute) => at(`${hour}:0${minute}:00`, 'read'));
const oldestFirst = [
  ...others('07'),
  at('08:00:00', 'requested'),
  at('08:00:00', 'approved'),
  ...others('09'),
];

const ORDERED = `${detections('requested', 'approved')}title: Own request approved
correlation: { type: temporal_ordered, rules: [requested, approved], group-by: [actor, target], timespan: 1h }`;

const OWED = `${detections('requested', 'approved')}title: Approved unasked
correlation: { type: requires, rules: [approved], needs: [requested], before: 1h, group-by: [target] }`;

const verdicts = async (rule: string, records: readonly LogRecord[], jobs = 1) =>
  saidBy(await auditedRules(rule, { log: records }, { jobs }))
    .filter((said) => /own request|unasked/.test(said))
    .map((said) => said.split(':', 1)[0]);

test('the order of the file tells where its records run forward', async () => {
  assert.deepEqual(await verdicts(ORDERED, oldestFirst), ['violation']);
  assert.deepEqual(await verdicts(OWED, oldestFirst), []);
});

test('it tells nothing where they run backward', async () => {
  const newestFirst = oldestFirst.toReversed();
  for (const jobs of [1, 2]) {
    assert.deepEqual(await verdicts(ORDERED, newestFirst, jobs), ['undetermined']);
    assert.deepEqual(await verdicts(OWED, newestFirst, jobs), ['undetermined']);
  }
  const approvedFirst = [...others('07'), at('08:00:00', 'approved'), at('08:00:00', 'requested')];
  assert.deepEqual(await verdicts(ORDERED, [...approvedFirst, ...others('09')]), []);
});

test('one record that is out of place makes no file run backward, nor forward', async () => {
  const late = at('06:00:00', 'read');
  assert.deepEqual(await verdicts(ORDERED, [...oldestFirst, late]), ['violation']);
  assert.deepEqual(await verdicts(ORDERED, [late, ...oldestFirst.toReversed()]), ['undetermined']);
});
