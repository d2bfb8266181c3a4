/** Which fields a detection lives by: a rule whose fields never occur is reported inert, not clean. */
import type { FieldRef } from '../model/mark.ts';
import type { ConditionNode, Detection, DetectionItem } from '../model/rule.ts';
import { comparisonOf } from './modifiers.ts';

/** Every field the detection looks at, each once, in the order of the rule. */
export function requiredFields(detection: Detection): FieldRef[] {
  const fields = new Map<string, FieldRef>();
  visit(detection.condition, new Set(), (item) => {
    for (const field of [item.field, ...(item.references ?? [])]) {
      if (field !== undefined) fields.set(`${field.taxonomy}:${field.name}`, field);
    }
  });
  return [...fields.values()];
}

/** The fields for whose absence the detection could not match once; empty when it could have. */
export function missingFields(detection: Detection, occurs: (field: FieldRef) => boolean): FieldRef[] {
  if (couldHold(detection.condition, occurs, new Map())) return [];
  return requiredFields(detection).filter((field) => !occurs(field));
}

function couldHold(
  node: ConditionNode,
  occurs: (field: FieldRef) => boolean,
  known: Map<ConditionNode, boolean>,
): boolean {
  if (node.kind === 'item') return itemCouldHold(node.item, occurs);
  let answer = known.get(node);
  if (answer === undefined) {
    answer = decide(node, (child) => couldHold(child, occurs, known));
    known.set(node, answer);
  }
  return answer;
}

function decide(
  node: Exclude<ConditionNode, { kind: 'item' }>,
  each: (child: ConditionNode) => boolean,
): boolean {
  switch (node.kind) {
    case 'and':
      return node.nodes.every(each);
    case 'or':
      return node.nodes.some(each);
    case 'not':
      return true;
  }
}

/** Null and `exists: false` hold where the field is absent; keywords need no field. */
function itemCouldHold(item: DetectionItem, occurs: (field: FieldRef) => boolean): boolean {
  if (item.field === undefined || occurs(item.field)) {
    return (item.references ?? []).length === 0 || item.references!.some(occurs);
  }
  // An array that is not there has no member; what a position that is not there fulfils is the condition's to say.
  if (item.members !== undefined) return item.members.which !== 'any' && item.members.which !== 'all';
  if (comparisonOf(item) === 'exists')
    return item.values.some((value) => value.kind === 'boolean' && !value.value);
  return item.values.some((value) => value.kind === 'null') && !item.modifiers.includes('neq');
}

function visit(node: ConditionNode, seen: Set<ConditionNode>, found: (item: DetectionItem) => void): void {
  if (seen.has(node)) return;
  seen.add(node);
  if (node.kind === 'item') found(node.item);
  else if (node.kind === 'not') visit(node.node, seen, found);
  else for (const child of node.nodes) visit(child, seen, found);
}
