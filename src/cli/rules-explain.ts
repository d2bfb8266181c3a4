/** `audit-check rules explain RULE --event FILE:LINE[:OFFSET]`: each item of a rule, true or false for one record, and why. */
import { findValues } from '../base/field-path.ts';
import { type JsonValue, toScalarText } from '../base/json.ts';
import { count, escapeControls, quote, truncate } from '../base/text-safety.ts';
import { CHECKS } from '../checks/index.ts';
import type { OnMatch } from '../engine/file-scan.ts';
import { compilePlan } from '../engine/plan.ts';
import { scanForMatches } from '../engine/scan.ts';
import { appliesTo, forSource } from '../match/logsource.ts';
import type { AuditField } from '../model/event.ts';
import type { HeldFacets } from '../model/facets.ts';
import type { FieldRef } from '../model/mark.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { AuditRequest } from '../model/request.ts';
import type {
  ConditionNode,
  Correlation,
  Detection,
  DetectionItem,
  Logsource,
  Pattern,
  Rule,
} from '../model/rule.ts';
import { discover } from '../read/discover.ts';
import { type Mapping, toRawPaths, UNKNOWN_SOURCE } from '../sources/mapping.ts';
import { seenRecord } from '../sources/seen-record.ts';
import { auditTexts, facetTexts } from '../sources/tree-values.ts';
import { correlationLines } from './correlation-lines.ts';
import { type EventPlace, parseEventPlace } from './event-place.ts';
import { Leaves } from './leaf-detections.ts';
import { MAX_MEMBERS, MemberParts, memberAt } from './member-parts.ts';
import { buildRequest, type RequestOptions } from './request.ts';

export type ExplainOptions = RequestOptions & { event: string };

/** Records that begin on one line and are explained; a line of an array may hold many. */
const MAX_RECORDS = 3;
const MAX_VALUES = 4;
const VALUE_WIDTH = 60;

type ItemNode = Extract<ConditionNode, { kind: 'item' }>;

/** `held`: by leaf the facets of which it holds; `facets`: those of the record, where it has several. */
type Seen = { record: JsonValue; offset: number; held: Map<string, HeldFacets>; facets: HeldFacets };

/** A record as the rules see it: of several facets, one. */
type Shown = Seen & { facet?: number };

export async function explainRule(name: string, options: ExplainOptions): Promise<string> {
  const problems: Problem[] = [];
  const wrong = (message: string) => problems.push({ file: 'arguments', line: 0, column: 0, message });
  const place = parseEventPlace(options.event);
  if (place === undefined) {
    wrong(`--event: expected FILE:LINE or FILE:LINE:OFFSET, found ${quote(options.event)}`);
    throw new ProblemsError(problems);
  }
  const { file, line, offset } = place;
  const request = buildRequest([file], options, problems);
  const { files, missing } = await discover([file], []);
  if (missing.length > 0) wrong(`there is no file ${quote(file)}`);
  const detections = detectionsOf(name, request, wrong);
  if (problems.length > 0) throw new ProblemsError(problems);

  const look = async (wanted: readonly Detection[]) => {
    const parts = new MemberParts(wanted);
    const leaves = new Leaves([...wanted, ...parts.detections]);
    const seen = new Map<number, Seen>();
    const others = new Set<number>();
    const plan = compilePlan({
      ...request,
      disabled: CHECKS.map((check) => check.name),
      rules: { rules: leaves.detections, errors: [] },
    });
    plan.matching = { ignoreLogsource: true };
    const [input] = await scanForMatches(files, plan, collect(place, seen, others));
    const source = input?.source ?? null;
    const mapping = plan.mappings.find((each) => each.name === source) ?? UNKNOWN_SOURCE;
    return { leaves, parts, seen, others, mapping };
  };
  // The source is known when the file was read: it decides what the log source of a rule asks of an event.
  const { mapping: first } = await look([]);
  const narrowed = detections.map((detection) => forSource(detection, first.logsource) ?? detection);
  const { leaves, parts, seen, others, mapping } = await look(narrowed);
  if (seen.size === 0) {
    wrong(
      `no record begins on line ${line}${offset === undefined ? '' : `, at byte ${offset},`} of ${quote(file)}`,
    );
    throw new ProblemsError(problems);
  }
  const explainer = new Explainer(leaves, parts, mapping, auditFieldsOf(narrowed));
  const lines = correlationsOf(name, request).flatMap(correlationLines);
  for (const record of seen.values())
    lines.push(
      `event   ${file}:${line}, byte ${record.offset}, source ${mapping.name}`,
      ...narrowed.flatMap((detection) => explainer.explain(detection, record)),
    );
  if (others.size > 0)
    lines.push(
      `${count(others.size, 'more record')} on this line: --event ${file}:${line}:OFFSET names one, by the offset that JSON reports give`,
    );
  return `${lines.map(escapeControls).join('\n')}\n`;
}

