/**
 * Findings of a finished audit held against what is known of them: waivers first, then a baseline. The verdict is drawn again,
 * by the function that drew it.
 */
import { compareFindings, wordsOfKind } from '../model/finding.ts';
import { countFindings } from '../model/finding-counts.ts';
import type { Report } from '../model/report.ts';
import { drawVerdict } from '../model/verdict.ts';
import { applyBaseline } from './apply-baseline.ts';
import { applyWaivers } from './apply-waivers.ts';
import type { Baseline } from './baseline.ts';
import type { WaiverFile } from './waiver-file.ts';
import { WAIVER_FINDINGS } from './waiver-findings.ts';

export type TriageInputs = { waivers?: WaiverFile; baseline?: Baseline };

export function triage(report: Report, { waivers, baseline }: TriageInputs): Report {
  const waived = waivers === undefined ? report : withWaivers(report, waivers);
  return redraw(baseline === undefined ? waived : applyBaseline(waived, baseline));
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
  const { summary, findings, baseline } = report;
  const counts = { ...countFindings(findings), ...(baseline !== undefined && { new: baseline.new }) };
  const verdict = drawVerdict(summary.verdict === 'incomplete', report, summary);
  return { ...report, summary: { ...summary, findings: counts, verdict } };
}
