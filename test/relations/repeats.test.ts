/** Records of one file that are equal byte for byte and have no id: they may be one event, or one each. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Mark } from '../../src/model/mark.ts';
import type { RelationDefinition } from '../../src/model/relation.ts';
import { eventCount } from '../../src/relations/event-count.ts';
import { valueAvg } from '../../src/relations/value-avg.ts';
import { valueMedian } from '../../src/relations/value-median.ts';
import { valueSum } from '../../src/relations/value-sum.ts';
import { auditedRules, detections, foundBy, type LogRecord, saidBy } from './audited-rules.ts';
import { COUNTED, correlationOf, inOrder, judge, RUNS } from './made-marks.ts';

const at = (minute: number) => `2026-03-02T08:${String(minute).padStart(2, '0')}:00Z`;

const times = (count: number, record: LogRecord): LogRecord[] => Array.from({ length: count }, () => record);

const step = (minute: number, action: string, more: LogRecord = {}): LogRecord => ({
  time: at(minute),
  actor: 'ann',
  action,
  target: 'vpn',
  ...more,
});

const COUNT = `${detections('fail')}title: Many
correlation: { type: event_count, rules: [fail], group-by: [actor], timespan: 10m, condition: { gte: 3 } }`;

const REQUIRES = `${detections('deploy', 'approve')}title: Unapproved
correlation: { type: requires, rules: [deploy], needs: [approve], before: 1h, min: 2, group-by: [target] }`;

const SESSIONS = `${detections('open', 'close')}title: Too many
correlation: { type: concurrency, opens: [open], closes: [close], group-by: [actor], condition: { gt: 1 } }`;

describe('equal records without an id', () => {
  test('that reach a limit only if each is an event leave it open', async () => {
    assert.deepEqual(await foundBy(COUNT, times(3, step(0, 'fail'))), [
      'undetermined: many: 3 events within 10m of actor "ann", expected fewer than 3, if 2 equal records are events of their own',
    ]);
    assert.deepEqual(await foundBy(COUNT, times(2, step(0, 'fail'))), []);
  });

  test('change nothing where the limit is reached without them', async () => {
    const three = [step(0, 'fail'), step(1, 'fail'), step(2, 'fail')];
    const plain = await foundBy(COUNT, three);
    assert.match(plain[0]!, /^violation: many: 3 events/);
    assert.deepEqual(await foundBy(COUNT, [...three, step(2, 'fail')]), plain);
  });

  test('are one event where an id says so, or where a copy of the file has them', async () => {
    assert.deepEqual(await foundBy(COUNT, times(3, step(0, 'fail', { id: 'e1' }))), []);
    const copies = { a: [step(0, 'fail')], b: [step(0, 'fail')], c: [step(0, 'fail')] };
    assert.deepEqual(saidBy(await auditedRules(COUNT, copies)), []);
  });

  test('count in what stands on other correlations too', async () => {
    const chained = `${COUNT}
name: many
---
title: Much
correlation: { type: event_count, rules: [many, open], group-by: [actor], timespan: 1h, condition: { gte: 3 } }
---
${detections('open').replace(/---\n$/, '')}`;
    const [found] = await foundBy(chained, [
      step(0, 'fail'),
      step(1, 'fail'),
      step(2, 'fail'),
      ...times(2, step(3, 'open')),
    ]);
    assert.match(found!, /^undetermined: much: 3 events .* if 1 equal record is an event of its own$/);
  });

  test('may be the second of two events that are owed', async () => {
    const [found] = await foundBy(REQUIRES, [...times(2, step(1, 'approve')), step(2, 'deploy')]);
    assert.match(found!, /^undetermined: .*1 record equals another and may be an event of its own/);
    const enough = [step(1, 'approve'), ...times(2, step(2, 'approve')), ...times(2, step(3, 'deploy'))];
    assert.deepEqual(await foundBy(REQUIRES, enough), []);
  });

  test('may be sessions of their own where no id names them', async () => {
    const end = step(30, 'other');
    const pair = [...times(2, step(0, 'open')), ...times(2, step(1, 'close')), end];
    const [found, ...more] = await foundBy(SESSIONS, pair);
    assert.match(found!, /^undetermined: too many: between 1 and 2 sessions .* 1 open equals another/);
    assert.deepEqual(more, []);
    const named = SESSIONS.replace('group-by', 'session: target, group-by');
    assert.deepEqual(await foundBy(named, pair), []);
  });
});

/** Whether the condition holds for some window is told by judging both logs: without repeats, and with them as events. */
function agreesWithBoth(definition: RelationDefinition, condition: Record<string, number>): void {
  const rule = correlationOf({ condition, ...(definition !== eventCount && COUNTED) });
  const row = fc.record({ at: fc.integer({ min: 0, max: 30 }), value: fc.constantFrom('1', '2', '7', '-3') });
  const rows = fc.array(fc.tuple(row, fc.integer({ min: 1, max: 3 })), { maxLength: 8 });
  const judged = (marks: readonly Mark[]) =>
    judge(definition, rule, marks, { from: -100n * 10n ** 9n, until: 10n ** 12n });
  fc.assert(
    fc.property(rows, (drawn) => {
      const sketches = drawn.flatMap(([each, count]) =>
        Array.from({ length: count }, (_, nth) => ({ ...each, nth })),
      );
      const lines = sketches.map((each, index) => ({ ...each, line: index + 1 }));
      const seconds = new Set(lines.flatMap(({ nth, line }) => (nth > 0 ? [line] : [])));
      const all = inOrder(lines);
      const marked = all.map((mark) => ({ ...mark, isSecond: seconds.has(mark.place.line) }));
      const found = judged(marked);
      const without = judged(all.filter(({ place }) => !seconds.has(place.line)));
      const withAll = judged(all);
      assert.equal(found.length > 0, without.length + withAll.length > 0);
      const certain = found.filter(({ verdict }) => verdict === 'violation');
      assert.ok(certain.length === 0 || (without.length > 0 && withAll.length > 0));
      if (seconds.size === 0) assert.deepEqual(found, without);
    }),
    { numRuns: RUNS },
  );
}

describe('a figure is judged with and without equal records', () => {
  for (const [name, definition, conditions] of [
    ['event_count', eventCount, [{ gte: 3 }, { lt: 2 }, { eq: 4 }]],
    ['value_sum', valueSum, [{ gte: 10 }, { lte: 0 }]],
    ['value_avg', valueAvg, [{ gt: 3 }, { lt: 1 }]],
    ['value_median', valueMedian, [{ gt: 3 }, { lt: 1 }]],
  ] as const) {
    test(name, () => {
      for (const condition of conditions) agreesWithBoth(definition, condition);
    });
  }
});
