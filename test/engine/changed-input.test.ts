/** A file that changes between the thread that cuts it and the one that scans it: said, and the audit is incomplete. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { auditPaths, renderReport, testRequest } from '../support/audit-run.ts';

const home = mkdtempSync(join(tmpdir(), 'audit-check-changed-'));
const file = join(home, 'app.ndjson');
after(() => rmSync(home, { recursive: true }));
const request = testRequest({ builtinRules: false });

const LOG = Array.from(
  { length: 10_000 },
  (_, index) =>
    `{"action":"login","actor":"ann","id":"e-${index}","outcome":"success","time":"2026-03-02T08:00:00Z"}\n`,
).join('');
/** Two pieces of the reader and a half, so that a range is read in several steps. */
const RANGE_BYTES = 400_000;

/** Changes the file while its first range is scanned, which was cut by then. */
async function auditWhile(change: () => void): Promise<Report> {
  writeFileSync(file, LOG);
  let changed = false;
  return auditPaths(request, [file], {
    sizes: { rangeBytes: RANGE_BYTES },
    onProgress: () => {
      if (!changed) change();
      changed = true;
    },
  });
}

test('a byte that changed after the file was cut is changed-input', async () => {
  const report = await auditWhile(() => {
    const bytes = Buffer.from(LOG);
    bytes.write('bob', bytes.indexOf('ann', 300_000));
    writeFileSync(file, bytes);
  });
  assert.deepEqual(
    report.findings.map(({ code }) => code),
    ['changed-input'],
  );
  assert.match(report.findings[0]!.message, /changed while it was read/);
  assert.equal(report.summary.verdict, 'incomplete');
  assert.equal(report.inputs[0]!.status, 'partial');
  assert.match(renderReport(report, 'text'), /undetermined\[changed-input\]/);
});

test('a file that was cut short meanwhile is changed-input', async () => {
  const report = await auditWhile(() => truncateSync(file, 300_000));
  assert.ok(report.findings.some(({ code }) => code === 'changed-input'));
  assert.equal(report.summary.verdict, 'incomplete');
});

test('a file that nobody touches is not', async () => {
  const report = await auditWhile(() => {});
  assert.deepEqual(report.findings, []);
  assert.equal(report.summary.records.read, 10_000);
});
