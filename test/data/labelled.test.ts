/**
 * Other people's labelled events, judged by rules of ours (`labelled-rules/`, named like the rules that they stand for):
 * every label is met, or is excluded below with the reason.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { JsonArray, JsonObject, type JsonValue, parseJsonText, toCompactJson } from '../../src/base/json.ts';
import { CHECKS } from '../../src/checks/index.ts';
import { compilePlan } from '../../src/engine/plan.ts';
import { toRecordEvents } from '../../src/engine/record-events.ts';
import { runRuleTests, type ToEvents } from '../../src/engine/rule-tests.ts';
import { scanForMatches } from '../../src/engine/scan.ts';
import { linkRules } from '../../src/match/link-rules.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import type { Rule } from '../../src/model/rule.ts';
import { discover } from '../../src/read/discover.ts';
import { detectSource } from '../../src/sources/detect.ts';
import { UNKNOWN_SOURCE } from '../../src/sources/mapping.ts';
import { SHIPPED } from '../sources/shipped-mappings.ts';
import { testRequest } from '../support/audit-run.ts';
import { sharedData } from '../support/shared-data.ts';

/** `log`: the kind of log in the words of the origin. `records`: some of them, or none, are what the rule looks for. */
type Label = { rule: string; name: string; log: string; expected: boolean; records: JsonValue[] };

/** What our rules cannot say, and what no event shows, as `rule: name` of the origin. */
const EXCLUDED: Readonly<Record<string, string>> = {
  'Slack.AuditLogs.AppAccessExpanded: App Scopes Expanded Same Scopes':
    'asks for the difference of two lists; our comparison of fields says whether they have a member in common',
};

const WRAPPED = 'the record of Kubernetes is a text within the record of Azure, which is not unpacked';

/** Why the label is not judged. */
function exclusionOf({ rule, name, log }: Label): string | undefined {
  if (rule.startsWith('Kubernetes.') && log === 'Azure.MonitorActivity') return WRAPPED;
  return EXCLUDED[`${rule}: ${name}`];
}

/** Rules of StreamAlert that need what the origin's data does not hold. */
const WITHOUT_RULE: Readonly<Record<string, string>> = {
  onelogin_events_threat_intel_example: 'the list of bad addresses is outside of the event',
  packetbeat_dns_lookup: 'the list of bad domains is outside of the event',
};

const panther = sharedData('panther-analysis');
const streamAlert = sharedData('aws-streamalert');

test('rules that stand for those of Panther judge its events as labelled', {
  skip: panther === undefined,
}, async (t) => {
  const labels = pantherLabels(readLines(`${panther}/labelled.ndjson`));
  const { rules, events, sources, excluded } = await judge(t, 'panther', labels);
  for (const label of Object.keys(EXCLUDED)) assert.ok(excluded.includes(label), label);
  assert.ok(rules >= 60 && events >= 500, `${rules} rules, ${events} events`);
  assert.deepEqual(sources, {
    'AWS.CloudTrail': 'cloudtrail',
    'Amazon.EKS.Audit': 'kubernetes',
    'Azure.Audit': 'entra',
    'Azure.MonitorActivity': 'azure-activity',
    'GCP.AuditLog': 'gcp',
    'GSuite.ActivityEvent': 'google-workspace',
    'GitHub.Audit': 'github',
    'Gravitational.TeleportAudit': 'teleport',
    'Okta.SystemLog': 'okta',
    'Slack.AuditLogs': 'slack',
  });
});

test('rules that stand for those of StreamAlert judge its events as labelled', {
  skip: streamAlert === undefined,
}, async (t) => {
  const labels = streamAlertLabels(readLines(`${streamAlert}/labelled.ndjson`));
  for (const [rule, reason] of Object.entries(WITHOUT_RULE)) {
    assert.ok(
      labels.some((label) => label.rule === rule && label.expected),
      rule,
    );
    t.diagnostic(`${rule}: no rule, ${reason}`);
  }
  const withRule = labels.filter(({ rule }) => WITHOUT_RULE[rule] === undefined);
  const { rules, events, sources } = await judge(t, 'streamalert', withRule);
  assert.ok(rules === new Set(withRule.map(({ rule }) => rule)).size, 'every rule but those has one of ours');
  assert.ok(events >= 60, `${events} events`);
  assert.deepEqual(sources, { 'cloudtrail:events': 'cloudtrail', 'cloudwatch:events': 'cloudtrail' });
});

/**
 * Every label of every rule in `labelled-rules/FOLDER/`, twice: as a test in a rule file, and in a run over files.
 * `sources`: by log, where it is a source that its logs are known by.
 */
