/** The `detection:` of a Sigma rule: selections of items, folded with the condition into one tree. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { describe, scalarText } from '../base/yaml-shape.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../base/yaml-tree.ts';
import { AUDIT_FIELDS, isAuditField } from '../model/event.ts';
import type { FieldRef } from '../model/mark.ts';
import type { ConditionNode, DetectionItem, Pattern } from '../model/rule.ts';
import { type ArraySelector, parseArraySelector, withBrackets } from './array-selector.ts';
import { toCondition } from './change-values.ts';
import { checkModifiers } from './check-modifiers.ts';
import { comparisonOf } from './modifiers.ts';
import type { OldPipe } from './old-pipe.ts';
import { parseCondition, Selections } from './parse-condition.ts';
import { literalPattern, parsePattern } from './parse-pattern.ts';
import { RuleRefusal } from './rule-refusal.ts';

export type Taxonomy = 'audit' | 'sigma';

/** Keys of `detection:` that are no selections; `timeframe` belonged to the old aggregations. */
const RESERVED = new Set(['condition', 'timeframe']);

/** What the items of a rule need to know of it. */
export type RuleContext = {
  taxonomy: Taxonomy;
  /** For parts of times. */
  timezone?: string | undefined;
  /** Whether brackets in field names select members of arrays, as `sigma-version: 3` has it. */
  hasArrays?: boolean;
  /** How a correlation refers to the rule: where an old pipe is refused, the correlation in its place is written out. */
  reference?: string;
};

/** @throws {RuleRefusal} with the line of the mistake in its message */
export function parseDetection(detection: YamlMap, context: RuleContext): ConditionNode {
  const selections = new Map<string, ConditionNode>();
  for (const { key, value } of detection.entries) {
    if (!RESERVED.has(key)) selections.set(key, parseSearch(value, context, key));
  }
  const condition = detection.entries.find(({ key }) => key === 'condition');
  if (condition === undefined) throw new RuleRefusal('the detection has no condition');
  const texts = (condition.value.kind === 'list' ? condition.value.items : [condition.value]).map((node) => {
    if (node.kind !== 'text' && node.kind !== 'number')
      throw refusal(node, `a condition must be text, found ${describe(node)}`);
    return scalarText(node)!;
  });
  if (texts.length === 0) throw new RuleRefusal('the detection has no condition');
  const timeframe = detection.entries.find(({ key }) => key === 'timeframe');
  const pipe: OldPipe = {
    reference: context.reference ?? 'THIS-RULE',
    timespan: timeframe && scalarText(timeframe.value),
  };
  const named = new Selections(selections);
  const nodes = texts.map((text) => parseCondition(text, named, pipe));
  return nodes.length === 1 ? nodes[0]! : { kind: 'or', nodes };
}

/** A map is AND; a list is OR over maps and keywords; a lone scalar is a keyword. */
export function parseSearch(node: YamlNode, context: RuleContext, name: string): ConditionNode {
  if (node.kind === 'map') return parseItems(node, context, name);
  if (node.kind !== 'list') return toNode(undefined, [], [node], context);
  if (node.items.length === 0) throw refusal(node, `the selection ${quote(name)} is empty`);
  const keywords = node.items.filter((item) => item.kind !== 'map');
  const nodes = node.items.flatMap((item) => (item.kind === 'map' ? [parseItems(item, context, name)] : []));
  if (keywords.length > 0) nodes.push(toNode(undefined, [], keywords, context));
  return nodes.length === 1 ? nodes[0]! : { kind: 'or', nodes };
}

function parseItems(map: YamlMap, context: RuleContext, name: string): ConditionNode {
  if (map.entries.length === 0) throw refusal(map, `the selection ${quote(name)} is empty`);
  const nodes = map.entries.map((entry) => parseItem(entry, context));
  return nodes.length === 1 ? nodes[0]! : { kind: 'and', nodes };
}

function parseItem(entry: YamlEntry, context: RuleContext): ConditionNode {
  const [name = '', ...modifiers] = entry.key.split('|');
  if (context.hasArrays === true) {
    const members = parseMembers(entry, name, modifiers, context);
    if (members !== undefined) return members;
  }
  const values = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  if (values.length === 0) throw refusal(entry, `${quote(entry.key)} has no values`);
  try {
    const written = context.hasArrays === true ? withBrackets(name) : name;
    const field = name === '' ? undefined : toFieldRef(written, context.taxonomy);
    return toNode(field, modifiers, values, context);
  } catch (error) {
    throw located(entry, error);
  }
}

function located(entry: YamlEntry, error: unknown): unknown {
  if (!(error instanceof RuleRefusal)) return error;
  return new RuleRefusal(`${quote(entry.key)} on line ${entry.line}: ${error.message}`);
}

