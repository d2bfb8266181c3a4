/** A condition over rules as alternatives: rules that must occur together, and rules that must not occur beside them. */
import type { StepCondition } from '../model/rule.ts';

/** Steps in rising order. */
export type Term = { all: readonly number[]; none: readonly number[] };

/** Bounds what a condition of `(a or b) and (c or d) and …` asks for at each mark. */
const MAX_TERMS = 64;

/** The alternatives, or why there are none to judge. */
export function toTerms(condition: StepCondition): Term[] | string {
  const terms = expand(condition, false);
  if (terms === undefined) return `the condition has more than ${MAX_TERMS} alternatives`;
  if (terms.length === 0) return 'the condition contradicts itself: no events can fulfill it';
  if (terms.some(({ all }) => all.length === 0))
    return 'the condition holds where none of its rules has an event, which no event can show; "gap" or "requires" judge absence';
  return terms;
}

/** `not` at the leaves only (De Morgan), `or` outermost. Undefined when there are too many alternatives. */
function expand(condition: StepCondition, negated: boolean): Term[] | undefined {
  switch (condition.kind) {
    case 'step': {
      const { step } = condition;
      return [negated ? { all: [], none: [step] } : { all: [step], none: [] }];
    }
    case 'not':
      return expand(condition.node, !negated);
    default: {
      const isAnd = (condition.kind === 'and') !== negated;
      let terms: Term[] = isAnd ? [{ all: [], none: [] }] : [];
      for (const node of condition.nodes) {
        const expanded = expand(node, negated);
        if (expanded === undefined) return undefined;
        terms = simplified(
          isAnd
            ? terms.flatMap((left) => expanded.map((right) => both(left, right)))
            : [...terms, ...expanded],
        );
        if (terms.length > MAX_TERMS) return undefined;
      }
      return terms;
    }
  }
}

function both(left: Term, right: Term): Term {
  return { all: union(left.all, right.all), none: union(left.none, right.none) };
}

function union(left: readonly number[], right: readonly number[]): number[] {
  return [...new Set([...left, ...right])].sort((a, b) => a - b);
}

/** Without those that contradict themselves, and those that ask for all that another asks for, and more. */
function simplified(terms: readonly Term[]): Term[] {
  const possible = terms.filter(({ all, none }) => !all.some((step) => none.includes(step)));
  return possible.filter(
    (term, index) => !possible.some((other, at) => at !== index && isWider(other, term, at < index)),
  );
}

/** Whether `other` asks for nothing that `term` does not ask for too; of two equal ones the first stays. */
function isWider(other: Term, term: Term, isFirst: boolean): boolean {
  const isWithin =
    other.all.every((step) => term.all.includes(step)) &&
    other.none.every((step) => term.none.includes(step));
  const isEqual = other.all.length === term.all.length && other.none.length === term.none.length;
  return isWithin && (!isEqual || isFirst);
}
