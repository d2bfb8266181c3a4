/** Every file and group of records of a supported source in the sample data is detected as such, and no other file is. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { JsonArray, type JsonObject, type JsonValue, parseJson, parseJsonText } from '../../src/base/json.ts';
import { detectSource, findWrapper } from '../../src/sources/detect.ts';
import { sharedData } from '../support/shared-data.ts';
import { SHIPPED } from './shipped-mappings.ts';

/** Bytes of a file that are looked at; detection needs 20 records. */
const HEAD = 2 * 1024 * 1024;

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && statSync(path).size < 8 * 1024 * 1024)
    .sort();
}

/** Documents of a file: one of JSON, or one a line; wrappers opened. Empty for what is not JSON. */
function recordsOf(bytes: Buffer): JsonValue[] {
  const text = (bytes[0] === 0xef ? bytes.subarray(3) : bytes).toString();
  try {
    return unwrap(parseJsonText(text));
  } catch {
    return text.slice(0, HEAD).split('\n').slice(0, 20).flatMap(parseLine);
  }
}

function parseLine(line: string): JsonValue[] {
  try {
    return unwrap(parseJsonText(line));
  } catch {
    return [];
  }
}

function unwrap(value: JsonValue): JsonValue[] {
  if (value instanceof JsonArray) return value.elements;
  const wrapper = findWrapper(value, SHIPPED);
  if (wrapper === undefined) return [value];
  const inner = wrapper.keys.reduce<JsonValue | undefined>((at, key) => (at as JsonObject).get(key), value);
  return (inner as JsonArray).elements;
}

function sourceOf(path: string): string | null {
  const bytes = readFileSync(path);
  return detectSource(recordsOf(path.endsWith('.gz') ? gunzipSync(bytes) : bytes), SHIPPED).source;
}

const FOLDERS: readonly (readonly [string, string, RegExp])[] = [
  ['aws-stratus-invictus', 'cloudtrail', /CloudTrail.*\.json$/],
  ['aws-stratus-datadog', 'cloudtrail', /\.json$/],
  ['aws-trailscraper', 'cloudtrail', /(\.json\.gz|_CloudTrail_.*\.json|smoke-test\.json)$/],
  ['k8s-audit2rbac', 'kubernetes', /demo\.log$/],
  ['gcp-cloudevents', 'gcp', /\.json$/],
  ['det-eng-samples', 'm365', /\.json$/],
  ['azure-sentinel', 'google-workspace', /GWorkspace.*\.json$/],
  ['azure-sentinel', 'slack', /SlackAudit.*\.json$/],
  ['azure-sentinel', 'okta', /Okta_CL\.json$/],
  ['azure-sentinel', 'windows', /SecurityEvent\/.*\.json$/],
  ['rsigma', 'cloudtrail', /aws_cloudtrail\/.*\.json$/],
  ['rsigma', 'entra', /azure_auditlogs\/.*\.json$/],
  ['rsigma', 'gcp', /gcp_audit\/.*\.json$/],
  ['rsigma', 'github', /github_audit\/.*\.json$/],
  ['rsigma', 'm365', /microsoft365_audit\/.*\.json$/],
  ['aegis-bench', 'ecs', /(observed|expected)\.ndjson$/],
  ['panther-analysis/by-logtype', 'cloudtrail', /AWS\.CloudTrail\.ndjson$/],
  ['panther-analysis/by-logtype', 'okta', /Okta\.SystemLog\.ndjson$/],
  ['panther-analysis/by-logtype', 'github', /GitHub\.Audit\.ndjson$/],
  ['panther-analysis/by-logtype', 'gcp', /GCP\.AuditLog\.ndjson$/],
  ['panther-analysis/by-logtype', 'azure-activity', /Azure\.MonitorActivity\.ndjson$/],
  ['panther-analysis/by-logtype', 'entra', /Azure\.Audit\.ndjson$/],
  ['panther-analysis/by-logtype', 'm365', /Microsoft365\..*\.ndjson$/],
  ['panther-analysis/by-logtype', 'google-workspace', /GSuite\.ActivityEvent\.ndjson$/],
  ['panther-analysis/by-logtype', 'teleport', /TeleportAudit\.ndjson$/],
  ['panther-analysis/by-logtype', 'windows', /Windows\.EventLogs\.ndjson$/],
  ['panther-analysis/by-logtype', 'slack', /Slack\.AuditLogs\.ndjson$/],
  ['hashchain-plc', 'did-plc', /audit_log\/.*\.json$/],
  [
    'hashchain-didwebvh-suite',
    'did-webvh',
    /vectors\/(?!.*(leaks|lowercase|encoded)).*did(-witness)?\.jsonl?$/,
  ],
];

for (const [name, source, pattern] of FOLDERS) {
  const folder = sharedData(name);
  test(`${name} ${pattern.source} is ${source}`, {
    skip: folder === undefined && 'sample data absent',
  }, () => {
    const files = filesUnder(folder!).filter((path) => pattern.test(path));
    assert.ok(files.length > 0, 'the folder holds such files');
    for (const path of files) assert.equal(sourceOf(path), source, path);
  });
}

/** Audit logs of applications we have no mapping for tell who, what and when in plain words: `audit` is what they are. */
const PLAIN_AUDIT =
  /(Wiz\.Audit|Duo\.Administrator|Zendesk\.Audit|Atlassian\.Audit|Dropbox\.TeamEvent|Asana\.Audit)\.ndjson$/;
