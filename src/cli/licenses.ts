/** `audit-check licenses`: the statement of what was used against what was bought. */
import fs from 'node:fs';
import { audit } from '../audit.ts';
import { parseDuration } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import { parseDate } from '../base/time-zone.ts';
import { CHECKS } from '../checks/index.ts';
import { contractAsOf } from '../licenses/contract/as-of.ts';
import type { Contract } from '../licenses/contract/contract.ts';
import { type Severity, severityRank } from '../model/finding.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { Report } from '../model/report.ts';
import type { AuditRequest, StatementOptions } from '../model/request.ts';
import { discover } from '../read/discover.ts';
import { findAmongLogs } from './among-logs.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { type ArchiveKeyOptions, readHeldLogs } from './held-logs.ts';
import { contractNote } from './minimal-contract.ts';
import { missingInput } from './missing-input.ts';
import { Progress } from './progress.ts';
import { buildRequest, type RequestOptions, readScope } from './request.ts';
import { statementCsv } from './statement/csv.ts';
import { statementHtml } from './statement/html.ts';
import { statementJson } from './statement/json.ts';
import { type AsOf, type Statement, toStatement } from './statement/statement.ts';
import { statementText } from './statement/text.ts';
import { onInterrupt, readJobs } from './verify.ts';
import { checkOutputs, parseOutputs } from './verify-outputs.ts';
import { writeFileWhole, writeStream } from './write-output.ts';
import { zoneAdvice } from './zone-advice.ts';

export type LicensesOptions = Omit<RequestOptions, 'builtinRules' | 'rules' | 'schema' | 'failOn'> &
  ArchiveKeyOptions & {
    failOn?: Severity;
    asOf?: string;
    idle: string;
    retryInterval: string;
    format?: string[];
    jobs?: string;
  };

type StatementFormat = { name: string; render: (statement: Statement) => string };

export const STATEMENT_FORMATS: readonly StatementFormat[] = [
  { name: 'text', render: statementText },
  { name: 'json', render: statementJson },
  { name: 'html', render: statementHtml },
  { name: 'csv', render: statementCsv },
];

/**
 * Records of a chain vouch for each other, times without a zone place nothing, and what is no single event is not counted as
 * one; nothing else but licenses is judged.
 */
const KEPT_CHECKS: readonly string[] = ['hash-chain', 'record-form', 'timestamps'];

/** @throws {ProblemsError} with everything that is wrong with arguments, configuration and contract */
export async function licenses(paths: string[], options: LicensesOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const jobs = readJobs(options.jobs, problems);
  const statement = readStatementOptions(options, problems);
  const { failOn, ...rest } = options;
  const asked = { ...rest, builtinRules: false, ...(failOn !== undefined && { failOn: [failOn] }) };
  const scope = readScope(paths, asked, problems);
  const base = buildRequest(paths, asked, problems, scope);
  const contractFile = options.licenses ?? scope.config.licenses;
  const outputs = parseOutputs(options.format ?? [], STATEMENT_FORMATS, problems);
  const asOf = readAsOf(options.asOf, base.licenses as Contract | undefined, problems);
  const isUnnamed = contractFile === undefined && !scope.config.hides('licenses');
  if (isUnnamed)
    problems.push(
      argument(
        'no contract to hold the log to: name its file with --licenses, or as "licenses" in audit-check.yaml',
      ),
    );
  if (isUnnamed || (contractFile !== undefined && !fs.existsSync(contractFile)))
    process.stderr.write(contractNote());
  const { files: found, missing } = await discover(base.paths, base.exclude);
  for (const name of missing) problems.push(missingInput(name));
  const told = [options.config, (base.licenses as Contract | undefined)?.file];
  const logs = await readHeldLogs(base.paths, found, options, problems);
  const among = await findAmongLogs(
    base,
    outputs.flatMap(({ file }) => file ?? []),
  );
  checkOutputs(outputs, logs.files, problems, {
    among,
    told: told.filter((file) => typeof file === 'string'),
  });
  if (problems.length > 0) throw new ProblemsError(problems);
  const contract = asOf?.contract ?? (base.licenses as Contract);
  const request = toRequest(base, contract, statement, asOf?.until);
  const { files, evidence } = await logs.hold();
  const bytes = files.reduce((sum, file) => sum + (file.skip === undefined ? file.bytes : 0), 0);
  const progress = process.stderr.isTTY ? new Progress(process.stderr, bytes) : undefined;
  const stop = onInterrupt(files, progress);
  let report: Report;
  try {
    report = await audit(request, files, {
      jobs,
      evidence,
      ...(progress && { onProgress: progress.update }),
    });
  } finally {
    progress?.clear();
    stop();
  }
  const advice = await zoneAdvice(report, contract.timezone);
  report = { ...report, findings: report.findings.filter(({ rule }) => rule !== 'timestamps') };
  const value = toStatement(report, contract, asOf, advice?.message);
  for (const { format, file } of outputs) {
    if (file === undefined) await writeStream(process.stdout, format.render(value));
    else writeFileWhole(file, format.render(value));
  }
  return exitOf(value, report);
}

