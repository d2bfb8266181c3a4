/** `value_percentile`: a percentile of the numbers of a field within a timespan, in the form of pySigma. */
import { quote } from '../base/text-safety.ts';
import { type Amount, formatAmount, ONE, parseAmount } from '../licenses/contract/amount.ts';
import type { FindingKind } from '../model/finding.ts';
import type { RelationDefinition } from '../model/relation.ts';
import { amountOf, compileCalculation, exactly, largest } from './amount-relation.ts';
import { percentileMeasure } from './ranked-measure.ts';

const VALUE_PERCENTILE: FindingKind = {
  code: 'value-percentile-reached',
  severity: 'medium',
  title: 'percentile of values in a timespan is out of bounds',
  why: 'A high percentile shows the few extreme events that an average hides, a low one that even the best are bad.',
  fix: 'Look at the extreme events of the timespan; then correct their cause, or the limit of the rule.',
};

export const valuePercentile = {
  type: 'value_percentile',
  title: 'percentile of the numbers of a field within a timespan',
  findings: [VALUE_PERCENTILE],
  compile(correlation, problem) {
    const { percentile } = correlation.extra;
    if (percentile === undefined) return void problem(AMBIGUOUS);
    const percent = percentOf(percentile);
    if (percent === undefined)
      return void problem(
        `"percentile" must be a number from 0 to 100, found ${quote(typeof percentile === 'string' ? percentile : JSON.stringify(percentile))}`,
      );
    return compileCalculation(
      correlation,
      {
        code: VALUE_PERCENTILE.code,
        noun: `a percentile ${formatAmount(percent)}`,
        makeMeasure: () => percentileMeasure(percent),
        moves: 'any-way',
        alone: (mark) => exactly(amountOf(mark)!),
        atMost: largest,
        keys: ['percentile'],
      },
      problem,
    );
  },
} satisfies RelationDefinition;

/** Sigma's own example means the share of a text value among all, pySigma the percentile of a number, RSigma the median. */
const AMBIGUOUS =
  '"value_percentile" without "percentile" has three readings among Sigma tools, so it is refused: write {percentile: 95, gt: 300, field: …} for the 95th percentile of a number above 300; the share of rare values is not supported';

function percentOf(value: unknown): Amount | undefined {
  if (typeof value !== 'number') return undefined;
  const percent = parseAmount(String(value));
  return percent === undefined || percent < 0n || percent > 100n * ONE ? undefined : percent;
}
