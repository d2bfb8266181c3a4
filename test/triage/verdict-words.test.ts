/** What the verdict says of findings that do not count: waived is what somebody accepted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../src/model/finding.ts';
import { explainVerdict } from '../../src/report/parts/verdict-words.ts';
import { cleanReport, emptyReport } from '../report/sample-report.ts';

const FINDING: Finding = {
  rule: 'login-burst',
  code: 'too-many-events',
  severity: 'high',
  verdict: 'satisfied',
  place: { file: 'a.ndjson', line: 7, offset: 600, length: 90 },
  message: '3 of 4 seats in use',
  fingerprint: 'a'.repeat(32),
};

test('a requirement that was met is not called waived', () => {
  const report = emptyReport();
  const waiver = { id: 'W-1', title: 'W-1', owner: 'bob', reason: 'known', expires: '2025-04-01T00:00:00Z' };
  const words = (findings: Finding[]) =>
    explainVerdict({ ...report, summary: { ...report.summary, verdict: 'findings' }, findings });
  assert.doesNotMatch(words([FINDING]), /waived/);
  assert.match(words([FINDING, { ...FINDING, verdict: 'violation', waiver }]), /, 1 waived$/);
});

test('a clean log that nothing protects is said to be such, and so is a clean run over files that no list names', () => {
  const report = cleanReport();
  assert.doesNotMatch(explainVerdict(report), /altered/);
  const [stream] = report.streams;
  const [range] = stream!.ranges;
  const bare = { ...range!, assurance: 'unprotected' as const, records: 2 };
  report.summary.assurance = { unprotected: 2 };
  report.streams = [{ ...stream!, profile: null, records: 2, status: 'unprotected', ranges: [bare] }];
  assert.match(explainVerdict(report), /; nothing shows whether 2 of 2 records were altered$/);
  report.summary.assurance = {};
  report.summary.records = { ...report.summary.records, read: 0, audited: 0 };
  report.streams = [{ ...stream!, records: 0, ranges: [{ ...bare, records: 0, files: 1 }] }];
  assert.match(explainVerdict(report), /; nothing shows whether 1 of 1 file was altered$/);
});
