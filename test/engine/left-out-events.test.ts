/** Events that relations leave out are one sum for each reason, however the groups were dealt to threads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LeftOutEvents } from '../../src/engine/left-out-events.ts';
import type { Judgement } from '../../src/model/relation.ts';

const told = (leftOut?: Judgement['leftOut']): Judgement => ({
  verdict: 'undetermined',
  code: 'new-value',
  message: 'left out',
  place: { file: 'log.ndjson', line: 1, offset: 0, length: 9 },
  related: [],
  count: 1,
  identity: [],
  ...(leftOut && { leftOut }),
});

const drawn = fc.record({
  relation: fc.nat({ max: 2 }),
  why: fc.constantFrom('they lack "region"', 'values first seen while the rule was learning'),
  events: fc.integer({ min: 1, max: 9 }),
});

test('LeftOutEvents says the same of any split into shares, the most events first', () => {
  const property = fc.property(fc.array(drawn), fc.integer({ min: 1, max: 4 }), (each, threads) => {
    const shares = Array.from({ length: threads }, () => new LeftOutEvents());
    const sums = new Map<string, number>();
    for (const [index, { relation, ...left }] of each.entries()) {
      assert.ok(shares[(index * 7) % threads]!.takes(relation, told(left)));
      const key = JSON.stringify([relation, left.why]);
      sums.set(key, (sums.get(key) ?? 0) + left.events);
    }
    const whole = new LeftOutEvents();
    for (const share of shares) whole.merge(share.all());
    const all = whole.all();
    assert.deepEqual(
      new Map(all.map(({ relation, why, events }) => [JSON.stringify([relation, why]), events])),
      sums,
    );
    for (const [index, { relation, events }] of all.entries()) {
      const next = all[index + 1];
      if (next !== undefined)
        assert.ok(relation < next.relation || (relation === next.relation && events >= next.events));
    }
  });
  fc.assert(property, { numRuns: 200 });
});

test('LeftOutEvents leaves judgements of anything else to others', () => {
  const left = new LeftOutEvents();
  assert.equal(left.takes(0, told()), false);
  assert.deepEqual(left.all(), []);
});
