/** `--history DIR`: `runs.ndjson` in it has one line a run. It is read before a run, and written whole when one ends. */
import fs from 'node:fs';
import path from 'node:path';
import { MOMENT_WORDS, parseMoment } from '../base/instant.ts';
import { describeValue, isPlainObject } from '../base/plain-value.ts';
import { quote } from '../base/text-safety.ts';
import { SEVERITIES } from '../model/finding.ts';
import { type RunSummary, summarizeRun } from '../model/history.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { type Report, VERDICTS } from '../model/report.ts';
import { timeNow } from './clock.ts';
import { writeFileWhole } from './write-output.ts';

const NAME = 'runs.ndjson';

/** Runs that are kept: once an hour for a year. */
const MAX_RUNS = 10_000;

/** Of them, those that a report shows. */
const MAX_SHOWN = 400;

export type History = { folder: string; runs: RunSummary[] };

/** Undefined, with problems, where a line is none of ours: a history that was tampered with must not pass for one. */
export function readHistory(folder: string | undefined, problems: Problem[]): History | undefined {
  if (folder === undefined) return undefined;
  const file = path.join(folder, NAME);
  const stats = fs.statSync(folder, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isDirectory()) {
    problems.push({ file: '--history', line: 0, column: 0, message: `${quote(folder)} is no folder` });
    return undefined;
  }
  if (!fs.existsSync(file)) return { folder, runs: [] };
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
  return problems.length > 0 ? undefined : { folder, runs };
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
  const { at, verdict, records, bytes, findings, waived, licenses, ...others } = run;
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
  return licenses.map(mistakeInLicense).find((mistake) => mistake !== undefined);
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
export function withHistory(report: Report, { runs }: History): Report {
  return { ...report, history: [...runs, summarizeRun(report, timeOf(report))].slice(-MAX_SHOWN) };
}

/** @throws {ProblemsError} where the folder cannot be written */
export function keepRun(report: Report, { folder, runs }: History): void {
  const kept = [...runs, summarizeRun(report, timeOf(report))].slice(-MAX_RUNS);
  try {
    fs.mkdirSync(folder, { recursive: true });
    writeFileWhole(path.join(folder, NAME), kept.map((run) => `${JSON.stringify(run)}\n`).join(''));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new ProblemsError([
      { file: '--history', line: 0, column: 0, message: `${quote(folder)} cannot be written: ${code}` },
    ]);
  }
}

/** That of `--now`, or the clock: a run that keeps no time shows no cadence. */
function timeOf({ generated }: Report): string {
  return generated ?? timeNow();
}
