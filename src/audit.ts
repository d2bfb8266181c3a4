/**
 * The spine: files become records, records become events, checks fold over events, rules turn events into marks,
 * relations judge marks over time, everything ends in findings, findings become a report.
 */

import { assembleReport } from './engine/assemble.ts';
import { withoutDeclaredAbsence } from './engine/declared-absence.ts';
import { mergeRepeats } from './engine/merge-repeats.ts';
import { compilePlan } from './engine/plan.ts';
import { relate } from './engine/relate.ts';
import { AlteredSince, StateRefusal } from './engine/run-state.ts';
import { type ScanOptions, scanFiles } from './engine/scan.ts';
import type { ScanCounters } from './engine/scan-part.ts';
import { judgeSeals } from './engine/seals.ts';
import type { CheckResult } from './model/check.ts';
import type { InputSummary, Report } from './model/report.ts';
import type { AuditRequest } from './model/request.ts';
import type { DiscoveredFile } from './read/discover.ts';

export type AuditOptions = ScanOptions & {
  /** Called as each stage ends, for whoever holds a clock. */
  onStage?: (stage: 'plan' | 'scan' | 'repeats' | 'relate' | 'conclude') => void;
  /** Told why what an earlier run kept cannot be built on: the run starts over. */
  onRefusal?: (reason: string) => void;
  /** What was found out about the files before they are audited: archives were held to their logs. */
  evidence?: readonly CheckResult[];
  onCounters?: (counters: ScanCounters) => void;
  /** What is known beside the records, once it is known which bytes were read: signed checkpoints and their like. */
  beside?: (inputs: readonly InputSummary[]) => {
    result: CheckResult;
    /** A result of a check, in the light of it. */
    anchor(result: CheckResult): CheckResult;
  };
  /** Bytes of marks below which one thread judges them all. */
  judgeBytes?: number;
};

/** Audits `files`, as `discover` found them. Never throws for what is wrong with the logs: that is in the report. */
export async function audit(
  request: AuditRequest,
  files: readonly DiscoveredFile[],
  options: AuditOptions,
): Promise<Report> {
  const { state, pool: _, ...rest } = options;
  let altered: string | undefined;
  const refused = (error: unknown) => {
    if (!(error instanceof StateRefusal)) throw error;
    if (error instanceof AlteredSince) altered ??= error.message;
    options.onRefusal?.(error.message);
  };
  if (state === undefined) return auditOnce(request, files, options);
  try {
    return await auditOnce(request, files, options);
  } catch (error) {
    refused(error);
  }
  // Threads of the run that was given up may still be at work for it.
  try {
    const fresh = { ...rest, state: { ...state, fresh: true } };
    return withAltered(await auditOnce(request, files, fresh), altered);
  } catch (error) {
    refused(error);
  }
  return withAltered(await auditOnce(request, files, rest), altered);
}

/** That something is gone is known by what the last run kept alone: the next one will know nothing of it. */
function withAltered(report: Report, altered: string | undefined): Report {
  if (altered === undefined) return report;
  const message = `since the last run with this --state: ${altered}; where a log is rotated in place that is so, else what was audited before has been cut off or changed`;
  return { ...report, notices: [...report.notices, { code: 'altered-since', message }] };
}

async function auditOnce(
  request: AuditRequest,
  files: readonly DiscoveredFile[],
  options: AuditOptions,
): Promise<Report> {
  const { onStage, onCounters, evidence = [] } = options;
  const plan = compilePlan(request);
  onStage?.('plan');
  const { scan, executor, settle, close } = await scanFiles(files, plan, options);
  try {
    onStage?.('scan');
    const { findings: repeats, ...repeated } = await mergeRepeats(scan, plan);
    onStage?.('repeats');
    const related = await relate(plan, scan, repeated, executor, options.judgeBytes);
    onStage?.('relate');
    await settle();
    for (const [index, { check }] of plan.checks.entries()) await check.ready?.(scan.states[index]);
    const checked = plan.checks.map(({ check }, index) => check.finish(scan.states[index]));
    const beside = options.beside?.(scan.inputs);
    const results = beside === undefined ? checked : [...checked.map(beside.anchor), beside.result];
    const seals = await judgeSeals(plan, scan);
    const judged = withoutDeclaredAbsence(results, evidence);
    const report = assembleReport(plan, scan, [...judged, ...evidence], related, repeats, seals);
    onStage?.('conclude');
    onCounters?.(scan.counters);
    return report;
  } finally {
    await close();
  }
}
