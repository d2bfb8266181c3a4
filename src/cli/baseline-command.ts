/** `audit-check baseline create|prune|diff`: findings that are known, kept in a small file of their own. */
import { count, escapeControls } from '../base/text-safety.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import {
  type Baseline,
  type BaselineEntry,
  indexBaseline,
  type Known,
  noveltyOf,
} from '../triage/baseline.ts';
import { BaselineMistake, readBaseline } from '../triage/read-baseline.ts';
import { renderBaseline } from '../triage/write-baseline.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { writeFileWhole, writeStream } from './write-output.ts';
import { readText } from './yaml-file.ts';

/** @throws {ProblemsError} where it cannot be read or understood */
export function loadBaseline(file: string): Baseline {
  const problems: Problem[] = [];
  const text = readText(file, problems);
  if (text === undefined) throw new ProblemsError(problems);
  try {
    return readBaseline(file, text);
  } catch (error) {
    if (!(error instanceof BaselineMistake)) throw error;
    throw new ProblemsError([{ file, line: 0, column: 0, message: error.message }]);
  }
}

export async function createBaseline(report: string, output: string | undefined): Promise<void> {
  await writeBaseline(loadBaseline(report), output);
}

/** Whatever the report does not have goes: it would be told as new if it came back. */
export async function pruneBaseline(file: string, report: string, output = file): Promise<void> {
  const baseline = loadBaseline(file);
  const found = indexBaseline(loadBaseline(report));
  const before = indexBaseline(baseline);
  const left = [...before].flatMap(([key, { entries }]) => (found.has(key) ? [entries] : []));
  await writeBaseline({ file, entries: left.flat() }, output);
  process.stderr.write(
    `${count(before.size - left.length, 'finding')} taken out, ${count(left.length, 'is', 'are')} left\n`,
  );
}

async function writeBaseline(baseline: Baseline, output: string | undefined): Promise<void> {
  const text = renderBaseline(baseline);
  if (output === undefined) await writeStream(process.stdout, text);
  else writeFileWhole(output, text);
}

/** `+` came, `-` went. As diff(1) does, 1 says that there is a difference. */
export async function diffBaselines(old: string, recent: string): Promise<ExitCode> {
  const [before, after] = [old, recent].map((file) => indexBaseline(loadBaseline(file))) as [Index, Index];
  const came = [...after].filter(([key, known]) =>
    known.entries.some((entry) => noveltyOf(entry, known, before.get(key)) !== undefined),
  );
  const went = [...before].filter(([key]) => !after.has(key));
  const lines = [
    ...went.map(([, entry]) => showEntry('-', entry.worst)),
    ...came.map(([, entry]) => showEntry('+', entry.worst)),
    `${count(came.length, 'new finding')}, ${count(after.size - came.length, 'is', 'are')} unchanged, ${count(went.length, 'is', 'are')} gone`,
  ];
  await writeStream(process.stdout, `${lines.join('\n')}\n`);
  return came.length + went.length === 0 ? EXIT.clean : EXIT.findings;
}

type Index = Map<string, Known>;

function showEntry(sign: string, { severity, verdict, code, file, message }: BaselineEntry): string {
  const label = verdict === 'undetermined' ? verdict : severity;
  return escapeControls(`${sign} ${label}[${code}] ${file}: ${message}`);
}
