/** What is left of a detection once one field's value is known: the conditions on other fields, or nothing. */
import type { Event, Fields, Slot } from '../model/event.ts';
import type { ConditionNode, Detection, DetectionItem } from '../model/rule.ts';
import { askFields, DetectionCompiler, type EventTest, toSlot } from './compile-detection.ts';
import { comparisonOf } from './modifiers.ts';

/** The answer, or the test that gives it. */
export type Rest = boolean | EventTest;

/** Different rests of one detection that are compiled; answers on one field come in a handful of combinations. */
const MAX_RESTS = 64;

/** A node that is left, or the answer where none is. */
type Reduced = ConditionNode | boolean;

export class PartialDetection {
  private readonly condition: ConditionNode;
  private readonly fields: Fields;
  private readonly compiler: DetectionCompiler;
  private whole: EventTest | undefined;
  /** By slot and answers, which together say what is left. */
  private readonly rests = new Map<string, Rest>();

  constructor({ condition }: Detection, fields: Fields) {
    askFields(condition, fields, new Set());
    this.condition = condition;
    this.fields = fields;
    this.compiler = new DetectionCompiler(fields, true);
  }

  /** The whole test. */
  get test(): EventTest {
    this.whole ??= this.compiler.node(this.condition);
    return this.whole;
  }

  /** What is left for all events whose only value at `slot` is the one of `event`. */
  given(slot: Slot, event: Event): Rest {
    const reducer = new Reducer(slot, event, this.fields, this.compiler);
    const reduced = reducer.node(this.condition);
    if (typeof reduced === 'boolean') return reduced;
    const key = `${slot} ${reducer.answers}`;
    let rest = this.rests.get(key);
    if (rest === undefined) {
      if (this.rests.size === MAX_RESTS) return this.test;
      rest = this.compiler.node(reduced);
      this.rests.set(key, rest);
    }
    return rest;
  }
}

class Reducer {
  /** Of the items on the slot, in the order they were met: equal answers leave equal conditions. */
  answers = '';
  private readonly slot: Slot;
  private readonly event: Event;
  private readonly fields: Fields;
  private readonly compiler: DetectionCompiler;
  /** A selection that the condition names often is one node. */
  private readonly reduced = new Map<ConditionNode, Reduced>();

  constructor(slot: Slot, event: Event, fields: Fields, compiler: DetectionCompiler) {
    this.slot = slot;
    this.event = event;
    this.fields = fields;
    this.compiler = compiler;
  }

  node(node: ConditionNode): Reduced {
    let reduced = this.reduced.get(node);
    if (reduced === undefined) {
      reduced = this.reduce(node);
      this.reduced.set(node, reduced);
    }
    return reduced;
  }

  private reduce(node: ConditionNode): Reduced {
    switch (node.kind) {
      case 'item': {
        if (!this.looksAtSlot(node.item)) return node;
        const answer = this.compiler.node(node)(this.event);
        this.answers += answer ? '1' : '0';
        return answer;
      }
      case 'not': {
        const inner = this.node(node.node);
        if (typeof inner === 'boolean') return !inner;
        return inner === node.node ? node : { kind: 'not', node: inner };
      }
      default: {
        const decisive = node.kind === 'or';
        const nodes: ConditionNode[] = [];
        for (const each of node.nodes) {
          const inner = this.node(each);
          if (inner === decisive) return decisive;
          if (typeof inner !== 'boolean') nodes.push(inner);
        }
        if (nodes.length === 0) return !decisive;
        if (nodes.length === 1) return nodes[0]!;
        const isWhole =
          nodes.length === node.nodes.length && nodes.every((each, at) => each === node.nodes[at]);
        return isWhole ? node : { kind: node.kind, nodes };
      }
    }
  }

  /** Alone: not together with other fields. */
  private looksAtSlot(item: DetectionItem): boolean {
    if (item.field === undefined || item.members !== undefined || comparisonOf(item) === 'fieldref')
      return false;
    return toSlot(item.field, this.fields) === this.slot;
  }
}
