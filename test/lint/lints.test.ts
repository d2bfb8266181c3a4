/** Each lint speaks where it should, at its place, and is silent on the nearest sound writing. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LINTS, lintRuleFile } from '../../src/lint/index.ts';

const HEAD = 'title: t\nid: 6f0c0a52-3a8e-4d2b-9c65-0d6f4f6a1e09\nlevel: low\n';

function said(code: string, yaml: string): string[] {
  const known = { names: new Set(['eventName', 'user', 'a.errorCode']), titleOf: () => 'The Log' };
  return lintRuleFile('r.yaml', HEAD + yaml, () => known)
    .filter((lint) => lint.code === code)
    .map(({ line, column, level, message }) => `${line}:${column} ${level} ${message}`);
}

const detection = (items: string, condition = 's') =>
  `detection:\n  s: {${items}}\n  condition: ${condition}\n`;

const cases: [code: string, what: string, yaml: string, expected: RegExp | undefined][] = [
  [
    'filter-without-not',
    'a filter that keeps what it describes',
    'filter: {rules: [a], s: {u: adm}, condition: s}',
    /^4:\d+ warning .*write "not s"$/,
  ],
  [
    'filter-without-not',
    'a filter that leaves it out',
    'filter: {rules: [a], s: {u: adm}, condition: not s}',
    undefined,
  ],
  [
    'filter-without-not',
    'a waiver',
    'reason: r\nowner: o\nexpires: 2026-01-01\nfilter: {rules: [a], s: {u: adm}, condition: s}',
    undefined,
  ],
  ['yaml-trap', 'a bare No', detection('MFAUsed: No'), /^5:\d+ warning No is text here and a boolean/],
  ['yaml-trap', 'a quoted No', detection("MFAUsed: 'No'"), undefined],
  ['yaml-trap', 'a leading zero', detection('account: 012345678901'), /leading zero/],
  ['yaml-trap', 'an octal number in a list', detection('account: [7, 0123]'), /octal/],
  ['yaml-trap', 'a plain number', detection('account: [7, 123]'), undefined],
  ['yaml-trap', 'a time of day', detection('at: 12:30:00'), /base 60/],
  [
    'unknown-field',
    'a misspelled field',
    detection("'eventNam|startswith': x"),
    /^5:7 warning no field of The Log is called "eventNam", did you mean "eventName"\?$/,
  ],
  ['unknown-field', 'one in a list', detection('a.erorrCode: x'), /did you mean "a\.errorCode"/],
  ['unknown-field', 'the field itself', detection('eventName: x'), undefined],
  ['unknown-field', 'a rare field', detection('eventVersion: x'), undefined],
  ['unknown-field', 'a short one that is another word', detection('uuid: x'), undefined],
  [
    'unknown-key',
    'a misspelled level',
    `levle: high\n${detection('a: b')}`,
    /warning .*did you mean "level"/,
  ],
  ['unknown-key', 'a key of somebody’s own', `acme_runbook: x\n${detection('a: b')}`, /note .*is not read/],
  ['unknown-key', 'the keys of Sigma', `falsepositives: [none]\n${detection('a: b')}`, undefined],
  [
    'unused-selection',
    'a selection without effect',
    'detection:\n  s: {a: b}\n  t: {a: c}\n  condition: s\n',
    /^6:3 warning the selection "t"/,
  ],
  [
    'unused-selection',
    'all of them',
    'detection:\n  s: {a: b}\n  t: {a: c}\n  condition: 1 of them\n',
    undefined,
  ],
  [
    'unused-selection',
    'one that "them" passes over',
    'detection:\n  s: {a: b}\n  _t: {a: c}\n  condition: 1 of them\n',
    /"_t"/,
  ],
  [
    'unused-selection',
    'a form',
    'detection:\n  s: {a: b}\n  f_a: {a: c}\n  condition: s and not 1 of f_*\n',
    undefined,
  ],
  ['odd-value', 'all of one', detection('a|contains|all: [x]'), /needs several/],
  ['odd-value', 'all of two', detection('a|contains|all: [x, y]'), undefined],
  ['odd-value', 'a star that the modifier has', detection("a|contains: '*x'"), /in the modifier already/],
  ['odd-value', 'an escaped star', detection("a|startswith: 'x\\*'"), undefined],
  ['odd-value', 'null among others', detection('a: [x, null]'), /null beside other values/],
  ['portability', 'canonical fields', `taxonomy: audit\n${detection('actor: b')}`, /canonical fields/],
  ['portability', 'plain Sigma', detection('a: b'), undefined],
  [
    'portability',
    'a relation of ours',
    'correlation: {type: requires, rules: [a], needs: [b], before: 1h}',
    /"requires" is of audit-check/,
  ],
];

for (const { code } of LINTS) {
  describe(code, () => {
    for (const [, what, yaml, expected] of cases.filter(([own]) => own === code)) {
      test(`${expected === undefined ? 'is silent on' : 'speaks of'} ${what}`, () => {
        const lints = said(code, yaml);
        if (expected === undefined) assert.deepEqual(lints, []);
        else assert.match(lints.join('\n'), expected);
      });
    }
  });
}

describe('identity', () => {
  const speak = (yaml: string) => lintRuleFile('r.yaml', yaml).filter(({ code }) => code === 'identity');
  test('speaks of a rule that nothing but its title names', () => {
    assert.match(speak(`title: t\nlevel: low\n${detection('a: b')}`)[0]!.message, /known by the title/);
  });
  test('speaks of an id that is no UUID, and of a missing level', () => {
    assert.equal(speak(`title: t\nid: x\n${detection('a: b')}`).length, 2);
  });
  test('is silent on a rule with both', () => assert.deepEqual(speak(HEAD + detection('a: b')), []));
});
