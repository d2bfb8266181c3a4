/** What the findings of a run are held against once it is over: `--fail-on`, the waivers file, the baseline. */
import fs from 'node:fs';
import path from 'node:path';
import { parseMoment, wholeMs } from '../base/instant.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { AuditRequest } from '../model/request.ts';
import type { Baseline } from '../triage/baseline.ts';
import { DAY_MS, type Day } from '../triage/day.ts';
import { parseWaivers } from '../triage/parse-waivers.ts';
import type { TriageInputs } from '../triage/triage.ts';
import type { WaiverFile } from '../triage/waiver-file.ts';
import { loadBaseline } from './baseline-command.ts';
import { nowMs } from './clock.ts';
import type { Config } from './config.ts';
import { unknownControls } from './fail-on.ts';
import { readText } from './yaml-file.ts';

export type TriageOptions = { waivers?: string; baseline?: string };

export const WAIVER_NAMES = ['audit-check.waivers.yaml', 'audit-check.waivers.yml'];

export function readTriage(
  options: TriageOptions,
  request: AuditRequest,
  config: Config,
  problems: Problem[],
): TriageInputs {
  for (const message of unknownControls(request, request.rules))
    problems.push({ file: '--fail-on', line: 0, column: 0, message });
  const waivers = readWaivers(options.waivers ?? config.waivers ?? besideConfig(config), request, problems);
  const baseline = readKnown(options.baseline ?? config.baseline, request, problems);
  return { ...(waivers !== undefined && { waivers }), ...(baseline !== undefined && { baseline }) };
}

/** No other place is looked at: a file among the logs could accept what they show. */
function besideConfig({ file }: Config): string | undefined {
  if (file === undefined) return undefined;
  return WAIVER_NAMES.map((name) => path.join(path.dirname(file), name)).find((each) => fs.existsSync(each));
}

function readWaivers(
  file: string | undefined,
  { generated }: AuditRequest,
  problems: Problem[],
): WaiverFile | undefined {
  const text = file === undefined ? undefined : readText(file, problems);
  if (file === undefined || text === undefined) return undefined;
  const parsed = parseWaivers(file, text, toDay(generated));
  problems.push(...parsed.problems);
  return parsed.waivers;
}

/**
 * Of `--now` and SOURCE_DATE_EPOCH, or of the clock: by the end of the log a waiver would hold for ever in a log that nobody
 * adds to. The report names the day, so that it can be had again.
 */
function toDay(generated: string | undefined): Day {
  const instant = generated === undefined ? undefined : parseMoment(generated);
  return Math.floor((instant === undefined ? nowMs() : wholeMs(instant)) / DAY_MS);
}

function readKnown(
  file: string | undefined,
  { failOnKnown }: AuditRequest,
  problems: Problem[],
): Baseline | undefined {
  if (file === undefined) {
    const message = '"new" is told by a baseline: name one with --baseline';
    if (failOnKnown !== undefined) problems.push({ file: '--fail-on', line: 0, column: 0, message });
    return undefined;
  }
  try {
    return loadBaseline(file);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
