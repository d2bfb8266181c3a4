/** `gap` of groups that end before the log: the first are told one by one, and of hundreds one finding says how many they are. */
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

const doubts = async (hosts: number) =>
  saidBy(await auditedRules(RULE, { log: ended(hosts) })).filter((said) => said.startsWith('undetermined'));

test('ten groups that end are ten doubts, and one more tells how many the others are', async () => {
  assert.equal((await doubts(10)).length, 10);
  const many = await doubts(25);
  assert.equal(many.length, 11);
  assert.deepEqual(
    many.filter((said) => said.includes('more group')),
    [
      'undetermined: missing: 15 more groups did not speak again until the log ended: retired, or fallen silent',
    ],
  );
});

test('one more group that falls silent changes what is told, so that a baseline hears of it', async () => {
  const findings = async (hosts: number) =>
    (await auditedRules(RULE, { log: ended(hosts) })).findings.filter(({ message }) =>
      message.includes('more group'),
    );
  const [[before], [after]] = [await findings(25), await findings(26)];
  assert.equal(before!.fingerprint, after!.fingerprint);
  assert.deepEqual([before!.count, after!.count], [15, 16]);
});
