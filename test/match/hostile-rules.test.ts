/**
 * A rule folder made by an enemy: each file is refused with its place, and none takes the process down. No case needs a
 * second on an idle machine (measured); one that grew without bound would not end.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { linkRules } from '../../src/match/link-rules.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';

/** A message is a line that a person reads, whatever it quotes. */
const LONGEST_MESSAGE = 2_000;

const rule = (detection: string, head = '') => `title: t\n${head}detection:\n${detection}`;
const repeat = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, at) => text(at));
const MEGABYTE = 1024 * 1024;

/** What is wrong with the files together, each told with its file and line; no rule of them runs. */
function refusals(...texts: string[]): string[] {
  const parsed = texts.map((text, index) => parseRuleFile(`${index}.yaml`, text));
  const { ruleSet, problems } = linkRules(parsed.flatMap(({ documents }) => documents));
  assert.deepEqual(ruleSet.rules, []);
  const said = [...parsed.flatMap((each) => each.problems), ...problems, ...ruleSet.errors];
  assert.ok(said.length > 0 && said.length < 200, `${said.length} messages`);
  for (const { file, line, message } of said) {
    assert.match(file, /^\d+\.yaml$/);
    assert.ok(line >= 0 && message.length < LONGEST_MESSAGE, `${message.length} characters`);
  }
  return said.map(({ message }) => message);
}

describe('nesting and aliases', () => {
  const cases: [what: string, text: string][] = [
    ['brackets', '['.repeat(5_000)],
    ['many brackets', rule(`  s: ${'['.repeat(500_000)}\n`)],
    ['braces', rule(`  s: ${'{a: '.repeat(50_000)}\n`)],
    ['dashes', '- '.repeat(500_000)],
    ['question marks', '? '.repeat(5_000)],
    ['keys', 'a: '.repeat(5_000)],
    ['indentation', repeat(2_000, (level) => `${' '.repeat(level)}a:`).join('\n')],
    ['one long word', 'x'.repeat(2_000_000)],
    ['an alias inside itself', rule('  s: &s {a: *s}\n  condition: s\n')],
    [
      'aliases that multiply',
      `x: &l0 [x]\n${repeat(9, (level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`).join('\n')}`,
    ],
    [
      'merge keys that multiply',
      `x: &l0 {a: 1}\n${repeat(30, (level) => `l${level + 1}: &l${level + 1} {a: *l${level}, b: *l${level}}`).join('\n')}`,
    ],
  ];
  for (const [what, text] of cases) test(what, () => void refusals(text));
});

describe('size', () => {
  test('expressions of 10 MB', () => {
    const long = 'a'.repeat(10 * MEGABYTE);
    assert.match(
      refusals(rule(`  s:\n    a|re: ${long}\n  condition: s\n`))[0]!,
      /has \d+ characters, at most \d+ are read/,
    );
  });
  test('expressions that grow when they are compiled', () => {
    for (const expression of [
      '(a{1000}){1000}',
      'a{1000000}',
      `${'('.repeat(4_999)}a${')'.repeat(4_999)}`,
      '((a{100}){100}){100}',
    ])
      assert.match(refusals(rule(`  s:\n    a|re: '${expression}'\n  condition: s\n`))[0]!, /is not RE2/);
  });
  test('conditions of 10 MB', () => {
    refusals(rule(`  s: {a: x}\n  condition: s${' and s'.repeat((10 * MEGABYTE) / 6)}\n`));
    assert.match(
      refusals(rule(`  s: {a: x}\n  condition: s${' and s'.repeat(20_000)}\n`))[0]!,
      /has 40001 words, at most 5000/,
    );
    assert.match(
      refusals(rule(`  s: {a: x}\n  condition: s | ${'count() by x'.repeat(20_000)}\n`))[0]!,
      /no longer Sigma/,
    );
  });
  test('conditions of many parentheses and negations', () => {
    assert.match(
      refusals(rule(`  s: {a: x}\n  condition: ${'('.repeat(2_000)}s${')'.repeat(2_000)}\n`))[0]!,
      /more than 100 parentheses/,
    );
    assert.match(
      refusals(rule(`  s: {a: x}\n  condition: ${'not '.repeat(4_998)} nobody\n`))[0]!,
      /"nobody", which is no selection/,
    );
  });
  test('patterns over many selections', () => {
    const selections = repeat(20_000, (index) => `  s${index}: {a: x}\n`).join('');
    const condition = repeat(1_000, (index) => `1 of s*${index}`).join(' or ');
    assert.match(
      refusals(rule(`${selections}  condition: ${condition}\n`))[0]!,
      /meet 20000 selections each, more than 1000000/,
    );
  });
  test('huge lists', () => {
    refusals(
      rule(`  s:\n    a:\n${repeat(400_000, (index) => `      - v${index}\n`).join('')}  condition: s\n`),
    );
    refusals(rule(`  s: {a: [${repeat(400_000, (index) => `v${index}`).join(', ')}]}\n  condition: s\n`));
  });
  test('values that multiply before they are encoded', () => {
    const values = repeat(5_000, (index) => `'-a -b /c${index}'`).join(', ');
    const item = `  s:\n    a|windash|base64offset|contains: [${values}]\n  condition: s\n`;
    assert.match(refusals(rule(item))[0]!, /stand for more than 100000 texts/);
    assert.match(
      refusals(rule(`  s:\n    a|windash|base64: '${'-'.repeat(100_000)}'\n  condition: s\n`))[0]!,
      /100000 dashes/,
    );
  });
  test('modifiers without end', () => {
    assert.match(
      refusals(rule(`  s:\n    a${'|base64x'.repeat(100)}: x\n  condition: s\n`))[0]!,
      /unknown modifier/,
    );
    assert.match(
      refusals(rule(`  s:\n    a${'|base64'.repeat(140)}: x\n  condition: s\n`))[0]!,
      /at most 10000 are encoded/,
    );
  });
});

describe('what is written twice or in circles', () => {
  test('duplicate keys', () => {
    const messages = refusals(rule(`  s:\n${'    a: x\n'.repeat(50)}  condition: s\n`));
    assert.match(messages[0]!, /the key "a" stands here twice, first on line 4/);
  });
  test('duplicate ids', () => {
    const same = rule('  s|x: {a: y}\n  condition: t\n', 'id: one\n');
    assert.match(
      refusals(...repeat(20, () => same)).join('\n'),
      /the rule id "one" stands already in 0\.yaml:1/,
    );
  });
  test('correlations that refer to one another, or to themselves', () => {
    const correlation = (name: string, of: string) =>
      `title: ${name}\nname: ${name}\ncorrelation: {type: event_count, rules: [${of}], timespan: 5m, condition: {gte: 1}}\n`;
    refusals(correlation('a', 'b'), correlation('b', 'c'), correlation('c', 'a'));
    refusals(correlation('a', 'a'));
    refusals(repeat(150, (index) => correlation(`n${index}`, `n${(index + 1) % 150}`)).join('---\n'));
  });
});

test('names of built-in properties are names like any other', () => {
  const text = rule(
    '  __proto__: {constructor: x}\n  toString: {"__proto__|contains": y}\n  condition: __proto__ and nobody\n',
  );
  assert.match(refusals(text)[0]!, /"nobody", which is no selection/);
});
