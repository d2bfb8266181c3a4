/** `audit-check verify`: from the arguments to the report and the exit code. */
import os from 'node:os';
import { audit } from '../audit.ts';
import { escapeControls, quote } from '../base/text-safety.ts';
import type { GivenKeys } from '../cloudtrail/cloudtrail-digests.ts';
import { usesThreads } from '../engine/scan.ts';
import { WorkerPool } from '../engine/worker-pool.ts';
import type { Contract } from '../licenses/contract/contract.ts';
import type { CheckResult } from '../model/check.ts';
import { runsOver } from '../model/history.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { Report, ReportVerdict, SarifProfile } from '../model/report.ts';
import type { AuditRequest } from '../model/request.ts';
import { judgeAgain, judgePacks, type PackOptions } from '../packs/judge-packs.ts';
import { unjudgedKeep } from '../packs/unjudged-keep.ts';
import { type DiscoveredFile, discover, STDIN } from '../read/discover.ts';
import { StateFolder } from '../read/state-folder.ts';
import { FORMATS } from '../report/index.ts';
import { triage } from '../triage/triage.ts';
import { findAmongLogs, lyingAmongLogs } from './among-logs.ts';
import { type EvidenceOptions, planEvidence, writeEvidence } from './evidence.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { auditedLogs, historyFile, keepRun, readHistory, withHistory } from './history.ts';
import { missingInput } from './missing-input.ts';
import { Progress } from './progress.ts';
import { buildRequest, type RequestOptions, readScope, type Scope } from './request.ts';
import { findSealsBeside } from './seals-beside.ts';
import { Stats } from './stats.ts';
import type { ColorChoice } from './terminal.ts';
import { toldFiles } from './told-files.ts';
import { toldRequest } from './told-request.ts';
import { readTriage, type TriageOptions } from './triage-inputs.ts';
import {
  type ArchiveOptions,
  type FoundArchives,
  findArchives,
  holdArchives,
  readArchiveKeys,
} from './verify-archives.ts';
import type { CheckpointOptions, GivenCheckpoint } from './verify-checkpoint.ts';
import { checkOutputs, checkSarifProfile, parseOutputs, realPath, writeReport } from './verify-outputs.ts';
import type { KeyUse } from './verify-trust.ts';
import { withZoneAdvice } from './zone-advice.ts';

export type VerifyOptions = RequestOptions &
  CheckpointOptions &
  ArchiveOptions &
  EvidenceOptions &
  TriageOptions & {
    format?: string[];
    quiet: boolean;
    stats: boolean;
    jobs?: string;
    state?: string;
    history?: string;
    color: ColorChoice;
    sarifProfile?: SarifProfile;
  };

const EXIT_OF: Record<ReportVerdict, ExitCode> = {
  clean: EXIT.clean,
  findings: EXIT.findings,
  incomplete: EXIT.incomplete,
};

/** @throws {ProblemsError} with everything that is wrong with arguments, config and rules */
export async function verify(paths: string[], options: VerifyOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const jobs = readJobs(options.jobs, problems);
  const scope = readScope(paths, options, problems);
  const { files: found, missing, empty } = await discover(scope.paths, scope.exclude);
  const archives = findArchives(scope.paths, await withoutSeal(found, options));
  const { files } = archives;
  // Threads load their modules while this one reads the rules.
  const state = options.state === undefined ? undefined : new StateFolder(options.state);
  const pool = problems.length === 0 && usesThreads(files, jobs, state) ? new WorkerPool(jobs) : undefined;
  try {
    return await verifyFiles(paths, options, { problems, jobs, scope, archives, missing, empty, pool });
  } finally {
    await pool?.close();
  }
}

type Start = {
  problems: Problem[];
  jobs: number;
  scope: Scope;
  archives: FoundArchives;
  missing: string[];
  empty: string[];
  pool: WorkerPool | undefined;
};

