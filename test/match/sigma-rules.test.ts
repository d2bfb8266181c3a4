/** Every rule of a public collection: it loads, or is refused with its reason; and some source is its, or it is said which is not. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { linkRules } from '../../src/match/link-rules.ts';
import { appliesTo, unknownWords } from '../../src/match/logsource.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import { formatProblem } from '../../src/model/problem.ts';
import { SHIPPED } from '../sources/shipped-mappings.ts';
import { sharedData } from '../support/shared-data.ts';

const corpus = sharedData('sigma-rules');

test('every public Sigma rule is read, or refused with its reason', {
  skip: corpus === undefined && 'sample data absent',
}, (context) => {
  const files = readdirSync(corpus!, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.yml'),
  );
  const parsed = files.sort().map((file) => parseRuleFile(file, readFileSync(`${corpus}/${file}`, 'utf8')));
  const { ruleSet, problems } = linkRules(parsed.flatMap(({ documents }) => documents));
  assert.deepEqual([...parsed.flatMap((each) => each.problems), ...problems].map(formatProblem), []);
  const offers = SHIPPED.map(({ logsource }) => logsource);
  let applicable = 0;
  const without = new Map<string, number>();
  for (const rule of ruleSet.rules) {
    assert.ok(rule.kind === 'detection');
    if (offers.some((offer) => appliesTo(rule, offer))) applicable++;
    else {
      const words = unknownWords(rule.logsource, offers).join(', ');
      assert.notEqual(words, '', `${rule.file}: no source is its, and none of its words is unknown`);
      without.set(words, (without.get(words) ?? 0) + 1);
    }
  }
  context.diagnostic(
    `${files.length} files: ${ruleSet.rules.length} rules read, ${ruleSet.errors.length} refused; ${applicable} are for some source`,
  );
  for (const [words, count] of [...without].sort(([, left], [, right]) => right - left))
    context.diagnostic(`${count} for no source: ${words}`);
  assert.deepEqual([files.length, ruleSet.rules.length, ruleSet.errors], [363, 363, []]);
  assert.equal(applicable, 186);
});
