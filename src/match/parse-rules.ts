/** Rule files: YAML documents to the plain data of `model/rule.ts`. What refers to other rules is resolved by `linkRules`. */
import { quote } from '../base/text-safety.ts';
import { isTimeZone } from '../base/time-zone.ts';
import { ShapeReader } from '../base/yaml-shape.ts';
import { parseYaml, type YamlNode } from '../base/yaml-tree.ts';
import { templateNames } from '../model/message.ts';
import type { Problem } from '../model/problem.ts';
import type { Detection, RuleError, RuleHead, Table } from '../model/rule.ts';
import { type CorrelationDraft, parseCorrelation } from './parse-correlation.ts';
import { parseDetection, type Taxonomy, toFieldRef } from './parse-detection.ts';
import { type FilterDraft, parseFilter } from './parse-filter.ts';
import { parseEventLevels, parseFigureLevels } from './parse-governance.ts';
import { parseHead, parseLogsource } from './parse-head.ts';
import { parseTable, type ReadRoles } from './parse-table.ts';
import { expandCollection } from './rule-collection.ts';
import { RuleRefusal } from './rule-refusal.ts';

/** One document of a rule file. `column` and the head's `line` are where it begins. */
export type RuleDocument = { file: string; line: number; column: number } & (
  | { kind: 'detection'; detection: Omit<Detection, 'speaks'>; generate: boolean }
  | { kind: 'correlation'; draft: CorrelationDraft }
  | { kind: 'filter'; draft: FilterDraft }
  | { kind: 'table'; table: Table }
  /** A rule that we read and cannot run. What it would have referred to is kept silent with it. */
  | { kind: 'refused'; error: RuleError; name?: string; refersTo: string[] }
);

/** Keys that would change what a rule finds, and that this version does not know yet. */
const UNSUPPORTED_KEYS = ['until', 'window', 'timezone'];

const KINDS = ['detection', 'correlation', 'filter', 'table'] as const;

/** Every document that can be read, and every mistake, each at its place. Without `readRoles` there are no tables of roles. */
export function parseRuleFile(
  file: string,
  text: string,
  readRoles?: ReadRoles,
): { documents: RuleDocument[]; problems: Problem[] } {
  const { documents: trees, problems } = parseYaml(file, text);
  if (trees.length === 0 && problems.length === 0) {
    problems.push({
      file,
      line: 0,
      column: 0,
      message: 'the file holds no rule, expected a document with "detection" or "correlation"',
    });
  }
  const roots = expandCollection(
    trees.map(({ root }) => root),
    ({ line, column }, message) => problems.push({ file, line, column, message }),
  );
  const documents = roots.flatMap((root) => parseDocument(file, root, problems, readRoles));
  return { documents, problems };
}

function parseDocument(
  file: string,
  root: YamlNode,
  problems: Problem[],
  readRoles: ReadRoles | undefined,
): RuleDocument[] {
  const { line, column } = root;
  if (root.kind !== 'map') {
    problems.push({ file, line, column, message: `a rule must be a map, found ${root.kind}` });
    return [];
  }
  const reader = new ShapeReader(file, root, problems);
  const place = { file, line, column };
  const before = problems.length;
  const head = parseHead(file, reader);
  const refersTo =
    reader.get('correlation')?.kind === 'map' ? reader.shape('correlation')!.texts('rules') : [];
  try {
    const document = parseKind(place, head, reader, readRoles);
    return document === undefined || problems.length > before ? [] : [document];
  } catch (error) {
    if (!(error instanceof RuleRefusal)) throw error;
    const refused = { id: head.id, title: head.title, file, line, message: error.message };
    return [
      {
        ...place,
        kind: 'refused',
        error: refused,
        ...(head.name !== undefined && { name: head.name }),
        refersTo,
      },
    ];
  }
}

