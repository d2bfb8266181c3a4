/** The policy of retention: what it says, and every mistake with its place. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ShapeReader } from '../../src/base/yaml-shape.ts';
import { parseYamlDocument, type YamlMistake } from '../../src/base/yaml-tree.ts';
import { formatDay } from '../../src/retention/calendar-age.ts';
import { parseRetentionPolicy } from '../../src/retention/retention-policy.ts';

function read(text: string) {
  const problems: YamlMistake[] = [];
  const { root } = parseYamlDocument('r.yaml', text);
  assert.ok(root?.kind === 'map');
  const policy = parseRetentionPolicy(new ShapeReader('r.yaml', root, problems), ['audit', 'okta']);
  return { policy, problems: problems.map(({ line, column, message }) => `${line}:${column} ${message}`) };
}

describe('parseRetentionPolicy()', () => {
  test('reads tiers, rules and holds', () => {
    const { policy, problems } = read(`
tiers: {live: 30 days, vault: rest}
rules:
  - {name: debug, class: [debug, trace], maximum: 30 days}
  - {source: okta, minimum: 1 year, maximum: 7 years, tiers: {hot: 6 months, cold: 2 years}}
  - {minimum: 90 days}
holds:
  - {id: LH-1, reason: incident, source: okta, tenant: acme, file: "okta/*", since: 2026-04-02, until: 2027-06-30,
     events: {from: 2026-01-01, until: 2026-03-31}}
`);
    assert.deepEqual(problems, []);
    const [debug, okta, rest] = policy.rules;
    assert.deepEqual([debug!.name, okta!.name, rest!.name], ['debug', 'rule 2', 'rule 3']);
    assert.deepEqual(
      debug!.tiers.map(({ name, upTo }) => [name, upTo?.text]),
      [
        ['live', '30 days'],
        ['vault', undefined],
      ],
    );
    assert.deepEqual(
      okta!.tiers.map(({ name }) => name),
      ['hot', 'cold'],
    );
    assert.deepEqual([okta!.minimum!.months, okta!.maximum!.months, rest!.maximum], [12, 84, undefined]);
    const [hold] = policy.holds;
    assert.deepEqual([formatDay(hold!.since!), formatDay(hold!.until!)], ['2026-04-02', '2027-06-30']);
    assert.deepEqual([hold!.tenants, hold!.files, hold!.classes], [['acme'], ['okta/*'], []]);
    assert.equal(formatDay(hold!.events!.until!), '2026-03-31');
  });

  test('has hot, warm and cold where no tiers are named', () => {
    const { policy } = read('rules: [{maximum: 7 years}]');
    assert.deepEqual(
      policy.rules[0]!.tiers.map(({ name, upTo }) => [name, upTo?.text]),
      [
        ['hot', '90 days'],
        ['warm', '12 months'],
        ['cold', undefined],
      ],
    );
  });

  test('tells all mistakes at once, each at its place', () => {
    const { problems } = read(`rulse: []
tiers: {hot: 12 months, warm: 90 days, cold: rest, later: 1 year}
rules:
  - {minimum: 1 month, maximum: 30 days}
  - {maximum: 30m}
  - {source: oktta, class: []}
holds:
  - {reason: x, until: tomorrow}
  - {id: A, reason: x, source: otka, since: 2026-02-01, until: 2026-01-01}
  - {id: A, reason: "", events: {form: 2026-01-01}}
`);
    for (const expected of [
      /^1:1 expected tiers, rules, holds, found "rulse", did you mean "rules"\?/,
      /^2:31 expected an age beyond the "12 months" of "hot"/,
      /^2:46 only the last tier takes the rest/,
      /^4:33 expected a maximum that is never before the minimum of "1 month", found "30 days"/,
      /^5:5 never reached: "rule 1" before it fits every segment/,
      /^5:15 expected an age such as .*, found "30m"/,
      /^6:5 expected "minimum", "maximum" or "tiers"/,
      /^6:14 expected a source .*, found "oktta", did you mean "okta"\?/,
      /^6:28 expected names under "class", found none/,
      /^8:5 expected "id" of the hold, found none/,
      /^8:24 expected a date .*, found "tomorrow"/,
      /^9:32 expected a source .*, found "otka", did you mean "okta"\?/,
      /^9:64 "until" must not be before "since"/,
      /^10:10 expected an id for each hold, found "A" again/,
      /^10:21 expected "reason" of the hold, found none/,
      /^10:34 expected from, until, found "form", did you mean "from"\?/,
    ])
      assert.ok(
        problems.some((problem) => expected.test(problem)),
        `${expected}\n${problems.join('\n')}`,
      );
  });

  test('wants rules', () => {
    assert.deepEqual(read('holds: []').problems, ['1:1 expected "rules": how long which segments are kept']);
  });
});