function toRequest(
  base: AuditRequest,
  licenses: Contract,
  statement: StatementOptions,
  until: bigint | undefined,
): AuditRequest {
  const end = base.until === undefined || (until !== undefined && until < base.until) ? until : base.until;
  return {
    ...base,
    licenses,
    statement,
    rules: { rules: [], errors: [] },
    schemas: [],
    disabled: CHECKS.map(({ name }) => name).filter((name) => !KEPT_CHECKS.includes(name)),
    ...(end !== undefined && { until: end }),
  };
}

function readStatementOptions(
  { idle, retryInterval }: LicensesOptions,
  problems: Problem[],
): StatementOptions {
  const read = (flag: string, text: string): bigint => {
    const duration = parseDuration(text);
    if (duration !== undefined && duration > 0n) return duration;
    problems.push({
      file: flag,
      line: 0,
      column: 0,
      message: `expected a duration such as 30d, 10m or P14D, found ${quote(text)}`,
    });
    return 1n;
  };
  const days = read('--idle', idle);
  if (days % DAY !== 0n)
    problems.push({
      file: '--idle',
      line: 0,
      column: 0,
      message: `expected whole days such as 30d, found ${quote(idle)}`,
    });
  return { idle: days, retry: read('--retry-interval', retryInterval) };
}

const DAY = 86_400_000_000_000n;

function readAsOf(
  text: string | undefined,
  contract: Contract | undefined,
  problems: Problem[],
): (AsOf & { contract: Contract; until: bigint }) | undefined {
  if (text === undefined) return undefined;
  const date = parseDate(text);
  if (date === undefined || date.year < 1990 || date.year > 2199) {
    problems.push({
      file: '--as-of',
      line: 0,
      column: 0,
      message: `expected a day between 1990-01-01 and 2199-12-31, found ${quote(text)}`,
    });
    return undefined;
  }
  return contract && { date: text, ...contractAsOf(contract, date) };
}

function argument(message: string): Problem {
  return { file: 'arguments', line: 0, column: 0, message };
}

/** What is proven goes before what is open; input that was not read goes before both. */
function exitOf({ verdict, licenses: entries }: Statement, { summary, findings }: Report): ExitCode {
  if (verdict === 'incomplete') return EXIT.incomplete;
  const threshold = severityRank(summary.failOn);
  const isFound = findings.some(
    (finding) => finding.verdict === 'violation' && severityRank(finding.severity) >= threshold,
  );
  if (isFound) return EXIT.findings;
  // What was found may be below the threshold; what is open beside it stays open.
  const isOpen = entries.some(({ verdict: worst, periods }) =>
    [worst, ...periods.map((period) => period.verdict)].includes('undetermined'),
  );
  return isOpen ? EXIT.incomplete : EXIT.clean;
}
