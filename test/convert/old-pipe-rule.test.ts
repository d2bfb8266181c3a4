/** Rules with old pipes converted: the same rule in two documents that load, run and keep what else was written. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { convertRuleFile } from '../../src/convert/index.ts';
import { toRecordEvents } from '../../src/engine/record-events.ts';
import { toRelation } from '../../src/engine/rule-relation.ts';
import { runRuleTests } from '../../src/engine/rule-tests.ts';
import { linkRules } from '../../src/match/link-rules.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import type { RuleSet } from '../../src/model/rule.ts';
import { SHIPPED } from '../sources/shipped-mappings.ts';

const convert = (text: string) => convertRuleFile('old.yml', text, new Set());

/** The rules of a text that must load without a word. */
function load(text: string): RuleSet {
  const { documents, problems } = parseRuleFile('new.yml', text);
  const linked = linkRules(documents);
  assert.deepEqual([...problems, ...linked.problems, ...linked.ruleSet.errors], [], text);
  return linked.ruleSet;
}

const OLD = `# since 2019
title: Many failed logons # as the SOC calls it
id: 6f0c0a52-3a8e-4d2b-9c65-0d6f4f6a1e09
author: ann
level: high
logsource:
  product: windows
detection:
  # wrong passwords
  failure:
    EventID: 4625
    Status|contains:
      - '0xC000006D'
      - 0x0C
  known: {User: No}
  # a coffee break
  timeframe: 15m # minutes
  condition: failure and not known | count(Target) by Source >= 10 # who tries
falsepositives:
  - Scanners
`;

const NEW = `# since 2019
title: Many failed logons # as the SOC calls it
id: 6f0c0a52-3a8e-4d2b-9c65-0d6f4f6a1e09
name: many_failed_logons
author: ann
level: high
logsource:
  product: windows
detection:
  # wrong passwords
  failure:
    EventID: 4625
    Status|contains:
      - '0xC000006D'
      - 0x0C
  known: {User: No}
  condition: failure and not known # who tries
falsepositives:
  - Scanners
---
title: Many failed logons
id: '1174e833-26a7-5f03-b4b1-b4609aa311db'
author: ann
falsepositives:
  - Scanners
level: high
correlation:
  type: value_count
  rules: [many_failed_logons]
  group-by: [Source]
  # a coffee break
  timespan: 15m # minutes
  condition:
    field: Target
    gte: 10
`;

