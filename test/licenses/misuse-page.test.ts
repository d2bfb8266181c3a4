/** The page on misuse: each rule and each finding that it names is there, and the rules for misuse are all on it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isSpeaking } from '../../build/rule-docs.ts';
import { LICENSE_FINDINGS } from '../../src/licenses/verdict/license-findings.ts';
import { linkRules } from '../../src/match/link-rules.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const rows = read('docs/license-misuse.md')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()));
const NONE = '–';

test('each row names a shipped rule, a finding of contracts, or both, and says how it is tuned', () => {
  const folder = new URL('../../rules/policies/', import.meta.url);
  const parsed = readdirSync(folder).map((file) => parseRuleFile(file, read(`rules/policies/${file}`)));
  const { ruleSet } = linkRules(parsed.flatMap(({ documents }) => documents));
  const titles = new Set(ruleSet.rules.map(({ title }) => title));
  const codes = new Set(LICENSE_FINDINGS.map(({ code }) => `\`${code}\``));
  for (const [, misuse, rule, finding, falseAlarm, tuned] of rows) {
    assert.ok(rule !== NONE || finding !== NONE, misuse);
    assert.ok(rule === NONE || titles.has(rule!), rule);
    assert.ok(finding === NONE || codes.has(finding!), finding);
    assert.ok(falseAlarm !== '' && tuned !== '', misuse);
  }
  const named = new Set(rows.map(([, , rule]) => rule));
  const unnamed = ruleSet.rules.filter(
    (rule) => rule.file === 'license-misuse.yaml' && isSpeaking(rule) && !named.has(rule.title),
  );
  assert.deepEqual(
    unnamed.map(({ title }) => title),
    ['Paid seat that nobody uses'],
    'waste is no misuse, every other rule has its row',
  );
});
