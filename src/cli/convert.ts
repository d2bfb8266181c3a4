/** `audit-check convert`: a saved report in other formats, without a look at the logs. */
import type { Problem } from '../model/problem.ts';
import { ProblemsError } from '../model/problem.ts';
import type { SarifProfile } from '../model/report.ts';
import { STDIN } from '../read/discover.ts';
import { FORMATS } from '../report/index.ts';
import { parseReport, readReport } from './read-report.ts';
import type { ColorChoice } from './terminal.ts';
import { checkOutputs, checkSarifProfile, parseOutputs, writeReport } from './verify-outputs.ts';

export type ConvertOptions = { format?: string[]; color: ColorChoice; sarifProfile?: SarifProfile };

/** @throws {ProblemsError} where the file is no report, or the formats cannot be written */
export async function convert(file: string, options: ConvertOptions): Promise<void> {
  const problems: Problem[] = [];
  const outputs = parseOutputs(options.format ?? [], FORMATS, problems);
  checkSarifProfile(outputs, options.sarifProfile, problems);
  checkOutputs(outputs, [{ file }], problems, { role: 'is the report to convert' });
  if (problems.length > 0) throw new ProblemsError(problems);
  const report = file === STDIN ? parseReport(file, await readStdin()) : readReport(file);
  await writeReport(report, outputs, { quiet: false, ...options });
}

/** As it comes: a pipe that has nothing yet is no error, as it is to a read at once. */
async function readStdin(): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
