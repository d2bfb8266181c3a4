/** The period of a report says of how many records it is: those without a readable time lie in none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { FORMATS } from '../../src/report/index.ts';
import { describePeriod } from '../../src/report/parts/period-words.ts';
import { cleanReport, emptyReport } from './sample-report.ts';

/** Twelve hundred records of one source, `untimed` of them without a time; `lost` more of a source that has none at all. */
function reportWith(untimed: number, lost: number): Report {
  const report = cleanReport();
  const [input] = report.inputs;
  const period = { from: '2025-03-01T00:00:00Z', until: '2025-03-02T00:00:00Z' };
  const records = (read: number) => ({ read, audited: read, malformed: 0, duplicate: 0, skipped: 0 });
  report.summary.period = period;
  report.summary.records = records(1_200 + lost);
  report.inputs = [{ ...input!, source: 'app', records: records(1_200) }];
  if (lost > 0) report.inputs.push({ ...input!, source: 'flexnet', records: records(lost) });
  report.activity = [{ source: 'app', ...period, untimed, bucket: 'day', buckets: [], silences: [] }];
  return report;
}

test('describePeriod() tells the span alone where every record has a time', () => {
  assert.equal(describePeriod(reportWith(0, 0)), '2025-03-01T00:00:00Z to 2025-03-02T00:00:00Z');
});

test('describePeriod() counts records without a time, and those of a source that has none', () => {
  assert.match(describePeriod(reportWith(3, 0))!, /Z, of 1,197 records; 3 have no readable time$/);
  assert.match(describePeriod(reportWith(0, 6_102))!, /Z, of 1,200 records; 6,102 have no readable time$/);
});

test('describePeriod() says that no record has a time, and nothing of no records', () => {
  const report = reportWith(0, 0);
  report.summary.period = null;
  assert.equal(describePeriod(report), 'every event with a readable time lies in the future');
  report.activity = [];
  assert.equal(describePeriod(report), 'none of 1,200 records has a readable time');
  assert.equal(describePeriod(emptyReport()), undefined);
});

test('text, HTML and Markdown say it', () => {
  for (const name of ['text', 'html', 'markdown']) {
    const format = FORMATS.find((each) => each.name === name)!;
    const page = format.render(reportWith(0, 3), { colors: false, width: 100 });
    assert.match(page.replace(/\s+/g, ' '), /of 1,200 records; 3 have no readable time/, name);
  }
});
