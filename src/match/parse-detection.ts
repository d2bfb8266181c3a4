/** The `detection:` of a Sigma rule: selections of items, folded with the condition into one tree. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { describe, scalarText } from '../base/yaml-shape.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../base/yaml-tree.ts';
import { AUDIT_FIELDS, isAuditField } from '../model/event.ts';
import type { FieldRef } from '../model/mark.ts';
import type { ConditionNode, DetectionItem, Pattern } from '../model/rule.ts';
import { checkModifiers, checkValues, comparisonOf } from './modifiers.ts';
import { parseCondition } from './parse-condition.ts';
import { literalPattern, parsePattern } from './parse-pattern.ts';
import { RuleRefusal } from './rule-refusal.ts';

export type Taxonomy = 'audit' | 'sigma';

/** Keys of `detection:` that are no selections; `timeframe` belonged to the old aggregations. */
const RESERVED = new Set(['condition', 'timeframe']);

/** @throws {RuleRefusal} with the line of the mistake in its message */
export function parseDetection(detection: YamlMap, taxonomy: Taxonomy): ConditionNode {
  const selections = new Map<string, ConditionNode>();
  for (const { key, value } of detection.entries) {
    if (!RESERVED.has(key)) selections.set(key, parseSearch(value, taxonomy, key));
  }
  const condition = detection.entries.find(({ key }) => key === 'condition');
  if (condition === undefined) throw new RuleRefusal('the detection has no condition');
  const texts = (condition.value.kind === 'list' ? condition.value.items : [condition.value]).map((node) => {
    if (node.kind !== 'text' && node.kind !== 'number')
      throw refusal(node, `a condition must be text, found ${describe(node)}`);
    return scalarText(node)!;
  });
  if (texts.length === 0) throw new RuleRefusal('the detection has no condition');
  const nodes = texts.map((text) => parseCondition(text, selections));
  return nodes.length === 1 ? nodes[0]! : { kind: 'or', nodes };
}

/** A map is AND; a list is OR over maps and keywords; a lone scalar is a keyword. */
export function parseSearch(node: YamlNode, taxonomy: Taxonomy, name: string): ConditionNode {
  if (node.kind === 'map') return parseItems(node, taxonomy, name);
  if (node.kind !== 'list') return { kind: 'item', item: toItem(undefined, [], [node]) };
  if (node.items.length === 0) throw refusal(node, `the selection ${quote(name)} is empty`);
  const keywords = node.items.filter((item) => item.kind !== 'map');
  const nodes = node.items.flatMap((item) => (item.kind === 'map' ? [parseItems(item, taxonomy, name)] : []));
  if (keywords.length > 0) nodes.push({ kind: 'item', item: toItem(undefined, [], keywords) });
  return nodes.length === 1 ? nodes[0]! : { kind: 'or', nodes };
}

function parseItems(map: YamlMap, taxonomy: Taxonomy, name: string): ConditionNode {
  if (map.entries.length === 0) throw refusal(map, `the selection ${quote(name)} is empty`);
  const nodes = map.entries.map(
    (entry): ConditionNode => ({ kind: 'item', item: parseItem(entry, taxonomy) }),
  );
  return nodes.length === 1 ? nodes[0]! : { kind: 'and', nodes };
}

function parseItem(entry: YamlEntry, taxonomy: Taxonomy): DetectionItem {
  const [name = '', ...modifiers] = entry.key.split('|');
  const values = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  if (values.length === 0) throw refusal(entry, `${quote(entry.key)} has no values`);
  try {
    const field = name === '' ? undefined : toFieldRef(name, taxonomy);
    return toItem(field, modifiers, values, taxonomy);
  } catch (error) {
    if (error instanceof RuleRefusal)
      throw new RuleRefusal(`${quote(entry.key)} on line ${entry.line}: ${error.message}`);
    throw error;
  }
}

function toItem(
  field: FieldRef | undefined,
  modifiers: readonly string[],
  values: readonly YamlNode[],
  taxonomy: Taxonomy = 'sigma',
): DetectionItem {
  checkModifiers(modifiers);
  const item: DetectionItem = { field, modifiers, values: [] };
  const comparison = comparisonOf(item);
  if (comparison === 'fieldref') {
    if (field === undefined) throw new RuleRefusal('"fieldref" needs a field before it');
    return { ...item, references: values.map((value) => toFieldRef(textOf(value), taxonomy)) };
  }
  const complete = { ...item, values: values.map((value) => toPattern(value, comparison)) };
  if (comparison === 'exists') checkExists(complete);
  else if (field === undefined && complete.values.some(({ kind }) => kind === 'null'))
    throw new RuleRefusal('a keyword cannot be null');
  else checkValues(complete);
  return complete;
}

function checkExists(item: DetectionItem): void {
  const [value] = item.values;
  if (item.field === undefined) throw new RuleRefusal('"exists" needs a field before it');
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
