/** Collections by `action:`, held against what pySigma's loader makes of the same documents. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import { formatProblem } from '../../src/model/problem.ts';
import { matches, ruleSetOf } from './one-rule.ts';

const GLOBAL = `action: global
title: Two logs
id: both
logsource: {product: windows}
detection:
  user: {user: ann}
  condition: user and tool
`;

describe('action', () => {
  test('global completes the documents after it, deep into their maps', () => {
    const { rules, errors } = ruleSetOf(`${GLOBAL}---
logsource: {service: security}
detection:
  tool: {tool: a}
---
title: Not mine
level: high
logsource: {service: sysmon}
detection:
  tool: {tool: b}
`);
    assert.deepEqual(errors, []);
    const said = rules.map((rule) => [
      rule.id,
      rule.title,
      rule.level,
      rule.line,
      rule.kind === 'detection' && rule.logsource,
    ]);
    assert.deepEqual(said, [
      ['both', 'Two logs', 'medium', 9, { product: 'windows', service: 'security' }],
      ['both-2', 'Two logs', 'high', 13, { product: 'windows', service: 'sysmon' }],
    ]);
    const found = rules.map(
      (rule) => rule.kind === 'detection' && matches(rule, { user: 'ann', tool: 'b' })[0],
    );
    assert.deepEqual(found, [false, true]);
  });
  test('repeat is the document before, with changes', () => {
    const { rules } = ruleSetOf(`title: first
detection:
  s: {a: x, b: y}
  condition: s
---
action: repeat
title: second
detection:
  s: {b: z}
---
action: repeat
title: third
detection:
  condition: not s
`);
    assert.deepEqual(
      rules.map((rule) => [
        rule.id,
        rule.kind === 'detection' && matches(rule, { a: 'x', b: 'y' }, { a: 'x', b: 'z' }),
      ]),
      [
        ['first', [true, false]],
        ['second', [false, true]],
        ['third', [true, false]],
      ],
    );
  });
  test('repeat after global is the template itself, and a title is an id where there is no other', () => {
    const { rules } = ruleSetOf(`action: global
title: Same title
detection: {condition: s}
---
action: repeat
detection: {s: {a: x}}
---
action: repeat
detection: {s: {a: y}}
`);
    assert.deepEqual(
      rules.map(({ id }) => id),
      ['same-title', 'Same-title-2'],
    );
  });
  test('reset ends the template', () => {
    const { rules } = ruleSetOf(`${GLOBAL}---
detection: {tool: {tool: a}}
---
action: reset
---
title: alone
detection: {s: {a: x}, condition: s}
`);
    assert.deepEqual(
      rules.map(({ title }) => title),
      ['Two logs', 'alone'],
    );
  });
  const mistakes: [text: string, message: RegExp][] = [
    [
      'action: repeat\ntitle: t\n',
      /^r\.yaml:1:1: "action: repeat" repeats the document before it, and there is none$/,
    ],
    [
      'action: globl\ntitle: t\n',
      /^r\.yaml:1:9: "action" must be one of global, repeat, reset, found "globl", did you mean "global"\?$/,
    ],
    ['action: [global]\ntitle: t\n', /found a list$/],
    [GLOBAL, /^r\.yaml:1:1: "action: global" is a template, and no document after it uses it$/],
  ];
  for (const [text, message] of mistakes) {
    test(`is a mistake: ${text.split('\n')[0]}`, () => {
      const { documents, problems } = parseRuleFile('r.yaml', text);
      assert.deepEqual(documents, []);
      assert.match(problems.map((problem) => formatProblem(problem)).join('\n'), message);
    });
  }
});

test('a large template before many documents is refused', () => {
  const values = Array.from({ length: 20_000 }, (_, index) => `v${index}`).join(', ');
  const text = `action: global\ntitle: t\ndetection: {s: {a: [${values}]}, condition: s}\n${'---\nlevel: low\n'.repeat(20_000)}`;
  const { problems } = parseRuleFile('r.yaml', text);
  assert.match(problems[0]!.message, /makes rules of more than 1000000 entries/);
});