/**
 * `ports[any]: {…}` and `ports[0].name|contains: x`: a condition on members of an array, whose fields are the member's.
 * The block is a selection, or selections of its own with their condition.
 */
function parseMembers(
  entry: YamlEntry,
  name: string,
  modifiers: readonly string[],
  context: RuleContext,
): ConditionNode | undefined {
  const selector = parsedSelector(entry, name, context);
  if (selector === undefined) return undefined;
  const { path, which, rest } = selector;
  const field = { taxonomy: 'raw' as const, name: path };
  const { value } = entry;
  const isBlock =
    value.kind === 'map' || (value.kind === 'list' && value.items.some(({ kind }) => kind === 'map'));
  const key = [rest, ...modifiers].join('|');
  if (isBlock && key !== '.') {
    throw located(
      entry,
      new RuleRefusal('a block stands after a selector alone, without a path or modifiers after it'),
    );
  }
  const isExtended = value.kind === 'map' && value.entries.some((each) => each.key === 'condition');
  const inner = isExtended
    ? parseDetection(value, context)
    : isBlock
      ? parseSearch(value, context, entry.key)
      : parseItem({ ...entry, key }, context);
  return { kind: 'item', item: { field, modifiers: [], values: [], members: { which, condition: inner } } };
}

function parsedSelector(
  entry: YamlEntry,
  name: string,
  { taxonomy }: RuleContext,
): ArraySelector | undefined {
  try {
    const selector = parseArraySelector(name);
    if (selector !== undefined && taxonomy === 'audit')
      throw new RuleRefusal('canonical fields have one value each, selectors go with fields of the source');
    return selector;
  } catch (error) {
    throw located(entry, error);
  }
}

function toNode(
  field: FieldRef | undefined,
  modifiers: readonly string[],
  values: readonly YamlNode[],
  { taxonomy, timezone }: RuleContext,
): ConditionNode {
  checkModifiers(modifiers, field === undefined);
  const item: DetectionItem = { field, modifiers, values: [], ...(timezone !== undefined && { timezone }) };
  const comparison = comparisonOf(item);
  if (comparison === 'fieldref') {
    const references = values.map((value) => toFieldRef(textOf(value), taxonomy));
    return { kind: 'item', item: { ...item, references } };
  }
  // The text of a placeholder is known when rules and tables are joined, and is read as a value then.
  const isOpen = modifiers.includes('expand');
  const complete = {
    ...item,
    values: values.map((value) => toPattern(value, isOpen ? 'expand' : comparison)),
  };
  if (comparison === 'exists') checkExists(complete);
  else if (field === undefined && complete.values.some(({ kind }) => kind === 'null'))
    throw new RuleRefusal('a keyword cannot be null');
  if (comparison === 'exists' || isOpen) return { kind: 'item', item: complete };
  return toCondition(
    complete,
    complete.values.map((value) => [value]),
  );
}

function checkExists(item: DetectionItem): void {
  const [value] = item.values;
  if (item.values.length !== 1 || value?.kind !== 'boolean')
    throw new RuleRefusal('"exists" needs true or false');
}

/** Wildcards mean something where text is compared; an expression, a network and a number are taken as written. */
function toPattern(node: YamlNode, comparison: string | undefined): Pattern {
  switch (node.kind) {
    case 'null':
      return { kind: 'null' };
    case 'boolean':
      return { kind: 'boolean', value: node.value };
    case 'number':
      return { kind: 'number', lexeme: node.lexeme };
    case 'text': {
      const wild = comparison === undefined || ['contains', 'startswith', 'endswith'].includes(comparison);
      return wild ? parsePattern(node.text) : literalPattern(node.text);
    }
    default:
      throw refusal(node, `a value must be a scalar, found ${describe(node)}`);
  }
}

function textOf(node: YamlNode): string {
  const text = scalarText(node);
  if (text === undefined) throw refusal(node, `a field name must be text, found ${describe(node)}`);
  return text;
}

/** @throws {RuleRefusal} for a name that is no canonical field where the rule says `taxonomy: audit` */
export function toFieldRef(name: string, taxonomy: Taxonomy): FieldRef {
  if (taxonomy === 'sigma') return { taxonomy: 'raw', name };
  if (isAuditField(name)) return { taxonomy: 'audit', name };
  throw new RuleRefusal(`${quote(name)} is no canonical field${didYouMean(name, AUDIT_FIELDS)}`);
}

function refusal(node: { line: number }, message: string): RuleRefusal {
  return new RuleRefusal(`line ${node.line}: ${message}`);
}
