/** The shipped policy pack: every rule is sound, tested in its own file, and says what an auditor needs. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { toRecordEvents } from '../src/engine/record-events.ts';
import { runRuleTests, type ToEvents } from '../src/engine/rule-tests.ts';
import { linkRules } from '../src/match/link-rules.ts';
import { parseRuleFile } from '../src/match/parse-rules.ts';
import { RELATIONS } from '../src/relations/index.ts';
import { SHIPPED } from './sources/shipped-mappings.ts';

const FOLDER = new URL('../rules/policies/', import.meta.url);

const parsed = readdirSync(FOLDER)
  .sort()
  .map((file) => parseRuleFile(file, readFileSync(new URL(file, FOLDER), 'utf8')));
const { ruleSet, problems } = linkRules(parsed.flatMap(({ documents }) => documents));
const speaking = ruleSet.rules.filter((rule) => rule.kind === 'correlation' || rule.speaks);

test('every policy can be read, linked and compiled', () => {
  assert.deepEqual(
    parsed.flatMap((file) => file.problems),
    [],
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(ruleSet.errors, []);
  for (const rule of ruleSet.rules) {
    if (rule.kind !== 'correlation') continue;
    const definition = RELATIONS.find(({ type }) => type === rule.type);
    assert.ok(definition?.compile(rule, assert.fail), rule.title);
  }
});

test('the pack has at least 25 rules that speak', () => {
  assert.ok(speaking.length >= 25, `found ${speaking.length}`);
});

describe('a policy that speaks', () => {
  for (const rule of speaking) {
    test(`${rule.title}: has an id, words, controls, and tests in both directions`, () => {
      assert.match(rule.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      for (const text of [rule.description, rule.message, rule.fix])
        assert.ok(text !== undefined && text.length > 20);
      assert.ok(!rule.message!.endsWith('.'));
      assert.ok(rule.controls.length > 0);
      const expected = new Set(rule.tests.map(({ expect }) => expect));
      assert.ok(expected.has('violation') && expected.has('satisfied'));
    });
  }
});

const toShippedEvents: ToEvents = (records, source) => {
  const mapping = SHIPPED.find(({ name }) => name === source);
  return mapping && toRecordEvents(mapping, records);
};

describe('the tests in the rule files', () => {
  for (const { rule, test: own, passed, actual, messages } of runRuleTests(ruleSet, toShippedEvents)) {
    test(`${rule.title}: ${own.name}`, () => {
      assert.ok(passed, `expected ${own.expect}, found ${actual}: ${messages.join('; ')}`);
      for (const message of messages)
        assert.doesNotMatch(message, /\(no |\{/, 'the message has all its values');
    });
  }
});
