/** GitLab's code quality report, shown in merge requests on every tier: https://docs.gitlab.com/ci/testing/code_quality/ */
import { escapeControls, truncate } from '../base/text-safety.ts';
import type { Finding, Severity } from '../model/finding.ts';
import type { ReportFormat } from '../model/report.ts';
import { toEscapedJson } from './parts/escaped-json.ts';
import { createWords } from './parts/finding-words.ts';

const SEVERITY = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
  informational: 'info',
} as const satisfies Record<Severity, string>;

/** Characters: a merge request shows them on one line. */
const MAX_DESCRIPTION = 1_000;
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
    return `${toEscapedJson(issues, 2)}\n`;
  },
};

function describe({ verdict, message }: Finding): string {
  return verdict === 'undetermined' ? `undetermined: ${message}` : message;
}

/** Relative to the repository, without `./`. */
function toPath(file: string): string {
  return escapeControls(file).replace(/^(?:\.\/+)+(?=.)/, '');
}
