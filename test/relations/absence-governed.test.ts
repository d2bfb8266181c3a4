/** Relations of absence under what any rule may say: dates of force, waivers, and chains whose evidence is uncertain. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judgeChained } from '../../src/engine/chained-marks.ts';
import { toRelation } from '../../src/engine/rule-relation.ts';
import { linkRules } from '../../src/match/link-rules.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import { compareMarks, type Mark } from '../../src/model/mark.ts';
import { groupKey, type Relation } from '../../src/model/relation.ts';
import { second, toMark } from './made-marks.ts';

const COVERAGE = { from: second(-1_000), until: second(1_000) };

const detection = (name: string) => `title: ${name}
id: ${name}
detection: {selection: {action: ${name}}, condition: selection}
---
`;

function compile(text: string): Relation {
  const { documents, problems } = parseRuleFile('r.yaml', text);
  const linked = linkRules(documents);
  assert.deepEqual([...problems, ...linked.problems, ...linked.ruleSet.errors], []);
  const rule = linked.ruleSet.rules.find(({ kind }) => kind === 'correlation')!;
  return toRelation(rule, assert.fail)!;
}

const REQUIRES = `${detection('access')}${detection('approved')}title: Access without approval
correlation: {type: requires, rules: [access], needs: [approved], before: 100s, group-by: [user]}
`;

const judge = (relation: Relation, marks: Mark[]) =>
  [...relation.judge(['ann'], marks.sort(compareMarks), COVERAGE)].map(({ verdict, place }) => [
    verdict,
    place.line,
  ]);

describe('requires with dates', () => {
  const dated = compile(`${REQUIRES}effective: {from: 1970-01-01}\n`);

  test('takes an approval from before the rule was in force', () => {
    assert.deepEqual(judge(dated, [toMark({ at: -5, line: 1, step: 1 }), toMark({ at: 5, line: 2 })]), []);
  });
  test('judges no access from before the rule was in force, and every one after', () => {
    assert.deepEqual(judge(dated, [toMark({ at: -5, line: 1 }), toMark({ at: 5, line: 2 })]), [
      ['violation', 2],
    ]);
  });
});

describe('requires over what other correlations found', () => {
  const relation = compile(REQUIRES);
  const access = toMark({ at: 5, line: 2 });
  const approval = toMark({ at: 1, line: 1, step: 1 });
  const judgeUncertain = (own: Mark[], mark: Mark) =>
    [...judgeChained(relation, ['ann'], own, [{ mark, certain: false }], COVERAGE)].map(
      ({ verdict }) => verdict,
    );

  test('an approval that may have been keeps an access from being a violation', () => {
    assert.deepEqual(judgeUncertain([access], approval), ['undetermined']);
  });
  test('an access that may have been is no violation', () => {
    assert.deepEqual(judgeUncertain([], access), ['undetermined']);
    assert.deepEqual(judgeUncertain([approval], access), []);
  });
});

describe('gap with a waiver', () => {
  const relation = compile(`${detection('beat')}title: Hosts
name: hosts
table: [{host: web}, {host: db}]
---
title: A host fell silent
id: silent
correlation: {type: gap, rules: [beat], timespan: 1h, group-by: [host], expected: {table: hosts, match: {host: host}}}
---
title: The database is not connected yet
filter:
  rules: [silent]
  known: {host: db}
  condition: known
owner: bob
reason: the agent is ordered
expires: 1971-01-01
`);

  test('a group that never spoke is waived by its name', () => {
    const judged = [...relation.judgeAbsent!(new Set<string>(), { from: 0n, until: second(7_200) })];
    assert.deepEqual(
      judged.map(({ group, judgement }) => [group[0], judgement.verdict, judgement.waiver?.owner]),
      [
        ['web', 'violation', undefined],
        ['db', 'violation', 'bob'],
      ],
    );
    assert.deepEqual(
      [...relation.judgeAbsent!(new Set(['web', 'db'].map((host) => groupKey([host]))), COVERAGE)],
      [],
    );
  });
});
