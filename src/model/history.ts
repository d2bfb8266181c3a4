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
  /** What was audited. Absent in lines from before it was kept. */
  of?: AuditedLogs;
};

/** Paths as they were named, sorted; the time that the run was about, where it was not about all of it. */
export type AuditedLogs = { paths: string[]; since?: string; until?: string };

/** Runs over the same logs, each over all of their time: what others read is no review of these. */
export function runsOver({ paths }: AuditedLogs, runs: readonly RunSummary[]): RunSummary[] {
  return runs.filter(
    ({ of }) =>
      of !== undefined &&
      of.since === undefined &&
      of.until === undefined &&
      of.paths.length === paths.length &&
      of.paths.every((path, index) => path === paths[index]),
  );
}

const MAX_LICENSES = 50;

export function summarizeRun(report: Report, at: string, of: AuditedLogs): RunSummary {
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
    of,
  };
}

/** Licenses and their periods are in order. */
function latestPeriods({ licenses }: Report): RunSummary['licenses'] {
  const latest = new Map(licenses.map((entry) => [entry.license, entry]));
  return [...latest.values()].map(({ license, used, limit }) => ({ license, used, limit }));
}
