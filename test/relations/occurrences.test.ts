/** What stands on a correlation meets each time that it came true, and not only all of it as one, against a twin that tries all. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { auditedRules } from './audited-rules.ts';

const FAILS = 3;

const rules = (outer: string, inner = '5m', span = '1h') => `title: Failed
name: failed
logsource: { product: audit }
detection: { is: { action: login, outcome: failure }, condition: is }
---
title: Signed in
name: signed_in
logsource: { product: audit }
detection: { is: { action: login, outcome: success }, condition: is }
---
title: Many failed
name: many
correlation: { type: event_count, rules: [failed], group-by: [actor], timespan: ${inner}, condition: { gte: ${FAILS} } }
---
title: Found
correlation: { ${outer}, group-by: [actor], timespan: ${span} }
`;

const login = (second: number, outcome: 'failure' | 'success') => ({
  time: new Date(Date.UTC(2026, 2, 2, 8, 0, second)).toISOString(),
  id: `e${second}`,
  actor: 'ann',
  action: 'login',
  outcome,
});

const ORDERED = 'type: temporal_ordered, rules: [many, signed_in]';
const REVERSED = 'type: temporal_ordered, rules: [signed_in, many]';
const TOGETHER = 'type: temporal, rules: [many, signed_in]';

/** Seconds of failures and of successes. */
async function isFound(
  text: string,
  failures: readonly number[],
  successes: readonly number[],
): Promise<boolean> {
  const records = [
    ...failures.map((second) => login(second, 'failure')),
    ...successes.map((second) => login(second, 'success')),
  ].sort((left, right) => (left.time < right.time ? -1 : 1));
  const { findings } = await auditedRules(text, { log: records });
  return findings.some(({ verdict, rule }) => rule === 'found' && verdict === 'violation');
}

const minutes = (count: number, from = 0) => Array.from({ length: count }, (_, index) => (from + index) * 60);

describe('guessing that goes on', () => {
  test('is followed by the sign-in in its midst', async () => {
    assert.equal(await isFound(rules(ORDERED), [0, 60, 120, 240], [180]), true);
    assert.equal(await isFound(rules(ORDERED), [0, 60, 240], [180]), false);
  });

  test('is followed by a sign-in however long it has gone on', async () => {
    assert.equal(await isFound(rules(ORDERED), minutes(70), [70 * 60 + 1]), true);
    assert.equal(await isFound(rules(TOGETHER), minutes(120), [120 * 60 + 1]), true);
    assert.equal(await isFound(rules(TOGETHER), minutes(120), [30 * 60 + 1]), true);
    assert.equal(await isFound(rules(ORDERED), minutes(70), [200 * 60]), false);
  });

  test('follows a sign-in that came after its first event', async () => {
    assert.equal(await isFound(rules(REVERSED), [0, 60, 120, 180], [30]), true);
    assert.equal(await isFound(rules(REVERSED), minutes(100, 1), [0]), true);
    assert.equal(await isFound(rules(REVERSED), [0, 60, 120], [30]), false);
  });

  test('of more times than are kept is followed all the same', async () => {
    const failures = Array.from({ length: 25_000 }, (_, index) => index);
    assert.equal(await isFound(rules(ORDERED, '5m', '10s'), failures, [24_000.5]), true);
  });
});

test('a chain is found where some few events and a sign-in are within both timespans', async () => {
  const inner = 20;
  const outer = 45;
  const seconds = fc.uniqueArray(fc.integer({ min: 0, max: 150 }), { minLength: 2, maxLength: 14 });
  const cases = seconds.chain((all) =>
    fc.tuple(fc.constant(all), fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length })),
  );
  const property = fc.asyncProperty(
    cases,
    fc.constantFrom(ORDERED, REVERSED, TOGETHER),
    async ([all, isSuccess], type) => {
      const failures = all.filter((_, index) => !isSuccess[index]).sort((a, b) => a - b);
      const successes = all.filter((_, index) => isSuccess[index]);
      const bursts = failures.flatMap((from, index) => {
        const until = failures[index + FAILS - 1];
        return until !== undefined && until - from <= inner ? [{ from, until }] : [];
      });
      const fits = bursts.some(({ from, until }) =>
        successes.some((at) => {
          const within = Math.max(at, until) - Math.min(at, from) <= outer;
          if (type === ORDERED) return within && at > until;
          return within && (type === TOGETHER || at < from);
        }),
      );
      assert.equal(await isFound(rules(type, `${inner}s`, `${outer}s`), failures, successes), fits);
    },
  );
  await fc.assert(property, { numRuns: process.env.FULL ? 2000 : 150 });
});
