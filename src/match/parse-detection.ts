/** The `detection:` of a Sigma rule: selections of items, folded with the condition into one tree. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { describe, scalarText } from '../base/yaml-shape.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../base/yaml-tree.ts';
import { AUDIT_FIELDS, isAuditField } from '../model/event.ts';
import type { FieldRef } from '../model/mark.ts';
import type { ConditionNode, DetectionItem, Pattern } from '../model/rule.ts';
import { toCondition } from './change-values.ts';
import { checkModifiers } from './check-modifiers.ts';
import { comparisonOf } from './modifiers.ts';
import type { OldPipe } from './old-pipe.ts';
import { parseCondition } from './parse-condition.ts';
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
  const nodes = texts.map((text) => parseCondition(text, selections, pipe));
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
  const values = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  if (values.length === 0) throw refusal(entry, `${quote(entry.key)} has no values`);
  try {
    const field = name === '' ? undefined : toFieldRef(name, context.taxonomy);
    return toNode(field, modifiers, values, context);
  } catch (error) {
    if (error instanceof RuleRefusal)
      throw new RuleRefusal(`${quote(entry.key)} on line ${entry.line}: ${error.message}`);
    throw error;
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