async function verifyFiles(
  paths: string[],
  options: VerifyOptions,
  { problems, jobs, scope, archives, missing, empty, pool }: Start,
): Promise<ExitCode> {
  const request = buildRequest(paths, options, problems, scope);
  const audited = auditedLogs(scope.paths, options);
  const history = readHistory(options.history, audited, problems);
  for (const name of missing) problems.push(missingInput(name));
  const inputs = readTriage(options, request, scope.config, problems);
  noteKeysBeside(request, archives.files);
  const outputs = parseOutputs(options.format ?? [], FORMATS, problems);
  checkSarifProfile(outputs, options.sarifProfile, problems);
  const use: KeyUse = { signers: new Set(), logs: new Set(), refused: new Set(), hasDamaged: false };
  const { keys, others } = await readArchiveKeys(options, archives, problems, use);
  const among = await findAmongLogs(scope, placesOf(options, outputs));
  if (history !== undefined && among.has(historyFile(history.folder)))
    problems.push(lyingAmongLogs('--history', history.folder));
  checkOutputs(outputs, archives.files, problems, {
    among,
    told: toldFiles(scope.config, options, request, inputs),
  });
  const evidencePlan = planEvidence(
    options,
    scope.paths,
    archives.files,
    archives.folders.length > 0,
    problems,
  );
  const folder = openState(options.state, archives.files, among, problems);
  if (problems.length > 0) throw new ProblemsError(problems);
  const { files, evidence } = await holdArchives(archives, keys);
  const beside = await readBeside(options, others, archives, request, problems, use);
  evidence.push(...(await unmetKeys(options, evidence, use)));

  const bytes = files.reduce((sum, file) => sum + (file.skip === undefined ? file.bytes : 0), 0);
  const progress = process.stderr.isTTY && !options.quiet ? new Progress(process.stderr, bytes) : undefined;
  const stats = options.stats ? new Stats() : undefined;
  const stop = onInterrupt(files, progress);
  let report: Report;
  try {
    report = await audit(request, files, {
      jobs,
      evidence: [...evidence, ...findSealsBeside(files, scope.paths), ...empty.map(sayEmpty)],
      ...(pool && { pool }),
      ...(folder && { state: { folder }, onRefusal: sayStartOver }),
      ...(beside && { beside }),
      ...(progress && { onProgress: progress.update }),
      ...(stats && { onStage: stats.stage, onCounters: stats.count }),
    });
  } finally {
    progress?.clear();
    stop();
    folder?.close();
  }
  report = await withZoneAdvice(report, (request.licenses as Contract | undefined)?.timezone);
  const packs =
    request.packs === undefined
      ? undefined
      : { ...(request.packs as PackOptions), ...(history && { runs: runsOver(audited, history.runs) }) };
  if (packs !== undefined) report = judgePacks(report, request, packs);
  const unjudged = unjudgedKeep(request.keep ?? {}, packs?.packs ?? []);
  report = { ...report, notices: [...report.notices, ...unjudged] };
  report = triage(report, inputs);
  if (packs !== undefined && inputs.waivers !== undefined) report = judgeAgain(report, request, packs);
  if (history !== undefined) report = withHistory(report, history);
  report = { ...report, request: toldRequest(options, request, scope.config, report) };
  await writeReport(report, outputs, options);
  if (history !== undefined) await keepRun(report, history);
  if (stats !== undefined) process.stderr.write(stats.format(report, pool === undefined ? 1 : jobs));
  if (evidencePlan !== undefined) {
    const refusal = await writeEvidence(evidencePlan, report, request, scope.config, options);
    if (refusal !== undefined) {
      process.stderr.write(`error: ${escapeControls(refusal)}\n`);
      return EXIT.incomplete;
    }
  }
  return EXIT_OF[report.summary.verdict];
}

/** Of what the run writes for the next one, a file each. */
function placesOf({ history, state }: VerifyOptions, outputs: readonly { file?: string }[]): string[] {
  return [
    ...(history === undefined ? [] : [historyFile(history)]),
    ...(state === undefined ? [] : [new StateFolder(state).manifest]),
    ...outputs.flatMap(({ file }) => file ?? []),
  ];
}

/** A folder that somebody named is meant to hold logs. */
function sayEmpty(folder: string): CheckResult {
  const message = `the folder ${quote(folder)} holds no file to read`;
  return { findings: [], notices: [{ code: 'empty-folder', message }] };
}

/** A seal that lies among the logs is none of them. */
async function withoutSeal(files: DiscoveredFile[], options: VerifyOptions): Promise<DiscoveredFile[]> {
  if (options.checkpoint === undefined) return files;
  const { isPartOfSeal } = await import('./verify-checkpoint.ts');
  const isSeal = isPartOfSeal(options);
  return files.filter(({ file }) => !isSeal(file));
}