/** Keeps the records that begin there, and which leaves hold for them; of too many only the offsets. */
function collect({ line, offset }: EventPlace, seen: Map<number, Seen>, others: Set<number>): OnMatch {
  return ({ id }, event) => {
    if (event.line !== line || (offset !== undefined && event.offset !== offset)) return;
    if (seen.size >= MAX_RECORDS && !seen.has(event.offset)) {
      others.add(event.offset);
      return;
    }
    let record = seen.get(event.offset);
    if (record === undefined) {
      // The first leaf holds for any record.
      record = { record: event.json(), offset: event.offset, held: new Map(), facets: event.selected };
      seen.set(event.offset, record);
    }
    record.held.set(id, event.selected);
  };
}

/** A detection itself; of a correlation those that make its marks; of several with one title, all. */
function detectionsOf(name: string, { rules }: AuditRequest, wrong: (message: string) => void): Detection[] {
  const refused = rules.errors.find((error) => error.id === name || error.title === name);
  if (refused !== undefined) {
    wrong(`the rule ${quote(name)} (${refused.file}:${refused.line}) cannot run: ${refused.message}`);
    return [];
  }
  const named = rules.rules.filter((each) => [each.id, each.name, each.title].includes(name));
  if (named.length === 0)
    wrong(`no rule has the id, name or title ${quote(name)}; "audit-check list rules" names them`);
  return [...new Set(named.flatMap((rule) => expand(rule, rules.rules)))];
}

function correlationsOf(name: string, { rules }: AuditRequest): Correlation[] {
  return rules.rules.filter(
    (each): each is Correlation =>
      each.kind === 'correlation' && [each.id, each.name, each.title].includes(name),
  );
}

function expand(rule: Rule, rules: readonly Rule[]): Detection[] {
  if (rule.kind === 'detection') return [rule];
  return [...new Set(rule.rules)].flatMap((id) => {
    const inner = rules.find((each) => each.id === id);
    return inner === undefined ? [] : expand(inner, rules);
  });
}

class Explainer {
  private readonly leaves: Leaves;
  private readonly parts: MemberParts;
  private readonly mapping: Mapping;
  /** The canonical fields that the rules look at, which have the facets. */
  private readonly fields: readonly AuditField[];

  constructor(leaves: Leaves, parts: MemberParts, mapping: Mapping, fields: readonly AuditField[]) {
    this.leaves = leaves;
    this.parts = parts;
    this.mapping = mapping;
    this.fields = fields;
  }

  explain(detection: Detection, record: Seen): string[] {
    const fits = appliesTo(detection, this.mapping.logsource);
    const { facets } = record;
    const ofFacet = (facet: number): Shown => ({ ...record, facet });
    const held = facets?.find((facet) => this.holds(detection.condition, ofFacet(facet)));
    const seen: Shown = facets === undefined ? record : ofFacet(held ?? facets[0]!);
    const holds = this.holds(detection.condition, seen);
    const verdict = fits && holds ? 'matches' : 'does not match';
    const words = holds && !fits ? ': the condition holds, but the rule is for another log source' : '';
    return [
      `rule    ${detection.title} (${detection.id}), ${detection.file}:${detection.line}`,
      `        ${verdict}${words}`,
      ...(facets === undefined ? [] : [`        ${facetWords(facets, held)}`]),
      `  ${mark(fits)} log source ${sourceWords(detection.logsource)}; the file's source is ${this.mapping.name}`,
      ...this.lines(detection.condition, seen, seen.record, 1),
    ];
  }

  private holds(node: ConditionNode, seen: Shown): boolean {
    if (node.kind === 'item') {
      const id = this.leaves.idOf(node)!;
      return seen.held.has(id) && (seen.facet === undefined || seen.held.get(id)!.includes(seen.facet));
    }
    if (node.kind === 'not') return !this.holds(node.node, seen);
    if (node.kind === 'and') return node.nodes.every((child) => this.holds(child, seen));
    return node.nodes.some((child) => this.holds(child, seen));
  }

  /** `record`: what the items are about, the record or a member of it. */
  private lines(node: ConditionNode, seen: Shown, record: JsonValue, depth: number): string[] {
    const indent = '  '.repeat(depth);
    const head = `${indent}${mark(this.holds(node, seen))} `;
    if (node.kind === 'item') {
      const { item } = this.parts.innerOf(node);
      if (item.members !== undefined) return this.memberLines(node, seen, record, depth);
      return [`${head}${itemWords(item)}; ${this.found(item, record, seen.facet)}`];
    }
    const children = node.kind === 'not' ? [node.node] : node.nodes;
    const words = node.kind === 'not' ? 'not' : node.kind === 'and' ? 'all of' : 'one of';
    return [`${head}${words}`, ...children.flatMap((child) => this.lines(child, seen, record, depth + 1))];
  }

