/** `verify --format FMT[=PATH]`: where reports go, what is wrong with that, and writing them. */
import fs from 'node:fs';
import path from 'node:path';
import { didYouMean } from '../base/nearest-name.ts';
import { escapeControls, quote } from '../base/text-safety.ts';
import type { Problem } from '../model/problem.ts';
import type { AzurePipeline, Report, ReportFormat, SarifProfile } from '../model/report.ts';
import { type DiscoveredFile, isNoLogName } from '../read/discover.ts';
import { type ColorChoice, hasColors, widthOf } from './terminal.ts';
import { writeFileWhole, writeStream } from './write-output.ts';

/** Where one format goes; without a file to stdout. */
export type Output<Format = ReportFormat> = { format: Format; file?: string };

/** `--format FMT[=PATH]`, any number; without a path to stdout, which takes one. */
export function parseOutputs<Format extends { name: string }>(
  formats: readonly string[],
  known: readonly Format[],
  problems: Problem[],
): Output<Format>[] {
  const wrong = (message: string) => problems.push({ file: '--format', line: 0, column: 0, message });
  const outputs = (formats.length > 0 ? formats : ['text']).flatMap((text): Output<Format>[] => {
    const [name, ...rest] = text.split('=');
    const format = known.find((each) => each.name === name);
    const names = known.map((each) => each.name);
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

/** An option that nothing reads is a mistake: the log that was meant is not written. */
export function checkSarifProfile(
  outputs: readonly Output[],
  profile: SarifProfile | undefined,
  problems: Problem[],
): void {
  if (profile === undefined || outputs.some(({ format }) => format.name === 'sarif')) return;
  const message = `expected --format sarif beside ${quote(profile)}`;
  problems.push({ file: '--sarif-profile', line: 0, column: 0, message });
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

export async function writeReport(
  report: Report,
  outputs: readonly Output[],
  options: { quiet: boolean; color: ColorChoice; sarifProfile?: SarifProfile },
): Promise<void> {
  const azurePipeline = readAzurePipeline(process.env);
  const shared = {
    ...(options.sarifProfile && { sarifProfile: options.sarifProfile }),
    ...(azurePipeline && { azurePipeline }),
    say: (text: string) => void process.stderr.write(`note: ${escapeControls(text)}\n`),
  };
  for (const { format, file } of outputs) {
    if (file !== undefined) writeFile(file, format.render(report, { ...shared, colors: false, width: 100 }));
    else if (!options.quiet) {
      const colors = hasColors(process.stdout, options.color, process.env);
      await writeStream(
        process.stdout,
        format.render(report, { ...shared, colors, width: widthOf(process.stdout) }),
      );
    }
  }
}

/** https://learn.microsoft.com/azure/devops/pipelines/build/variables; undefined outside of a pipeline. */
function readAzurePipeline(env: NodeJS.ProcessEnv): AzurePipeline | undefined {
  const { SYSTEM_DEFINITIONID, BUILD_DEFINITIONNAME, SYSTEM_PHASEID, SYSTEM_PHASENAME } = env;
  if (SYSTEM_DEFINITIONID === undefined || BUILD_DEFINITIONNAME === undefined) return undefined;
  return {
    definitionId: SYSTEM_DEFINITIONID,
    definitionName: BUILD_DEFINITIONNAME,
    phaseId: SYSTEM_PHASEID ?? '',
    phaseName: SYSTEM_PHASENAME ?? '',
  };
}

/** To the summary of a GitHub step the commands before have written too: what stands there stays. */
function writeFile(file: string, text: string): void {
  if (file === process.env.GITHUB_STEP_SUMMARY) fs.appendFileSync(file, text);
  else writeFileWhole(file, text);
}

/**
 * A report must not replace a log it is about, nor what told the run (`told`), nor another report, nor become a log of the next
 * run (`among`: files that would be found).
 */
export function checkOutputs(
  outputs: readonly { file?: string }[],
  files: readonly Pick<DiscoveredFile, 'file' | 'skip'>[],
  problems: Problem[],
  {
    role = 'is among the logs to audit',
    told = [] as readonly string[],
    among = new Set() as ReadonlySet<string>,
  } = {},
): void {
  // Most runs write none, and what is told may be thousands of rules.
  if (outputs.every(({ file }) => file === undefined)) return;
  // An earlier report that no run reads may be replaced.
  const logs = files.filter(({ file, skip }) => skip === undefined || !isNoLogName(file));
  const inputs = new Set(logs.map(({ file }) => realPath(file)));
  const telling = new Set(told.map(realPath));
  const taken = new Set<string>();
  for (const { file } of outputs) {
    if (file === undefined) continue;
    const place = realPath(file);
    const wrong = (message: string) => problems.push({ file: '--format', line: 0, column: 0, message });
    if (inputs.has(place) || (among.has(file) && !isNoLogName(file)))
      wrong(`${quote(file)} ${role}, expected another file`);
    if (telling.has(place)) wrong(`${quote(file)} is read by this run, expected another file`);
    if (taken.has(place)) wrong(`${quote(file)} is named twice, expected a file for each format`);
    taken.add(place);
  }
}

export function realPath(file: string): string {
  try {
    return fs.realpathSync.native(file);
  } catch {
    return path.resolve(file);
  }
}
