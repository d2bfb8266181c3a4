/** `value_sum`: the numbers of a field, added up within a timespan (Sigma correlation 2.1). Exact, so the order of events is no matter. */
import type { FindingKind } from '../model/finding.ts';
import type { RelationDefinition } from '../model/relation.ts';
import { amountOf, compileCalculation, exactly } from './amount-relation.ts';
import type { Ratio } from './figure.ts';
import type { CopiedMeasure } from './repeats-measure.ts';

const VALUE_SUM: FindingKind = {
  code: 'value-sum-reached',
  severity: 'medium',
  title: 'sum of values in a timespan is out of bounds',
  why: 'Many small transfers or uses add up to what no single event shows: data carried out, quotas exceeded, work not done.',
  fix: 'Look at the group and the timespan that are named; stop the cause, or raise the limit of the rule with a reason.',
};

export const valueSum = {
  type: 'value_sum',
  title: 'numbers of a field within a timespan, added up',
  findings: [VALUE_SUM],
  compile(correlation, problem) {
    return compileCalculation(
      correlation,
      {
        code: VALUE_SUM.code,
        noun: 'a sum',
        makeMeasure: sum,
        // Amounts below zero are subtracted where the log shows them; none are presumed where it is silent.
        moves: 'only-up',
        atMost: (best, untimed) =>
          exactly(
            untimed.reduce(
              (total, mark) => {
                const amount = amountOf(mark)!;
                return amount > 0n ? total + amount : total;
              },
              (best as Ratio | undefined)?.amount ?? 0n,
            ),
          ),
      },
      problem,
    );
  },
} satisfies RelationDefinition;

function sum(before = 0n): CopiedMeasure {
  let total = before;
  return {
    add(mark) {
      total += amountOf(mark)!;
    },
    remove(mark) {
      total -= amountOf(mark)!;
    },
    value: () => exactly(total),
    copy: () => sum(total),
  };
}
