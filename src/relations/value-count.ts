/** `value_count`: how many distinct values of a field a group has within a timespan (Sigma correlation 2.1). */
import { count } from '../base/text-safety.ts';
import type { FindingKind } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import type { RelationDefinition } from '../model/relation.ts';
import { compileCounting } from './count-relation.ts';
import type { Figure } from './figure.ts';
import type { Measure } from './windows.ts';

const VALUE_COUNT: FindingKind = {
  code: 'value-count-reached',
  severity: 'medium',
  title: 'number of distinct values in a timespan is out of bounds',
  why: 'One actor on many targets, or one account from many places, is how search, spraying and sharing look in a log.',
  fix: 'Look at the values the group had in the timespan; stop the cause, or raise the limit of the rule with a reason.',
};

/** Values are told apart by their exact text; several fields make a tuple, and a mark that lacks one does not count. */
export const valueCount = {
  type: 'value_count',
  title: 'distinct values of a field within a timespan, counted',
  findings: [VALUE_COUNT],
  compile(correlation, problem) {
    const width = correlation.fields?.[0]?.length ?? 0;
    if (width === 0) return void problem('"value_count" needs the "field" whose values it counts');
    const counting = {
      code: VALUE_COUNT.code,
      width,
      takesEach: true,
      makeMeasure: () => countValues(width),
      counts: (mark: Mark) => isWhole(mark, width),
      describe: (figure: Figure) => count(figure as number, 'distinct value'),
      moves: 'by-one' as const,
      atMost: (best: Figure | undefined, untimed: readonly Mark[]) =>
        ((best as number | undefined) ?? 0) + untimed.length,
    };
    return compileCounting(correlation, counting, problem);
  },
} satisfies RelationDefinition;

/** Asked for each mark, so without a copy of its values. */
function isWhole({ values }: Mark, width: number): boolean {
  for (let index = 0; index < width; index++) if (values[index] === undefined) return false;
  return true;
}

function countValues(width: number): Measure {
  const occurrences = new Map<string, number>();
  const key = (mark: Mark) => (width === 1 ? mark.values[0]! : JSON.stringify(mark.values.slice(0, width)));
  return {
    add(mark) {
      const value = key(mark);
      occurrences.set(value, (occurrences.get(value) ?? 0) + 1);
    },
    remove(mark) {
      const value = key(mark);
      const left = occurrences.get(value)! - 1;
      if (left === 0) occurrences.delete(value);
      else occurrences.set(value, left);
    },
    value: () => occurrences.size,
  };
}
