/** A condition over named texts instead of an event: what a waiver asks of the group that a correlation found. */
import type { ConditionNode, DetectionItem } from '../model/rule.ts';
import { comparisonOf, compileValueTests } from './modifiers.ts';

/** Undefined: there is no such text. */
export type TextTest = (text: (name: string) => string | undefined) => boolean;

/** The condition was checked when it was parsed; items look at fields, never at keywords or other fields. */
export function compileTextTest(node: ConditionNode): TextTest {
  if (node.kind === 'item') return compileItem(node.item);
  if (node.kind === 'not') {
    const test = compileTextTest(node.node);
    return (text) => !test(text);
  }
  const tests = node.nodes.map(compileTextTest);
  if (node.kind === 'and') return (text) => tests.every((test) => test(text));
  return (text) => tests.some((test) => test(text));
}

function compileItem(item: DetectionItem): TextTest {
  const name = item.field!.name;
  if (comparisonOf(item) === 'exists') {
    const wanted = item.values.some((value) => value.kind === 'boolean' && value.value);
    return (text) => (text(name) !== undefined) === wanted;
  }
  const tests = compileValueTests(item);
  const holdsForAbsent = item.values.some((value) => value.kind === 'null');
  const isNegated = item.modifiers.includes('neq');
  const all = item.modifiers.includes('all');
  return (lookUp) => {
    const text = lookUp(name);
    // As on an event: a value that is not there is not unequal either.
    if (text === undefined) return holdsForAbsent && !isNegated;
    const holds = (test: (typeof tests)[number]) => test(text, 'string');
    const matches = all ? tests.every(holds) : tests.some(holds);
    return isNegated ? !matches : matches;
  };
}