  /** Each member by its place, with the condition as it is for that one. */
  private memberLines(node: ItemNode, seen: Shown, record: JsonValue, depth: number): string[] {
    const { item } = this.parts.innerOf(node);
    const { parts, members } = this.parts.of(node, record);
    const [head, place] = ['  '.repeat(depth), '  '.repeat(depth + 1)];
    const { which } = item.members!;
    const name = `${item.field!.name}[${which}]`;
    const lines = [
      `${head}${mark(this.holds(node, seen))} ${name}; found ${count(members.length, 'member')}`,
    ];
    for (const { at, condition } of parts) {
      lines.push(`${place}${mark(this.holds(condition, seen))} ${item.field!.name}[${at}]`);
      lines.push(...this.lines(condition, seen, memberAt(members, at)!, depth + 2));
    }
    const isAll = typeof which !== 'number' && parts.length > 0;
    if (isAll && members.length > MAX_MEMBERS)
      lines.push(`${place}and ${count(members.length - MAX_MEMBERS, 'more member')}`);
    return lines;
  }

  private found(
    { field, references = [] }: DetectionItem,
    record: JsonValue,
    facet: number | undefined,
  ): string {
    if (field === undefined) return 'sought in every value of the record';
    const own = foundWords(this.valuesOf(field, record, facet));
    const others = references.map(
      (each) => `${each.name}: ${foundWords(this.valuesOf(each, record, facet))}`,
    );
    return [`found ${own}`, ...others].join(', ');
  }

  private valuesOf(field: FieldRef, record: JsonValue, facet: number | undefined): string[] {
    if (field.taxonomy === 'raw') {
      const paths = toRawPaths(this.mapping, field.name);
      const seen = seenRecord(record, this.mapping);
      const values = field.name === '.' ? [record] : findValues(seen, ...paths);
      return values.map((value) => toScalarText(value) ?? 'an object or null');
    }
    return facet === undefined
      ? auditTexts(record, this.mapping, field.name)
      : facetTexts(record, this.mapping, field.name, this.fields, facet);
  }
}

/** `held`: the first facet of which the rule holds. */
function facetWords(facets: readonly number[], held: number | undefined): string {
  const all = `the record tells of ${count(facets.length, 'thing')}, by the elements of its lists`;
  return held === undefined
    ? `${all}; it holds of none, and this is the first`
    : `${all}; this is number ${held + 1}, the first of which it holds`;
}

function auditFieldsOf(detections: readonly Detection[]): AuditField[] {
  const names = new Set<AuditField>();
  const add = (field: FieldRef | undefined) => {
    if (field?.taxonomy === 'audit') names.add(field.name);
  };
  const walk = (node: ConditionNode): void => {
    if (node.kind === 'item')
      for (const each of [node.item.field, ...(node.item.references ?? [])]) add(each);
    else if (node.kind === 'not') walk(node.node);
    else node.nodes.forEach(walk);
  };
  for (const { condition } of detections) walk(condition);
  return [...names];
}

function mark(holds: boolean): string {
  return holds ? 'true ' : 'false';
}

function sourceWords({ product, service, category }: Logsource): string {
  const words = [product, service, category].filter((word) => word !== undefined);
  return words.length === 0 ? 'any' : words.join('/');
}

function foundWords(values: readonly string[]): string {
  if (values.length === 0) return 'nothing: the field is absent';
  const shown = values.slice(0, MAX_VALUES).map((value) => quote(truncate(value, VALUE_WIDTH)));
  return values.length > MAX_VALUES
    ? `${shown.join(', ')} and ${count(values.length - MAX_VALUES, 'more value')}`
    : shown.join(', ');
}

function itemWords({ field, modifiers, values, references = [] }: DetectionItem): string {
  const name = [field?.name ?? 'any value', ...modifiers].join('|');
  const wanted = [...values.map(patternWords), ...references.map((each) => each.name)];
  const joined = wanted.slice(0, MAX_VALUES).join(modifiers.includes('all') ? ' and ' : ' or ');
  const more = wanted.length > MAX_VALUES ? ` or ${wanted.length - MAX_VALUES} more` : '';
  return `${name}: ${joined}${more}`;
}

function patternWords(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'text':
      return quote(truncate(pattern.written, VALUE_WIDTH));
    case 'number':
      return pattern.lexeme;
    case 'boolean':
      return String(pattern.value);
    case 'null':
      return 'null';
  }
}
