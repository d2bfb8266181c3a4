/** Baselines in the forms that they are kept in: our compact file, and earlier reports of ours as JSON and SARIF. */
import { describeValue, isPlainObject } from '../base/plain-value.ts';
import { quote } from '../base/text-safety.ts';
import { ALSO } from '../model/also-said.ts';
import { SEVERITIES } from '../model/finding.ts';
import { REPORT_SCHEMA } from '../model/report.ts';
import { BASELINE_SCHEMA, type Baseline, type BaselineEntry } from './baseline.ts';

const TOOL = 'audit-check';
const VERDICTS = ['violation', 'satisfied', 'undetermined'];

/** What is wrong with the file, in words: an entry that is not understood could hide a finding or tell of one that is none. */
export class BaselineMistake extends Error {
  override readonly name = 'BaselineMistake';
}

/** @throws {BaselineMistake} */
export function readBaseline(file: string, text: string): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BaselineMistake('is no JSON: expected a baseline, or a JSON or SARIF report of audit-check');
  }
  if (!isPlainObject(value))
    throw new BaselineMistake(`expected a JSON object, found ${describeValue(value)}`);
  if (value.schema === BASELINE_SCHEMA) return { file, entries: listOf(value, 'findings').map(ofBaseline) };
  if (value.schema === REPORT_SCHEMA) return { file, entries: listOf(value, 'findings').map(ofReport) };
  if (Array.isArray(value.runs)) return { file, entries: value.runs.flatMap(ofRun) };
  const found = value.schema === undefined ? 'none' : describeValue(value.schema);
  throw new BaselineMistake(
    `expected "schema" to be "${BASELINE_SCHEMA}" or "${REPORT_SCHEMA}", or a SARIF log, found ${found}`,
  );
}

function ofBaseline(value: unknown, index: number): BaselineEntry {
  const at = `finding ${index + 1}`;
  const entry = mapOf(value, at);
  return toEntry(entry, at, textOf(entry, 'file', at), waivedOf(entry, at));
}

function ofReport(value: unknown, index: number): BaselineEntry {
  const at = `finding ${index + 1}`;
  const finding = mapOf(value, at);
  return toEntry(finding, at, textOf(mapOf(finding.place, at), 'file', at), finding.waiver !== undefined);
}

function ofRun(value: unknown): BaselineEntry[] {
  const run = mapOf(value, 'the run');
  const driver = mapOf(mapOf(run.tool, 'the tool').driver, 'the driver');
  if (driver.name !== TOOL)
    throw new BaselineMistake(`is a SARIF log of ${describeValue(driver.name)}, expected one of "${TOOL}"`);
  return listOf(run, 'results').flatMap((each, index): BaselineEntry[] => {
    const at = `result ${index + 1}`;
    const result = mapOf(each, at);
    // What that run itself told as gone.
    if (result.baselineState === 'absent') return [];
    const fingerprints = mapOf(result.partialFingerprints, `the fingerprints of ${at}`);
    const { text } = mapOf(result.message, `the message of ${at}`);
    const fields = {
      ...mapOf(result.properties, `the properties of ${at}`),
      fingerprint: fingerprints['auditCheck/v1'],
      count: result.occurrenceCount,
      message: messageOf(text, result.properties),
    };
    const suppressions = Array.isArray(result.suppressions) ? result.suppressions : [];
    return [toEntry(fields, at, fileOf(result), suppressions.length > 0)];
  });
}

/** Behind the message of the finding stands what its further events say, and then what its waiver lacked. */
function messageOf(text: unknown, properties: unknown): unknown {
  if (typeof text !== 'string' || !isPlainObject(properties)) return text;
  const lapse = properties.lapsed === undefined ? -1 : text.lastIndexOf(' Its waiver ');
  const own = lapse < 0 ? text : text.slice(0, lapse);
  const also = properties.alsoSaid === true ? own.indexOf(ALSO) : -1;
  return also < 0 ? own : own.slice(0, also);
}

/** Only shown: the fingerprint tells findings apart. */
function fileOf({ locations }: Record<string, unknown>): string {
  const [first] = Array.isArray(locations) ? (locations as unknown[]) : [];
  const physical = isPlainObject(first) ? first.physicalLocation : undefined;
  const artifact = isPlainObject(physical) ? physical.artifactLocation : undefined;
  const uri = isPlainObject(artifact) && typeof artifact.uri === 'string' ? artifact.uri : '';
  try {
    return decodeURIComponent(uri.replace(/^file:\/\//, ''));
  } catch {
    return uri;
  }
}

function toEntry(
  fields: Record<string, unknown>,
  at: string,
  file: string,
  isWaived: boolean,
): BaselineEntry {
  const count = countOf(fields, at);
  return {
    rule: textOf(fields, 'rule', at),
    code: textOf(fields, 'code', at),
    fingerprint: textOf(fields, 'fingerprint', at),
    message: textOf(fields, 'message', at),
    file,
    severity: choiceOf(fields, 'severity', SEVERITIES, at),
    verdict: choiceOf(fields, 'verdict', VERDICTS, at) as BaselineEntry['verdict'],
    ...(count !== undefined && { count }),
    ...(isWaived && { waived: true }),
  };
}

/** Of a compact baseline, which people edit: a text that looks like "true" is not taken for either. */
function waivedOf({ waived }: Record<string, unknown>, at: string): boolean {
  if (waived === undefined || typeof waived === 'boolean') return waived === true;
  throw new BaselineMistake(`${at}: expected "waived" to be true or false, found ${describeValue(waived)}`);
}

function countOf({ count }: Record<string, unknown>, at: string): number | undefined {
  if (count === undefined || (Number.isSafeInteger(count) && Number(count) >= 0))
    return count as number | undefined;
  throw new BaselineMistake(`${at}: expected "count" to be a whole number, found ${describeValue(count)}`);
}

function choiceOf<Choice extends string>(
  fields: Record<string, unknown>,
  key: string,
  choices: readonly Choice[],
  at: string,
): Choice {
  const choice = choices.find((each) => each === fields[key]);
  if (choice !== undefined) return choice;
  throw new BaselineMistake(
    `${at}: expected ${quote(key)} to be one of ${choices.join(', ')}, found ${describeValue(fields[key])}`,
  );
}

function textOf(fields: Record<string, unknown>, key: string, at: string): string {
  const text = fields[key];
  if (typeof text === 'string') return text;
  throw new BaselineMistake(`${at}: expected ${quote(key)} to be text, found ${describeValue(text)}`);
}

function mapOf(value: unknown, at: string): Record<string, unknown> {
  if (isPlainObject(value)) return value;
  throw new BaselineMistake(`expected ${at} to be an object, found ${describeValue(value)}`);
}

function listOf(value: Record<string, unknown>, key: string): unknown[] {
  const list = value[key];
  if (Array.isArray(list)) return list as unknown[];
  throw new BaselineMistake(`expected ${quote(key)} to be a list, found ${describeValue(list)}`);
}
