/** The `correlation:` of a rule, before its references are resolved: Sigma's keys, and whatever its relation adds. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { describe, type ShapeReader, scalarText, toPlain } from '../base/yaml-shape.ts';
import {
  type CalendarUnit,
  type Comparison,
  type Correlation,
  REFERENCE_KEYS,
  type ReferenceKey,
  type RuleHead,
} from '../model/rule.ts';
import { normalDecimal } from './match-number.ts';
import { type NamedCondition, namesIn, parseStepCondition } from './parse-step-condition.ts';
import { parseTimespan } from './parse-timespan.ts';
import { RuleRefusal } from './rule-refusal.ts';

export type Reference = { name: string; line: number; column: number };

/** The limit that a table holds, before the table is known. */
export type LimitDraft = { table: Reference; match: Record<string, string>; value: string };

export type CorrelationDraft = {
  head: RuleHead;
  type: string;
  references: Partial<Record<ReferenceKey, Reference[]>>;
  /** `optional`: written as `field?`, absence of the field is a group of its own. `person`: named under `persons`. */
  groupBy: (Reference & { optional?: true; person?: true })[];
  /** Alias to rule (id or name) to field. */
  aliases: { alias: string; fields: { rule: Reference; field: string }[] }[];
  timespan?: bigint;
  window?: 'calendar';
  calendarUnit?: CalendarUnit;
  timezone?: string;
  condition: Partial<Record<Comparison, number>>;
  limits: Partial<Record<Comparison, LimitDraft>>;
  /** A condition written as text, over the rules by their names. */
  expression?: NamedCondition;
  /** Names of the counted fields. */
  fields: string[];
  /** Whether the rules it refers to speak for themselves too. */
  generate: boolean;
  levels?: Correlation['levels'];
  extra: Record<string, unknown>;
};

const COMPARISONS: readonly Comparison[] = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'];

/** Keys every correlation may have; any other is for its relation to understand or refuse. */
const COMMON_KEYS = new Set([
  'type',
  'group-by',
  'persons',
  'aliases',
  'timespan',
  'window',
  'timezone',
  'condition',
  'field',
  'generate',
  ...REFERENCE_KEYS,
]);

/** Undefined when its shape is wrong, which `reader` has then reported. @throws {RuleRefusal} */
export function parseCorrelation(head: RuleHead, reader: ShapeReader): CorrelationDraft | undefined {
  const body = reader.shape('correlation');
  const type = body?.text('type');
  if (body === undefined) return undefined;
  if (type === undefined) {
    body.problem(body.map, 'a correlation needs a "type"');
    return undefined;
  }
  const references: CorrelationDraft['references'] = {};
  for (const key of REFERENCE_KEYS)
    if (body.get(key) !== undefined) references[key] = parseReferences(body, key);
  // Every other relation would pass over it in silence.
  if (references.until !== undefined && type !== 'temporal_ordered')
    throw new RuleRefusal(`"until" belongs to "temporal_ordered", found it in ${quote(type)}`);
  const { expression, fields, percentile, ...threshold } = parseConditionOf(body);
  if (expression !== undefined) takeRules(body, references, expression);
  if (Object.values(references).every((list) => list.length === 0))
    body.problem(body.map, 'a correlation needs "rules"');
  const extra = body.map.entries.filter(({ key }) => !COMMON_KEYS.has(key));
  return {
    head,
    type,
    references,
    groupBy: withPersons(parseGroupBy(body), type, body),
    aliases: parseAliases(body),
    ...parseTimespan(body),
    ...threshold,
    ...(expression !== undefined && { expression }),
    fields,
    generate: (body.boolean('generate') ?? reader.boolean('generate')) === true,
    extra: {
      ...Object.fromEntries(extra.map(({ key, value }) => [key, toPlain(value)])),
      ...(percentile !== undefined && { percentile }),
    },
  };
}

export function parseReferences(body: ShapeReader, key: string): Reference[] {
  const node = body.get(key);
  if (node === undefined || node.kind === 'null') return [];
  return (node.kind === 'list' ? node.items : [node]).flatMap((item): Reference[] => {
    const name = scalarText(item);
    if (name === undefined) body.problem(item, `${quote(key)} must hold names, found ${describe(item)}`);
    return name === undefined ? [] : [{ name, line: item.line, column: item.column }];
  });
}

/** @throws {RuleRefusal} */
function parseGroupBy(body: ShapeReader): CorrelationDraft['groupBy'] {
  return parseReferences(body, 'group-by').map((reference) => {
    const { name } = reference;
    if (/\[any\]\??$/.test(name)) {
      throw new RuleRefusal(
        `the group-by field ${quote(name)} asks for a group for each member of an array, which is not supported by this version; ${quote(name.replace(/\[any\]\??$/, ''))} groups by the array as a whole`,
      );
    }
    return name.endsWith('?') ? { ...reference, name: name.slice(0, -1), optional: true } : reference;
  });
}

/** Relations that ask whether one person did several things; of others the groups are what the log says, as in Sigma. */
const OF_PERSONS: readonly string[] = ['temporal', 'temporal_ordered'];

