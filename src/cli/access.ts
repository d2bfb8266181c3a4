/** `audit-check access`: who used which rights, held to files of roles. */
import os from 'node:os';
import { didYouMean } from '../base/nearest-name.ts';
import { count, escapeControls, quote } from '../base/text-safety.ts';
import { CHECKS } from '../checks/index.ts';
import { markGroups } from '../engine/marks.ts';
import { mergeRepeats } from '../engine/merge-repeats.ts';
import { compilePlan, type Plan } from '../engine/plan.ts';
import { scanFiles } from '../engine/scan.ts';
import type { Scan } from '../engine/scan-books.ts';
import type { Mark } from '../model/mark.ts';
import { misreadFindings } from '../model/misread-codes.ts';
import { saysRecordsDiffer } from '../model/open-use.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { type Covered, coverageOf } from '../model/relation.ts';
import type { AuditRequest } from '../model/request.ts';
import type { Correlation, Detection, RuleSet } from '../model/rule.ts';
import { discover } from '../read/discover.ts';
import { AccessLedger } from '../roles/access-ledger.ts';
import { accessReader } from '../roles/access-readers.ts';
import type { AccessSummary } from '../roles/access-summary.ts';
import { type AccessReader, readAccess } from '../roles/logged-access.ts';
import { readRoleFiles } from '../roles/read-role-files.ts';
import { emptyTable, ROLE_FORMATS, type RoleFormat, type RoleTable } from '../roles/role-table.ts';
import { suggestRole } from '../roles/suggest-role.ts';
import { UsedRequests } from '../roles/used-requests.ts';
import { accessCsv } from './access-csv.ts';
import { type AccessScan, doubtsOf, openEvents } from './access-doubts.ts';
import { accessJson } from './access-json.ts';
import { accessText } from './access-text.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { type ArchiveKeyOptions, type HeldLogs, readHeldLogs } from './held-logs.ts';
import { missingInput } from './missing-input.ts';
import { Progress } from './progress.ts';
import { buildRequest, type RequestOptions } from './request.ts';
import { writeStream } from './write-output.ts';
import { readText } from './yaml-file.ts';

export type AccessOptions = Omit<RequestOptions, 'builtinRules'> &
  ArchiveKeyOptions & {
    roles?: string[];
    rolesFormat?: string;
    format: string;
    suggest?: string;
    includeDenied: boolean;
    wideVerbs: boolean;
  };

/** What every format of the command tells. */
export type AccessReport = {
  table: RoleTable;
  summary: AccessSummary;
  scan: AccessScan & Pick<Scan, 'inputs'> & { coverage: Covered | undefined };
};

const FORMATS: Readonly<Record<string, (report: AccessReport) => string>> = {
  text: accessText,
  json: accessJson,
  csv: accessCsv,
};

export const ACCESS_FORMATS = Object.keys(FORMATS);

/** What is no single event is not held to the roles as one. */
const KEPT_CHECK = 'record-form';

/** Reasons that a suggestion tells. */
const MAX_DOUBTS = 10;

/** Threads beyond which marks come faster than one thread relates them. */
const MAX_JOBS = 8;

/** @throws {ProblemsError} with everything that is wrong with arguments, configuration and roles */
export async function access(paths: string[], options: AccessOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const request = buildRequest(paths, { ...options, builtinRules: false }, problems);
  const table = readTable(options, problems);
  const { files: found, missing } = await discover(request.paths, request.exclude);
  const logs = await readHeldLogs(request.paths, found, options, problems);
  for (const name of missing) problems.push(missingInput(name));
  if (problems.length > 0 || table === undefined) throw new ProblemsError(problems);
  const reader = accessReader(table.format);
  const held = await logs.hold();
  const { suggest } = options;
  if (suggest === undefined) {
    const report = await judge(request, held, table, reader);
    await writeStream(process.stdout, FORMATS[options.format]!(report));
    return exitOf(report);
  }
  const used = new UsedRequests(suggest, options.includeDenied);
  const scan = await scanAccess(request, held, table, reader, (mark) =>
    used.add(readAccess(reader, mark.values)),
  );
  await writeStream(
    process.stdout,
    suggestRole(table.format, suggest, used.sorted(), { wideVerbs: options.wideVerbs }),
  );
  const doubts = doubtsOf(scan);
  for (const doubt of doubts.slice(0, MAX_DOUBTS))
    process.stderr.write(`the role may lack what was not read: ${escapeControls(doubt)}\n`);
  if (doubts.length > MAX_DOUBTS)
    process.stderr.write(
      `and ${count(doubts.length - MAX_DOUBTS, 'more reason')}: without --suggest all are listed\n`,
    );
  return doubts.length > 0 ? EXIT.incomplete : EXIT.clean;
}

