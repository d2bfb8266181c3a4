/** `persons`: whether one person did several things does not hang on how the name is written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditedRules, detections, foundBy } from './audited-rules.ts';

const rule = (persons: string, type = 'temporal_ordered') => `${detections('requested', 'approved')}title: Own
correlation: { type: ${type}, rules: [requested, approved], group-by: [actor, target], ${persons} timespan: 1h }`;

const at = (minute: number, action: string, actor: unknown, target = 'CHG-7') => ({
  time: `2026-11-10T08:0${minute}:00Z`,
  id: `e${minute}`,
  actor,
  action,
  target,
});

const verdicts = async (yaml: string, ...actors: readonly unknown[]) => {
  const records = actors.map((actor, index) => at(index, index === 0 ? 'requested' : 'approved', actor));
  return (await foundBy(yaml, records))
    .filter((said) => said.includes('own'))
    .map((said) => said.split(':')[0]);
};

test('all spellings of a name are one person', async () => {
  for (const type of ['temporal_ordered', 'temporal']) {
    const own = rule('persons: [actor],', type);
    for (const actor of ['ann', 'ANN', 'Ann ', ' ann', 'ann\u200b', '\uff41nn'])
      assert.deepEqual(await verdicts(own, 'ann', actor), ['violation'], JSON.stringify(actor));
    for (const actor of ['bob', '\u0430nn', 'ann b']) assert.deepEqual(await verdicts(own, 'ann', actor), []);
  }
});

test('each of several actors is one, in whichever spelling', async () => {
  const own = rule('persons: [actor],');
  assert.deepEqual(await verdicts(own, 'ann', ['bob', 'ANN', 'Ann']), ['violation']);
  assert.deepEqual(await verdicts(own, ['bob', 'cid'], ['dan', 'eve']), []);
});

test('other groups are what the log says', async () => {
  assert.deepEqual(await verdicts(rule(''), 'ann', 'ANN'), []);
  const records = [at(0, 'requested', 'ann', 'chg-7'), at(1, 'approved', 'ANN', 'CHG-7')];
  assert.deepEqual(await foundBy(rule('persons: [actor],'), records), []);
});

test('it is refused where it is no field of group-by, and in relations that count', async () => {
  await assert.rejects(foundBy(rule('persons: [actr],'), []), /did you mean "actor"/);
  const counted = `${detections('requested')}title: Many
correlation: { type: event_count, rules: [requested], group-by: [actor], persons: [actor], timespan: 1h, condition: { gte: 2 } }`;
  const { rules } = await auditedRules(counted, { log: [at(0, 'requested', 'ann')] });
  const reasons = rules.map(({ reason }) => reason).join();
  assert.match(reasons, /"persons" belongs to "temporal" and "temporal_ordered"/);
});