function parseKind(
  place: { file: string; line: number; column: number },
  head: RuleHead,
  reader: ShapeReader,
  readRoles: ReadRoles | undefined,
): RuleDocument | undefined {
  const kinds = KINDS.filter((kind) => reader.get(kind) !== undefined);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    const found = kinds.length === 0 ? 'none of them' : kinds.map(quote).join(' and ');
    reader.problem(reader.map, `a rule has one of ${KINDS.map(quote).join(', ')}, found ${found}`);
    return undefined;
  }
  const unsupported = UNSUPPORTED_KEYS.find(
    (key) => reader.get(key) !== undefined && !(kind === 'detection' && key === 'timezone'),
  );
  if (unsupported !== undefined)
    throw new RuleRefusal(`the key ${quote(unsupported)} is not supported by this version`);
  if (kind === 'filter' || kind === 'table') refuseSpeech(kind, reader);
  switch (kind) {
    case 'correlation': {
      const draft = parseCorrelation(head, reader);
      const levels = parseFigureLevels(reader);
      return draft && { ...place, kind, draft: levels.length > 0 ? { ...draft, levels } : draft };
    }
    case 'filter': {
      const draft = parseFilter(head, reader, parseLogsource(reader), parseSigmaVersion(reader) >= 3);
      return draft && { ...place, kind, draft };
    }
    case 'table': {
      const table = parseTable(head, reader, readRoles);
      return table && { ...place, kind, table };
    }
    case 'detection':
      return parseDetectionRule(place, head, reader);
  }
}

/** Keys of rules that speak, where nothing would read them. */
const SPEECH = ['levels', 'suppress', 'tests', 'message'];

function refuseSpeech(kind: string, reader: ShapeReader): void {
  for (const key of SPEECH) {
    const node = reader.get(key);
    if (node !== undefined) reader.problem(node, `a ${kind} makes no findings and takes no ${quote(key)}`);
  }
}

function parseDetectionRule(
  place: { file: string; line: number; column: number },
  head: RuleHead,
  reader: ShapeReader,
): RuleDocument | undefined {
  const body = reader.shape('detection');
  if (body === undefined) return undefined;
  const taxonomy: Taxonomy = reader.choice('taxonomy', ['audit', 'sigma']) ?? 'sigma';
  const logsource = parseLogsource(reader);
  const context = {
    taxonomy,
    timezone: parseTimezone(reader),
    hasArrays: parseSigmaVersion(reader) >= 3,
    reference: head.name ?? head.id,
  };
  const condition = parseDetection(body.map, context);
  // A misspelled name would print "(no acter)" in every finding.
  if (taxonomy === 'audit')
    for (const name of [...detectionFields(head), ...(head.suppress?.by ?? [])]) toFieldRef(name, taxonomy);
  const { file, line, column } = place;
  // The head is ours: copying it for each of thousands of rules takes longer than reading it (measured).
  const detection = Object.assign(head, { kind: 'detection' as const, taxonomy, logsource, condition });
  const levels = parseEventLevels(reader, context);
  if (levels.length > 0) Object.assign(detection, { levels });
  return { file, line, column, kind: 'detection', detection, generate: reader.boolean('generate') ?? false };
}

/** The major version of the specification that the rule is written for (`sigma-version: 3` or `3.0.0`); 2 where it says none. */
function parseSigmaVersion(reader: ShapeReader): number {
  const text = reader.text('sigma-version');
  if (text === undefined) return 2;
  const [, major] = /^v?([1-9]\d{0,2})(?:\.\d{1,5}){0,2}$/.exec(text) ?? [];
  if (major === undefined) {
    const message = `"sigma-version" must be a version such as 3 or 2.1.0, found ${quote(text)}`;
    reader.problem(reader.get('sigma-version')!, message);
    return 2;
  }
  if (Number(major) > 3)
    throw new RuleRefusal(`the rule is written for Sigma ${major}, and at most Sigma 3 is known here`);
  return Number(major);
}

/** For parts of times (`hour`), an IANA name. */
function parseTimezone(reader: ShapeReader): string | undefined {
  const zone = reader.text('timezone');
  if (zone !== undefined && !isTimeZone(zone)) {
    const expected = 'expected a name such as Europe/Berlin or UTC';
    reader.problem(
      reader.get('timezone')!,
      `"timezone" is no time zone that is known here: found ${quote(zone)}, ${expected}`,
    );
  }
  return zone;
}

/** Words in a detection's message that are told by the finding, not read from the event. */
const TOLD_WORDS = ['count', 'first', 'last'];

function detectionFields(head: RuleHead): string[] {
  return templateNames(head.message ?? '').filter((name) => !TOLD_WORDS.includes(name));
}