/** A suggestion needs no roles, but their format. */
function readTable(
  { roles = [], rolesFormat, suggest }: AccessOptions,
  problems: Problem[],
): RoleTable | undefined {
  const wrong = (message: string) => void problems.push({ file: 'arguments', line: 0, column: 0, message });
  if (roles.length === 0) {
    if (suggest === undefined) return wrong('nothing to hold the log to: name a file of roles with --roles');
    const format = ROLE_FORMATS.find((each) => each === rolesFormat);
    if (format !== undefined) return emptyTable(format, '');
    const known = `known are ${ROLE_FORMATS.join(', ')}`;
    return wrong(
      rolesFormat === undefined
        ? `--suggest without --roles needs --roles-format, ${known}`
        : `unknown format of roles ${quote(rolesFormat)}${didYouMean(rolesFormat, ROLE_FORMATS)}, ${known}`,
    );
  }
  const texts = roles.flatMap((file) => {
    const text = readText(file, problems);
    return text === undefined ? [] : [{ file, text }];
  });
  return texts.length < roles.length ? undefined : readRoleFiles(rolesFormat, texts, problems);
}

async function judge(
  request: AuditRequest,
  held: HeldLogs,
  table: RoleTable,
  reader: AccessReader,
): Promise<AccessReport> {
  const ledger = new AccessLedger(table, reader);
  const scan = await scanAccess(request, held, table, reader, (mark) => ledger.add(mark.values, mark));
  return { table, summary: ledger.summary(scan.coverage), scan };
}

/** Every event of the sources that the reader is for, in the order of time, repeats left out. */
async function scanAccess(
  request: AuditRequest,
  { files, evidence }: HeldLogs,
  table: RoleTable,
  reader: AccessReader,
  onMark: (mark: Mark) => void,
): Promise<AccessReport['scan']> {
  const plan: Plan = compilePlan({
    ...request,
    licenses: undefined,
    schemas: [],
    rules: accessRules(table.format, reader),
    disabled: CHECKS.map(({ name }) => name).filter((name) => name !== KEPT_CHECK),
  } as AuditRequest);
  const bytes = files.reduce((sum, file) => sum + (file.skip === undefined ? file.bytes : 0), 0);
  const progress = process.stderr.isTTY ? new Progress(process.stderr, bytes) : undefined;
  try {
    const jobs = Math.min(os.availableParallelism(), MAX_JOBS);
    const { scan, close } = await scanFiles(files, plan, {
      jobs,
      ...(progress && { onProgress: progress.update }),
    });
    try {
      const { duplicates } = await mergeRepeats(scan, plan);
      const reading = { files: scan.inputs.map(({ file }) => file), duplicates, onMark: () => {} };
      for (const { marks } of markGroups(scan.marks.source(), reading))
        for (const mark of marks) onMark(mark);
      const found = plan.checks.flatMap(({ check }, index) => check.finish(scan.states[index]).findings);
      const open = evidence.flatMap(({ findings }) => findings).filter(saysRecordsDiffer);
      const misread = [...misreadFindings([...scan.findings, ...found]), ...open];
      const leftOut = scan.groupless[0]?.[0]?.events ?? 0;
      const unheld = evidence.flatMap(({ incomplete }) => incomplete ?? []);
      return { inputs: scan.inputs, coverage: coverageOf(scan.coverage.of(0), 0), misread, leftOut, unheld };
    } finally {
      await close();
    }
  } finally {
    progress?.clear();
  }
}

/** One detection that every event of the source matches, and `permitted` over it. The table stays in this thread. */
function accessRules(format: RoleFormat, { logsource }: AccessReader): RuleSet {
  const head = {
    title: 'Access',
    file: '',
    line: 1,
    level: 'informational' as const,
    references: [],
    tags: [],
    falsepositives: [],
    controls: [],
    tests: [],
  };
  const detection: Detection = {
    ...head,
    id: 'access',
    kind: 'detection',
    taxonomy: 'audit',
    logsource,
    condition: { kind: 'and', nodes: [] },
    speaks: false,
  };
  const roles = { ...emptyTable(format, ''), assignments: [] };
  const correlation: Correlation = {
    ...head,
    id: 'permitted',
    kind: 'correlation',
    type: 'permitted',
    rules: [detection.id],
    steps: { rules: [0] },
    groupBy: [[]],
    groupNames: [],
    condition: {},
    tables: { roles: { name: 'roles', title: '', file: '', line: 1, rows: [], roles } },
    extra: { table: 'roles' },
    taxonomies: ['audit'],
    aliases: {},
  };
  return { rules: [detection, correlation], errors: [] };
}

/**
 * What the roles do not allow and the log shows is a finding; so is a refusal that only other roles explain. Where there is
 * none, what could not be told keeps the answer from being "within the roles".
 */
function exitOf({ summary, scan }: AccessReport): ExitCode {
  const { counts, conflicts, entries, requests, untold } = summary;
  if (doubtsOf(scan).length > 0 || requests === 0 || untold > 0) return EXIT.incomplete;
  const isFound =
    counts.outside > 0 ||
    counts['unknown-subject'] > 0 ||
    conflicts.some(({ reason }) => reason === undefined) ||
    entries.some(({ kind, reasons }) => kind === 'disagreement' && reasons.length === 0);
  if (isFound) return EXIT.findings;
  const isUntold =
    counts.undetermined > 0 ||
    counts.disagreement > 0 ||
    conflicts.length > 0 ||
    openEvents(summary).length > 0;
  return isUntold ? EXIT.incomplete : EXIT.clean;
}
