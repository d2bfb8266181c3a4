/** `--history DIR`: `runs.ndjson` in it has one line a run. It is read before a run, and written whole when one ends. */
import fs from 'node:fs';
import path from 'node:path';
import { parseMoment } from '../base/instant.ts';
import { isPlainObject } from '../base/plain-value.ts';
import { quote } from '../base/text-safety.ts';
import { type RunSummary, summarizeRun } from '../model/history.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { Report } from '../model/report.ts';
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
    const run = toRun(text);
    if (run !== undefined) return [run];
    const message = 'is no line of a history: restore the file, or begin another folder';
    problems.push({ file, line: index + 1, column: 1, message });
    return [];
  });
  return problems.length > 0 ? undefined : { folder, runs };
}

function toRun(text: string): RunSummary | undefined {
  try {
    const run = JSON.parse(text) as Partial<RunSummary> | null;
    const isWhole =
      typeof run?.at === 'string' &&
      parseMoment(run.at) !== undefined &&
      typeof run.verdict === 'string' &&
      [run.records, run.bytes, run.waived].every(Number.isFinite) &&
      isPlainObject(run.findings) &&
      Object.values(run.findings).every(Number.isFinite) &&
      Array.isArray(run.licenses) &&
      run.licenses.every(
        (each) =>
          typeof each?.license === 'string' &&
          Number.isFinite(each.used) &&
          (each.limit === null || Number.isFinite(each.limit)),
      );
    return isWhole ? (run as RunSummary) : undefined;
  } catch {
    return undefined;
  }
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
