/** The shipped policy pack: every rule is sound, tested in its own file, and says what an auditor needs. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { isSpeaking, type RuleRates, renderRuleDocs, spoke } from '../build/rule-docs.ts';
import { parseJsonText } from '../src/base/json.ts';
import { toRecordEvents } from '../src/engine/record-events.ts';
import { runRuleTests, type ToEvents } from '../src/engine/rule-tests.ts';
import { linkRules } from '../src/match/link-rules.ts';
import { parseRuleFile } from '../src/match/parse-rules.ts';
import type { ConditionNode } from '../src/model/rule.ts';
import { RELATIONS } from '../src/relations/index.ts';
import { detectSource } from '../src/sources/detect.ts';
import { SHIPPED } from './sources/shipped-mappings.ts';

const FOLDER = new URL('../rules/policies/', import.meta.url);

const DOCS = new URL('../docs/rules.md', import.meta.url);
const RATES = new URL('../docs/rule-rates.json', import.meta.url);

const texts = readdirSync(FOLDER)
  .sort()
  .map((file): [file: string, text: string] => [file, readFileSync(new URL(file, FOLDER), 'utf8')]);
const parsed = texts.map(([file, text]) => parseRuleFile(file, text));
const { ruleSet, problems } = linkRules(parsed.flatMap(({ documents }) => documents));
const speaking = ruleSet.rules.filter(isSpeaking);

test('no message says a second time on which side its time lies', () => {
  const doubled = speaking.filter(({ message }) => /\{within\} (?:before|after)/.test(message ?? ''));
  assert.deepEqual(
    doubled.map(({ title }) => title),
    [],
    '"{within}" is "30d before"',
  );
});

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

test('the packs have at least 80 rules that speak', () => {
  assert.ok(speaking.length >= 80, `found ${speaking.length}`);
});

/** Tables and some exports write every column, with null or empty text for what is not there, and `exists` asks for the column. */
test('no policy takes a field for a reason to keep silent where it may be null or empty', () => {
  const excusing = (node: ConditionNode, isExcuse: boolean): string[] => {
    if (node.kind === 'not') return excusing(node.node, !isExcuse);
    if (node.kind !== 'item') return node.nodes.flatMap((each) => excusing(each, isExcuse));
    const { field, modifiers, values } = node.item;
    const asksPresence = values.some((value) => value.kind === 'boolean' && value.value);
    return modifiers.includes('exists') && asksPresence === isExcuse ? [field!.name] : [];
  };
  const found = ruleSet.rules.flatMap((rule) =>
    rule.kind === 'detection' ? excusing(rule.condition, false).map((name) => `${rule.title}: ${name}`) : [],
  );
  assert.deepEqual(found, [], 'say FIELD: "?*" for a text that is there');
});

/** What was refused was not done, whether its source writes that as an outcome or as a decision. */
test('no policy that passes over failures takes what was denied for done', () => {
  const passedOver = (node: ConditionNode, isNegated: boolean): string[] => {
    if (node.kind === 'not') return passedOver(node.node, !isNegated);
    if (node.kind !== 'item') return node.nodes.flatMap((each) => passedOver(each, isNegated));
    return isNegated && node.item.field?.taxonomy === 'audit' ? [node.item.field.name] : [];
  };
  const found = ruleSet.rules.flatMap((rule) => {
    if (rule.kind !== 'detection' || (rule.logsource?.product ?? 'audit') !== 'audit') return [];
    const fields = passedOver(rule.condition, false);
    return fields.includes('outcome') && !fields.includes('decision') ? [rule.title] : [];
  });
  assert.deepEqual(found, []);
});

describe('docs/rules.md', () => {
  const rates = JSON.parse(readFileSync(RATES, 'utf8')) as RuleRates;

  test('is what rules and measured rates say', () => {
    const headers = texts.map(([file, text]): [string, string] => [file, /^# (.*)/.exec(text)?.[1] ?? '']);
    for (const [file, header] of headers) assert.ok(header !== '', `${file} opens with a sentence`);
    const expected = renderRuleDocs(ruleSet, new Map(headers), SHIPPED, rates);
    if (process.env.UPDATE) writeFileSync(DOCS, expected);
    assert.equal(readFileSync(DOCS, 'utf8'), expected);
  });

  test('tells of every rule how often it spoke', () => {
    assert.deepEqual(Object.keys(rates.rules).sort(), speaking.map(({ id }) => id).sort());
  });

  test('shows no rule that floods, on ordinary days or during an attack', () => {
    for (const kind of ['ordinary', 'attacks'] as const) {
      for (const rule of speaking) {
        const { matches, events } = spoke(rule, kind, ruleSet, SHIPPED, rates);
        assert.ok(matches !== undefined, rule.title);
        // A smaller sample says nothing about a rate: one project's near misses for one rule are most of it.
        if (events < 100) continue;
        // Three in a sample of a hundred are three near misses, no flood.
        assert.ok(matches <= 3 || matches * 1000 <= 20 * events, `${rule.title}: ${matches} of ${events}`);
      }
    }
  });
});

describe('a policy that speaks', () => {
  for (const rule of speaking) {
    test(`${rule.title}: has an id, words, controls, and tests in both directions`, () => {
      assert.match(rule.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      for (const text of [rule.description, rule.message, rule.fix])
        assert.ok(text !== undefined && text.length > 20);
      assert.ok(!rule.message!.endsWith('.'));
      assert.ok(rule.controls.length > 0 && rule.falsepositives.length > 0);
      const expected = new Set(rule.tests.map(({ expect }) => expect));
      assert.ok(expected.has('violation') && expected.has('satisfied'));
    });
  }
});

const toShippedEvents: ToEvents = (records, source) => {
  const mapping = SHIPPED.find(({ name }) => name === source);
  return mapping && toRecordEvents(mapping, records);
};

// A record that no file of that source could hold would prove nothing about the rule.
test('every event of a test is recognized as one of its source', () => {
  for (const rule of ruleSet.rules) {
    for (const { name, source = 'audit', events } of rule.tests) {
      for (const event of events) {
        const detected = detectSource([parseJsonText(event)], SHIPPED).source;
        assert.equal(detected, source, `${rule.title}: ${name}: ${event}`);
      }
    }
  }
});

describe('the tests in the rule files', () => {
  for (const { rule, test: own, passed, actual, messages } of runRuleTests(ruleSet, toShippedEvents)) {
    test(`${rule.title}: ${own.name}`, () => {
      assert.ok(passed, `expected ${own.expect}, found ${actual}: ${messages.join('; ')}`);
      for (const message of messages)
        assert.doesNotMatch(message, /\(no |\{/, 'the message has all its values');
    });
  }
});
