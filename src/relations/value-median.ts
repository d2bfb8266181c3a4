/** `value_median`: the middle of the numbers of a field within a timespan (pySigma); of an even number, the mean of the two. */

import { ONE } from '../licenses/contract/amount.ts';
import type { FindingKind } from '../model/finding.ts';
import type { RelationDefinition } from '../model/relation.ts';
import { amountOf, compileCalculation, exactly, largest } from './amount-relation.ts';
import { percentileMeasure } from './ranked-measure.ts';

const VALUE_MEDIAN: FindingKind = {
  code: 'value-median-reached',
  severity: 'medium',
  title: 'median of values in a timespan is out of bounds',
  why: 'The median moves only when most events do: what is normal for the group has changed.',
  fix: 'Look at the events of the timespan and what changed before it; then correct the cause, or the limit of the rule.',
};

export const valueMedian = {
  type: 'value_median',
  title: 'median of the numbers of a field within a timespan',
  findings: [VALUE_MEDIAN],
  compile(correlation, problem) {
    return compileCalculation(
      correlation,
      {
        code: VALUE_MEDIAN.code,
        noun: 'a median',
        makeMeasure: () => percentileMeasure(50n * ONE),
        moves: 'any-way',
        alone: (mark) => exactly(amountOf(mark)!),
        atMost: largest,
      },
      problem,
    );
  },
} satisfies RelationDefinition;
