/** What is the same finding, and what only looks like it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../src/model/finding.ts';
import { sarif } from '../../src/report/sarif.ts';
import { applyBaseline } from '../../src/triage/apply-baseline.ts';
import { type BaselineEntry, toEntry } from '../../src/triage/baseline.ts';
import { readBaseline } from '../../src/triage/read-baseline.ts';
import { renderBaseline } from '../../src/triage/write-baseline.ts';
import { emptyReport, richReport } from '../report/sample-report.ts';

const FINDING: Finding = {
  rule: 'login-burst',
  code: 'too-many-events',
  severity: 'high',
  verdict: 'violation',
  place: { file: 'a.ndjson', line: 7, offset: 600, length: 90 },
  message: '12 logins of "ann" failed',
  fingerprint: 'a'.repeat(32),
};

const WAIVER = { id: 'W-1', title: 'W-1', owner: 'bob', reason: 'known', expires: '2025-04-01T00:00:00Z' };

function stateOf(finding: Partial<Finding>, ...known: Partial<Finding>[]): string {
  const entries = known.map((each) => toEntry({ ...FINDING, ...each }));
  const report = { ...emptyReport(), findings: [{ ...FINDING, ...finding }] };
  const { findings, absent } = applyBaseline(report, { file: 'b.json', entries });
  return `${findings[0]!.baseline}, ${absent!.length} gone`;
}

test('a finding is the same wherever it lies and however it is told', () => {
  assert.equal(stateOf({}, {}), 'unchanged, 0 gone');
  assert.equal(stateOf({ place: { ...FINDING.place, file: 'b.ndjson', line: 1 } }, {}), 'unchanged, 0 gone');
  assert.equal(stateOf({ message: '13 logins of "ann" failed' }, {}), 'unchanged, 0 gone');
  assert.equal(stateOf({ severity: 'medium' }, {}), 'unchanged, 0 gone', 'it got better');
});

test('another fingerprint, rule, code or verdict is another finding', () => {
  for (const change of [{ fingerprint: 'b'.repeat(32) }, { rule: 'x' }, { code: 'x' }] as const)
    assert.equal(stateOf(change, {}), 'new, 1 gone');
  assert.equal(stateOf({}, { verdict: 'undetermined' }), 'new, 1 gone', 'what was open is proven now');
});

test('what got more severe is new, and not gone', () => {
  assert.equal(stateOf({ severity: 'critical' }, {}), 'new, 0 gone');
  assert.equal(stateOf({ severity: 'critical' }, {}, { severity: 'critical' }), 'unchanged, 0 gone');
});

test('what was waived is known as long as it is waived', () => {
  assert.equal(stateOf({}, { waiver: WAIVER }), 'new, 0 gone');
  assert.equal(stateOf({ waiver: WAIVER }, { waiver: WAIVER }), 'unchanged, 0 gone');
  assert.equal(stateOf({ waiver: WAIVER }, {}), 'unchanged, 0 gone');
  assert.equal(stateOf({}, { waiver: WAIVER, severity: 'critical' }, {}), 'unchanged, 0 gone');
});

test('JSON, SARIF and the compact file tell the same findings', () => {
  const report = richReport();
  const keys = (entries: BaselineEntry[]) =>
    entries.map(({ rule, code, fingerprint, verdict, severity, waived, file }) =>
      JSON.stringify([rule, code, fingerprint, verdict, severity, waived, file]),
    );
  const ofJson = readBaseline('r.json', JSON.stringify(report));
  const ofSarif = readBaseline('r.sarif', sarif.render(report, { colors: false, width: 80 }));
  assert.deepEqual(keys(ofSarif.entries), keys(ofJson.entries));
  const compact = renderBaseline(ofJson);
  assert.deepEqual(keys(readBaseline('b.json', compact).entries).toSorted(), keys(ofJson.entries).toSorted());
  assert.equal(renderBaseline(readBaseline('b.json', compact)), compact);
});

test('log text in a baseline moves no cursor', () => {
  const entry = toEntry({
    ...FINDING,
    message: 'a\u001b[31m\u202eb',
    place: { ...FINDING.place, file: 'x\u0085y' },
  });
  const text = renderBaseline({ file: 'b.json', entries: [entry] });
  assert.match(text, /^[\n\x20-\x7e]*$/);
  assert.equal(readBaseline('b.json', text).entries[0]!.message, entry.message);
});
