/** What the relations share that calculate with the numbers of a field: how a number is read, and what is in doubt without one. */
import { quote } from '../base/text-safety.ts';
import { type Amount, parseAmount } from '../licenses/contract/amount.ts';
import type { Mark } from '../model/mark.ts';
import type { Relation } from '../model/relation.ts';
import type { Correlation } from '../model/rule.ts';
import { compileCounting } from './count-relation.ts';
import type { Counting } from './counting.ts';
import { compareFigures, type Figure, formatFigure, type Ratio } from './figure.ts';
import { type CopiedMeasure, RepeatsMeasure } from './repeats-measure.ts';

type Calculation = Pick<Counting, 'code' | 'moves' | 'atMost' | 'alone' | 'keys'> & {
  makeMeasure(): CopiedMeasure;
  /** `a sum`, `an average`. */
  noun: string;
};

/** Undefined with the reason told. */
export function compileCalculation(
  correlation: Correlation,
  calculation: Calculation,
  problem: (message: string) => void,
): Relation | undefined {
  const { type, fields } = correlation;
  const width = fields?.[0]?.length ?? 0;
  if (width !== 1)
    return void problem(`"${type}" needs one "field" with the numbers it calculates with, found ${width}`);
  return compileCounting(
    correlation,
    {
      ...calculation,
      makeMeasure: () => new RepeatsMeasure(calculation.makeMeasure()),
      takesSeconds: true,
      width: 1,
      counts: (mark) => amountOf(mark) !== undefined,
      describe: (figure) => `${calculation.noun} of ${formatFigure(figure)}`,
      doubt: ({ values }) => values[0] !== undefined,
      doubts: `whose ${quote(fieldName(correlation))} is no number`,
    },
    problem,
  );
}

function fieldName({ fields }: Correlation): string {
  return fields?.[0]?.[0]?.name ?? '';
}

/** `12`, `-2.5`, `1e3`, as number or as text; `1,2` and `12 ms` are none. */
export function amountOf({ values }: Mark): Amount | undefined {
  const text = values[0];
  return text === undefined ? undefined : parseAmount(text);
}

export function exactly(amount: Amount): Ratio {
  return { amount, over: 1n };
}

/** The largest of `best` and the figures that marks without a time have alone. */
export function largest(best: Figure | undefined, untimed: readonly Mark[]): Figure {
  const figures = untimed.map((mark) => exactly(amountOf(mark)!));
  if (best !== undefined) figures.push(best as Ratio);
  return figures.length === 0
    ? exactly(0n)
    : figures.reduce((kept, figure) => (compareFigures(figure, kept) > 0 ? figure : kept));
}
