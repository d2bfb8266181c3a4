/** Numbers of a sequence that cannot be read are not passed over without a word. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditedRules, detections, saidBy } from './audited-rules.ts';

const RULE = `${detections('use')}title: Numbered
correlation: { type: gap, rules: [use], group-by: [actor], sequence: n }`;

const uses = (...numbers: unknown[]) => ({
  log: numbers.map((n, minute) => ({
    time: `2026-03-02T08:0${minute}:00Z`,
    id: `e${minute}`,
    actor: 'ann',
    action: 'use',
    target: 't',
    n,
  })),
});

test('numbers that cannot be read are told, and undetermined where there is no other', async () => {
  const [none, ...more] = saidBy(await auditedRules(RULE, uses('A1', 'A2', 'A9')));
  assert.match(none!, /^undetermined: .*3 events left out: their "n" is no whole number/);
  assert.deepEqual(more, []);
  const some = await auditedRules(RULE, uses(1, 'A2', 2));
  assert.deepEqual(saidBy(some), []);
  assert.deepEqual(
    some.notices.filter(({ code }) => code === 'left-out-events').map(({ message }) => message),
    ['1 event not judged by "Numbered": their "n" is no whole number'],
  );
});
