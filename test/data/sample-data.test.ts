/** Every file of the sample data through the whole audit: it ends, the books tie out, and a plain parser counts the same. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import type { InputSummary, RecordCounts, Report } from '../../src/model/report.ts';
import { FORMATS } from '../../src/report/index.ts';
import { auditPaths, renderReport, testRequest } from '../support/audit-run.ts';
import { isFull } from '../support/rounds.ts';
import { sharedData } from '../support/shared-data.ts';
import { countPlainly, countRows } from './plain-count.ts';

const request = testRequest();

/** Each folder, and how many of its files turned out to be of which source. What is not listed here has none. */
const FOLDERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'aegis-bench': { ecs: 6 },
  'aws-stratus-datadog': { cloudtrail: 15 },
  'aws-stratus-invictus': { cloudtrail: 22 },
  // Its CloudTrail records lie inside the rule tests' own `data` member.
  'aws-streamalert': {},
  'aws-trailscraper': { cloudtrail: 3 },
  'azure-sentinel': { 'google-workspace': 7, okta: 1, slack: 1, windows: 1 },
  'beats-filebeat-oss': { audit: 1 },
  'det-eng-samples': { m365: 15 },
  'flexlm-exporter-lmstat': {},
  flexnet: { flexnet: 2 },
  'gcp-cloudevents': { gcp: 6 },
  'hashchain-didwebvh-py': { 'did-webvh': 2 },
  'hashchain-didwebvh-rs': { 'did-webvh': 3 },
  'hashchain-didwebvh-suite': { 'did-webvh': 38 },
  'hashchain-merkle': {},
  'hashchain-ms-agt': {},
  'hashchain-plc': { 'did-plc': 8 },
  'hashchain-sigstore-conformance': {},
  'hashchain-tessera': {},
  'json-canonicalization': {},
  'json-testsuite': {},
  'k8s-audit2rbac': { kubernetes: 1 },
  // Archives alone: unpacked below.
  'otrf-security-datasets': {},
  'panther-analysis': {
    audit: 4,
    'azure-activity': 1,
    cloudtrail: 1,
    entra: 1,
    gcp: 1,
    github: 1,
    'google-workspace': 1,
    kubernetes: 1,
    m365: 3,
    okta: 1,
    slack: 1,
    teleport: 1,
    windows: 1,
  },
  rsigma: { cloudtrail: 1, entra: 1, gcp: 1, github: 1, m365: 1 },
  'sigma-rules': {},
};

/** Files where a parser of whole texts or single lines must count otherwise, and why. */
const COUNTED_OTHERWISE: readonly (readonly [file: RegExp, reason: string])[] = [
  [
    /n_array_unclosed_with_object_inside\.json$/,
    'the array is cut, the object in it is whole: it is audited, the cut reported',
  ],
];

const root = sharedData('.');
const absent = { skip: root === undefined && 'sample data absent' };

test('every folder of the sample data is named here', absent, () => {
  const folders = readdirSync(root!, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(folders.map(({ name }) => name).toSorted(), Object.keys(FOLDERS).toSorted());
});

for (const [folder, sources] of Object.entries(FOLDERS)) {
  test(`${folder} is read to its end, every byte and record accounted for`, absent, async () => {
    const report = await auditPaths(request, [join(root!, folder)]);
    assertTiesOut(report);
    assertCountedAlike(report);
    assert.deepEqual(sourcesOf(report), sources);
    assertRendered(report);
  });
}

const unpacker = ['unzip', 'python3'].find((program) => spawnSync(program, ['-h']).error === undefined);

/** Two of some 85 MB each, a third of the time of all tests of this kind: FULL=1 has them too. */
const LARGE = /(?:LSASS_campaign_04|covenant_dcom_iertutil_dll_hijack)/;

test(`the archives of Windows and AWS events, unpacked, ${isFull ? '' : 'the two large ones aside, '}are read to their end`, {
  skip: absent.skip || (unpacker === undefined && 'neither unzip nor python3 here'),
}, async () => {
  const unpacked = mkdtempSync(join(tmpdir(), 'audit-check-test-'));
  after(() => rmSync(unpacked, { recursive: true, force: true }));
  const archives = filesUnder(join(root!, 'otrf-security-datasets')).filter((file) => file.endsWith('.zip'));
  assert.equal(archives.length, 15);
  for (const [index, archive] of archives.filter((file) => isFull || !LARGE.test(file)).entries())
    unpack(archive, join(unpacked, `${index}-${basename(archive, '.zip')}`));
  const report = await auditPaths(request, [unpacked]);
  assertTiesOut(report);
  assertCountedAlike(report);
  assert.deepEqual(sourcesOf(report), { cloudtrail: 1, windows: isFull ? 10 : 8 });
  const sizes = report.inputs.map(({ bytes }) => bytes).sort((a, b) => b - a);
  assert.equal(sizes[1]! > 80e6, isFull);
  assertRendered(report);
});

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .toSorted();
}

