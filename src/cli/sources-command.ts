/** `audit-check sources test FILE`: which mapping was chosen, why, and what each canonical field became. */
import { type JsonValue, toCompactJson } from '../base/json.ts';
import { escapeControls, truncate } from '../base/text-safety.ts';
import { inspectFile } from '../engine/inspect.ts';
import { AUDIT_FIELDS } from '../model/event.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { DEFAULT_LIMITS } from '../model/request.ts';
import { discover } from '../read/discover.ts';
import type { Candidate, Detection } from '../sources/detect.ts';
import type { Mapping } from '../sources/mapping.ts';
import { auditTexts } from '../sources/tree-values.ts';
import { tellerOf } from './config-places.ts';
import { loadSources } from './library.ts';
import { missingInput } from './missing-input.ts';
import { checkName, readScope } from './request.ts';

const SHOWN_RECORDS = 3;
const SHOWN_CANDIDATES = 4;
const VALUE_WIDTH = 90;

export async function testSources(
  files: string[],
  options: { source?: string; sources?: string[]; config?: string | false },
): Promise<string> {
  const problems: Problem[] = [];
  // As `verify` would read them: it sends whoever wonders about a source here.
  const { config } = readScope([], { builtinRules: true, ...options }, problems);
  const known = loadSources([...config.sources, ...(options.sources ?? [])], problems);
  const mappings = Object.values(known);
  const forced = options.source ?? config.source;
  const flag = options.source === undefined ? undefined : '--source';
  checkName('source', forced, Object.keys(known), tellerOf(config, ['source'], flag, problems));
  const { files: found, missing } = await discover(files, []);
  for (const name of missing) problems.push(missingInput(name));
  if (problems.length > 0) throw new ProblemsError(problems);
  const parts: string[] = [];
  for (const { file, skip } of found) {
    if (skip !== undefined) parts.push(`${file}\n  not read: ${skip.reason}\n`);
    else parts.push(await testFile(file, mappings, forced));
  }
  return parts.join('\n');
}

async function testFile(
  file: string,
  mappings: readonly Mapping[],
  forced: string | undefined,
): Promise<string> {
  const inspection = await inspectFile(file, mappings, DEFAULT_LIMITS);
  if (inspection === undefined) return `${file}\n  no JSON record at its head\n`;
  const { records, wrapper, detection } = inspection;
  const source = forced ?? detection.source;
  const lines = [
    file,
    `  source   ${source ?? 'none: no mapping fits'}${forced === undefined ? '' : ' (forced)'}`,
  ];
  if (wrapper !== undefined) lines.push(`  records  in ${wrapper.join('.')}`);
  lines.push(...why(detection));
  const mapping = mappings.find(({ name }) => name === source);
  if (mapping !== undefined)
    for (const [index, record] of records.slice(0, SHOWN_RECORDS).entries())
      lines.push(...fieldLines(mapping, record, index));
  return `${lines.map(escapeControls).join('\n')}\n`;
}

function why({ records, candidates }: Detection): string[] {
  const shown = candidates
    .filter(({ matched }, index) => matched > 0 || index < SHOWN_CANDIDATES)
    .slice(0, SHOWN_CANDIDATES);
  return shown.map(
    (candidate) =>
      `  ${candidate.source.padEnd(18)} fits ${candidate.matched} of ${records} records${reasonOf(candidate)}`,
  );
}

function reasonOf({ missed }: Candidate): string {
  return missed === undefined ? '' : `; record ${missed.record + 1}: ${missed.reasons.join(', ')}`;
}

function fieldLines(mapping: Mapping, record: JsonValue, index: number): string[] {
  const lines = [`  record ${index + 1}: ${truncate(toCompactJson(record), VALUE_WIDTH)}`];
  for (const field of AUDIT_FIELDS) {
    const texts = auditTexts(record, mapping, field);
    const absent = mapping.lacks.includes(field) ? '(this source has none)' : '-';
    lines.push(
      `    ${field.padEnd(12)} ${texts.length === 0 ? absent : truncate(texts.join(', '), VALUE_WIDTH)}`,
    );
  }
  return lines;
}
