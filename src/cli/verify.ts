/** `audit-check verify`: from the arguments to the report and the exit code. */
import fs from 'node:fs';
import path from 'node:path';
import { audit } from '../audit.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { OnProgress } from '../engine/scan.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { Report, ReportFormat, ReportVerdict } from '../model/report.ts';
import { type DiscoveredFile, discover } from '../read/discover.ts';
import { FORMATS } from '../report/index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { Progress } from './progress.ts';
import { buildRequest, type RequestOptions } from './request.ts';
import { type ColorChoice, hasColors, widthOf } from './terminal.ts';
import { writeFileWhole, writeStream } from './write-output.ts';

export type VerifyOptions = RequestOptions & {
  format?: string[];
  quiet: boolean;
  stats: boolean;
  color: ColorChoice;
};

const EXIT_OF: Record<ReportVerdict, ExitCode> = {
  clean: EXIT.clean,
  findings: EXIT.findings,
  incomplete: EXIT.incomplete,
};

/** @throws {ProblemsError} with everything that is wrong with arguments, config and rules */
export async function verify(paths: string[], options: VerifyOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const request = buildRequest(paths, options, problems);
  const outputs = parseOutputs(options.format ?? [], problems);
  const { files, missing } = await discover(request.paths, request.exclude);
  for (const name of missing)
    problems.push({ file: name, line: 0, column: 0, message: 'there is no such file, folder or match' });
  checkOutputs(outputs, files, problems);
  if (problems.length > 0) throw new ProblemsError(problems);

  const started = process.hrtime.bigint();
  const bytes = files.reduce((sum, file) => sum + (file.skip === undefined ? file.bytes : 0), 0);
  const progress = process.stderr.isTTY && !options.quiet ? new Progress(process.stderr, bytes) : undefined;
  const silent: OnProgress = () => {};
  let report: Report;
  try {
    report = await audit(request, files, progress?.update ?? silent);
  } finally {
    progress?.clear();
  }
  await writeReport(report, outputs, options);
  if (options.stats) printStats(report, started);
  return EXIT_OF[report.summary.verdict];
}

/** A report must not replace a log it is about, nor another report. */
function checkOutputs(
  outputs: readonly Output[],
  files: readonly DiscoveredFile[],
  problems: Problem[],
): void {
  const inputs = new Set(files.map(({ file }) => realPath(file)));
  const taken = new Set<string>();
  for (const { file } of outputs) {
    if (file === undefined) continue;
    const place = realPath(file);
    const wrong = (message: string) => problems.push({ file: '--format', line: 0, column: 0, message });
    if (inputs.has(place)) wrong(`${quote(file)} is among the logs to audit, expected another file`);
    if (taken.has(place)) wrong(`${quote(file)} is named twice, expected a file for each format`);
    taken.add(place);
  }
}

function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

type Output = { format: ReportFormat; file?: string };

/** `--format FMT[=PATH]`, any number; without a path to stdout, which takes one. */
function parseOutputs(formats: readonly string[], problems: Problem[]): Output[] {
  const wrong = (message: string) => problems.push({ file: '--format', line: 0, column: 0, message });
  const outputs = (formats.length > 0 ? formats : ['text']).flatMap((text): Output[] => {
    const [name, ...rest] = text.split('=');
    const format = FORMATS.find((each) => each.name === name);
    const names = FORMATS.map((each) => each.name);
    if (format === undefined) {
      wrong(
        `unknown format ${quote(name ?? '')}${didYouMean(name ?? '', names)}, known are ${names.join(', ')}`,
      );
      return [];
    }
    const file = rest.join('=');
    if (rest.length > 0 && file === '') wrong(`expected a path after ${quote(`${name}=`)}`);
    if (file !== '') checkWritable(file, wrong);
    return [file === '' ? { format } : { format, file }];
  });
  if (outputs.filter(({ file }) => file === undefined).length > 1)
    wrong('two formats go to stdout: give all but one a path, like json=report.json');
  return outputs;
}

/** Asked before the run: an hour of scanning must not end in a folder that is not there. */
function checkWritable(file: string, wrong: (message: string) => void): void {
  try {
    fs.accessSync(path.dirname(file), fs.constants.W_OK);
    if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory())
      wrong(`${quote(file)} is a folder, expected a file`);
  } catch {
    wrong(`${quote(file)} cannot be written: its folder is not there or not writable`);
  }
}

async function writeReport(
  report: Report,
  outputs: readonly Output[],
  options: VerifyOptions,
): Promise<void> {
  for (const { format, file } of outputs) {
    if (file !== undefined) writeFileWhole(file, format.render(report, { colors: false, width: 100 }));
    else if (!options.quiet) {
      const colors = hasColors(process.stdout, options.color, process.env);
      await writeStream(process.stdout, format.render(report, { colors, width: widthOf(process.stdout) }));
    }
  }
}

function printStats(report: Report, started: bigint): void {
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const { records, bytes } = report.summary;
  const memory = process.resourceUsage().maxRSS / 1024;
  const lines = [
    `time     ${seconds.toFixed(2)} s`,
    `records  ${records.read} (${Math.round(records.read / seconds)}/s)`,
    `bytes    ${bytes} (${(bytes / seconds / 1e6).toFixed(1)} MB/s)`,
    `memory   ${memory.toFixed(0)} MiB at its peak`,
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}
