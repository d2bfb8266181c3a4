/** `temporal`: events of several rules within a timespan, in any order (Sigma correlation 2.1), or as a condition over the rules says. */
import { count } from '../base/text-safety.ts';
import type { FindingKind } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import { loggedNames } from '../model/message.ts';
import type { Judgement, Relation, RelationDefinition } from '../model/relation.ts';
import { type Correlation, resolveField, type StepCondition } from '../model/rule.ts';
import type { Completion } from './awaiting.ts';
import {
  completionEpisodes,
  completionJudgement,
  type Position,
  TOLD_OF_COMPLETIONS,
} from './completion-episodes.ts';
import { compileCounting } from './count-relation.ts';
import type { Figure } from './figure.ts';
import { RecentMarks } from './recent-marks.ts';
import { toTerms } from './step-terms.ts';
import { isEmptyThreshold } from './threshold.ts';
import { findTogether } from './together.ts';
import { tellingOf } from './told-values.ts';
import { unknownKeys } from './unknown-keys.ts';
import type { Measure } from './windows.ts';

const TOGETHER: FindingKind = {
  code: 'events-together',
  severity: 'medium',
  title: 'events of several rules occurred close together',
  why: 'Each event alone may be ordinary; this close together they are what the rule warns of.',
  fix: 'Look at the events together; the places of all of them are named.',
};

export const temporal = {
  type: 'temporal',
  title: 'events of several rules within a timespan, in any order',
  findings: [TOGETHER],
  compile(correlation, problem) {
    if (correlation.fields !== undefined)
      return void problem(
        '"temporal" takes no "field"; "group-by" and "aliases" say what the events have in common',
      );
    return correlation.expression === undefined
      ? compileRuleCount(correlation, problem)
      : compileExpression(correlation, correlation.expression, problem);
  },
} satisfies RelationDefinition;

/** How many different rules have an event; without a condition, all of them must. */
function compileRuleCount(
  correlation: Correlation,
  problem: (message: string) => void,
): Relation | undefined {
  const all = new Set(correlation.rules).size;
  const isImplied = isEmptyThreshold(correlation);
  const rule = isImplied ? { ...correlation, condition: { gte: all } } : correlation;
  const ruleOf = (step: number) => correlation.rules[step]!;
  return compileCounting(
    rule,
    {
      code: TOGETHER.code,
      width: 0,
      kindOf: ruleOf,
      makeMeasure: () => countRules(ruleOf),
      counts: () => true,
      describe: (figure) => `${figure as number} of ${count(all, 'rule')} matched`,
      isImplied,
      takesEach: true,
      moves: 'by-one',
      atMost: (best: Figure | undefined, untimed: readonly Mark[]) =>
        Math.min(
          all,
          ((best as number | undefined) ?? 0) + new Set(untimed.map(({ step }) => ruleOf(step))).size,
        ),
    },
    problem,
  );
}

function countRules(ruleOf: (step: number) => string): Measure {
  const events = new Map<string, number>();
  return {
    add({ step }) {
      const rule = ruleOf(step);
      events.set(rule, (events.get(rule) ?? 0) + 1);
    },
    remove({ step }) {
      const rule = ruleOf(step);
      const left = events.get(rule)! - 1;
      if (left === 0) events.delete(rule);
      else events.set(rule, left);
    },
    value: () => events.size,
  };
}

function compileExpression(
  correlation: Correlation,
  expression: StepCondition,
  problem: (message: string) => void,
): Relation | undefined {
  const { timespan, calendarUnit, rules, type, effective } = correlation;
  if (calendarUnit !== undefined)
    return void problem(
      `"${type}" with a condition over rules has windows that slide, found "window: calendar"`,
    );
  if (timespan === undefined) return void problem(`"${type}" needs a "timespan"`);
  const unknown = unknownKeys(correlation, []);
  if (unknown !== undefined) return void problem(unknown);
  const terms = toTerms(expression);
  if (typeof terms === 'string') return void problem(terms);
  const names = loggedNames(correlation.message, TOLD_OF_COMPLETIONS);
  const makesTrue = new Set(terms.flatMap(({ all }) => all));
  return {
    fewest: Math.min(...terms.map(({ all }) => all.length)),
    takesEach: true,
    window: timespan,
    // What is ruled out is so by events from before the rule was in force as well.
    looksAround: true,
    inputs: rules.map((detection, step) => ({
      detection,
      groupBy: correlation.groupBy[step]!,
      values: names.map((name) => resolveField(correlation, name, step)),
      takesTogether: true as const,
    })),
    *judge(group, marks, coverage): Generator<Judgement> {
      const condition = { terms, timespan, coverage, ends: [], steps: rules.length, effective };
      const recent = new RecentMarks(timespan, (step) => makesTrue.has(step));
      const positions = toPositions(findTogether(recent.noting(marks), condition));
      const telling = tellingOf(correlation, group, names, 0, rules.length);
      for (const each of completionEpisodes(positions, { timespan, telling, recent })) {
        const what =
          each.marks.length === 1
            ? '1 event without those it rules out'
            : `${each.marks.length} events together`;
        yield completionJudgement(correlation, group, each, names, TOGETHER.code, what);
      }
    },
  };
}

function* toPositions(completions: Iterable<Completion>): Generator<Position> {
  for (const { marks, verdict, doubt } of completions)
    yield { mark: marks.at(-1)!, marks: () => marks, verdict, doubt };
}
