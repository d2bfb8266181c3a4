/** A detection compiled for one source: a closure over slots that tells whether an event matches. */
import type { Event, Fields, Slot } from '../model/event.ts';
import type { FieldRef } from '../model/mark.ts';
import type { ConditionNode, Detection, DetectionItem } from '../model/rule.ts';
import { compileRelation } from './match-fields.ts';
import { matchKeywords } from './match-keywords.ts';
import { MemberFields, matchMembers } from './match-members.ts';
import { normalDecimal } from './match-number.ts';
import { comparisonOf, compileValueTests, foldOf, type ValueTest } from './modifiers.ts';
import { ValueMemo } from './value-memo.ts';

export type EventTest = (event: Event) => boolean;

/**
 * The rule was checked when it was parsed, so nothing here refuses it.
 * `remembers`: whether answers are kept by value, for a test that meets the same values often.
 */
export function compileDetection(
  detection: Pick<Detection, 'condition'>,
  fields: Fields,
  remembers = true,
): EventTest {
  slotsOf(detection.condition, fields);
  // Of thousands of rules a log meets few: each is compiled when the first event meets it.
  let test: EventTest | undefined;
  return (event) => {
    test ??= new DetectionCompiler(fields, remembers).node(detection.condition);
    return test(event);
  };
}

/** What the condition looks at. Slots are given out before the first record is read. */
export function slotsOf(condition: ConditionNode, fields: Fields): Set<Slot> {
  const slots = new Set<Slot>();
  const seen = new Set<ConditionNode>();
  const ask = (node: ConditionNode): void => {
    if (node.kind === 'item') {
      const { field, references = [] } = node.item;
      for (const each of field === undefined ? references : [field, ...references])
        slots.add(toSlot(each, fields));
    } else if (node.kind === 'not') ask(node.node);
    else if (!seen.has(node)) {
      seen.add(node);
      for (const child of node.nodes) ask(child);
    }
  };
  ask(condition);
  return slots;
}

export function toSlot(field: FieldRef, fields: Fields): Slot {
  return field.taxonomy === 'audit' ? fields.audit(field.name) : fields.raw(field.name);
}

export class DetectionCompiler {
  private readonly fields: Fields;
  private readonly remembers: boolean;
  /** A selection that the condition names often is one node, and is compiled once. */
  private readonly compiled = new Map<ConditionNode, EventTest>();

  constructor(fields: Fields, remembers: boolean) {
    this.fields = fields;
    this.remembers = remembers;
  }

  node(node: ConditionNode): EventTest {
    let test = this.compiled.get(node);
    if (test === undefined) {
      test = this.compile(node);
      this.compiled.set(node, test);
    }
    return test;
  }

  private compile(node: ConditionNode): EventTest {
    switch (node.kind) {
      case 'item':
        return compileItem(node.item, this.fields, this.remembers);
      case 'not': {
        const test = this.node(node.node);
        return (event) => !test(event);
      }
      case 'and': {
        const tests = cheapFirst(node.nodes).map((each) => this.node(each));
        const [first, second] = tests;
        if (tests.length === 2) return (event) => first!(event) && second!(event);
        return (event) => {
          for (let index = 0; index < tests.length; index++) if (!tests[index]!(event)) return false;
          return true;
        };
      }
      case 'or': {
        const tests = cheapFirst(node.nodes).map((each) => this.node(each));
        const [first, second] = tests;
        if (tests.length === 2) return (event) => first!(event) || second!(event);
        return (event) => {
          for (let index = 0; index < tests.length; index++) if (tests[index]!(event)) return true;
          return false;
        };
      }
    }
  }
}

/** Keywords walk the whole record; the answer does not depend on the order. */
function cheapFirst(nodes: readonly ConditionNode[]): ConditionNode[] {
  return [...nodes.filter((node) => !hasKeywords(node)), ...nodes.filter(hasKeywords)];
}

function hasKeywords(node: ConditionNode): boolean {
  if (node.kind === 'item') return node.item.field === undefined;
  return node.kind === 'not' ? hasKeywords(node.node) : node.nodes.some(hasKeywords);
}

/** `remembers`: whether answers are kept by value. */
export function compileItem(item: DetectionItem, fields: Fields, remembers: boolean): EventTest {
  if (item.field === undefined) return matchKeywords(compileValueTests(item), item.modifiers.includes('all'));
  const slot = toSlot(item.field, fields);
  if (item.members !== undefined) return compileMembers(item.members, slot, fields);
  const comparison = comparisonOf(item);
  if (comparison === 'exists') return compileExists(item, slot);
  if (comparison === 'fieldref') return compileReferences(item, slot, fields);
  return compileValues(item, slot, remembers);
}