/** @throws {RuleRefusal} */
function withPersons(
  groupBy: CorrelationDraft['groupBy'],
  type: string,
  body: ShapeReader,
): CorrelationDraft['groupBy'] {
  const persons = parseReferences(body, 'persons');
  if (persons.length === 0) return groupBy;
  if (!OF_PERSONS.includes(type))
    throw new RuleRefusal(
      `"persons" belongs to ${OF_PERSONS.map(quote).join(' and ')}, found it in ${quote(type)}`,
    );
  const names = groupBy.map(({ name }) => name);
  for (const person of persons) {
    if (!names.includes(person.name))
      body.problem(
        person,
        `"persons" names fields of "group-by", found ${quote(person.name)}${didYouMean(person.name, names)}`,
      );
  }
  const isPerson = new Set(persons.map(({ name }) => name));
  return groupBy.map((group) => (isPerson.has(group.name) ? { ...group, person: true } : group));
}

/** A condition over rules names them; beside `rules` it must name exactly those. */
function takeRules(
  body: ShapeReader,
  references: CorrelationDraft['references'],
  expression: NamedCondition,
): void {
  const node = body.get('condition')!;
  const named = namesIn(expression);
  if (references.rules === undefined) {
    references.rules = named.map((name) => ({ name, line: node.line, column: node.column }));
    return;
  }
  const listed = references.rules.map(({ name }) => name);
  for (const name of named) {
    if (!listed.includes(name))
      body.problem(
        node,
        `the condition names ${quote(name)}, which "rules" does not list${didYouMean(name, listed)}`,
      );
  }
  for (const reference of references.rules) {
    if (!named.includes(reference.name))
      body.problem(reference, `"rules" lists ${quote(reference.name)}, which the condition does not name`);
  }
}

type ParsedCondition = Pick<CorrelationDraft, 'condition' | 'limits' | 'fields'> & {
  expression?: NamedCondition;
  percentile?: unknown;
};

/** Sigma 2 keeps the counted field in the condition; older documents beside it. @throws {RuleRefusal} */
function parseConditionOf(body: ShapeReader): ParsedCondition {
  const outer = body.texts('field');
  const node = body.get('condition');
  const parsed: ParsedCondition = { condition: {}, limits: {}, fields: outer };
  if (node === undefined || node.kind === 'null') return parsed;
  if (node.kind === 'text') return { ...parsed, expression: parseStepCondition(node.text) };
  const shape = body.shape('condition');
  for (const entry of shape?.map.entries ?? []) {
    const { key, value } = entry;
    if (key === 'field') continue;
    const comparison = COMPARISONS.find((each) => each === key);
    if (key === 'percentile') parsed.percentile = toPlain(value);
    else if (comparison === undefined) {
      body.problem(
        entry,
        `a condition has no ${quote(key)}, expected one of ${COMPARISONS.join(', ')}${didYouMean(key, COMPARISONS)}`,
      );
    } else if (value.kind === 'map') {
      const limit = parseLimit(shape!.shape(key)!);
      if (limit !== undefined) parsed.limits[comparison] = limit;
    } else if (value.kind !== 'number' || !Number.isFinite(Number(value.lexeme))) {
      body.problem(value, `${quote(key)} must be a number or a map with "table", found ${describe(value)}`);
    } else if (normalDecimal(String(Number(value.lexeme))) !== normalDecimal(value.lexeme)) {
      body.problem(value, `${quote(key)} has more digits than a limit may have, found ${describe(value)}`);
    } else parsed.condition[comparison] = Number(value.lexeme);
  }
  const inner = shape?.texts('field') ?? [];
  return inner.length > 0 ? { ...parsed, fields: inner } : parsed;
}

const LIMIT_KEYS = ['table', 'match', 'value'];

/** `{table: quotas, match: {tenant: tenant}, value: units_per_month}`; `value` may be left out for a table of bare values. */
function parseLimit(shape: ShapeReader): LimitDraft | undefined {
  for (const { key, line, column } of shape.map.entries) {
    if (!LIMIT_KEYS.includes(key))
      shape.problem({ line, column }, `a limit has no ${quote(key)}${didYouMean(key, LIMIT_KEYS)}`);
  }
  const name = shape.text('table');
  if (name === undefined) {
    shape.problem(shape.map, 'a limit needs the "table" that holds it');
    return undefined;
  }
  const columns = shape.shape('match');
  const match = (columns?.map.entries ?? []).flatMap(({ key }): [string, string][] => {
    const field = columns!.text(key);
    return field === undefined ? [] : [[key, field]];
  });
  const { line, column } = shape.get('table')!;
  return {
    table: { name, line, column },
    match: Object.fromEntries(match),
    value: shape.text('value') ?? 'value',
  };
}

function parseAliases(body: ShapeReader): CorrelationDraft['aliases'] {
  const aliases = body.shape('aliases');
  return (aliases?.map.entries ?? []).map(({ key }) => {
    const shape = aliases!.shape(key);
    const fields = (shape?.map.entries ?? []).map((entry) => {
      const rule = { name: entry.key, line: entry.line, column: entry.column };
      return { rule, field: shape!.text(entry.key) ?? '' };
    });
    return { alias: key, fields };
  });
}
