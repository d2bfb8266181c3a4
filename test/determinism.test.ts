/** One report for one set of logs, to the byte: however often, in whatever order, named or found, packed or plain. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Report } from '../src/model/report.ts';
import { auditPaths, renderReport, runAudit, testRequest } from './support/audit-run.ts';
import { runWithInput } from './support/command-line.ts';
import { toStoredZstd } from './support/stored-zstd.ts';

const DEMO = fileURLToPath(new URL('../fixtures/demo', import.meta.url));
const FORMATS = ['text', 'json', 'sarif', 'ndjson'];

// Names in the report are those of the arguments: every run sees the same relative ones.
const home = mkdtempSync(join(tmpdir(), 'audit-check-test-'));
cpSync(join(DEMO, 'logs'), join(home, 'logs'), { recursive: true });
mkdirSync(join(home, 'logs', 'deep', 'down'), { recursive: true });
cpSync(join(home, 'logs', 'app.ndjson'), join(home, 'logs', 'deep', 'down', 'copy.ndjson'));
process.chdir(home);
after(() => {
  process.chdir(tmpdir());
  rmSync(home, { recursive: true, force: true });
});

const options = { licenses: join(DEMO, 'licenses.yaml') };
const request = testRequest(options);
const files = [
  'logs/app.ndjson',
  'logs/cloudtrail.json',
  'logs/deep/down/copy.ndjson',
  'logs/gateway.ndjson',
];
const expected = rendered(await auditPaths(request, ['logs']));

function rendered(report: Report): Record<string, string> {
  return Object.fromEntries(FORMATS.map((format) => [format, renderReport(report, format)]));
}

/** A difference is shown by its first line: whole reports would fill screens. */
function assertSame(actual: Report, what = ''): void {
  for (const [format, text] of Object.entries(rendered(actual))) {
    if (text === expected[format]) continue;
    const lines = text.split('\n');
    const at = expected[format]!.split('\n').findIndex((line, index) => line !== lines[index]);
    assert.fail(
      `${what} ${format}, line ${at + 1}: expected ${expected[format]!.split('\n')[at]}, found ${lines[at]}`,
    );
  }
}

test('the report has something to say', () => {
  assert.match(expected.text!, /altered-record/);
  assert.match(expected.text!, /seats-exceeded/);
  assert.match(expected.text!, /duplicate-record/);
  assert.match(expected.text!, /malformed-record/);
});

test('twice the same, with everything read anew', async () => {
  assertSame(await runAudit(['logs'], options));
});

test('the same with files listed instead of their folder, in whatever order', async () => {
  assert.deepEqual(readdirSync('logs', { recursive: true }).length, files.length + 2, 'every file is listed');
  for (const paths of [files, files.toReversed(), [files[2]!, files[0]!, files[3]!, files[1]!]]) {
    assertSame(await auditPaths(request, paths));
  }
});

test('the same with a glob, a file given twice, a detour in the path, or an absolute path beside a relative one', async () => {
  const absolute = join(process.cwd(), 'logs', 'app.ndjson');
  for (const paths of [
    ['logs/**/*.{json,ndjson}'],
    ['logs', 'logs'],
    ['logs', 'logs/app.ndjson'],
    ['./logs/deep/../gateway.ndjson', 'logs/'],
    ['logs', absolute],
    [absolute, 'logs'],
  ]) {
    assertSame(await auditPaths(request, paths), paths.join(' '));
  }
});

/** The report as it must not change: sizes, digest and compression of the stored file are left out. */
function withoutStorage(report: Report): unknown {
  const inputs = report.inputs.map(({ bytes: _, sha256: __, compression: ___, ...input }) => input);
  return { ...report, inputs, summary: { ...report.summary, bytes: 0 } };
}

test('the same for a file that is plain, gzipped or in Zstandard', async () => {
  const file = 'logs/app.ndjson';
  const plain = readFileSync(file);
  const before = await auditPaths(request, ['logs']);
  try {
    for (const [compression, packed] of [
      ['gzip', gzipSync(plain)],
      ['gzip', Buffer.concat([gzipSync(plain.subarray(0, 700)), gzipSync(plain.subarray(700))])],
      ['zstd', toStoredZstd(plain)],
      ['zstd', Buffer.concat([toStoredZstd(plain.subarray(0, 700)), toStoredZstd(plain.subarray(700))])],
    ] as const) {
      writeFileSync(file, packed);
      const report = await auditPaths(request, ['logs']);
      assert.equal(report.inputs[0]!.compression, compression);
      assert.equal(report.inputs[0]!.bytes, packed.length);
      assert.deepEqual(withoutStorage(report), withoutStorage(before));
    }
  } finally {
    writeFileSync(file, plain);
  }
});

test('the same from standard input as from a file of its name, plain or packed', async () => {
  const bytes = readFileSync('logs/app.ndjson');
  for (const stored of [bytes, gzipSync(bytes)]) {
    writeFileSync('stdin', stored);
    const report = renderReport(await runAudit(['stdin']), 'json');
    const { exit, stdout, stderr } = runWithInput(
      ['verify', '--no-config', '--format', 'json', '-'],
      home,
      stored,
    );
    assert.equal(stderr, '');
    assert.equal(exit, 1);
    // What the command was told is said by the command alone, and differs by the name.
    const { request: told, ...rest } = JSON.parse(stdout);
    assert.deepEqual(told.command, ['audit-check', 'verify', '-', '--no-config']);
    assert.equal(renderReport(rest, 'json'), report);
  }
});

test('the time of the report is that of SOURCE_DATE_EPOCH or --now, and else there is none', async () => {
  assert.equal((await auditPaths(request, ['logs'])).generated, undefined);
  assert.equal((await runAudit(['logs'], { now: '2026-01-31T08:00:00Z' })).generated, '2026-01-31T08:00:00Z');
  process.env.SOURCE_DATE_EPOCH = '1767225600';
  try {
    assert.equal((await runAudit(['logs'])).generated, '2026-01-01T00:00:00.000Z');
  } finally {
    delete process.env.SOURCE_DATE_EPOCH;
  }
});
