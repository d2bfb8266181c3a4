/** What the findings of a run are held against once it is over: `--fail-on`, the waivers file, the baseline. */
import fs from 'node:fs';
import path from 'node:path';
import { compileGlob } from '../base/glob.ts';
import { parseMoment, wholeMs } from '../base/instant.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { findingSpeakers } from '../engine/finding-kinds.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { AuditRequest } from '../model/request.ts';
import type { PackOptions } from '../packs/judge-packs.ts';
import type { Baseline } from '../triage/baseline.ts';
import { DAY_MS, type Day } from '../triage/day.ts';
import { parseWaivers } from '../triage/parse-waivers.ts';
import type { TriageInputs } from '../triage/triage.ts';
import type { WaiverFile } from '../triage/waiver-file.ts';
import { loadBaseline } from './baseline-command.ts';
import { nowMs } from './clock.ts';
import type { Config } from './config.ts';
import { placeInConfig, type Tell, tellerOf } from './config-places.ts';
import { unknownControls } from './fail-on.ts';
import { readText } from './yaml-file.ts';

export type TriageOptions = { waivers?: string; baseline?: string; failOn?: string[] };

export const WAIVER_NAMES = ['audit-check.waivers.yaml', 'audit-check.waivers.yml'];

export function readTriage(
  options: TriageOptions,
  request: AuditRequest,
  config: Config,
  problems: Problem[],
): TriageInputs {
  const packs = (request.packs as PackOptions | undefined)?.packs ?? [];
  const tellFailOn = tellerOf(
    config,
    ['failOn'],
    options.failOn === undefined ? undefined : '--fail-on',
    problems,
  );
  for (const message of unknownControls(request, request.rules, packs)) tellFailOn(message);
  const waivers = readWaivers(options.waivers ?? config.waivers ?? besideConfig(config), request, problems);
  const baseline = readKnown(options.baseline ?? config.baseline, request, tellFailOn, problems);
  placeInConfig(config, problems);
  return { ...(waivers !== undefined && { waivers }), ...(baseline !== undefined && { baseline }) };
}

/** No other place is looked at: a file among the logs could accept what they show. */
function besideConfig({ file }: Config): string | undefined {
  if (file === undefined) return undefined;
  return WAIVER_NAMES.map((name) => path.join(path.dirname(file), name)).find((each) => fs.existsSync(each));
}

function readWaivers(
  file: string | undefined,
  request: AuditRequest,
  problems: Problem[],
): WaiverFile | undefined {
  const text = file === undefined ? undefined : readText(file, problems);
  if (file === undefined || text === undefined) return undefined;
  const parsed = parseWaivers(file, text, toDay(request.generated));
  problems.push(...parsed.problems);
  if (parsed.waivers === undefined) return undefined;
  const known = namesOf(request);
  const { policy, protectedPlace } = parsed.waivers;
  for (const name of policy.protected)
    if (!name.startsWith('license:') && !known.some(compileGlob(name))) {
      const message = `"protected" names no rule and no code: found ${quote(name)}${didYouMean(name, known)}`;
      problems.push({ file, line: protectedPlace.line, column: 1, message });
    }
  return { ...parsed.waivers, known, titles: titlesOf(request) };
}

/** Whatever a finding of this run can have as its rule or code. */
function namesOf({ rules, licenses }: AuditRequest): string[] {
  const speakers = findingSpeakers().flatMap(({ speaker, kinds }) => [
    speaker,
    ...kinds.map(({ code }) => code),
  ]);
  // What licenses are called is told by the contract; `license:*` stands for all of them.
  return [...speakers, ...rules.rules.map(({ id }) => id), ...(licenses === undefined ? [] : ['license:'])];
}

/** A title that several rules have names none of them. */
function titlesOf({ rules }: AuditRequest): Map<string, string> {
  const titled = [
    ...findingSpeakers().flatMap(({ kinds }) => kinds.map(({ title, code }) => [title, code] as const)),
    ...rules.rules.map(({ title, id }) => [title, id] as const),
  ];
  const owners = new Map<string, Set<string>>();
  for (const [title, name] of titled) owners.set(title, (owners.get(title) ?? new Set()).add(name));
  return new Map(
    [...owners].flatMap(([title, names]) => (names.size === 1 ? [[title, [...names][0]!] as const] : [])),
  );
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
  tellFailOn: Tell,
  problems: Problem[],
): Baseline | undefined {
  if (file === undefined) {
    const message = '"new" is told by a baseline: name one with --baseline';
    if (failOnKnown !== undefined) tellFailOn(message);
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
