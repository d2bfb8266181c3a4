/** `audit-check evidence verify DIR`: an evidence bundle held to itself, to who signed it, and to the logs. */
import fs from 'node:fs';
import path from 'node:path';
import { count, escapeControls, formatNumber, quote } from '../base/text-safety.ts';
import { checkBundle, ENVELOPE, REPORT, SAMPLE } from '../evidence/bundle.ts';
import type { EvidencePredicate } from '../evidence/statement.ts';
import { renderTables } from '../evidence/tables.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { Report } from '../model/report.ts';
import { DEFAULT_LIMITS, type Limits } from '../model/request.ts';
import { discover } from '../read/discover.ts';
import type { VerifierKey } from '../transparency/note-key.ts';
import { renderFormats } from './evidence-renderings.ts';
import { drawSample } from './evidence-sample.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { readVerifierKeys } from './key-command.ts';
import { loadSources, parseSource } from './library.ts';
import { isFile, isFolder } from './places.ts';
import { parseReport } from './read-report.ts';
import { TOOL } from './tool.ts';

export type EvidenceVerifyOptions = { verifierKey?: string[]; logs?: string };

/** Bytes of a file of a bundle: the largest, a report, is read at once. */
const MAX_BYTES = 1024 ** 3;

/** @throws {ProblemsError} */
export async function verifyEvidence(folder: string, options: EvidenceVerifyOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const keys = (options.verifierKey ?? []).flatMap((file): VerifierKey[] => readVerifierKeys(file, problems));
  if (options.logs !== undefined && !isFolder(options.logs))
    problems.push({ file: '--logs', line: 0, column: 0, message: notFolder(options.logs) });
  if (problems.length > 0) throw new ProblemsError(problems);
  const files = readFolder(folder);
  const { statement, report, signedBy, faults } = checkBundle(files, keys, {
    parse: toReport,
    render: renderFormats,
    version: TOOL.version,
  });
  const said: string[] = [];
  if (statement !== undefined) {
    said.push(`${count(statement.subject.length, 'file')} named, ${formatNumber(files.size)} here`);
    said.push(signatureWords(signedBy, files.has(ENVELOPE), keys.length > 0));
    if (report !== undefined) {
      const { read } = report.summary.records;
      said.push(
        `${formatNumber(read)} records in ${count(report.inputs.length, 'file')}, verdict ${report.summary.verdict}`,
      );
      const drawn =
        options.logs === undefined ? [] : await drawAgain(report, statement.predicate, options.logs, files);
      faults.push(...drawn);
      if (options.logs !== undefined) said.push(...(await unnamedWords(report, options.logs)));
      if (options.logs === undefined) said.push('sample not drawn again: --logs FOLDER names the logs');
      else if (drawn.length === 0) said.push(`sample drawn again from ${options.logs}: the same`);
    }
  }
  const lines = [...said.map((each) => `  ${each}`), ...faults.map((fault) => `fault: ${fault}`)];
  const verdict = faults.length > 0 ? count(faults.length, 'fault') : holdWords(signedBy);
  process.stdout.write(`${[folder, ...lines, verdict].map(escapeControls).join('\n')}\n`);
  return faults.length === 0 ? EXIT.clean : EXIT.findings;
}

function notFolder(logs: string): string {
  const found = isFile(logs)
    ? `the file ${quote(logs)}: name the folder it lies in`
    : `none at ${quote(logs)}`;
  return `expected the folder of the logs, found ${found}`;
}

/** Whether it fits itself is one thing, who made it another. */
function holdWords(signedBy: string | undefined): string {
  return signedBy === undefined
    ? 'the bundle holds together; who made it is not shown: no --verifier-key was given'
    : 'the bundle holds';
}

function signatureWords(signedBy: string | undefined, isSigned: boolean, wasAsked: boolean): string {
  if (signedBy !== undefined) return `signed by ${signedBy}`;
  if (!isSigned) return 'not signed: whoever can write here can make it anew';
  return wasAsked
    ? 'signed by somebody else'
    : 'signature not verified: --verifier-key FILE names who may sign';
}

