/** What stands on a correlation meets each time that it came true, and not only all of it as one, against a twin that tries all. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { rounds } from '../support/rounds.ts';
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
  await fc.assert(property, { numRuns: rounds(150, 2000) });
});

describe('a finding that does not fit into a window as a whole', () => {
  const chain = (outer: string) =>
    rules('type: event_count, rules: [many], condition: { gte: 9 }').replace(
      /title: Found\n.*/s,
      `title: Found\n${outer}\n`,
    );
  const refused = (actor: string, seconds: readonly number[]) =>
    seconds.map((second) => ({ ...login(second, 'failure'), id: `${actor}${second}`, actor }));
  const found = async (text: string, records: readonly { time: string }[]) => {
    const sorted = [...records].sort((left, right) => (left.time < right.time ? -1 : 1));
    const { findings } = await auditedRules(text, { log: sorted });
    return findings
      .filter(({ rule }) => rule === 'found')
      .map(({ verdict, count = 1 }) => `${verdict} ${count}`);
  };
  const midnight = 16 * 3600;

  test('is of the day in which it came true', async () => {
    const daily = chain(
      'correlation: { type: event_count, rules: [many], window: calendar, timespan: 1d, condition: { gte: 1 } }',
    );
    const burst = (from: number) => refused('ann', [from, from + 60, from + 120]);
    assert.deepEqual(await found(daily, burst(midnight - 180)), ['violation 1']);
    assert.deepEqual(await found(daily, burst(midnight - 120)), ['violation 1']);
    assert.deepEqual(await found(daily, burst(midnight)), ['violation 1']);
  });

  test('goes on being one of several, however long it lasts', async () => {
    const several = chain(
      'correlation: { type: value_count, rules: [many], timespan: 30m, condition: { field: actor, gte: 2 } }',
    );
    for (const count of [20, 31, 32, 90]) {
      const both = [
        ...refused('ann', minutes(count)),
        ...refused(
          'bob',
          minutes(count).map((at) => at + 30),
        ),
      ];
      assert.match((await found(several, both)).join(), /^violation/, `${count} minutes`);
    }
    assert.deepEqual(await found(several, refused('ann', minutes(90))), []);
  });

  test('counts once, however often it came true', async () => {
    const twice = chain(
      'correlation: { type: event_count, rules: [many], timespan: 30m, condition: { gte: 2 } }',
    );
    assert.deepEqual(await found(twice, refused('ann', minutes(90))), []);
    const both = [...refused('ann', minutes(90)), ...refused('bob', minutes(5, 60))];
    assert.match((await found(twice, both)).join(), /^violation/);
  });

  test('is met by its end where it is one of other correlations', async () => {
    const ordered =
      chain(`correlation: { type: temporal_ordered, rules: [failed, signed_in], group-by: [actor], timespan: 5m }
name: sequences
---
title: Found
correlation: { type: event_count, rules: [sequences], timespan: 1h, condition: { gte: 2 } }`).replace(
        'title: Found\ncorrelation: { type: temporal_ordered',
        'title: Sequences\ncorrelation: { type: temporal_ordered',
      );
    const pairs = (actor: string) =>
      minutes(90).flatMap((at) => [
        { ...login(at, 'failure'), id: `${actor}f${at}`, actor },
        { ...login(at + 20, 'success'), id: `${actor}s${at}`, actor },
      ]);
    assert.match((await found(ordered, [...pairs('ann'), ...pairs('bob')])).join(), /^violation/);
    assert.deepEqual(await found(ordered, pairs('ann')), []);
  });
});