async function judge(t: TestContext, folder: string, labels: readonly Label[]) {
  const rules = readRules(folder);
  const failures: string[] = [];
  const judged = new Set<string>();
  const sources: Record<string, string> = {};
  let events = 0;
  for (const log of new Set(labels.map((label) => label.log))) {
    const ofLog = labels.filter((label) => label.log === log);
    // As of one file that holds them all.
    const source =
      detectSource(
        ofLog.flatMap(({ records }) => records),
        SHIPPED,
      ).source ?? 'unknown';
    const tested = rules.map((rule) => ({
      ...rule,
      tests: ofLog
        .filter((label) => label.rule === rule.id && isJudged(label))
        .map((label) => toTest(label, source)),
    }));
    const results = runRuleTests({ rules: tested, errors: [] }, toEvents);
    if (results.length === 0) continue;
    const count = new Set(results.map(({ rule }) => rule.id)).size;
    t.diagnostic(`${log} as ${source}: ${count} rules, ${results.length} events`);
    events += results.length;
    if (source !== 'unknown' && source !== 'audit') sources[log] = source;
    for (const { rule, test: own, passed, actual, messages } of results) {
      judged.add(rule.id);
      const found = `${own.name}: labelled ${own.expect}, found ${actual}: ${messages.join('; ')}`;
      if (!passed) failures.push(`${rule.id}: ${found}`);
    }
  }
  for (const { rule, name, expected } of await misjudgedInRun(rules, labels.filter(isJudged)))
    failures.push(
      `${rule}: ${name}: in a run: labelled ${expected ? 'violation' : 'satisfied'}, found otherwise`,
    );
  const excluded = labels.filter((label) => judged.has(label.rule) && !isJudged(label));
  for (const label of excluded) t.diagnostic(`excluded, ${exclusionOf(label)}: ${label.rule}: ${label.name}`);
  t.diagnostic(`${judged.size} rules, ${events} events judged, ${excluded.length} excluded`);
  assert.deepEqual(failures, []);
  assert.deepEqual(
    rules.map(({ id }) => id).filter((id) => !judged.has(id)),
    [],
    'rules without a label',
  );
  return {
    rules: judged.size,
    events,
    sources,
    excluded: excluded.map(({ rule, name }) => `${rule}: ${name}`),
  };
}

/** Each log is a file, a record a line; its source is detected, its lines are read and its events matched as `verify` does it. */
async function misjudgedInRun(rules: readonly Rule[], labels: readonly Label[]): Promise<Label[]> {
  const folder = mkdtempSync(join(tmpdir(), 'labelled-'));
  try {
    const lines = new Map<string, { label: Label; text: string }[]>();
    for (const label of labels) {
      const file = `${label.log}.ndjson`;
      const of = lines.get(file) ?? [];
      lines.set(file, of);
      for (const record of label.records) of.push({ label, text: toCompactJson(record) });
    }
    for (const [file, of] of lines)
      writeFileSync(join(folder, file), of.map(({ text }) => `${text}\n`).join(''));
    const { files } = await discover([folder], []);
    const disabled = CHECKS.map(({ name }) => name);
    const request = {
      ...testRequest({ builtinRules: false }),
      disabled,
      rules: { rules: [...rules], errors: [] },
    };
    const matched = new Set<Label>();
    await scanForMatches(files, compilePlan(request), ({ id }, { place: { file, line } }) => {
      const { label } = lines.get(basename(file))![line! - 1]!;
      if (label.rule === id) matched.add(label);
    });
    const ids = new Set(rules.map(({ id }) => id));
    return labels.filter((label) => ids.has(label.rule) && matched.has(label) !== label.expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readRules(folder: string): readonly Rule[] {
  const url = new URL(`labelled-rules/${folder}/`, import.meta.url);
  const parsed = readdirSync(url)
    .sort()
    .map((file) => parseRuleFile(file, readFileSync(new URL(file, url), 'utf8')));
  const { ruleSet, problems } = linkRules(parsed.flatMap(({ documents }) => documents));
  assert.deepEqual([...parsed.flatMap((file) => file.problems), ...problems], []);
  assert.deepEqual(ruleSet.errors, []);
  return ruleSet.rules;
}

function isJudged(label: Label): boolean {
  return exclusionOf(label) === undefined;
}

function toTest({ name, expected, records }: Label, source: string): Rule['tests'][number] {
  const expect = expected ? 'violation' : 'satisfied';
  return { name, line: 0, source, events: records.map(toCompactJson), expect };
}

const toEvents: ToEvents = (records, source) =>
  toRecordEvents(SHIPPED.find(({ name }) => name === source) ?? UNKNOWN_SOURCE, records);

/** An event of a rule for several kinds of logs says of which it is. */
function pantherLabels(lines: readonly JsonObject[]): Label[] {
  return lines.flatMap((line): Label[] => {
    const logs = elementsOf(line.get('logTypes')).map(String);
    const record = line.get('log')!;
    const own = record instanceof JsonObject ? record.get('p_log_type') : undefined;
    const log = logs.length === 1 ? logs[0] : logs.find((each) => each === own);
    if (log === undefined) return [];
    const [rule, name] = [String(line.get('ruleId')), String(line.get('test'))];
    return [
      {
        rule,
        name,
        log,
        expected: line.get('expected') === true,
        records: [record],
      },
    ];
  });
}

/** An event is labelled with the rules that it triggers: for every other rule of the same log it is an event to keep silent on. */
function streamAlertLabels(lines: readonly JsonObject[]): Label[] {
  // The tests of the classifier have no rules at all.
  const labelled = lines.filter((line) => line.get('trigger_rules') instanceof JsonArray);
  const rulesOf = (line: JsonObject) => elementsOf(line.get('trigger_rules')).map(String);
  return labelled.flatMap((line) => {
    const log = String(line.get('log'));
    const rules = new Set(labelled.filter((other) => other.get('log') === log).flatMap(rulesOf));
    const data = line.get('data')!;
    const wrapped = data instanceof JsonObject ? data.get('Records') : undefined;
    const records = wrapped === undefined ? [data] : [...elementsOf(wrapped)];
    const triggered = rulesOf(line);
    return [...rules].map((rule) => ({
      rule,
      name: String(line.get('description')),
      log,
      expected: triggered.includes(rule),
      records,
    }));
  });
}

function readLines(path: string): JsonObject[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => parseJsonText(line)).filter((line) => line instanceof JsonObject);
}

function elementsOf(value: JsonValue | undefined): readonly JsonValue[] {
  return value instanceof JsonArray ? value.elements : [];
}