/** Every file below the folder by its name with slashes. @throws {ProblemsError} */
function readFolder(folder: string): Map<string, Uint8Array> {
  const wrong = (message: string) => new ProblemsError([{ file: folder, line: 0, column: 0, message }]);
  if (!isFolder(folder)) throw wrong('expected the folder of an evidence bundle');
  const files = new Map<string, Uint8Array>();
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const place = path.join(entry.parentPath, entry.name);
    if (entry.isDirectory()) continue;
    const name = path.relative(folder, place).split(path.sep).join('/');
    if (!entry.isFile()) throw wrong(`${quote(name)} is no file: a bundle has no links`);
    if (fs.statSync(place).size > MAX_BYTES) throw wrong(`${quote(name)} is too large to be of a bundle`);
    files.set(name, fs.readFileSync(place));
  }
  return files;
}

function toReport(bytes: Uint8Array): Report | string {
  try {
    return parseReport(REPORT, Buffer.from(bytes));
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems[0]!.message;
    throw error;
  }
}

/** The sample out of the logs, which must be those that were audited. */
async function drawAgain(
  report: Report,
  { sample, configuration, options }: EvidencePredicate,
  logs: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<string[]> {
  const problems: Problem[] = [];
  const own = configuration.flatMap(({ source, copy }) => {
    const text = copy === undefined ? undefined : files.get(copy);
    if (source === undefined || text === undefined) return [];
    const mapping = parseSource(source, Buffer.from(text).toString('utf8'), problems);
    return mapping === undefined ? [] : [[source, mapping] as const];
  });
  const sources = { ...loadSources([], problems), ...Object.fromEntries(own) };
  const request = { sources, limits: limitsOf(options) };
  if (problems.length > 0) throw new ProblemsError(problems);
  const places = new Map(report.inputs.map(({ file }) => [file, placeOf(file, logs)]));
  const gone = [...places].flatMap(([file, place]) => (place === undefined ? [file] : []));
  if (gone.length > 0) return gone.map((file) => `${quote(file)} is not below ${quote(logs)}`);
  const { events, population, changed } = await drawSample(
    report,
    request,
    sample,
    (file) => places.get(file)!,
  );
  if (changed.length > 0) return changed.map((file) => `${quote(file)} is not the file that was audited`);
  if (population !== sample.population)
    return [
      `${formatNumber(population)} records can be sampled, the manifest says ${formatNumber(sample.population)}`,
    ];
  const again = renderTables(report, events)[SAMPLE]!;
  const written = Buffer.from(files.get(SAMPLE) ?? '').toString('utf8');
  return again === written ? [] : [`${SAMPLE} is not what the seed draws from the logs`];
}

/** Those of the run: what it cut short or refused is so again. */
function limitsOf(options: EvidencePredicate['options']): Limits {
  const limits = Object.entries(DEFAULT_LIMITS).map(([name, limit]) => {
    const told = options[`limits.${name}`];
    return [name, typeof told === 'number' && told > 0 ? told : limit];
  });
  return Object.fromEntries(limits) as Limits;
}

/** Names of files that are listed. */
const MAX_UNNAMED = 10;

/** Files that an audit of the folder would read and the report does not name: left out, or come since. */
async function unnamedWords({ inputs }: Report, logs: string): Promise<string[]> {
  const named = new Set(inputs.map(({ file }) => path.resolve(placeOf(file, logs) ?? file)));
  const { files } = await discover([logs], []);
  const others = files.map(({ file }) => file).filter((file) => !named.has(path.resolve(file)));
  if (others.length === 0) return [];
  const more = others.length > MAX_UNNAMED ? `, and ${others.length - MAX_UNNAMED} more` : '';
  const list = others.slice(0, MAX_UNNAMED).map(quote).join(', ');
  return [`${count(others.length, 'file')} below ${logs} that the audit does not name: ${list}${more}`];
}

/** A file of the report below a folder: by its whole name, or by ever fewer of its last parts. */
function placeOf(file: string, logs: string): string | undefined {
  const parts = file.split('/').filter((part) => part !== '..' && part !== '.');
  for (let from = 0; from < parts.length; from += 1) {
    const place = path.join(logs, ...parts.slice(from));
    if (isFile(place)) return place;
  }
  return undefined;
}