const SUPPORTED =
  /(AWS\.CloudTrail|Okta\.|GitHub\.Audit|GCP\.AuditLog|EKS|Azure\.|Microsoft365|GSuite|Teleport|Windows|Slack)/;

const UNRELATED: readonly (readonly [string, RegExp])[] = [
  [
    'panther-analysis/by-logtype',
    new RegExp(`^(?!.*(${PLAIN_AUDIT.source}|${SUPPORTED.source})).*\\.ndjson$`),
  ],
  ['rsigma', /aws_vpcflow\/.*\.json$/],
  ['azure-sentinel', /Custom\/(?!GWorkspace|Slack|Okta)[^/]*\.json$/],
  ['azure-sentinel', /(CEF|Syslog)\/[^/]*\.json$/],
  ['json-testsuite', /./],
  ['json-canonicalization', /./],
  ['hashchain-plc', /_LICENSE/],
  ['hashchain-merkle', /0\/.*\.json$/],
  ['hashchain-didwebvh-suite', /resolutionResult.*\.json$/],
  ['aws-trailscraper', /policy-to-guess\.json$/],
];

for (const [name, pattern] of UNRELATED) {
  const folder = sharedData(name);
  test(`${name} ${pattern.source} has no source`, {
    skip: folder === undefined && 'sample data absent',
  }, () => {
    const files = filesUnder(folder!).filter((path) => pattern.test(path));
    assert.ok(files.length > 0, 'the folder holds such files');
    for (const path of files) assert.equal(sourceOf(path), null, path);
  });
}

const LOG_TYPES: Readonly<Record<string, string>> = {
  'AWS.CloudTrail': 'cloudtrail',
  'Amazon.EKS.Audit': 'kubernetes',
  'GCP.AuditLog': 'gcp',
  'Azure.MonitorActivity': 'azure-activity',
  'Azure.Audit': 'entra',
  'GSuite.ActivityEvent': 'google-workspace',
  'GitHub.Audit': 'github',
  'Okta.SystemLog': 'okta',
  'Slack.AuditLogs': 'slack',
  'Gravitational.TeleportAudit': 'teleport',
  'Microsoft365.Audit.Exchange': 'm365',
  'Microsoft365.Audit.SharePoint': 'm365',
  'Microsoft365.Audit.AzureActiveDirectory': 'm365',
  'Windows.EventLogs': 'windows',
};

const labelled = sharedData('panther-analysis/labelled.ndjson');

test('each group of labelled records of one log type is its source', {
  skip: labelled === undefined && 'sample data absent',
}, () => {
  const groups = new Map<string, JsonValue[]>();
  for (const line of readFileSync(labelled!, 'utf8')
    .split('\n')
    .filter((text) => text !== '')) {
    const record = parseJsonText(line) as JsonObject;
    const types = record.get('logTypes');
    const log = record.get('log');
    if (!(types instanceof JsonArray) || types.elements.length !== 1 || log === undefined) continue;
    const type = String(types.elements[0]);
    if (Object.hasOwn(LOG_TYPES, type)) groups.set(type, [...(groups.get(type) ?? []), log]);
  }
  assert.deepEqual([...groups.keys()].sort(), Object.keys(LOG_TYPES).sort());
  for (const [type, records] of groups) {
    for (let from = 0; from < records.length; from += 20) {
      assert.equal(
        detectSource(records.slice(from, from + 20), SHIPPED).source,
        LOG_TYPES[type],
        `${type} ${from}`,
      );
    }
  }
});

const streamalert = sharedData('aws-streamalert/labelled.ndjson');

test('CloudTrail is found as S3 objects and EventBridge events alike', {
  skip: streamalert === undefined && 'sample data absent',
}, () => {
  let seen = 0;
  for (const line of readFileSync(streamalert!, 'utf8')
    .split('\n')
    .filter((text) => text !== '')) {
    const record = parseJsonText(line) as JsonObject;
    const log = record.get('log');
    const data = record.get('data');
    if (data === undefined || typeof log !== 'string' || !/^cloudtrail:/.test(log)) continue;
    seen++;
    assert.equal(detectSource(unwrap(data), SHIPPED).source, 'cloudtrail', line.slice(0, 300));
  }
  assert.ok(seen > 0);
});

const otrf = sharedData('otrf-security-datasets');
const canUnzip = spawnSync('unzip', ['-v']).status === 0;

test('the archives of Windows, AWS, Entra and Microsoft 365 events are each their source', {
  skip: otrf === undefined ? 'sample data absent' : !canUnzip && 'unzip absent',
}, () => {
  const archives = filesUnder(otrf!).filter((path) => /\.zip$/i.test(path) && !/\/network\/|zeek/.test(path));
  assert.ok(archives.length > 0);
  for (const path of archives) {
    const { stdout } = spawnSync('sh', ['-c', 'unzip -p "$1" 2>/dev/null | head -c 400000', 'sh', path]);
    const expected = /\/aws\//.test(path)
      ? 'cloudtrail'
      : /AADAudit/.test(path)
        ? 'entra'
        : /Office/.test(path)
          ? 'm365'
          : /Log4Shell/.test(path)
            ? null
            : 'windows';
    const records = stdout
      .toString()
      .split('\n')
      .slice(0, 20)
      .flatMap((line) => {
        try {
          return [parseJson(Buffer.from(line))];
        } catch {
          return [];
        }
      });
    assert.ok(records.length > 0, path);
    assert.equal(detectSource(records, SHIPPED).source, expected, path);
  }
});
