/** `audit-check convert`: a saved report in other formats, without a look at the logs. */
import type { Problem } from '../model/problem.ts';
import { ProblemsError } from '../model/problem.ts';
import type { SarifProfile } from '../model/report.ts';
import { FORMATS } from '../report/index.ts';
import { readReport } from './read-report.ts';
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
  await writeReport(readReport(file), outputs, { quiet: false, ...options });
}
