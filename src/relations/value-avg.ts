/** `value_avg`: the mean of the numbers of a field within a timespan (Sigma correlation 2.1). Exact: it is compared as a fraction. */
import type { FindingKind } from '../model/finding.ts';
import type { RelationDefinition } from '../model/relation.ts';
import { amountOf, compileCalculation, largest } from './amount-relation.ts';
import type { CopiedMeasure } from './repeats-measure.ts';

const VALUE_AVG: FindingKind = {
  code: 'value-average-reached',
  severity: 'medium',
  title: 'average of values in a timespan is out of bounds',
  why: 'An average that leaves its range shows a change of behavior that no single event shows.',
  fix: 'Look at the events of the timespan and what changed before it; then correct the cause, or the limit of the rule.',
};

export const valueAvg = {
  type: 'value_avg',
  title: 'average of the numbers of a field within a timespan',
  findings: [VALUE_AVG],
  compile(correlation, problem) {
    return compileCalculation(
      correlation,
      {
        code: VALUE_AVG.code,
        noun: 'an average',
        makeMeasure: average,
        moves: 'any-way',
        // The mean of two sets lies between their means.
        atMost: largest,
      },
      problem,
    );
  },
} satisfies RelationDefinition;

function average(before = 0n, eventsBefore = 0n): CopiedMeasure {
  let total = before;
  let events = eventsBefore;
  return {
    add(mark) {
      total += amountOf(mark)!;
      events++;
    },
    remove(mark) {
      total -= amountOf(mark)!;
      events--;
    },
    value: () => ({ amount: total, over: events }),
    copy: () => average(total, events),
  };
}
