/** A finding says when its events happened, and where each stands: in an export of one line by its column. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLine, formatPlace } from '../../src/model/place.ts';
import { momentOf } from '../../src/report/parts/finding-time.ts';
import { auditedRules, detections } from './audited-rules.ts';

const event = (minute: number, more: Record<string, string> = {}) => ({
  time: new Date(Date.UTC(2026, 2, 2, 8, minute)).toISOString(),
  id: `e${minute}`,
  actor: 'ann',
  action: 'delete',
  target: 't',
  ...more,
});

const timesOf = async (yaml: string, log: Record<string, string>[]) =>
  (await auditedRules(yaml, { log })).findings
    .filter(({ code }) => code === 'matched-rule' || code === 'event-count-reached')
    .map(({ time }) => time);

test('one event has one instant, and events of one actor the first and the last', async () => {
  const rule = detections('delete')
    .replace('detection:', 'level: high\ndetection:')
    .replace(/---\n$/, '');
  const single = await timesOf(rule, [event(0)]);
  assert.deepEqual(single, [{ from: '2026-03-02T08:00:00Z', until: '2026-03-02T08:00:00Z' }]);
  const counted = `${detections('delete')}title: Many
level: high
correlation: { type: event_count, rules: [delete], group-by: [actor], timespan: 1h, condition: { gte: 2 } }`;
  const several = await timesOf(counted, [event(0), event(5)]);
  assert.deepEqual(several, [{ from: '2026-03-02T08:00:00Z', until: '2026-03-02T08:05:00Z' }]);
  assert.deepEqual(await timesOf(rule, [event(0, { time: 'soon' })]), [undefined]);
});

test('what the message says is not said again', () => {
  const time = { from: '2026-03-02T08:00:00Z', until: '2026-03-02T08:05:00Z' };
  const finding = { time, message: 'deleted' } as Parameters<typeof momentOf>[0];
  assert.equal(momentOf(finding), '2026-03-02T08:00:00Z to 2026-03-02T08:05:00Z');
  assert.equal(momentOf({ ...finding, time: { ...time, until: time.from } }), time.from);
  assert.equal(momentOf({ ...finding, message: `deleted from ${time.from} on` }), undefined);
});

test('a record further on in the first line has a column, others stand at the begin of their line', () => {
  const place = { file: 'a.json', line: 1, offset: 13, length: 9 };
  assert.deepEqual([formatLine(place), formatPlace(place)], ['1:14', 'a.json:1:14']);
  assert.equal(formatPlace({ ...place, offset: 0 }), 'a.json:1');
  assert.equal(formatPlace({ ...place, offset: 3 }), 'a.json:1');
  assert.equal(formatPlace({ ...place, line: 2 }), 'a.json:2');
});
