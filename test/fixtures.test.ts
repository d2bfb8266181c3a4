/**
 * `fixtures/KIND/ok-WHAT` is silent, `fixtures/KIND/bad-WHAT` speaks, and `expected.txt` is the text report.
 * `UPDATE=1` rewrites what is expected, and still holds every fixture to its name.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseReport } from '../src/cli/read-report.ts';
import { findingKinds } from '../src/engine/finding-kinds.ts';
import type { Report } from '../src/model/report.ts';
import type { AuditRequest } from '../src/model/request.ts';
import { judgePacks, type PackOptions } from '../src/packs/judge-packs.ts';
import { RETENTION_FINDINGS } from '../src/retention/retention-findings.ts';
import { ARCHIVE_FINDINGS } from '../src/store/archive-findings.ts';
import { ANCHOR_FINDINGS } from '../src/transparency/anchor-findings.ts';
import { auditPaths, renderReport, testRequest } from './support/audit-run.ts';
import { CommandLine } from './support/command-line.ts';

const ROOT = fileURLToPath(new URL('../fixtures', import.meta.url));

/** Codes that no fixture makes speak, and where they are tested instead. */
const SPOKEN_ELSEWHERE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ANCHOR_FINDINGS.map(({ code }) => [code, 'takes a sealed log: test/cli/sealed-logs.test.ts']),
  ),
  ...Object.fromEntries(
    RETENTION_FINDINGS.map(({ code }) => [code, 'takes an archive: test/cli/retention.test.ts']),
  ),
  'outgrown-waiver': 'only the command reads the waivers file: test/cli/waivers.test.ts',
  'void-waiver': 'only the command reads the waivers file: test/cli/waivers.test.ts',
  'review-overdue': 'takes a history of runs: test/packs/controls.test.ts',
  'unreadable-input': 'git keeps no unreadable file: test/data/reading-errors.test.ts',
  'changed-input': 'takes a file that changes between two readers: test/engine/changed-input.test.ts',
  'key-list-beside-logs': 'only the command knows where keys lie: test/cli/cloudtrail.test.ts',
  'private-key': 'no private key is kept in the repository: test/chain/key-hygiene.test.ts',
  'crowded-record': 'takes lists of thousands: test/cli/crowded-records.test.ts',
  'too-many-breaks': 'takes thousands of records: test/chain',
  'too-many-streams': 'takes thousands of streams: test/chain',
  ...Object.fromEntries(
    [...ARCHIVE_FINDINGS.map(({ code }) => code), 'encrypted-input'].map((code) => [
      code,
      'takes an archive, which is made with a key: test/store/archive-audit.test.ts, test/cli/collect.test.ts',
    ]),
  ),
};

/** The demo, what several test files share, and what test/cli/licenses.test.ts and true-up.test.ts make statements of. */
const OF_OTHER_TESTS = ['demo', 'vectors', 'statement', 'true-up'];

const fixtures = foldersIn(ROOT)
  .filter((kind) => !OF_OTHER_TESTS.includes(kind))
  .flatMap((kind) => foldersIn(join(ROOT, kind)).map((name) => `${kind}/${name}`));

function foldersIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
}

/** Shipped rules stay out, so that a new one changes no fixture; a fixture names rules of its own in its configuration. */
const plain = fixed(testRequest({ builtinRules: false }));

function fixed(request: AuditRequest): AuditRequest {
  return { ...request, tool: { name: 'audit-check', version: '(fixture)' } };
}

/** Runs as from within the fixture's folder, so that the report reads like a user's screen. */
async function runFixture(folder: string): Promise<Report> {
  process.chdir(folder);
  const logs = readdirSync('.').filter((name) => name === 'logs' || name.startsWith('log.'));
  assert.equal(logs.length, 1, 'a fixture holds one log.* file or a folder logs/');
  const config = 'audit-check.yaml';
  const request = existsSync(config) ? fixed(testRequest({ builtinRules: false, config })) : plain;
  const report = await auditPaths(request, logs);
  return request.packs === undefined ? report : judgePacks(report, request, request.packs as PackOptions);
}

