/**
 * The spine: files become records, records become events, checks fold over events, rules turn events into marks,
 * relations judge marks over time, everything ends in findings, findings become a report.
 */

import { assembleReport } from './engine/assemble.ts';
import { compilePlan } from './engine/plan.ts';
import { mergeRepeats, relate } from './engine/relate.ts';
import { type OnProgress, scanFiles } from './engine/scan.ts';
import type { Report } from './model/report.ts';
import type { AuditRequest } from './model/request.ts';
import type { DiscoveredFile } from './read/discover.ts';

/** Audits `files`, as `discover` found them. Never throws for what is wrong with the logs: that is in the report. */
export async function audit(
  request: AuditRequest,
  files: readonly DiscoveredFile[],
  onProgress: OnProgress,
): Promise<Report> {
  const plan = compilePlan(request);
  const scan = await scanFiles(files, plan, onProgress);
  try {
    const { duplicates, findings: repeats } = await mergeRepeats(scan);
    const related = relate(plan, scan, duplicates);
    const results = plan.checks.map(({ check }, index) => check.finish(scan.states[index]));
    return assembleReport(plan, scan, results, related, repeats);
  } finally {
    scan.runs.dispose();
  }
}
