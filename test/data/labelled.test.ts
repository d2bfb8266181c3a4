/** Other people's labelled events, judged by rules of ours: every label is met, or is excluded below with the reason. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { JsonArray, JsonObject, type JsonValue, parseJsonText, toCompactJson } from '../../src/base/json.ts';
import { toRecordEvents } from '../../src/engine/record-events.ts';
import { runRuleTests, type ToEvents } from '../../src/engine/rule-tests.ts';
import { linkRules } from '../../src/match/link-rules.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import type { Rule } from '../../src/model/rule.ts';
import { detectSource } from '../../src/sources/detect.ts';
import { UNKNOWN_SOURCE } from '../../src/sources/mapping.ts';
import { SHIPPED } from '../sources/shipped-mappings.ts';
import { sharedData } from '../support/shared-data.ts';

type Labelled = { ruleId: string; name: string; expected: boolean; log: JsonValue };

/** What no rule can tell from the event alone, by rule and test name as the origin writes them. */
const EXCLUDED: Readonly<Record<string, string>> = {};

const FOLDER = new URL('labelled-rules/', import.meta.url);
const panther = sharedData('panther-analysis');

function readRules(): readonly Rule[] {
  const files = readdirSync(FOLDER).sort();
  const parsed = files.map((file) => parseRuleFile(file, readFileSync(new URL(file, FOLDER), 'utf8')));
  assert.deepEqual(
    parsed.flatMap(({ problems }) => problems),
    [],
  );
  const { ruleSet, problems } = linkRules(parsed.flatMap(({ documents }) => documents));
  assert.deepEqual([problems, ruleSet.errors], [[], []]);
  return ruleSet.rules;
}

function readLabelled(path: string): { logType: string; event: Labelled }[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.flatMap((line) => {
    const label = parseJsonText(line);
    assert.ok(label instanceof JsonObject);
    const types = label.get('logTypes');
    const logType = types instanceof JsonArray ? types.elements : [];
    // A label for events of several kinds names the kind of none.
    if (logType.length !== 1) return [];
    const text = (key: string) => String(label.get(key));
    const event = {
      ruleId: text('ruleId'),
      name: text('test'),
      expected: label.get('expected') === true,
      log: label.get('log')!,
    };
    return [{ logType: String(logType[0]), event }];
  });
}

const toEvents: ToEvents = (records, source) =>
  toRecordEvents(SHIPPED.find(({ name }) => name === source) ?? UNKNOWN_SOURCE, records);

test('judges every labelled event as its label says', { skip: panther === undefined }, (t) => {
  const rules = readRules();
  const labelled = readLabelled(`${panther}/labelled.ndjson`);
  const byType = new Map<string, Labelled[]>();
  for (const { logType, event } of labelled) byType.set(logType, [...(byType.get(logType) ?? []), event]);
  const failures: string[] = [];
  const counts: string[] = [];
  const seen = new Set<string>();
  let judged = 0;
  for (const [logType, all] of byType) {
    // As a run would: the source of a file that holds them all.
    const source = detectSource(all.map(({ log }) => log), SHIPPED).source ?? 'unknown';
    const tested = rules.map((rule) => ({
      ...rule,
      tests: all
        .filter(({ ruleId, name }) => ruleId === rule.id && EXCLUDED[`${ruleId}: ${name}`] === undefined)
        .map(({ name, expected, log }) => ({
          name,
          source,
          events: [toCompactJson(log)],
          expect: expected ? ('violation' as const) : ('satisfied' as const),
        })),
    }));
    const results = runRuleTests({ rules: tested, errors: [] }, toEvents);
    if (results.length === 0) continue;
    judged += results.length;
    for (const { rule, test: { name, expect }, passed, actual, messages } of results) {
      seen.add(rule.id);
      if (!passed) failures.push(`${rule.id}: ${name} (${source}): expected ${expect}, found ${actual}: ${messages.join('; ')}`);
    }
    counts.push(`${logType} as ${source}: ${new Set(results.map(({ rule }) => rule.id)).size} rules, ${results.length} events`);
  }
  for (const count of counts) t.diagnostic(count);
  t.diagnostic(`${seen.size} rules, ${judged} events judged`);
  assert.deepEqual(failures, []);
  assert.deepEqual(rules.map(({ id }) => id).filter((id) => !seen.has(id)), []);
  assert.ok(seen.size >= 60 && judged >= 150, `${seen.size} rules, ${judged} events`);
});
