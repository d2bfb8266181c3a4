/** Rule files: what is read, and how mistakes are told. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { linkRules } from '../../src/match/link-rules.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import { formatProblem } from '../../src/model/problem.ts';
import { resolveField } from '../../src/model/rule.ts';
import { ruleSetOf } from './one-rule.ts';

const problemsOf = (text: string) => parseRuleFile('r.yaml', text).problems.map(formatProblem);
const SOUND = 'detection: {s: {a: x}, condition: s}\n';

test('the head of a rule is kept', () => {
  const { rules } = ruleSetOf(`title: Root used
id: 5b1f0a46-0000-4000-8000-000000000001
level: HIGH
author: ann
date: 2026-01-02
references: https://example.com/a
tags: [attack.t1078]
control: [soc2:CC6.1]
message: '{actor} did {action}'
fix: ask
tests:
  - {name: one, events: [{n: 9007199254740993, t: 2026-01-01, k: null}], source: okta, expect: violation}
${SOUND}`);
  const { kind, condition, ...head } = rules[0] as Extract<(typeof rules)[0], { kind: 'detection' }>;
  assert.deepEqual([kind, condition.kind], ['detection', 'item']);
  assert.deepEqual(head, {
    id: '5b1f0a46-0000-4000-8000-000000000001',
    title: 'Root used',
    file: 'rules.yaml',
    line: 1,
    level: 'high',
    author: 'ann',
    references: ['https://example.com/a'],
    tags: ['attack.t1078'],
    falsepositives: [],
    controls: ['soc2:CC6.1'],
    message: '{actor} did {action}',
    fix: 'ask',
    tests: [
      {
        name: 'one',
        line: 12,
        events: ['{"n":9007199254740993,"t":"2026-01-01","k":null}'],
        source: 'okta',
        expect: 'violation',
      },
    ],
    taxonomy: 'sigma',
    logsource: {},
    speaks: true,
  });
});

test('a rule without an id is known by its title', () => {
  assert.equal(ruleSetOf(`title: Root Account -- used!\n${SOUND}`).rules[0]?.id, 'root-account-used');
});

describe('mistakes have a place', () => {
  const cases: [behaviour: string, text: string, problems: string[]][] = [
    ['no title', SOUND, ['r.yaml:1:1: a rule needs a "title"']],
    [
      'a wrong level',
      `title: t\nlevel: hig\n${SOUND}`,
      [
        'r.yaml:2:8: "level" must be one of informational, low, medium, high, critical, found "hig", did you mean "high"?',
      ],
    ],
    [
      'neither detection nor correlation',
      'title: t\nlevel: low\n',
      ['r.yaml:1:1: a rule has one of "detection", "correlation", "filter", "table", found none of them'],
    ],
    [
      'both at once',
      `title: t\n${SOUND}correlation: {type: x}\n`,
      [
        'r.yaml:1:1: a rule has one of "detection", "correlation", "filter", "table", found "detection" and "correlation"',
      ],
    ],
    [
      'a list for a map',
      'title: t\ndetection: [a]\n',
      ['r.yaml:2:12: "detection" must be a map, found a list'],
    ],
    ['a document that is no map', '- a\n', ['r.yaml:1:1: a rule must be a map, found list']],
    [
      'an empty file',
      '# nothing\n',
      ['r.yaml: the file holds no rule, expected a document with "detection" or "correlation"'],
    ],
    [
      'a test without words',
      `title: t\ntests:\n  - {events: []}\n${SOUND}`,
      ['r.yaml:3:5: a test needs a "name"', 'r.yaml:3:5: a test needs "expect"'],
    ],
    [
      'a timespan nobody can read',
      'title: t\ncorrelation: {type: event_count, rules: [a], timespan: 5 min, condition: {gte: 1}}\n',
      ['r.yaml:2:56: "timespan" must be a duration such as 5m, 24h or 30d, found "5 min"'],
    ],
    [
      'an unknown comparison',
      'title: t\ncorrelation: {type: event_count, rules: [a], timespan: 5m, condition: {gtee: 1}}\n',
      [
        'r.yaml:2:72: a condition has no "gtee", expected one of gt, gte, lt, lte, eq, neq, did you mean "gte"?',
      ],
    ],
  ];
  for (const [behaviour, text, problems] of cases)
    test(behaviour, () => assert.deepEqual(problemsOf(text), problems));
  test('YAML that is none', () => assert.match(problemsOf('title: [a\n')[0]!, /^r\.yaml:\d+:\d+: /));
  test('several documents are told apart', () => {
    assert.deepEqual(problemsOf(`title: t\n${SOUND}---\n${SOUND}`), ['r.yaml:4:1: a rule needs a "title"']);
  });
});

describe('a rule that we cannot run is an error of its own, and the others run', () => {
  const cases: [behaviour: string, text: string, message: RegExp][] = [
    [
      'an unknown canonical field',
      'taxonomy: audit\ndetection: {s: {acter: x}, condition: s}',
      /"acter" is no canonical field, did you mean "actor"\?/,
    ],
    [
      'a field in a message',
      `taxonomy: audit\nmessage: '{acter} did it'\ndetection: {s: {actor: x}, condition: s}`,
      /"acter" is no canonical field/,
    ],
    [
      'a key that would change its meaning',
      `window: calendar\n${SOUND}`,
      /the key "window" is not supported/,
    ],
    [
      'a waiver of everything',
      'owner: ann\nreason: none\nexpires: 2026-01-01\nfilter: {rules: any, s: {a: x}, condition: s}',
      /a waiver must name its rules/,
    ],
    [
      'a condition over rules that does not read',
      'correlation: {type: temporal, rules: [other], timespan: 5m, condition: other and not}',
      /the condition over rules needs the name of a rule, "not" or "\(", found its end/,
    ],
  ];
  for (const [behaviour, text, message] of cases) {
    test(behaviour, () => {
      const { rules, errors } = ruleSetOf(`title: bad\n${text}\n---\ntitle: other\n${SOUND}`);
      assert.equal(rules.length, 1);
      assert.match(errors[0]!.message, message);
      assert.deepEqual([errors[0]!.title, errors[0]!.line], ['bad', 1]);
    });
  }
  test('a correlation over such a rule is one too', () => {
    const { errors } = ruleSetOf(
      `title: bad\nname: bad\ndetection: {s: {'a|no': x}, condition: s}\n---\ntitle: c\ncorrelation: {type: event_count, rules: [bad], timespan: 5m, condition: {gte: 2}}`,
    );
    assert.match(errors[1]!.message, /refers to "bad", which cannot run/);
  });
});

describe('correlations', () => {
  const rule = (name: string, head = '') =>
    `title: ${name}\nname: ${name}\nid: id-${name}\n${head}${SOUND}---\n`;
  test('aliases, steps and counted fields are resolved for each rule', () => {
    const { rules } =
      ruleSetOf(`${rule('login')}title: out\nname: logout\ntaxonomy: audit\ndetection: {s: {actor: x}, condition: s}\n---
title: c
correlation:
  type: concurrency
  rules: [login]
  opens: id-login
  closes: [logout]
  group-by: [who, region]
  aliases: {who: {login: user.name, logout: actor}}
  timespan: 1h
  condition: {field: who, gt: 3, lte: 9}
  max-open: 12h
`);
    const correlation = rules[2]!;
    assert.ok(correlation.kind === 'correlation');
    const who = [
      { taxonomy: 'raw', name: 'user.name' },
      { taxonomy: 'raw', name: 'user.name' },
      { taxonomy: 'audit', name: 'actor' },
    ];
    const region = [
      { taxonomy: 'raw', name: 'region' },
      { taxonomy: 'raw', name: 'region' },
      { taxonomy: 'audit', name: 'region' },
    ];
    assert.deepEqual(correlation.rules, ['id-login', 'id-login', 'logout']);
    assert.deepEqual(correlation.steps, { rules: [0], opens: [1], closes: [2] });
    assert.deepEqual(
      correlation.groupBy,
      who.map((field, step) => [field, region[step]]),
    );
    assert.deepEqual(
      correlation.fields,
      who.map((field) => [field]),
    );
    assert.deepEqual(resolveField(correlation, 'who', 2), { taxonomy: 'audit', name: 'actor' });
    assert.deepEqual(resolveField(correlation, 'ip', 2), { taxonomy: 'audit', name: 'ip' });
    assert.deepEqual(correlation.condition, { gt: 3, lte: 9 });
    assert.equal(correlation.timespan, 3_600_000_000_000n);
    assert.deepEqual(correlation.extra, { 'max-open': '12h' });
  });
  test('silence their rules, unless they generate', () => {
    const correlation = (generate: string) =>
      `${rule('a')}title: c\ncorrelation: {type: event_count, rules: [a], timespan: 5m, condition: {gte: 2}${generate}}\n`;
    const speaks = (text: string) =>
      ruleSetOf(text).rules.map((each) => each.kind === 'detection' && each.speaks)[0];
    assert.equal(speaks(correlation('')), false);
    assert.equal(speaks(correlation(', generate: true')), true);
    assert.equal(speaks(correlation('').replace('id: id-a', 'id: id-a\ngenerate: true')), true);
  });
  test('an alias for a rule that is not referred to is a mistake', () => {
    const { documents } = parseRuleFile(
      'r.yaml',
      `${rule('a')}${rule('b')}title: c\ncorrelation: {type: event_count, rules: [a], group-by: [w], aliases: {w: {b: x}}, timespan: 5m, condition: {gte: 2}}\n`,
    );
    assert.match(
      formatProblem(linkRules(documents).problems[0]!),
      /^r\.yaml:12:\d+: the alias "w" names "b", which the correlation does not refer to$/,
    );
  });
});