function unpack(archive: string, folder: string): void {
  mkdirSync(folder);
  const [program, ...words] =
    unpacker === 'unzip'
      ? ['unzip', '-qo', archive, '-d', folder]
      : ['python3', '-m', 'zipfile', '-e', archive, folder];
  const { status, stderr } = spawnSync(program!, words);
  assert.equal(status, 0, `${archive}: ${stderr}`);
}

function sourcesOf(report: Report): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { source } of report.inputs) if (source !== null) counts[source] = (counts[source] ?? 0) + 1;
  return counts;
}

function assertTiesOut({ inputs, summary, streams }: Report): void {
  const sum: RecordCounts = { read: 0, audited: 0, malformed: 0, duplicate: 0, skipped: 0 };
  for (const { file, records, accounted, decodedBytes, bytes, sha256, status } of inputs) {
    const { read, audited, malformed, duplicate, skipped } = records;
    assert.equal(read, audited + malformed + duplicate + skipped, file);
    assert.equal(accounted.records + accounted.malformed + accounted.framing, decodedBytes, file);
    for (const part of [...Object.values(records), ...Object.values(accounted)]) assert.ok(part >= 0, file);
    for (const key of Object.keys(sum) as (keyof RecordCounts)[]) sum[key] += records[key];
    if (status !== 'complete') continue;
    const stored = readFileSync(file);
    assert.equal(bytes, stored.length, file);
    assert.equal(sha256, createHash('sha256').update(stored).digest('hex'), file);
  }
  assert.deepEqual(summary.records, sum);
  const { audited, duplicate, skipped } = sum;
  const streamed = streams.reduce((total, { records }) => total + records, 0);
  assert.equal(streamed, audited + duplicate + skipped, 'records of all streams');
  for (const { stream, records, ranges } of streams) {
    assert.equal(
      ranges.reduce((total, range) => total + range.records, 0),
      records,
      `ranges of ${stream}`,
    );
  }
}

/** Sources whose logs are lines of text; their own tests count them otherwise. */
const TEXT_SOURCES: readonly (string | null)[] = ['flexnet'];

function assertCountedAlike({ inputs }: Report): void {
  for (const { file, source, records, status, reason } of inputs) {
    if (TEXT_SOURCES.includes(source)) continue;
    if (isUnread({ status, reason }) || COUNTED_OTHERWISE.some(([pattern]) => pattern.test(file))) continue;
    // A list of one column is no table.
    if (/\.csv$/i.test(file) && records.read > records.malformed) {
      assert.equal(records.read, countRows(readFileSync(file)), `rows of ${file}`);
      continue;
    }
    const plain = countPlainly(readFileSync(file));
    assert.equal(records.read - records.malformed, plain.records, `records of ${file}`);
    if (plain.layout !== 'document')
      assert.equal(records.malformed, plain.malformed, `malformed lines of ${file}`);
    else assert.equal(records.malformed, 0, `malformed stretches of ${file}`);
  }
}

/** Left out by its name, and the report says so. */
function isUnread({
  status,
  reason = '',
}: {
  status: InputSummary['status'];
  reason?: string | undefined;
}): boolean {
  const isOther = /^(?:an archive|not JSON|a compression)| is binary \([^)]+\), not a log$/.test(reason);
  return status === 'skipped' || isOther;
}

/** Hostile enough data to trip a renderer; what the formats say has its own tests. */
function assertRendered(report: Report): void {
  for (const { name } of FORMATS) assert.ok(renderReport(report, name).endsWith('\n'), name);
}
