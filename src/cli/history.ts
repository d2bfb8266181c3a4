/** `--history DIR`: `runs.ndjson` in it has one line a run. It is read before a run, and read again and written whole when one ends. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { MOMENT_WORDS, parseMoment } from '../base/instant.ts';
import { describeValue, isPlainObject } from '../base/plain-value.ts';
import { isSystemError } from '../base/system-error.ts';
import { compareText, quote } from '../base/text-safety.ts';
import { SEVERITIES } from '../model/finding.ts';
import { type AuditedLogs, type RunSummary, summarizeRun } from '../model/history.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { type Report, VERDICTS } from '../model/report.ts';
import { STDIN } from '../read/discover.ts';
import { StoreFault } from '../store/tiled-log-files.ts';
import { FolderLock } from '../store/tiled-log-lock.ts';
import { timeNow } from './clock.ts';
import { isFolder } from './places.ts';
import { writeFileWhole } from './write-output.ts';

const NAME = 'runs.ndjson';

/** Runs that are kept: once an hour for a year. */
const MAX_RUNS = 10_000;

/** Of them, those that a report shows. */
const MAX_SHOWN = 400;

/** `of`: what this run is about. */
export type History = { folder: string; runs: RunSummary[]; of: AuditedLogs };

/** Where the lines of a folder are kept. */
export function historyFile(folder: string): string {
  return path.join(folder, NAME);
}

/** As they were named, for who names them otherwise cannot be held to be the same. */
export function auditedLogs(
  paths: readonly string[],
  { since, until }: { since?: string; until?: string },
): AuditedLogs {
  return {
    paths: [
      ...new Set(
        paths.map((each) => (each === STDIN ? each : path.normalize(each).replace(/(?<=.)[\\/]$/, ''))),
      ),
    ].sort(compareText),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
}

/** Undefined, with problems, where a line is none of ours: a history that was tampered with must not pass for one. */
export function readHistory(
  folder: string | undefined,
  of: AuditedLogs,
  problems: Problem[],
): History | undefined {
  if (folder === undefined) return undefined;
  const file = historyFile(folder);
  if (fs.existsSync(folder) && !isFolder(folder)) {
    problems.push({ file: '--history', line: 0, column: 0, message: `${quote(folder)} is no folder` });
    return undefined;
  }
  if (!fs.existsSync(file)) return { folder, runs: [], of };
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  // Each line ends in a newline: what stands behind the last one was cut off, or added.
  if (lines.at(-1) === '') lines.pop();
  const runs = lines.flatMap((text, index) => {
    const run = readRun(text);
    if (typeof run !== 'string') return [run];
    const message = `is no line of a history: ${run}; restore the file, or begin another folder`;
    problems.push({ file, line: index + 1, column: 1, message });
    return [];
  });
  return problems.length > 0 ? undefined : { folder, runs, of };
}

/** The run that a line tells, or what is wrong with the line. */
function readRun(text: string): RunSummary | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is no JSON';
  }
  return mistakeIn(value) ?? (value as RunSummary);
}

function mistakeIn(run: unknown): string | undefined {
  if (!isPlainObject(run)) return expected('an object', 'the line', run);
  const { at, verdict, records, bytes, findings, waived, licenses, of, ...others } = run;
  const [other] = Object.keys(others);
  if (other !== undefined) return `it has an unknown key ${quote(other)}`;
  if (typeof at !== 'string' || parseMoment(at) === undefined) return expected(MOMENT_WORDS, 'at', at);
  if (!VERDICTS.some((word) => word === verdict))
    return expected(`one of ${VERDICTS.join(', ')}`, 'verdict', verdict);
  if (!isPlainObject(findings)) return expected('an object', 'findings', findings);
  const severity = Object.keys(findings).find((key) => !SEVERITIES.some((word) => word === key));
  if (severity !== undefined) return expected(`by ${SEVERITIES.join(', ')}`, 'findings', severity);
  for (const [key, amount] of Object.entries({ records, bytes, ...findings, waived }))
    if (!Number.isSafeInteger(amount) || (amount as number) < 0)
      return expected('a whole number from 0 on', key, amount);
  if (!Array.isArray(licenses)) return expected('a list', 'licenses', licenses);
  if (of !== undefined && !isAudited(of)) return expected('what was audited', 'of', of);
  return licenses.map(mistakeInLicense).find((mistake) => mistake !== undefined);
}

function isAudited(of: unknown): of is AuditedLogs {
  if (!isPlainObject(of)) return false;
  const { paths, since, until, ...others } = of;
  const isTime = (value: unknown) => value === undefined || typeof value === 'string';
  const arePaths = Array.isArray(paths) && paths.every((each) => typeof each === 'string');
  return arePaths && isTime(since) && isTime(until) && Object.keys(others).length === 0;
}

function mistakeInLicense(entry: unknown): string | undefined {
  if (!isPlainObject(entry)) return expected('an object', 'licenses', entry);
  const { license, used, limit } = entry;
  if (typeof license !== 'string') return expected('a text', 'license', license);
  // What is credited may be more than what was used.
  if (!Number.isFinite(used)) return expected('a number', 'used', used);
  if (limit === null || (Number.isFinite(limit) && (limit as number) >= 0)) return undefined;
  return expected('a number from 0 on, or null', 'limit', limit);
}

function expected(what: string, key: string, found: unknown): string {
  return `${quote(key)} must be ${what}, found ${describeValue(found)}`;
}

/** The report with the runs before it and itself as the last. */
export function withHistory(report: Report, { runs, of }: History): Report {
  return { ...report, history: [...runs, summarizeRun(report, timeOf(report), of)].slice(-MAX_SHOWN) };
}

/** @throws {ProblemsError} where the folder cannot be written, or its lines are none of ours any more */
export async function keepRun(report: Report, { folder, of }: History): Promise<void> {
  const run = summarizeRun(report, timeOf(report), of);
  let lock: FolderLock | undefined;
  try {
    lock = await lockFolder(folder);
    // Another run may have ended since this one began.
    const problems: Problem[] = [];
    const before = readHistory(folder, of, problems);
    if (before === undefined) throw new ProblemsError(problems);
    const kept = [...before.runs, run].slice(-MAX_RUNS);
    writeFileWhole(historyFile(folder), kept.map((each) => `${JSON.stringify(each)}\n`).join(''));
  } catch (error) {
    if (error instanceof ProblemsError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      error instanceof StoreFault
        ? `${error.message}; if none does, remove that file`
        : (code ?? String(error));
    throw new ProblemsError([
      { file: '--history', line: 0, column: 0, message: `${quote(folder)} cannot be written: ${reason}` },
    ]);
  } finally {
    lock?.release();
  }
}

/** A line takes some milliseconds: whoever has the lock for longer than this is stuck, or on another machine. */
const LOCK_MS = 30_000;
const RETRY_MS = 20;

/** What the system says of a disk that knows no links, which the lock is made with: such a folder is used without. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** @throws {StoreFault} where another process does not give it back */
async function lockFolder(folder: string): Promise<FolderLock | undefined> {
  for (let waited = 0; ; waited += RETRY_MS)
    try {
      return new FolderLock(folder);
    } catch (error) {
      if (isSystemError(error) && NO_LINKS.includes(error.code)) return undefined;
      if (!(error instanceof StoreFault) || waited >= LOCK_MS) throw error;
      await setTimeout(RETRY_MS);
    }
}

/** That of `--now`, or the clock: a run that keeps no time shows no cadence. */
function timeOf({ generated }: Report): string {
  return generated ?? timeNow();
}
