/** Runs an audit in this process as `verify` does, without its streams and exit code. Tests only. */
import { type AuditOptions, audit } from '../../src/audit.ts';
import { buildRequest, type RequestOptions } from '../../src/cli/request.ts';
import { type Problem, ProblemsError } from '../../src/model/problem.ts';
import type { Report } from '../../src/model/report.ts';
import type { AuditRequest, Limits } from '../../src/model/request.ts';
import { discover } from '../../src/read/discover.ts';
import { FORMATS } from '../../src/report/index.ts';
import './shared-kernel.ts';

/** Options of `verify`; no configuration file is looked for unless one is named. */
export type RunOptions = Partial<RequestOptions> & { limits?: Partial<Limits> };

/** One request serves many runs: reading the shipped rules is what takes long (0.2 s, measured). */
export function testRequest(options: RunOptions = {}): AuditRequest {
  const { limits, ...given } = options;
  const problems: Problem[] = [];
  const all = { config: false as const, builtinRules: true, ...given };
  const request = buildRequest(['.'], all, problems);
  if (problems.length > 0) throw new ProblemsError(problems);
  return { ...request, limits: { ...request.limits, ...limits } };
}

/** Audits files and folders, found as the command line finds them. */
export async function auditPaths(
  request: AuditRequest,
  paths: string[],
  options: Partial<AuditOptions> = {},
): Promise<Report> {
  const { files, missing } = await discover(paths, request.exclude);
  if (missing.length > 0) throw new Error(`no such file: ${missing.join(', ')}`);
  return audit({ ...request, paths }, files, { jobs: 1, ...options });
}

export async function runAudit(paths: string[], options: RunOptions = {}): Promise<Report> {
  return auditPaths(testRequest(options), paths);
}

/** The report in one format, as it goes into a file: no colour, 100 columns. */
export function renderReport(report: Report, format: string): string {
  const member = FORMATS.find(({ name }) => name === format);
  if (member === undefined) throw new Error(`no format ${format}`);
  return member.render(report, { colors: false, width: 100 });
}