/** Values of members have no ids to remember answers by. */
function compileMembers(
  { which, condition }: NonNullable<DetectionItem['members']>,
  slot: Slot,
  fields: Fields,
): EventTest {
  const own = new MemberFields(fields.source);
  return matchMembers(slot, which, own, new DetectionCompiler(own, false).node(condition));
}

/** Presence only: a null is there. Beside it `several`, which no rule can write: of more than one value. */
function compileExists(item: DetectionItem, slot: Slot): EventTest {
  const wanted = item.values.some((value) => value.kind === 'boolean' && value.value);
  const fewer = item.modifiers.includes('several') ? 1 : 0;
  return (event) => event.size(slot) > fewer === wanted;
}

/** Any value matches some member; with `all`, each value matches some member; `neq`: there are values and no member matches. */
function compileValues(item: DetectionItem, slot: Slot, remembers: boolean): EventTest {
  const tests = compileValueTests(item);
  const nulls = item.values.some((value) => value.kind === 'null');
  if (item.modifiers.includes('all')) {
    const each = tests.map((test) => anyMember(slot, test, false, remembers));
    if (nulls) each.push(anyMember(slot, () => false, true, remembers));
    return negate(item, slot, (event) => each.every((test) => test(event)));
  }
  const only = tests[0];
  const either: ValueTest =
    tests.length === 1 ? only! : (text, kind) => tests.some((test) => test(text, kind));
  return negate(item, slot, anyMember(slot, either, nulls, remembers));
}

/** Whether a member passes. An absent field and a null pass only where the rule says null; an empty array has no member. */
function anyMember(slot: Slot, test: ValueTest, nulls: boolean, remembers: boolean): EventTest {
  const judge = (event: Event, at: number): boolean => {
    const kind = event.kind(slot, at);
    if (kind === 'missing' || kind === 'null') return nulls;
    return kind !== 'array' && test(event.text(slot, at)!, kind);
  };
  if (!remembers) {
    return (event) => {
      const size = event.size(slot);
      for (let at = 0; at < size; at++) if (judge(event, at)) return true;
      return size === 0 && nulls;
    };
  }
  const memo = new ValueMemo();
  return (event) => {
    const size = event.size(slot);
    for (let at = 0; at < size; at++) {
      const id = event.id(slot, at);
      let answer = memo.get(id);
      if (answer === undefined) {
        answer = judge(event, at);
        memo.set(id, answer);
      }
      if (answer) return true;
    }
    return size === 0 && nulls;
  };
}

function negate(item: DetectionItem, slot: Slot, test: EventTest): EventTest {
  if (!item.modifiers.includes('neq')) return test;
  return (event) => hasValue(event, slot) && !test(event);
}

function hasValue(event: Event, slot: Slot): boolean {
  const size = event.size(slot);
  for (let at = 0; at < size; at++) {
    const kind = event.kind(slot, at);
    if (kind !== 'missing' && kind !== 'null' && kind !== 'array') return true;
  }
  return false;
}

/** Modifiers by which a part of a value is compared. */
const PARTS = ['contains', 'startswith', 'endswith'] as const;

/** Values of two fields are compared as the item says. Both must have one, for `neq` too. */
function compileReferences(item: DetectionItem, slot: Slot, fields: Fields): EventTest {
  const slots = (item.references ?? []).map((reference) => toSlot(reference, fields));
  const fold = foldOf(item.modifiers);
  const relates = compileRelation(item);
  const negated = item.modifiers.includes('neq');
  const all = item.modifiers.includes('all');
  const areWhole = !PARTS.some((part) => item.modifiers.includes(part));
  return (event) => {
    const own = values(event, slot, fold, areWhole);
    if (own.size === 0) return false;
    let comparable = false;
    let met = 0;
    for (const other of slots) {
      const others = values(event, other, fold, areWhole);
      comparable ||= others.size > 0;
      if (relates(own, others)) met++;
    }
    return comparable && (all ? met === slots.length : met > 0) !== negated;
  };
}

/** Folded. `areWhole`: they are compared as such, so a number is there in the one notation that all of its notations have, too. */
function values(event: Event, slot: Slot, fold: (text: string) => string, areWhole: boolean): Set<string> {
  const texts = new Set<string>();
  const size = event.size(slot);
  for (let at = 0; at < size; at++) {
    const kind = event.kind(slot, at);
    const text = kind === 'array' ? undefined : event.text(slot, at);
    if (text === undefined) continue;
    texts.add(fold(text));
    if (areWhole && kind === 'number') texts.add(`\0number ${normalDecimal(text)}`);
  }
  return texts;
}
