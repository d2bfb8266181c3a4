/**
 * The gate of a detection: the part of its condition that one field decides alone and without which it cannot hold.
 * Detections are indexed by their gates, so that an event meets only the rules its values let through.
 */
import type { FieldRef } from '../model/mark.ts';
import type { ConditionNode, Detection, DetectionItem } from '../model/rule.ts';
import { comparisonOf } from './modifiers.ts';

/** `condition` looks at `field` alone, and is false wherever the field is absent or null. */
type Gate = { field: FieldRef; condition: ConditionNode };

/** The best gate of a detection; undefined when it has none, so that it must meet every event. */
export function gateOf(detection: Detection): Gate | undefined {
  return gatesOf(detection.condition).sort((left, right) => rank(left.field) - rank(right.field))[0];
}

/** What was done repeats and tells rules apart best; many rules share its slot. */
const PREFERRED = ['action', 'eventName', 'eventType', 'operationName', 'EventID', 'Operation', 'verb'];

function rank(field: FieldRef): number {
  const place = PREFERRED.indexOf(field.name);
  return place < 0 ? PREFERRED.length : place;
}

function gatesOf(node: ConditionNode): Gate[] {
  switch (node.kind) {
    case 'item':
      return isGate(node.item) ? [{ field: node.item.field, condition: node }] : [];
    case 'and':
      return node.nodes.flatMap(gatesOf);
    case 'or':
      return gateOfAlternatives(node.nodes);
    case 'not':
      return [];
  }
}

/** Alternatives have a gate where each of them has one on the same field. */
function gateOfAlternatives(nodes: readonly ConditionNode[]): Gate[] {
  const each = nodes.map(gatesOf);
  return (each[0] ?? []).flatMap(({ field }) => {
    const same = each.map((gates) => gates.find((gate) => isSameField(gate.field, field)));
    const conditions = same.flatMap((gate) => gate?.condition ?? []);
    return conditions.length === nodes.length
      ? [{ field, condition: { kind: 'or' as const, nodes: conditions } }]
      : [];
  });
}

function isGate(item: DetectionItem): item is DetectionItem & { field: FieldRef } {
  if (item.field === undefined || item.modifiers.includes('neq')) return false;
  const comparison = comparisonOf(item);
  if (comparison === 'exists' || comparison === 'fieldref') return false;
  return item.values.length > 0 && item.values.every((value) => value.kind !== 'null');
}

function isSameField(left: FieldRef, right: FieldRef): boolean {
  return left.taxonomy === right.taxonomy && left.name === right.name;
}
