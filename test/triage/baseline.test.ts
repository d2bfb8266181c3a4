/** What is the same finding, and what only looks like it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingSpeakers } from '../../src/engine/finding-kinds.ts';
import type { Finding } from '../../src/model/finding.ts';
import { sarif } from '../../src/report/sarif.ts';
import { applyBaseline } from '../../src/triage/apply-baseline.ts';
import { type BaselineEntry, TELL_OF_INTEGRITY, toEntry } from '../../src/triage/baseline.ts';
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

function whyNew(finding: Partial<Finding>, ...known: Partial<Finding>[]): string | undefined {
  const entries = known.map((each) => toEntry({ ...FINDING, ...each }));
  const report = { ...emptyReport(), findings: [{ ...FINDING, ...finding }] };
  return applyBaseline(report, { file: 'b.json', entries }).findings[0]!.newBecause;
}

test('what grew is new and says so, what shrank is known', () => {
  assert.equal(stateOf({ count: 5000 }, {}), 'new, 0 gone', 'no count is one');
  assert.equal(whyNew({ count: 5000 }, {}), 'it grew from 1 to 5,000');
  assert.equal(stateOf({ count: 12 }, { count: 12 }), 'unchanged, 0 gone');
  assert.equal(stateOf({ count: 3 }, { count: 12 }), 'unchanged, 0 gone');
  assert.equal(whyNew({}, { severity: 'low' }), 'it was low');
  assert.equal(whyNew({}, { waiver: WAIVER }), 'it was waived');
  assert.equal(whyNew({ count: 3 }, { count: 9, waiver: WAIVER }, { count: 2 }), 'it grew from 2 to 3');
});

test('more findings of one fingerprint than there were are new, and a compact baseline keeps how many', () => {
  const findings = [FINDING, { ...FINDING, count: 4 }];
  const states = (known: Finding[]) => {
    const text = renderBaseline({ file: 'b.json', entries: known.map(toEntry) });
    const report = applyBaseline({ ...emptyReport(), findings }, readBaseline('b.json', text));
    return report.findings.map(({ baseline }) => baseline);
  };
  assert.deepEqual(states(findings), ['unchanged', 'unchanged']);
  assert.deepEqual(states([FINDING]), ['new', 'new']);
});

test('integrity and licenses are known only as long as they say the same', () => {
  const other = { message: '40 of 3 seats' };
  for (const rule of [...TELL_OF_INTEGRITY, 'license:acme/0/seats']) {
    assert.equal(stateOf({ rule }, { rule }), 'unchanged, 0 gone');
    assert.equal(stateOf({ rule, ...other }, { rule }), 'new, 0 gone', rule);
    assert.equal(
      stateOf({ rule, ...other, verdict: 'satisfied' }, { rule, verdict: 'satisfied' }),
      'unchanged, 0 gone',
    );
  }
  assert.equal(whyNew({ rule: 'archive', ...other }, { rule: 'archive' }), 'it says something else');
  const speakers = findingSpeakers().map(({ speaker }) => speaker);
  for (const name of TELL_OF_INTEGRITY) assert.ok(speakers.includes(name), name);
});

test('a retention that got worse is new, one that grows by itself is known', () => {
  const kept = (days: string) => ({
    rule: 'packs',
    code: 'retention-too-short',
    message: `the oldest event is of 2026-09-06, ${days} before 2026-11-29: "90 days" must be kept`,
  });
  assert.equal(whyNew(kept('0 days'), kept('84 days')), 'it got worse, from 84 to 0');
  assert.equal(whyNew(kept('999 days'), kept('1,000 days')), 'it got worse, from 1,000 to 999');
  assert.equal(stateOf(kept('85 days'), kept('84 days')), 'unchanged, 0 gone');
  assert.equal(stateOf(kept('84 days'), kept('84 days')), 'unchanged, 0 gone');
  const oldest = (day: string) => ({
    rule: 'packs',
    code: 'kept-too-long',
    message: `the oldest event is of ${day}, 800 days before 2026-11-29: at most "2y" may be kept`,
  });
  assert.equal(
    whyNew(oldest('2020-01-01'), oldest('2024-09-20')),
    'it got worse, from 2024-09-20 to 2020-01-01',
  );
  assert.equal(stateOf(oldest('2024-09-20'), oldest('2024-09-20')), 'unchanged, 0 gone');
});

test('a report is unchanged against itself in every form', () => {
  const { baseline: _, absent: __, ...report } = richReport();
  const ofJson = readBaseline('r.json', JSON.stringify(report));
  const ofSarif = readBaseline('r.sarif', sarif.render(report, { colors: false, width: 80 }));
  for (const known of [ofJson, ofSarif, readBaseline('b.json', renderBaseline(ofSarif))]) {
    const { findings } = applyBaseline(report, known);
    assert.deepEqual(
      findings.filter(({ baseline }) => baseline === 'new').map(({ rule, newBecause }) => [rule, newBecause]),
      [],
    );
  }
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
