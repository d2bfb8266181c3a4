/** `gap` of groups that end before the log: the first are told one by one, and by hundreds they are counted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditedRules, detections, saidBy } from './audited-rules.ts';

const RULE = `${detections('beat')}title: Missing
correlation: { type: gap, rules: [beat], group-by: [host], timespan: 10m }`;

const event = (minute: number, action: string, host: string) => ({
  time: new Date(Date.UTC(2026, 2, 2, 8, minute)).toISOString(),
  id: `${action}${host}`,
  actor: 'ann',
  action,
  target: 't',
  host,
});

const ended = (hosts: number) => [
  ...Array.from({ length: hosts }, (_, index) => event(index % 3, 'beat', `h${index}`)),
  event(60, 'other', 'h0'),
];

test('ten groups that end are ten doubts, and of the others it is said how many they are', async () => {
  const few = await auditedRules(RULE, { log: ended(10) });
  assert.equal(saidBy(few).filter((said) => said.startsWith('undetermined')).length, 10);
  assert.deepEqual(
    few.notices.filter(({ code }) => code === 'left-out-events'),
    [],
  );
  const many = await auditedRules(RULE, { log: ended(25) });
  assert.equal(saidBy(many).filter((said) => said.startsWith('undetermined')).length, 10);
  const [notice] = many.notices.filter(({ code }) => code === 'left-out-events');
  assert.equal(
    notice?.message,
    '15 events not judged by "Missing": its group does not speak again until the log ends',
  );
});
