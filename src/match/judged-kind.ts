/**
 * Of which kind of events a rule is: those that bear the name it asks for, whatever else it wants of them. Where there is none
 * of them, that the rule found nothing shows nothing.
 */
import type { FieldRef } from '../model/mark.ts';
import type { ConditionNode, DetectionItem } from '../model/rule.ts';

export type JudgedKind = {
  /** What is left of the condition; undefined where the rule looks at every event. */
  names: ConditionNode | undefined;
  /** Whether events of some name are breaches by that alone, unless they failed or are excepted. */
  isBreach: boolean;
};

/** What a field of the event tells: its name, or how it ended. */
export type Meaning = 'name' | 'end' | undefined;

export function judgedKind(condition: ConditionNode, meaning: (field: FieldRef) => Meaning): JudgedKind {
  const { names, isBreach } = relax(condition, meaning);
  return { names, isBreach: isBreach && names !== undefined };
}

function relax(node: ConditionNode, meaning: (field: FieldRef) => Meaning): JudgedKind {
  switch (node.kind) {
    case 'item': {
      const told = meaningOf(node.item, meaning);
      return { names: told === 'name' ? node : undefined, isBreach: told !== undefined };
    }
    case 'not':
      return { names: undefined, isBreach: isException(node.node) };
    case 'and': {
      const parts = node.nodes.map((each) => relax(each, meaning));
      const names = parts.flatMap((part) => part.names ?? []);
      return { names: joined('and', names), isBreach: parts.every(({ isBreach }) => isBreach) };
    }
    case 'or': {
      const parts = node.nodes.map((each) => relax(each, meaning));
      const names = parts.flatMap((part) => part.names ?? []);
      return {
        names: names.length < parts.length ? undefined : joined('or', names),
        isBreach: parts.some(({ isBreach }) => isBreach),
      };
    }
  }
}

function meaningOf({ field, references }: DetectionItem, meaning: (field: FieldRef) => Meaning): Meaning {
  return field === undefined || references !== undefined ? undefined : meaning(field);
}

/** Values that are excepted, such as accounts of the system. That something is not there, or not the same, is what is asked. */
function isException(node: ConditionNode): boolean {
  if (node.kind === 'not') return isException(node.node);
  if (node.kind !== 'item') return node.nodes.every(isException);
  const { references, values, modifiers } = node.item;
  return (
    references === undefined && !modifiers.includes('exists') && values.every(({ kind }) => kind !== 'null')
  );
}

function joined(kind: 'and' | 'or', nodes: ConditionNode[]): ConditionNode | undefined {
  return nodes.length < 2 ? nodes[0] : { kind, nodes };
}
