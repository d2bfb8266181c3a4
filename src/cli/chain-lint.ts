/** `audit-check chain lint`: what profiles leave unprotected, each at its place, with two records of one hash where there are two. */
import fs from 'node:fs';
import path from 'node:path';
import { compareText, count, escapeControls } from '../base/text-safety.ts';
import { compileProfile } from '../chain/compile-profile.ts';
import type { ChainLint, ChainLintLevel } from '../chain/lint/lint.ts';
import { lintProfile } from '../chain/lint/lint-profile.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { UNKNOWN_SOURCE } from '../sources/mapping.ts';
import { toRecordView } from '../sources/record-view.ts';
import { problem } from './chain-records.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { LIBRARY } from './library.ts';
import { listFiles, YAML_NAME } from './list-files.ts';
import { writeStream } from './write-output.ts';
import { readYamlFile, reporterFor } from './yaml-file.ts';

export type ChainLintOptions = { format: 'text' | 'json' };

type PlacedLint = ChainLint & { profile: string; file: string; line: number; column: number };

const CHAINS = path.join(LIBRARY, 'chains');

export async function lintChains(names: string[], { format }: ChainLintOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const places = names.length > 0 ? names.map(toPlace) : [CHAINS];
  const files = places.flatMap((place) => listFiles(place, YAML_NAME, problems));
  const lints = files.flatMap((file) => lintFile(file, problems));
  if (problems.length > 0) throw new ProblemsError(problems);
  const text =
    format === 'json' ? `${JSON.stringify(lints.map(toJson), undefined, 2)}\n` : toText(lints, files.length);
  await writeStream(process.stdout, text);
  if (files.length === 0) return EXIT.incomplete;
  return lints.some(({ level }) => level !== 'note') ? EXIT.findings : EXIT.clean;
}

/** The name of a shipped profile is its file; a file of one's own by that name is named with its path: `./jcs`. */
function toPlace(name: string): string {
  const shipped = path.join(CHAINS, `${name}.yaml`);
  return /^[\w-]+$/.test(name) && fs.existsSync(shipped) ? shipped : name;
}

function lintFile(file: string, problems: Problem[]): PlacedLint[] {
  const yaml = readYamlFile(file, problems);
  if (yaml === undefined) return [];
  const name = path.basename(file).replace(/\.[^.]+$/, '');
  const profile = compileProfile(name, yaml.value, reporterFor(yaml, problems));
  if (profile === undefined) return [];
  const places: Problem[] = [];
  const placeOf = reporterFor(yaml, places);
  const shown = file.startsWith(LIBRARY)
    ? `rules/${path.relative(LIBRARY, file).split(path.sep).join('/')}`
    : file;
  const lints = lintProfile(profile, toRecordView(UNKNOWN_SOURCE)).map((lint) => {
    placeOf(lint.path, '');
    const { line, column } = places.at(-1) ?? problem(file, '');
    return { ...lint, profile: name, file: shown, line, column };
  });
  return lints.sort(
    (left, right) =>
      left.line - right.line || left.column - right.column || compareText(left.code, right.code),
  );
}

function toJson({ profile, file, line, column, code, level, message, pair }: PlacedLint) {
  return { profile, file, line, column, code, level, message, ...(pair !== undefined && { pair }) };
}

function toText(lints: readonly PlacedLint[], profiles: number): string {
  const lines = lints.flatMap(({ file, line, column, level, code, message, pair }) => [
    `${file}:${line}:${column}: ${level}[${code}]: ${message}`,
    ...(pair === undefined
      ? []
      : [...pair.records.map((record) => `  ${record}`), `  both ${pair.hash} (${pair.of})`]),
  ]);
  const amount = (level: ChainLintLevel) => count(lints.filter((lint) => lint.level === level).length, level);
  lines.push(`${count(profiles, 'profile')}: ${amount('error')}, ${amount('warning')}, ${amount('note')}`);
  return `${lines.map(escapeControls).join('\n')}\n`;
}
