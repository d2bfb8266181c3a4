/** Formats that are lists of findings: CSV by a reader of RFC 4180, GitLab's code quality by what its documentation asks for. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { csv } from '../../src/report/csv.ts';
import { gitlab } from '../../src/report/gitlab.ts';
import { cleanReport, emptyReport, HOSTILE, hostileReport, richReport } from './sample-report.ts';

const OPTIONS = { colors: false, width: 80 };

/** RFC 4180, strict: quotes only around a whole cell, every row as wide as the first. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    assert.ok(found, `no cell at ${cell.lastIndex}`);
    rows.at(-1)!.push(found[1]?.replaceAll('""', '"') ?? found[2]!);
    if (found[3] === '\r\n') rows.push([]);
  }
  assert.deepEqual(rows.pop(), []);
  for (const row of rows) assert.equal(row.length, rows[0]!.length);
  return rows;
}

function recordsOf(report: Report): Record<string, string>[] {
  const [head, ...rows] = readCsv(csv.render(report, OPTIONS));
  return rows.map((row) => Object.fromEntries(head!.map((name, index) => [name, row[index]!])));
}

/** The rows of findings; before them stands what an incomplete run lacks. */
function findingsOf(report: Report): Record<string, string>[] {
  return recordsOf(report).filter(({ verdict }) => verdict !== 'incomplete');
}

describe('the CSV report', () => {
  test('has a row for each finding with its place, words, waiver and fingerprint', () => {
    const report = richReport();
    const records = findingsOf(report);
    assert.equal(records.length, report.findings.length);
    const waived = records[2]!;
    assert.deepEqual(
      [
        waived.severity,
        waived.code,
        waived.file,
        waived.line,
        waived.waiver,
        waived.waiver_owner,
        waived.fingerprint,
      ],
      ['high', 'missing-field', 'logs/app.ndjson', '18', 'w-1', 'bob', report.findings[2]!.fingerprint],
    );
    assert.equal(waived.message, report.findings[2]!.message);
    assert.equal(records[6]!.lapsed_waiver, 'w-2: expired on 2025-03-01');
    assert.equal(records[6]!.baseline, 'new');
  });

  test('says first that a run is incomplete, and of what: no row would read as clean', () => {
    assert.equal(richReport().summary.verdict, 'incomplete');
    const [first] = recordsOf(richReport());
    assert.deepEqual([first!.severity, first!.verdict, first!.code], ['', 'incomplete', 'incomplete']);
    assert.match(first!.message!, /^1 input unreadable, 1 input partial/);
    assert.equal(recordsOf(emptyReport()).length, 1);
  });

  test('is a header alone where nothing was found', () => {
    assert.match(csv.render(cleanReport(), OPTIONS), /^severity,[a-z_,]+\r\n$/);
  });

  for (const prefix of ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
    test(`makes no formula of text that begins with ${JSON.stringify(prefix)}`, () => {
      const formula = `${prefix}cmd|' /C calc'!A0`;
      for (const row of findingsOf(hostileReport(formula))) {
        assert.ok(row.message!.startsWith("'") && row.message!.includes('calc'));
        for (const cell of Object.values(row)) assert.doesNotMatch(cell, /^[=+\-@\t\r\n＝＋－＠]/);
      }
    });
  }

  test('holds every cell within what a spreadsheet takes', () => {
    for (const row of recordsOf(hostileReport(`=${'\u202e'.repeat(50_000)}`)))
      for (const cell of Object.values(row)) assert.ok(cell.length <= 32_767);
  });
});

type Issue = {
  description: string;
  check_name: string;
  fingerprint: string;
  severity: string;
  location: { path: string; lines: { begin: number } };
};
const allOf = (report: Report): Issue[] => JSON.parse(gitlab.render(report, OPTIONS));
/** The issues of findings; before them stands what an incomplete run lacks. */
const issuesOf = (report: Report) => allOf(report).filter(({ check_name }) => check_name !== 'incomplete');

describe('the code quality report', () => {
  test('has what GitLab asks for, of every open finding', () => {
    const issues = issuesOf(richReport());
    assert.equal(issues.length, richReport().findings.length - 1);
    assert.deepEqual(issues[1], {
      description: '"actor" is empty: expected who acted, found ""',
      check_name: 'missing-field',
      fingerprint: richReport().findings[1]!.fingerprint,
      severity: 'critical',
      location: { path: 'logs/app.ndjson', lines: { begin: 17 } },
    });
    for (const { severity, location, fingerprint } of issuesOf(hostileReport())) {
      assert.ok(['info', 'minor', 'major', 'critical', 'blocker'].includes(severity));
      assert.ok(location.lines.begin >= 1 && location.path !== '' && !location.path.startsWith('./'));
      assert.notEqual(fingerprint, '');
    }
  });

  test('has no fingerprint twice: GitLab would show one of them', () => {
    const report = richReport();
    report.findings = Array.from({ length: 50 }, () => report.findings[0]!);
    assert.equal(new Set(issuesOf(report).map(({ fingerprint }) => fingerprint)).size, 50);
  });

  test('leaves out what is waived or satisfied, and says what is undetermined', () => {
    const report = richReport();
    report.findings[0]!.verdict = 'satisfied';
    const texts = issuesOf(report).map(({ description }) => description);
    assert.ok(!texts.some((text) => text.includes('"outcome" is missing') || text.includes('expected ","')));
    assert.match(texts.at(-1)!, /^undetermined: no field of the record/);
  });

  test('is an empty list where there is nothing', () => {
    const report = cleanReport();
    assert.equal(report.summary.verdict, 'clean');
    assert.deepEqual(allOf(report), []);
  });

  test('says first that a run is incomplete, at what was not read: an empty list would read as clean', () => {
    for (const report of [richReport(), emptyReport()]) {
      const [first] = allOf(report);
      assert.equal(first!.severity, 'blocker');
      assert.match(first!.description, /^the audit is incomplete: /);
      assert.ok(first!.location.path !== '' && first!.location.lines.begin === 1);
    }
    const report = richReport();
    const unread = report.inputs.find(({ status }) => status === 'unreadable' || status === 'partial');
    assert.equal(allOf(report)[0]!.location.path, unread!.file);
    // Where all was read, it lacks a mapping for one.
    for (const input of report.inputs) input.status = 'complete';
    const odd = { ...report.inputs[0]!, file: 'logs/odd.ndjson', source: null };
    report.inputs.push({ ...odd, records: { ...odd.records, audited: 1 } });
    assert.equal(allOf(report)[0]!.location.path, 'logs/odd.ndjson');
  });

  test('keeps a hostile text on one line', () => {
    for (const { description } of issuesOf(hostileReport(HOSTILE)))
      assert.doesNotMatch(description, /[\n\u001b]/);
  });
});
