/** `condition: {gte: 10, lt: 20}` of a correlation: when a figure speaks against the log, and how to say so. */
import type { Instant } from '../base/instant.ts';
import { type Amount, formatAmount, parseAmount } from '../licenses/contract/amount.ts';
import type { Group } from '../model/relation.ts';
import type { Comparison, Correlation } from '../model/rule.ts';
import { compareFigures, type Figure, type Ratio, toDouble } from './figure.ts';
import { compileTableLimit } from './table-limit.ts';

/** By the sign of figure minus limit. */
const HOLDS: Record<Comparison, (difference: number) => boolean> = {
  gt: (difference) => difference > 0,
  gte: (difference) => difference >= 0,
  lt: (difference) => difference < 0,
  lte: (difference) => difference <= 0,
  eq: (difference) => difference === 0,
  neq: (difference) => difference !== 0,
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

const COMPARISONS = Object.keys(HOLDS) as Comparison[];

/** The condition as it stands for one group. */
export type Threshold = {
  /** Whether every part holds for a figure; two parts make a range. Undefined where no row of a table is in force. */
  holds(figure: Figure, time: Instant): boolean | undefined;
  /** `fewer than 10`, `fewer than 3 or more than 5`; undefined where no row is in force. */
  expected(time: Instant): string | undefined;
};

type Part = { comparison: Comparison; limitAt(group: Group): (time: Instant) => Amount | undefined };

/** Undefined with the reason told when the condition cannot be judged; one that is empty always holds. */
export function compileThreshold(
  correlation: Correlation,
  problem: (message: string) => void,
): ((group: Group) => Threshold) | undefined {
  const { condition, limits = {} } = correlation;
  const parts: Part[] = [];
  let broken = false;
  const tell = (message: string) => {
    broken = true;
    problem(message);
  };
  for (const comparison of COMPARISONS) {
    const number = condition[comparison];
    const limit = number === undefined ? undefined : parseAmount(String(number));
    if (number !== undefined && limit === undefined)
      tell(`the limit "${comparison}: ${number}" is too large or too fine to be judged exactly`);
    if (limit !== undefined) parts.push({ comparison, limitAt: () => () => limit });
    const table = limits[comparison];
    const limitAt = table && compileTableLimit(correlation, table, tell);
    if (limitAt !== undefined) parts.push({ comparison, limitAt });
  }
  if (broken) return undefined;
  if (Object.keys(limits).length > 0) return (group) => bind(parts, group);
  const fixed: Threshold = { ...bind(parts, []), holds: compileFixed(condition) };
  return () => fixed;
}

function bind(parts: readonly Part[], group: Group): Threshold {
  const bound = parts.map(({ comparison, limitAt }) => ({ comparison, limitAt: limitAt(group) }));
  return {
    holds(figure, time) {
      let all: boolean | undefined = true;
      for (const { comparison, limitAt } of bound) {
        const limit = limitAt(time);
        if (limit === undefined) all = all && undefined;
        else if (!HOLDS[comparison](compareFigures(figure, toFigure(limit)))) return false;
      }
      return all;
    },
    expected(time) {
      const texts = bound.map(({ comparison, limitAt }) => {
        const limit = limitAt(time);
        return limit === undefined ? undefined : EXPECTED[comparison](formatAmount(limit));
      });
      return texts.includes(undefined) ? undefined : texts.join(' or ');
    },
  };
}

function toFigure(amount: Amount): Ratio {
  return { amount, over: 1n };
}

/** A condition without tables. Counts are asked for each mark: comparing them as numbers is what that costs. */
export function compileFixed(condition: Correlation['condition']): (figure: Figure) => boolean {
  const tests = COMPARISONS.flatMap((comparison) => {
    const limit = condition[comparison];
    if (limit === undefined) return [];
    const exact = parseAmount(String(limit));
    const holds = HOLDS[comparison];
    return (figure: Figure) => {
      if (typeof figure === 'number') return holds(figure - limit);
      return holds(exact === undefined ? toDouble(figure) - limit : compareFigures(figure, toFigure(exact)));
    };
  });
  const [first, second, ...more] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  return (figure) => first(figure) && second(figure) && more.every((test) => test(figure));
}

function comparisonsOf({ condition, limits = {} }: Pick<Correlation, 'condition' | 'limits'>): Comparison[] {
  return COMPARISONS.filter((each) => condition[each] !== undefined || limits[each] !== undefined);
}

/** Whether more can only make it truer: then it is judged as the marks arrive, else once a window is complete. */
export function growsTrue(correlation: Pick<Correlation, 'condition' | 'limits'>): boolean {
  return comparisonsOf(correlation).every((comparison) => comparison === 'gt' || comparison === 'gte');
}

/** Whether more can only make it less true. */
export function fallsTrue(correlation: Pick<Correlation, 'condition' | 'limits'>): boolean {
  return comparisonsOf(correlation).every((comparison) => comparison === 'lt' || comparison === 'lte');
}

export function isEmptyThreshold(correlation: Pick<Correlation, 'condition' | 'limits'>): boolean {
  return comparisonsOf(correlation).length === 0;
}

/** Whether some whole number above zero fulfills it; limits are small, so the neighbors of each are tried. */
export function isReachable(condition: Correlation['condition']): boolean {
  const holds = compileFixed(condition);
  const candidates = Object.values(condition).flatMap((limit) => [Math.floor(limit), Math.ceil(limit)]);
  return [1, ...candidates.flatMap((limit) => [limit - 1, limit, limit + 1])].some(
    (value) => value > 0 && holds(value),
  );
}

/** The smallest whole number that fulfills a condition which more makes only truer; 1 where a table holds the limit. */
export function fewestOf({ condition, limits }: Pick<Correlation, 'condition' | 'limits'>): number {
  if (limits !== undefined && Object.keys(limits).length > 0) return 1;
  const holds = compileFixed(condition);
  const candidates = Object.values(condition).flatMap((limit) => [Math.floor(limit), Math.floor(limit) + 1]);
  return Math.max(1, Math.min(...candidates.filter((value) => holds(value))));
}
