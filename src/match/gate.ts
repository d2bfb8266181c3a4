/**
 * The gate of a detection: conditions that one field each decides alone, of which one must hold wherever the detection
 * does. Detections are indexed by their gates, so that an event meets only the rules its values let through.
 */
import type { FieldRef } from '../model/mark.ts';
import type { ConditionNode, Detection, DetectionItem } from '../model/rule.ts';
import { literalsOf } from './gate-literals.ts';
import { comparisonOf } from './modifiers.ts';

/** `condition` looks at `field` alone, and is false wherever the field is absent. */
export type GatePart = { field: FieldRef; condition: ConditionNode };

/** Alternatives, each on another field. */
export type Gate = GatePart[];

/** Every gate of a detection, the best first; none when it must meet every event. */
export function gatesOf(detection: Detection): Gate[] {
  const gates = gatesOfNode(detection.condition).map((gate) => ({ gate, rank: Math.max(...gate.map(rank)) }));
  return gates.sort((left, right) => left.rank - right.rank).map(({ gate }) => gate);
}

/** What was done repeats and tells rules apart best; many rules share its slot. */
const PREFERRED = ['action', 'eventName', 'eventType', 'operationName', 'EventID', 'Operation', 'verb'];

/** A condition without a literal is judged anew for each distinct value: last, whatever its field. */
function rank({ field, condition }: GatePart): number {
  const place = PREFERRED.indexOf(field.name);
  const named = place < 0 ? PREFERRED.length : place;
  return literalsOf(condition) === undefined ? named + PREFERRED.length + 1 : named;
}

function gatesOfNode(node: ConditionNode): Gate[] {
  switch (node.kind) {
    case 'item':
      return isGate(node.item) ? [[{ field: node.item.field, condition: node }]] : [];
    case 'and':
      return node.nodes.flatMap(gatesOfNode);
    case 'or':
      return gatesOfAlternatives(node.nodes);
    case 'not':
      return [];
  }
}

/** Alternatives have a gate where each of them has one: on one field if they can, else on the best of each. */
function gatesOfAlternatives(nodes: readonly ConditionNode[]): Gate[] {
  const each = nodes.map(gatesOfNode);
  if (each.length === 0 || each.some((gates) => gates.length === 0)) return [];
  const shared = each[0]!.flatMap((gate) => {
    const same = each.map((gates) => gates.find((other) => isSameField(gate, other)));
    return same.every((other) => other !== undefined) ? [joined(same.flat())] : [];
  });
  if (shared.length > 0) return shared;
  const rankOf = (gate: Gate) => Math.max(...gate.map(rank));
  return [
    joined(
      each.flatMap((gates) => gates.reduce((best, gate) => (rankOf(gate) < rankOf(best) ? gate : best))),
    ),
  ];
}

/** One part for each field. */
function joined(parts: readonly GatePart[]): Gate {
  const byField = new Map<string, GatePart[]>();
  for (const part of parts) {
    const key = `${part.field.taxonomy}:${part.field.name}`;
    const same = byField.get(key);
    if (same === undefined) byField.set(key, [part]);
    else same.push(part);
  }
  return [...byField.values()].map((same) => {
    const nodes = same.map(({ condition }) => condition);
    return { field: same[0]!.field, condition: nodes.length === 1 ? nodes[0]! : { kind: 'or', nodes } };
  });
}

function isGate(item: DetectionItem): item is DetectionItem & { field: FieldRef } {
  if (item.field === undefined) return false;
  const comparison = comparisonOf(item);
  if (comparison === 'fieldref') return false;
  if (comparison === 'exists') return item.values.some((value) => value.kind === 'boolean' && value.value);
  // `neq` asks for a value too, though it lets nearly every one through.
  return item.values.length > 0 && item.values.every((value) => value.kind !== 'null');
}

function isSameField(left: Gate, right: Gate): boolean {
  const [one, other] = [left[0]!, right[0]!];
  if (left.length > 1 || right.length > 1) return false;
  return one.field.taxonomy === other.field.taxonomy && one.field.name === other.field.name;
}
