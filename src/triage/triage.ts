/** Findings of a finished audit held against what their owners say of them: waivers. The verdict is drawn again. */
import { compareFindings, wordsOfKind } from '../model/finding.ts';
import { countFindings } from '../model/finding-counts.ts';
import type { Report } from '../model/report.ts';
import { drawVerdict } from '../model/verdict.ts';
import { applyWaivers } from './apply-waivers.ts';
import type { WaiverFile } from './waiver-file.ts';
import { WAIVER_FINDINGS } from './waiver-findings.ts';

export type TriageInputs = { waivers?: WaiverFile };

export function triage(report: Report, { waivers }: TriageInputs): Report {
  return waivers === undefined ? report : redraw(withWaivers(report, waivers));
}

function withWaivers(report: Report, waivers: WaiverFile): Report {
  const { findings, told, notices, summary } = applyWaivers(report.findings, waivers);
  const spoken = WAIVER_FINDINGS.filter(({ code }) => told.some((finding) => finding.code === code));
  return {
    ...report,
    findings: [...findings, ...told].sort(compareFindings),
    codes: { ...report.codes, ...Object.fromEntries(spoken.map((kind) => [kind.code, wordsOfKind(kind)])) },
    notices: [...report.notices, ...notices],
    waivers: summary,
  };
}

function redraw(report: Report): Report {
  const { summary, findings } = report;
  const verdict = drawVerdict(summary.verdict === 'incomplete', report, summary);
  return { ...report, summary: { ...summary, findings: countFindings(findings), verdict } };
}
