/** GitLab's code quality report, shown in merge requests on every tier: https://docs.gitlab.com/ci/testing/code_quality/ */
import { escapeControls, truncate } from '../base/text-safety.ts';
import { wholeMessage } from '../model/also-said.ts';
import type { Finding, Severity } from '../model/finding.ts';
import type { Report, ReportFormat } from '../model/report.ts';
import { toEscapedJson } from './parts/escaped-json.ts';
import { createWords } from './parts/finding-words.ts';
import { describeIncomplete } from './parts/incomplete.ts';

const SEVERITY = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
  informational: 'info',
} as const satisfies Record<Severity, string>;

/** Characters: a merge request shows them on one line. */
const MAX_DESCRIPTION = 4_000;
const MAX_NAME = 255;

export const gitlab: ReportFormat = {
  name: 'gitlab',
  title: 'code quality report of GitLab: open findings, for merge requests',
  render(report) {
    const wordsOf = createWords(report);
    const occurrences = new Map<string, number>();
    // The format knows no waiver: a waived finding in it would be open.
    const open = report.findings.filter(
      ({ verdict, waiver }) => verdict !== 'satisfied' && waiver === undefined,
    );
    const issues = open.map((finding) => {
      const { fingerprint, severity, place } = finding;
      const occurrence = (occurrences.get(fingerprint) ?? 0) + 1;
      occurrences.set(fingerprint, occurrence);
      return {
        description: escapeControls(truncate(describe(finding), MAX_DESCRIPTION)),
        check_name: escapeControls(
          truncate(wordsOf(finding).rule === undefined ? finding.code : finding.rule, MAX_NAME),
        ),
        // Of two issues with one fingerprint GitLab shows one.
        fingerprint: escapeControls(occurrence === 1 ? fingerprint : `${fingerprint}-${occurrence}`),
        severity: SEVERITY[severity],
        location: { path: toPath(place.file), lines: { begin: Math.max(1, place.line) } },
      };
    });
    return `${toEscapedJson([...incompleteIssues(report), ...issues], 2)}\n`;
  },
};

/** First of all: what was not audited. An issue must be somewhere: where all was read, at the first file. */
function incompleteIssues(report: Report) {
  const incomplete = describeIncomplete(report);
  if (incomplete === undefined) return [];
  const { title, message, file = report.inputs[0]?.file ?? 'audit-check' } = incomplete;
  return [
    {
      description: escapeControls(truncate(`${title}: ${message}`, MAX_DESCRIPTION)),
      check_name: 'incomplete',
      fingerprint: 'incomplete',
      severity: SEVERITY.critical,
      location: { path: toPath(file), lines: { begin: 1 } },
    },
  ];
}

function describe(finding: Finding): string {
  const said = wholeMessage(finding);
  return finding.verdict === 'undetermined' ? `undetermined: ${said}` : said;
}

/** Relative to the repository, without `./`. */
function toPath(file: string): string {
  return escapeControls(file).replace(/^(?:\.\/+)+(?=.)/, '');
}
