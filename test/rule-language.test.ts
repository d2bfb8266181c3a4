/** The page for rule authors: its examples are one rule file that loads, is clean, and whose tests pass; it names every key. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { loadRules, loadSources } from '../src/cli/library.ts';
import { toRecordEvents } from '../src/engine/record-events.ts';
import { runRuleTests } from '../src/engine/rule-tests.ts';
import { lintRuleFile } from '../src/lint/index.ts';
import { RULE_KEYS } from '../src/lint/rule-keys.ts';
import { AUDIT_FIELDS } from '../src/model/event.ts';
import type { Problem } from '../src/model/problem.ts';
import { RELATIONS } from '../src/relations/index.ts';
import { EXAMPLES, PAGE } from './support/page-examples.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-page-'));
after(() => fs.rmSync(folder, { recursive: true }));

const problems: Problem[] = [];
const file = path.join(folder, 'page.yaml');
fs.writeFileSync(file, EXAMPLES);
const ruleSet = loadRules([file], false, problems);

test('the examples load, and lint finds nothing in them', () => {
  assert.deepEqual(problems, []);
  assert.deepEqual(ruleSet.errors, []);
  const lints = lintRuleFile(file, EXAMPLES).filter(({ level }) => level !== 'note');
  assert.deepEqual(lints, []);
});

test('the tests of the examples pass, of both kinds for each rule that speaks', () => {
  const mappings = loadSources([], problems);
  const results = runRuleTests(ruleSet, (records, source) => toRecordEvents(mappings[source]!, records));
  const failed = results.filter(({ passed }) => !passed);
  assert.deepEqual(
    failed.map(({ rule, test, actual, messages }) => [rule.title, test.name, actual, ...messages]),
    [],
  );
  for (const rule of ruleSet.rules) {
    if (rule.kind === 'detection' && !rule.speaks) continue;
    const verdicts = rule.tests.map(({ expect }) => expect);
    // The first value of a group is either new or learned, and what is learned is undetermined.
    const isLearning = rule.kind === 'correlation' && rule.type === 'new_value';
    for (const verdict of ['violation', isLearning ? 'undetermined' : 'satisfied'] as const)
      assert.ok(verdicts.includes(verdict), `${rule.title}: no test expects ${verdict}`);
  }
});

test('every relation has an example, and every key of ours its line', () => {
  const shown = ruleSet.rules.flatMap((rule) => (rule.kind === 'correlation' ? [rule.type] : []));
  for (const { type } of RELATIONS) assert.ok(shown.includes(type), `${type} has no example`);
  /** Parts of a table of roles, which docs/access.md tells. */
  const ofRoles = ['file', 'format', 'roles', 'users', 'groups', 'conflicts'];
  for (const { key, sigma } of RULE_KEYS) {
    if (sigma || ofRoles.includes(key)) continue;
    assert.match(PAGE, new RegExp(`^\\| .*\`${key}\``, 'm'), `the table has no line for ${key}`);
  }
  for (const field of AUDIT_FIELDS) assert.ok(PAGE.includes(`\`${field}\``), field);
});
