/** The `correlation:` of a rule, before its references are resolved: Sigma's keys, and whatever its relation adds. */
import { parseDuration } from '../base/instant.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { describe, type ShapeReader, scalarText, toPlain } from '../base/yaml-shape.ts';
import {
  type Comparison,
  type Correlation,
  REFERENCE_KEYS,
  type ReferenceKey,
  type RuleHead,
} from '../model/rule.ts';
import { RuleRefusal } from './rule-refusal.ts';

export type Reference = { name: string; line: number; column: number };

export type CorrelationDraft = {
  head: RuleHead;
  type: string;
  references: Partial<Record<ReferenceKey, Reference[]>>;
  groupBy: Reference[];
  /** Alias to rule (id or name) to field. */
  aliases: { alias: string; fields: { rule: Reference; field: string }[] }[];
  timespan?: bigint;
  condition: Partial<Record<Comparison, number>>;
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
  'aliases',
  'timespan',
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
  if (Object.values(references).every((list) => list.length === 0))
    body.problem(body.map, 'a correlation needs "rules"');
  const timespan = parseTimespan(body);
  const { condition, fields } = parseThreshold(body);
  const groupBy = parseReferences(body, 'group-by');
  for (const { name } of groupBy) {
    if (name.endsWith('?'))
      throw new RuleRefusal(`the optional group-by field ${quote(name)} is not supported by this version`);
  }
  const extra = body.map.entries.filter(({ key }) => !COMMON_KEYS.has(key));
  return {
    head,
    type,
    references,
    groupBy,
    aliases: parseAliases(body),
    ...(timespan !== undefined && { timespan }),
    condition,
    fields,
    generate: (body.boolean('generate') ?? reader.boolean('generate')) === true,
    extra: Object.fromEntries(extra.map(({ key, value }) => [key, toPlain(value)])),
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

function parseTimespan(body: ShapeReader): bigint | undefined {
  const text = body.text('timespan');
  const timespan = text === undefined ? undefined : parseDuration(text);
  if (text !== undefined && (timespan === undefined || timespan <= 0n)) {
    body.problem(
      body.get('timespan')!,
      `"timespan" must be a duration such as 5m, 24h or 30d, found ${quote(text)}`,
    );
  }
  return timespan;
}

/** Sigma 2 keeps the counted field in the condition; older documents beside it. */
function parseThreshold(body: ShapeReader): { condition: CorrelationDraft['condition']; fields: string[] } {
  const outer = body.texts('field');
  const node = body.get('condition');
  if (node === undefined || node.kind === 'null') return { condition: {}, fields: outer };
  if (node.kind === 'text')
    throw new RuleRefusal(`the condition ${quote(node.text)} over rules is not supported by this version`);
  const shape = body.shape('condition');
  const condition: CorrelationDraft['condition'] = {};
  for (const entry of shape?.map.entries ?? []) {
    if (entry.key === 'field') continue;
    const comparison = COMPARISONS.find((each) => each === entry.key);
    const number = entry.value.kind === 'number' ? Number(entry.value.lexeme) : Number.NaN;
    if (comparison === undefined) {
      body.problem(
        entry,
        `a condition has no ${quote(entry.key)}, expected one of ${COMPARISONS.join(', ')}${didYouMean(entry.key, COMPARISONS)}`,
      );
    } else if (!Number.isFinite(number)) {
      body.problem(entry.value, `${quote(entry.key)} must be a number, found ${describe(entry.value)}`);
    } else condition[comparison] = number;
  }
  const inner = shape?.texts('field') ?? [];
  return { condition, fields: inner.length > 0 ? inner : outer };
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