async function readBeside(
  options: VerifyOptions,
  given: GivenCheckpoint[] | undefined,
  { files, folders }: FoundArchives,
  request: AuditRequest,
  problems: Problem[],
  use: KeyUse,
) {
  if (given === undefined) {
    if (options.evidenceFile !== undefined && folders.length > 0)
      throw new ProblemsError([
        {
          file: '--evidence-file',
          line: 0,
          column: 0,
          message:
            'expected a checkpoint of sealed logs that stay in place: a fork of an archive is told by its finding alone',
        },
      ]);
    if (folders.length > 0) return undefined;
    const trust = options.policy !== undefined || options.verifierKey !== undefined;
    const message =
      'expected --checkpoint beside --policy, --verifier-key and --evidence-file, or an archive to audit';
    if (trust || options.evidenceFile !== undefined)
      throw new ProblemsError([{ file: 'arguments', line: 0, column: 0, message }]);
    return undefined;
  }
  const { readAnchors } = await import('./verify-checkpoint.ts');
  return readAnchors(options, given, files, request, problems, use);
}

async function unmetKeys(options: VerifyOptions, evidence: readonly CheckResult[], use: KeyUse) {
  if (options.verifierKey === undefined) return [];
  const { judgeUnmetKeys } = await import('./unmet-verifier-keys.ts');
  use.hasDamaged = evidence.some(({ findings }) => findings.some(({ code }) => code === 'damaged-archive'));
  return [judgeUnmetKeys(options, use)];
}

/**
 * Ctrl-C, and the signal of schedulers: temporary files go, and no report is written, not even half of one. Returns what
 * ends the watch.
 */
export function onInterrupt(files: readonly DiscoveredFile[], progress: Progress | undefined): () => void {
  const isPipe = (file: DiscoveredFile) => !file.regular && file.file !== STDIN && file.skip === undefined;
  const interrupt = (signal: NodeJS.Signals) => {
    progress?.clear();
    process.stderr.write('interrupted: no report was written\n');
    if (!files.some(isPipe)) process.exit(EXIT.interrupted);
    // Node does not exit while a thread waits for a named pipe; the signal itself does not ask (a shell says 130 too).
    process.emit('exit', EXIT.interrupted);
    stop();
    process.kill(process.pid, signal);
  };
  const stop = () => void process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return stop;
}

function openState(
  place: string | undefined,
  files: readonly DiscoveredFile[],
  among: ReadonlySet<string>,
  problems: Problem[],
): StateFolder | undefined {
  if (place === undefined) return undefined;
  const wrong = (message: string) => void problems.push({ file: '--state', line: 0, column: 0, message });
  const stream = files.find((file) => file.skip === undefined && !file.regular);
  if (stream !== undefined)
    wrong(`${quote(stream.file)} cannot be read a second time, so nothing is known of it later`);
  const folder = new StateFolder(place);
  const own = files.find(({ file }) => file !== STDIN && folder.holds(file));
  if (own !== undefined || among.has(folder.manifest)) problems.push(lyingAmongLogs('--state', place));
  if (problems.length > 0) return undefined;
  try {
    folder.open();
    return folder;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    const reason =
      code === 'EEXIST' ? 'another run uses it; if none does, remove the file "lock" in it' : code;
    wrong(`the folder ${quote(place)} cannot be used: ${reason}`);
    return undefined;
  }
}

function sayStartOver(reason: string): void {
  process.stderr.write(`note: starting over: ${escapeControls(reason)}\n`);
}

/** More threads than this only wait for the disk. */
const MAX_JOBS = 64;

export function readJobs(jobs: string | undefined, problems: Problem[]): number {
  if (jobs === undefined) return Math.min(os.availableParallelism(), MAX_JOBS);
  const number = /^\d{1,3}$/.test(jobs) ? Number(jobs) : 0;
  if (number >= 1 && number <= MAX_JOBS) return number;
  const message = `expected a whole number from 1 to ${MAX_JOBS}, found ${quote(jobs)}`;
  problems.push({ file: '--jobs', line: 0, column: 0, message });
  return 1;
}

/** Keys that lie with the logs prove nothing: whoever can write the ones can write the others. */
function noteKeysBeside({ publicKeys }: AuditRequest, files: readonly DiscoveredFile[]): void {
  if (publicKeys === undefined) return;
  const given = publicKeys as GivenKeys;
  const keyFiles = new Set(given.files.map(realPath));
  given.beside.push(...files.flatMap(({ file }) => (keyFiles.has(realPath(file)) ? [file] : [])));
}