describe('convertRuleFile() of an old pipe', () => {
  test('cuts the condition, names the rule, and keeps all else with its comments', () => {
    assert.deepEqual(convert(OLD), { text: NEW, notes: [], problems: [] });
    load(NEW);
  });

  test('has nothing to do with its own output', () => {
    assert.deepEqual(convert(NEW), { text: undefined, notes: [], problems: [] });
  });

  test('leaves the other documents of the file, digits and all', () => {
    const other =
      'title: Other\ndetection:\n  s: {a: 9007199254740993.10, b: 0x1F, c: 012}\n  condition: s\n';
    assert.equal(convert(`${other}---\n${OLD}`).text, `${other}---\n${NEW}`);
  });

  test('makes the correlation speak, and be what is tested', () => {
    const text = `title: Three refusals
message: "{actor} was refused {count} times"
taxonomy: audit
logsource: {product: audit}
detection:
  refusal: {action: user.login, outcome: failure}
  timeframe: 5m
  condition: refusal | count() by actor > 2
tests:
  - name: three in a row
    events:
      - {time: "2026-03-02T08:00:00Z", actor: ann, action: user.login, outcome: failure}
      - {time: "2026-03-02T08:01:00Z", actor: ann, action: user.login, outcome: failure}
      - {time: "2026-03-02T08:02:00Z", actor: ann, action: user.login, outcome: failure}
    expect: violation
  - name: of two people
    events:
      - {time: "2026-03-02T08:00:00Z", actor: ann, action: user.login, outcome: failure}
      - {time: "2026-03-02T08:01:00Z", actor: bob, action: user.login, outcome: failure}
      - {time: "2026-03-02T08:02:00Z", actor: ann, action: user.login, outcome: failure}
    expect: satisfied
`;
    const { text: converted, problems } = convert(text);
    assert.deepEqual(problems, []);
    const audit = SHIPPED.find(({ name }) => name === 'audit')!;
    const results = runRuleTests(load(converted!), (records) => toRecordEvents(audit, records));
    assert.deepEqual(
      results.map(({ rule, passed }) => [rule.kind, passed]),
      [
        ['correlation', true],
        ['correlation', true],
      ],
    );
  });

  test('makes rules of the selections of near', () => {
    const { text } = convert(
      'title: Near\nname: near\nlogsource: {product: aws}\ndetection:\n  a: {x: 1}\n  b: {y: 2}\n  c: {z: 3}\n  timeframe: 1h\n  condition: a | near b and c\n',
    );
    assert.deepEqual(
      load(text!).rules.map((rule) => [rule.title, rule.kind === 'detection' ? rule.speaks : rule.rules]),
      [
        ['Near', false],
        ['Near (b)', false],
        ['Near (c)', false],
        ['Near', ['near', 'near_b', 'near_c']],
      ],
    );
    assert.equal(text!.match(/product: aws/g)?.length, 3);
  });

  test('says that nobody chose a timespan', () => {
    const { text, notes } = convert('title: t\ndetection:\n  s: {a: 1}\n  condition: s | count() > 5\n');
    assert.match(text!, /timespan: 1h # the rule has no "timeframe": choose/);
    assert.deepEqual(notes, [
      {
        file: 'old.yml',
        line: 4,
        column: 14,
        message: 'the rule has no "timeframe": choose the "timespan", 1h stands there now',
      },
    ]);
  });

  test('gives no name twice', () => {
    const rule = 'title: A rule\ndetection:\n  s: {a: 1}\n  timeframe: 5m\n  condition: s | count() > 5\n';
    const { text } = convert(`${rule}---\n${rule}`);
    assert.deepEqual(
      load(text!).rules.map(({ id }) => id),
      ['a_rule', 'a_rule_event_count', 'a_rule_2', 'a_rule_2_event_count'],
    );
  });

  const REFUSED: [what: string, rule: string, place: string, reason: RegExp][] = [
    ['a lowest value', 'detection:\n  s: {a: 1}\n  condition: s | min(a) < 5\n', '4:14', /add "a\|lt: 5"/],
    ['no old form', 'detection:\n  s: {a: 1}\n  condition: s | stats > 5\n', '4:14', /none of the old forms/],
    [
      'a list of conditions',
      'detection:\n  s: {a: 1}\n  condition: [s, s | count() > 5]\n',
      '4:18',
      /write them as rules of one condition/,
    ],
    [
      'a timeframe that is none',
      'detection:\n  s: {a: 1}\n  timeframe: soon\n  condition: s | count() > 5\n',
      '5:14',
      /cannot run: "timespan" must be a duration such as 5m, 24h or 30d, found "soon"/,
    ],
    [
      'a count that no event shows',
      'detection:\n  s: {a: 1}\n  timeframe: 5m\n  condition: s | count() < 1\n',
      '5:14',
      /the condition holds only for windows without any event, which no event can show/,
    ],
    [
      'a selection that is none',
      'detection:\n  s: {a: 1}\n  timeframe: 5m\n  condition: t | count() > 5\n',
      '5:14',
      /the condition names "t", which is no selection/,
    ],
    [
      'an alias into the other document',
      'related: &t [a]\nsuppress: {by: *t, for: 1h}\ndetection:\n  s: {a: 1}\n  timeframe: 5m\n  condition: s | count() > 5\n',
      '7:14',
      /an alias of the rule would lose its anchor/,
    ],
    [
      'levels',
      'levels: [{when: {a: 1}, level: low}]\ndetection:\n  s: {a: 1}\n  condition: s | count() > 5\n',
      '5:14',
      /"levels" are for events/,
    ],
    [
      'a collection',
      'action: global\ndetection:\n  s: {a: 1}\n  condition: s | count() > 5\n---\nlevel: low\n',
      '5:14',
      /part of a collection \("action"\)/,
    ],
  ];
  for (const [what, rule, place, reason] of REFUSED) {
    test(`names ${what} with its place, and makes nothing of it`, () => {
      const { text, problems } = convert(`title: Old\n${rule}`);
      assert.equal(text, undefined);
      assert.equal(problems.length, 1);
      assert.equal(`${problems[0]!.line}:${problems[0]!.column}`, place);
      assert.match(problems[0]!.message, reason);
    });
  }

  test('does not read what is no YAML, repeated keys among it', () => {
    for (const text of ['title: [', 'title: a\ntitle: b\n', `a: ${'['.repeat(5000)}`])
      assert.ok(convert(text).problems.length > 0);
  });

  test('makes rules that run of every count that there was', () => {
    const name = fc.constantFrom('user', 'src.ip', 'Target-User', '@x', 'a{}', 'No', '0x1F', '12');
    const pipe = fc.record({
      counted: fc.oneof(
        fc.constant('count()'),
        fc
          .tuple(fc.constantFrom('count', 'COUNT', 'sum', 'avg'), name)
          .map(([verb, field]) => `${verb}(${field})`),
      ),
      by: fc.array(name, { maxLength: 3 }),
      operator: fc.constantFrom('>', '>=', '<', '<=', '=', '==', '!='),
      limit: fc.nat({ max: 1_000_000 }),
      timeframe: fc.option(fc.constantFrom('30s', '5m', '24h', '7d', '1M')),
      title: fc.constantFrom('Old rule', 'Ключ', '42', 'No', 'a: b # c', "it's"),
      id: fc.option(fc.constantFrom('6f0c0a52-3a8e-4d2b-9c65-0d6f4f6a1e09', 'my-rule', '17')),
      quote: fc.constantFrom('', "'", '"'),
    });
    fc.assert(
      fc.property(pipe, ({ counted, by, operator, limit, timeframe, title, id, quote }) => {
        const condition = `s | ${counted}${by.length > 0 ? ` by ${by.join(', ')}` : ''} ${operator} ${limit}`;
        const { text, problems } = convert(
          [
            `title: ${JSON.stringify(title)}`,
            ...(id === null ? [] : [`id: "${id}"`]),
            'detection:',
            '  s: {a: x}',
            ...(timeframe === null ? [] : [`  timeframe: ${timeframe}`]),
            `  condition: ${quote}${condition}${quote}`,
            '',
          ].join('\n'),
        );
        if (problems.length > 0) {
          // That nothing happened is seen in no event, and less than nothing never happens.
          assert.ok(limit <= 1 && counted.toLowerCase().startsWith('count'), problems[0]!.message);
          assert.match(problems[0]!.message, /^what would take its place cannot run: the condition/);
          return;
        }
        const [detection, correlation, ...rest] = load(text!).rules;
        assert.deepEqual(rest, []);
        assert.ok(detection?.kind === 'detection' && correlation?.kind === 'correlation');
        assert.deepEqual([detection.speaks, correlation.title], [false, title]);
        assert.deepEqual([...correlation.groupNames], by);
        assert.deepEqual(Object.values(correlation.condition), [limit]);
        const said: string[] = [];
        toRelation(correlation, (message) => said.push(message));
        assert.deepEqual(said, [], text);
      }),
      { numRuns: 300 },
    );
  });
});
