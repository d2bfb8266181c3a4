/** One line a run, kept from run to run: what trends and the cadence of reviews are read from. */
import { SEVERITIES, type Severity } from './finding.ts';
import type { Report, ReportVerdict } from './report.ts';

export type RunSummary = {
  /** RFC 3339. */
  at: string;
  verdict: ReportVerdict;
  /** Audited. */
  records: number;
  /** Stored. */
  bytes: number;
  /** Open findings: those undetermined too, those waived not. */
  findings: Partial<Record<Severity, number>>;
  waived: number;
  /** The latest period of each license, at most `MAX_LICENSES`. */
  licenses: { license: string; used: number; limit: number | null }[];
};

const MAX_LICENSES = 50;

export function summarizeRun(report: Report, at: string): RunSummary {
  const { summary, findings } = report;
  const open = findings.filter(({ verdict, waiver }) => verdict !== 'satisfied' && waiver === undefined);
  const waived = findings.filter(({ waiver }) => waiver !== undefined).length;
  const bySeverity = SEVERITIES.toReversed().flatMap((severity) => {
    const amount = open.filter((finding) => finding.severity === severity).length;
    return amount === 0 ? [] : [[severity, amount] as const];
  });
  return {
    at,
    verdict: summary.verdict,
    records: summary.records.audited,
    bytes: summary.bytes,
    findings: Object.fromEntries(bySeverity),
    waived,
    licenses: latestPeriods(report).slice(0, MAX_LICENSES),
  };
}

/** Licenses and their periods are in order. */
function latestPeriods({ licenses }: Report): RunSummary['licenses'] {
  const latest = new Map(licenses.map((entry) => [entry.license, entry]));
  return [...latest.values()].map(({ license, used, limit }) => ({ license, used, limit }));
}
