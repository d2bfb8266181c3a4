/** `condition: {gte: 10, lt: 20}` of a correlation: when a number speaks against the log, and how to say so. */
import { formatNumber } from '../base/text-safety.ts';
import type { Comparison } from '../model/rule.ts';

type Threshold = Readonly<Partial<Record<Comparison, number>>>;

const HOLDS: Record<Comparison, (value: number, limit: number) => boolean> = {
  gt: (value, limit) => value > limit,
  gte: (value, limit) => value >= limit,
  lt: (value, limit) => value < limit,
  lte: (value, limit) => value <= limit,
  eq: (value, limit) => value === limit,
  neq: (value, limit) => value !== limit,
};

/** What the rule's author wanted to see instead, since the condition describes the violation. */
const EXPECTED: Record<Comparison, (limit: string) => string> = {
  gt: (limit) => `at most ${limit}`,
  gte: (limit) => `fewer than ${limit}`,
  lt: (limit) => `at least ${limit}`,
  lte: (limit) => `more than ${limit}`,
  eq: (limit) => `other than ${limit}`,
  neq: (limit) => `exactly ${limit}`,
};

function entries(threshold: Threshold): [Comparison, number][] {
  return (Object.keys(HOLDS) as Comparison[]).flatMap((comparison) => {
    const limit = threshold[comparison];
    return limit === undefined ? [] : [[comparison, limit] as [Comparison, number]];
  });
}

/** Says whether every part of the condition holds for a value; two parts make a range. Asked once for each mark. */
export function compileThreshold(threshold: Threshold): (value: number) => boolean {
  const [first, second, ...more] = entries(threshold).map(([comparison, limit]) => {
    const holds = HOLDS[comparison];
    return (value: number) => holds(value, limit);
  });
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  return (value) => first(value) && second(value) && more.every((holds) => holds(value));
}

/** Whether more can only make it truer: then it is judged as the marks arrive, else once a window is complete. */
export function growsTrue(threshold: Threshold): boolean {
  return entries(threshold).every(([comparison]) => comparison === 'gt' || comparison === 'gte');
}

export function isEmptyThreshold(threshold: Threshold): boolean {
  return entries(threshold).length === 0;
}

/** `fewer than 10`, `fewer than 3 or more than 5` */
export function formatExpected(threshold: Threshold): string {
  return entries(threshold)
    .map(([comparison, limit]) => EXPECTED[comparison](formatNumber(limit)))
    .join(' or ');
}