/** What the fixture's name promises, and what the report says against it. */
function breachOfName(name: string, { findings, summary }: Report): string | undefined {
  const said = findings.map(({ code, message }) => `${code}: ${message}`).join('\n');
  if (/\/ok-[a-z0-9-]+$/.test(name)) {
    return findings.length === 0 && summary.verdict === 'clean'
      ? undefined
      : `must be silent, is ${summary.verdict}\n${said}`;
  }
  // That pages are missing is said by a notice, and by the verdict.
  if (/\/bad-[a-z0-9-]+$/.test(name))
    return findings.length > 0 || summary.verdict === 'incomplete' ? undefined : 'must speak, is silent';
  return 'must be called ok-WHAT or bad-WHAT';
}

const spoken = new Set<string>();

for (const name of fixtures) {
  test(name, async () => {
    const folder = join(ROOT, name);
    const report = await runFixture(folder);
    assert.equal(breachOfName(name, report), undefined);
    for (const { control, status } of report.controls ?? [])
      assert.equal(status, name.includes('/ok-') ? 'passed' : 'failed', control);
    assert.ok(report.summary.records.read <= 10, 'a fixture holds ten records at most');
    const text = renderReport(report, 'text');
    const saved = parseReport('report.json', Buffer.from(renderReport(report, 'json')));
    assert.equal(renderReport(saved, 'text'), text, 'convert gives what verify gave');
    if (process.env.UPDATE) writeFileSync(join(folder, 'expected.txt'), text);
    assert.equal(text, readFileSync(join(folder, 'expected.txt'), 'utf8'));
    for (const code of codesIn(text)) spoken.add(code);
  });
}

/** `high[missing-field]: …` at the start of a line. */
function codesIn(text: string): string[] {
  return [...text.matchAll(/^[a-z]+\[([a-z-]+)\]:/gm)].map((match) => match[1]!);
}

test('every finding code is spoken by some fixture, or says where it is tested', () => {
  const codes = [...findingKinds().keys()].toSorted();
  const silent = codes.filter((code) => !spoken.has(code));
  assert.deepEqual(silent, Object.keys(SPOKEN_ELSEWHERE).toSorted());
});

test('the command finds the configuration beside the log, and says what the fixtures say', async () => {
  const command = new CommandLine();
  after(() => command.close());
  const configured = [
    'chains/ok-keyed',
    'checks/bad-invalid-field',
    'checks/ok-allowed-actor',
    'licenses/bad-seats-exceeded',
    'relations/bad-event-count',
    'sources/ok-own-mapping',
  ];
  for (const name of configured) {
    const { exit, stdout, stderr } = await command.run(
      ['verify', '--no-builtin-rules', 'log.ndjson'],
      join(ROOT, name),
    );
    assert.equal(stderr, '', name);
    assert.equal(
      stdout.replace(/audit-check \d+\.\d+\.\d+\S*/, 'audit-check (fixture)'),
      readFileSync(join(ROOT, name, 'expected.txt'), 'utf8'),
    );
    assert.equal(exit, name.includes('/ok-') ? 0 : 1, name);
  }
});

test('a fixture that breaks the promise of its name is refused', () => {
  const report = (codes: string[], verdict: string) =>
    ({ findings: codes.map((code) => ({ code, message: 'x' })), summary: { verdict } }) as unknown as Report;
  assert.match(breachOfName('checks/ok-x', report(['missing-field'], 'findings'))!, /must be silent/);
  assert.match(breachOfName('checks/ok-x', report([], 'incomplete'))!, /must be silent, is incomplete/);
  assert.match(breachOfName('checks/bad-x', report([], 'clean'))!, /must speak/);
  assert.match(breachOfName('checks/fine', report([], 'clean'))!, /must be called/);
  assert.equal(breachOfName('checks/ok-x', report([], 'clean')), undefined);
});
