/** `temporal_ordered`: the rules' events follow one another in the listed order within a timespan (Sigma correlation 2.1). */
import { count } from '../base/text-safety.ts';
import type { FindingKind } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import { loggedNames } from '../model/message.ts';
import type { Coverage, Judgement, RelationDefinition } from '../model/relation.ts';
import { type Correlation, resolveField } from '../model/rule.ts';
import {
  completionEpisodes,
  completionJudgement,
  type Position,
  TOLD_OF_COMPLETIONS,
} from './completion-episodes.ts';
import { RecentMarks } from './recent-marks.ts';
import { findSequences } from './sequence.ts';
import { chainMarks } from './sequence-chain.ts';
import { allInOrder, someInOrder } from './sequence-states.ts';
import { toTerms } from './step-terms.ts';
import { compileThreshold, fewestOf, growsTrue, isEmptyThreshold } from './threshold.ts';
import { findInOrder, TIED, UNTIMED_ORDER } from './together.ts';
import { tellingOf } from './told-values.ts';
import { unknownKeys } from './unknown-keys.ts';

const ORDERED: FindingKind = {
  code: 'ordered-events',
  severity: 'medium',
  title: 'events followed one another as a rule describes',
  why: 'Each event alone may be ordinary; in this order and this close together they are what the rule warns of.',
  fix: 'Look at the events in their order; the places of all of them are named.',
};

const UNTIMED_END = ', an event that ends open sequences has no readable time';

/** Some of many rules in order: a state for each rule at each place, each asked for those before it. */
const MAX_COUNTED = 32;

type Find = (marks: Iterable<Mark>, coverage: Coverage) => Iterable<Position>;

export const temporalOrdered = {
  type: 'temporal_ordered',
  title: 'events of several rules in order within a timespan',
  findings: [ORDERED],
  compile(correlation, problem) {
    const { timespan, calendarUnit, steps, type, rules } = correlation;
    if (calendarUnit !== undefined)
      return void problem(`"${type}" has a window that slides, found "window: calendar"`);
    if (timespan === undefined) return void problem(`"${type}" needs a "timespan"`);
    if (correlation.fields !== undefined)
      return void problem(
        `"${type}" takes no "field"; "group-by" and "aliases" say what the events have in common`,
      );
    const unknown = unknownKeys(correlation, [], ['rules', 'until']);
    if (unknown !== undefined) return void problem(unknown);
    const ends = steps.until ?? [];
    const found = compileOrder(correlation, timespan, rules.length - ends.length, ends, problem);
    if (found === undefined) return undefined;
    const { find, fewest, makesTrue } = found;
    const names = loggedNames(correlation.message, TOLD_OF_COMPLETIONS);
    return {
      // A mark for each step.
      fewest,
      takesEach: true,
      window: timespan,
      // What is ruled out is so by events from before the rule was in force as well.
      looksAround: correlation.expression !== undefined,
      inputs: rules.map((detection, step) => ({
        detection,
        groupBy: correlation.groupBy[step]!,
        values: names.map((name) => resolveField(correlation, name, step)),
        takesTogether: true as const,
      })),
      *judge(group, marks, coverage): Generator<Judgement> {
        const recent = new RecentMarks(timespan, (step) => makesTrue.has(step));
        const positions = withUntimedEnds(recent.noting(marks), ends, (noted) => find(noted, coverage));
        const telling = tellingOf(correlation, group, names, 0, rules.length);
        for (const each of completionEpisodes(positions, { timespan, telling, recent })) {
          const what = `${count(each.marks.length, 'event')} in order`;
          yield completionJudgement(correlation, group, each, names, ORDERED.code, what);
        }
      },
    };
  },
} satisfies RelationDefinition;

function compileOrder(
  correlation: Correlation,
  timespan: bigint,
  length: number,
  ends: readonly number[],
  problem: (message: string) => void,
): { find: Find; fewest: number; makesTrue: ReadonlySet<number> } | undefined {
  const { expression, type, effective } = correlation;
  if (expression !== undefined) {
    const terms = toTerms(expression);
    if (typeof terms === 'string') return void problem(terms);
    return {
      find: (marks, coverage) =>
        fromCompletions(
          findInOrder(marks, { terms, timespan, coverage, ends, steps: correlation.rules.length, effective }),
        ),
      fewest: Math.min(...terms.map(({ all }) => all.length)),
      makesTrue: new Set(terms.flatMap(({ all }) => all)),
    };
  }
  if (length < 2) return void problem(`"${type}" needs two rules at least, found ${length}`);
  const wanted = isEmptyThreshold(correlation) ? length : wantedOf(correlation, length, problem);
  if (wanted === undefined) return undefined;
  if (wanted > length)
    return void problem(`"${type}" can never have ${wanted} rules in order, found ${length} of them`);
  if (wanted < length && length > MAX_COUNTED)
    return void problem(`"${type}" takes at most ${MAX_COUNTED} rules when some are enough, found ${length}`);
  const states =
    wanted === length
      ? allInOrder(
          Array.from({ length }, (_, step) => step),
          ends,
        )
      : someInOrder(length, wanted, ends);
  return {
    find: (marks) => fromSequences(findSequences(marks, states, timespan)),
    fewest: wanted,
    makesTrue: new Set(Array.from({ length }).keys()),
  };
}

/** `gte: 2` wants two of the rules in their order. */
function wantedOf(
  correlation: Correlation,
  length: number,
  problem: (message: string) => void,
): number | undefined {
  const { type, condition, limits } = correlation;
  if (limits !== undefined) return void problem(`"${type}" counts its own rules, found a limit from a table`);
  if (condition.eq === length && Object.keys(condition).length === 1) return length;
  if (!growsTrue(correlation)) {
    return void problem(
      `"${type}" takes "gt" or "gte", how many rules must follow one another; "condition: a and not b" asks for events that are missing`,
    );
  }
  return compileThreshold(correlation, problem) && fewestOf(correlation);
}

function* fromSequences(sequences: ReturnType<typeof findSequences>): Generator<Position> {
  for (const { mark, chain, verdict } of sequences) {
    const doubt = verdict === 'undetermined' && chain !== undefined ? doubtOf(chainMarks(chain)) : undefined;
    yield { mark, marks: chain && (() => chainMarks(chain)), verdict, doubt };
  }
}

function doubtOf(marks: readonly Mark[]): string {
  return marks.some(({ time }) => time === undefined) ? UNTIMED_ORDER : TIED;
}

function* fromCompletions(completions: ReturnType<typeof findInOrder>): Generator<Position> {
  for (const { marks, verdict, doubt } of completions)
    yield { mark: marks.at(-1)!, marks: () => marks, verdict, doubt };
}

/** An end whose time is unknown may have ended any sequence. Events without a time come first, so it is known in time. */
function* withUntimedEnds(
  marks: Iterable<Mark>,
  ends: readonly number[],
  find: (marks: Iterable<Mark>) => Iterable<Position>,
): Generator<Position> {
  let isUnsure = false;
  function* noted(): Generator<Mark> {
    for (const mark of marks) {
      if (mark.time === undefined && ends.includes(mark.step)) isUnsure = true;
      else yield mark;
    }
  }
  for (const position of find(ends.length === 0 ? marks : noted())) {
    const isDoubtful = isUnsure && position.verdict === 'violation';
    yield isDoubtful ? { ...position, verdict: 'undetermined', doubt: UNTIMED_END } : position;
  }
}
