/** One row a finding, for spreadsheets and ticket imports: RFC 4180, and nothing that a spreadsheet would run. */
import { csvTable } from '../base/csv-table.ts';
import { truncate } from '../base/text-safety.ts';
import { alsoWords } from '../model/also-said.ts';
import type { Report, ReportFormat } from '../model/report.ts';
import { createWords } from './parts/finding-words.ts';
import { describeIncomplete } from './parts/incomplete.ts';

const COLUMNS = [
  'severity',
  'verdict',
  'rule',
  'code',
  'title',
  'message',
  'file',
  'line',
  'offset',
  'length',
  'time_from',
  'time_until',
  'subject',
  'count',
  'controls',
  'help',
  'waiver',
  'waiver_owner',
  'waiver_expires',
  'lapsed_waiver',
  'baseline',
  'fingerprint',
  'also',
] as const;

/** Excel takes 32,767 characters in a cell and damages the table above; an escape takes up to eight for one. */
const MAX_CELL = 4_000;

export const csv: ReportFormat = {
  name: 'csv',
  title: 'one row a finding, for spreadsheets',
  render(report) {
    const wordsOf = createWords(report);
    const rows = report.findings.map((finding) => {
      const { severity, verdict, rule, code, message, place, subject, count } = finding;
      const { title, fix, controls } = wordsOf(finding);
      const { time, waiver, lapsed, baseline, fingerprint } = finding;
      return {
        severity,
        verdict,
        rule: fit(rule),
        code: fit(code),
        title: fit(title),
        message: fit(message),
        file: fit(place.file),
        line: place.line,
        offset: place.offset,
        length: place.length,
        time_from: time?.from ?? null,
        time_until: time?.until ?? null,
        subject: fit(subject),
        count: count ?? null,
        controls: fit(controls.join('; ')),
        help: fit(fix),
        waiver: fit(waiver?.id),
        waiver_owner: fit(waiver?.owner),
        waiver_expires: fit(waiver?.expires),
        lapsed_waiver: fit(lapsed && `${lapsed.id}: ${lapsed.reason}`),
        baseline: baseline ?? null,
        fingerprint: fit(fingerprint),
        also: fit(alsoWords(finding)),
      };
    });
    return csvTable(COLUMNS, [...incompleteRows(report), ...rows]);
  },
};

/** First of all: what was not audited. No finding, so its verdict is that of the run. */
function incompleteRows(report: Report) {
  const incomplete = describeIncomplete(report);
  if (incomplete === undefined) return [];
  const { title, message, file } = incomplete;
  return [{ verdict: 'incomplete', code: 'incomplete', title, message: fit(message), file: fit(file) }];
}

function fit(text: string | undefined): string | null {
  return text === undefined ? null : truncate(text, MAX_CELL);
}
