/** The conditions of all rules on one source, equal parts shared, and what is left of one when a field's value is known. */
import type { Event, Fields, Slot } from '../model/event.ts';
import type { ConditionNode } from '../model/rule.ts';
import { DetectionCompiler, type EventTest, toSlot } from './compile-detection.ts';
import { type FieldItem, FieldItems, type ValueClass } from './field-items.ts';
import { comparisonOf } from './modifiers.ts';

/** Equal conditions are one object. */
export type Condition = {
  readonly number: number;
  readonly node: ConditionNode;
  readonly parts: readonly Condition[];
  /** Of an item that looks at one field alone. */
  readonly item: FieldItem | undefined;
  /** The fields that such items below look at. */
  readonly fields: ReadonlySet<FieldItems>;
};

/** A condition that is left, or the answer where none is. */
export type Rest = Condition | boolean;

const NO_FIELDS: ReadonlySet<FieldItems> = new Set();

export class ConditionPool {
  private readonly slots: Fields;
  private readonly compiler: DetectionCompiler;
  private readonly bySlot = new Map<Slot, FieldItems>();
  private readonly byNode = new Map<ConditionNode, Condition>();
  private readonly byKey = new Map<string, Condition>();
  private readonly byItem = new Map<FieldItem, Condition>();
  private count = 0;

  constructor(slots: Fields) {
    this.slots = slots;
    this.compiler = new DetectionCompiler(slots, true);
  }

  /** Before the first event, for it gives out slots. */
  add(node: ConditionNode): Condition {
    let condition = this.byNode.get(node);
    if (condition === undefined) {
      condition = this.newCondition(node);
      this.byNode.set(node, condition);
    }
    return condition;
  }

  private newCondition(node: ConditionNode): Condition {
    switch (node.kind) {
      case 'item':
        return this.ofItem(node);
      case 'not':
        return this.negated(this.add(node.node));
      default:
        return this.joined(
          node.kind,
          node.nodes.map((each) => this.add(each)),
        );
    }
  }

  private ofItem(node: ConditionNode & { kind: 'item' }): Condition {
    const { field, references, members } = node.item;
    for (const reference of references ?? []) toSlot(reference, this.slots);
    if (field === undefined || members !== undefined || comparisonOf(node.item) === 'fieldref') {
      if (field !== undefined) toSlot(field, this.slots);
      return this.create(node, [], NO_FIELDS);
    }
    const on = this.fieldItems(toSlot(field, this.slots));
    const item = on.add(node.item);
    let known = this.byItem.get(item);
    if (known === undefined) {
      known = this.create(node, [], on.alone, item);
      this.byItem.set(item, known);
    }
    return known;
  }

  private fieldItems(slot: Slot): FieldItems {
    let items = this.bySlot.get(slot);
    if (items === undefined) {
      items = new FieldItems(slot, this.slots);
      this.bySlot.set(slot, items);
    }
    return items;
  }

  private negated(part: Condition): Condition {
    return this.shared(`not ${part.number}`, () =>
      this.create({ kind: 'not', node: part.node }, [part], part.fields),
    );
  }

  private joined(kind: 'and' | 'or', parts: readonly Condition[]): Condition {
    if (parts.length === 1) return parts[0]!;
    return this.shared(`${kind} ${parts.map(({ number }) => number).join()}`, () =>
      this.create({ kind, nodes: parts.map(({ node }) => node) }, parts, unitedFields(parts)),
    );
  }

  private shared(key: string, create: () => Condition): Condition {
    let known = this.byKey.get(key);
    if (known === undefined) {
      known = create();
      this.byKey.set(key, known);
    }
    return known;
  }

  private create(
    node: ConditionNode,
    parts: readonly Condition[],
    fields: ReadonlySet<FieldItems>,
    item?: FieldItem,
  ): Condition {
    return { number: this.count++, node, parts, item, fields };
  }

  /** Compiled when it is first asked: of thousands of rules a log meets few. */
  lazyTest({ node }: Condition): EventTest {
    let test: EventTest | undefined;
    return (event) => {
      test ??= this.compiler.node(node);
      return test(event);
    };
  }

  /** What is left for all events of a class whose `asked` items answer as those of `event`. `known`: of the same call for others. */
  given(
    condition: Condition,
    on: FieldItems,
    value: ValueClass,
    event: Event,
    known: Map<Condition, Rest>,
  ): Rest {
    if (!condition.fields.has(on)) return condition;
    const { item } = condition;
    if (item !== undefined) return item.sort === 'asked' ? item.test(event) : value.items.has(item);
    let rest = known.get(condition);
    if (rest === undefined) {
      rest = this.reduced(condition, (part) => this.given(part, on, value, event, known));
      known.set(condition, rest);
    }
    return rest;
  }

  private reduced(condition: Condition, given: (part: Condition) => Rest): Rest {
    const { kind } = condition.node;
    if (kind === 'item') return condition;
    if (kind === 'not') {
      const inner = given(condition.parts[0]!);
      return typeof inner === 'boolean' ? !inner : this.negated(inner);
    }
    const decisive = kind === 'or';
    const parts: Condition[] = [];
    for (const part of condition.parts) {
      const rest = given(part);
      if (rest === decisive) return decisive;
      if (typeof rest !== 'boolean') parts.push(rest);
    }
    return parts.length === 0 ? !decisive : this.joined(kind, parts);
  }
}

/** Sets are shared: thousands of rules look at the same fields. */
function unitedFields(parts: readonly Condition[]): ReadonlySet<FieldItems> {
  const [first, ...others] = parts;
  let united = first?.fields ?? NO_FIELDS;
  for (const { fields } of others) {
    if (fields === united || [...fields].every((each) => united.has(each))) continue;
    united = new Set([...united, ...fields]);
  }
  return united;
}

/** The items of sort `asked` on a field, which a class of its values leaves open. */
export function addAsked(condition: Condition, on: FieldItems, found: Set<FieldItem>): void {
  if (!condition.fields.has(on)) return;
  const { item } = condition;
  if (item === undefined) for (const part of condition.parts) addAsked(part, on, found);
  else if (item.sort === 'asked') found.add(item);
}

/** Items of which one holds wherever the condition does, as few of them as `crowd` has on them; undefined where there are none. */
export function gateOf(
  condition: Condition,
  crowd: (item: FieldItem) => number,
): readonly FieldItem[] | undefined {
  const { item, parts } = condition;
  if (item !== undefined) return item.sort === 'asked' ? undefined : [item];
  switch (condition.node.kind) {
    case 'and': {
      let least: readonly FieldItem[] | undefined;
      let fewest = Number.POSITIVE_INFINITY;
      for (const part of parts) {
        const gate = gateOf(part, crowd);
        const most =
          gate === undefined ? fewest : gate.reduce((worst, each) => Math.max(worst, crowd(each)), 0);
        if (most >= fewest) continue;
        fewest = most;
        least = gate;
      }
      return least;
    }
    case 'or': {
      const gates = parts.map((part) => gateOf(part, crowd));
      const isComplete = gates.length > 0 && gates.every((gate) => gate !== undefined);
      return isComplete ? [...new Set(gates.flat() as FieldItem[])] : undefined;
    }
    default:
      return undefined;
  }
}
