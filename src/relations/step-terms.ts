/** A condition over rules as alternatives: rules that must occur together, and rules that must not occur beside them. */
import type { StepCondition } from '../model/rule.ts';

/** Steps in rising order. */
export type Term = { all: readonly number[]; none: readonly number[] };

/** Bounds what a condition of `(a or b) and (c or d) and …` asks for at each mark. */
const MAX_TERMS = 64;

/** The alternatives, or why there are none to judge. */
export function toTerms(condition: StepCondition): Term[] | string {
  const alternatives = expand(condition, false);
  if (alternatives === undefined) return `the condition has more than ${MAX_TERMS} alternatives`;
  const terms = alternatives
    .map((literals) => ({
      all: stepsOf(literals, true),
      none: stepsOf(literals, false),
    }))
    .filter(({ all, none }) => !all.some((step) => none.includes(step)));
  if (terms.length === 0) return 'the condition contradicts itself: no events can fulfill it';
  if (terms.some(({ all }) => all.length === 0))
    return 'the condition holds where none of its rules has an event, which no event can show; "gap" or "requires" judge absence';
  return terms.filter(
    (term, index) => !terms.some((other, at) => at !== index && isWider(other, term, at < index)),
  );
}

/** Whether `other` asks for nothing that `term` does not ask for too; of two equal ones the first stays. */
function isWider(other: Term, term: Term, isFirst: boolean): boolean {
  const within =
    other.all.every((step) => term.all.includes(step)) &&
    other.none.every((step) => term.none.includes(step));
  const isEqual = other.all.length === term.all.length && other.none.length === term.none.length;
  return within && (!isEqual || isFirst);
}

/** `not` at the leaves only (De Morgan), `or` outermost. A literal is a step, whether it must occur. */
type Literal = { step: number; occurs: boolean };

function expand(condition: StepCondition, negated: boolean): Literal[][] | undefined {
  switch (condition.kind) {
    case 'step':
      return [[{ step: condition.step, occurs: !negated }]];
    case 'not':
      return expand(condition.node, !negated);
    default: {
      const isAnd = (condition.kind === 'and') !== negated;
      let alternatives: Literal[][] = isAnd ? [[]] : [];
      for (const node of condition.nodes) {
        const expanded = expand(node, negated);
        if (expanded === undefined) return undefined;
        alternatives = isAnd
          ? alternatives.flatMap((left) => expanded.map((right) => [...left, ...right]))
          : [...alternatives, ...expanded];
        if (alternatives.length > MAX_TERMS) return undefined;
      }
      return alternatives;
    }
  }
}

function stepsOf(literals: readonly Literal[], occurs: boolean): number[] {
  const steps = literals.filter((literal) => literal.occurs === occurs).map(({ step }) => step);
  return [...new Set(steps)].sort((left, right) => left - right);
}
