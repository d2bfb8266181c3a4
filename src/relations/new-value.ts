/** `new_value`: a value that a group has not shown in the preceding time, once the log has shown that much time. */
import { formatDuration, formatInstant, type Instant } from '../base/instant.ts';
import { count, quote } from '../base/text-safety.ts';
import type { FindingKind } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import { loggedNames, renderTemplate, titleInMessage } from '../model/message.ts';
import {
  type Coverage,
  type Covered,
  coverageOf,
  type Group,
  type Judgement,
  type RelationDefinition,
} from '../model/relation.ts';
import { type Correlation, resolveField } from '../model/rule.ts';
import { holeWithin, intersection } from './coverage.ts';
import {
  EPISODE_WORDS,
  type Episode,
  episodeWords,
  extendEpisode,
  formatEpisodeSpan,
  isSameEvent,
  leftOutJudgement,
  openEpisode,
  toJudgement,
} from './episode.ts';
import { durationKey, refuseOtherKeys } from './extra-keys.ts';
import { clip, isInForce } from './in-force.ts';
import { KnownValues, type Newness, type Shown } from './known-values.ts';
import { tellingOf } from './told-values.ts';

const NEW_VALUE: FindingKind = {
  code: 'new-value',
  severity: 'medium',
  title: 'value that was not seen before',
  why: 'A country, a device, a role that one person never used before is how a stolen account shows first; it may as well be a journey.',
  fix: 'Ask whoever is named whether it was them; if not, lock the account and look at what else it did.',
};

const TOLD = [...EPISODE_WORDS, 'values', 'history'];

/** Values that a message names; the count tells the rest. */
const NAMED_VALUES = 5;

export const newValue = {
  type: 'new_value',
  title: 'values that a group did not have in the preceding time',
  findings: [NEW_VALUE],
  compile(correlation, problem) {
    let sound = true;
    const refuse = (message: string) => {
      sound = false;
      problem(message);
    };
    const unused = ['timespan', 'condition', 'opens', 'closes', 'needs', 'window'] as const;
    refuseOtherKeys(correlation, ['history'], unused, refuse);
    const { fields, rules } = correlation;
    const width = fields?.[0]?.length ?? 0;
    if (width === 0) refuse('"new_value" needs the "field" whose values it knows');
    const history = durationKey(correlation, 'history', refuse);
    if (!('history' in correlation.extra)) refuse('"new_value" needs "history", a duration such as 30d');
    if (!sound || history === undefined) return undefined;
    const names = loggedNames(correlation.message, TOLD);
    const plan: NewValuePlan = { rule: correlation, history, width, names };
    let known: { coverage: Coverage; learning: Learning } | undefined;
    // All groups have one coverage, and the words alone take as long as to judge a group of one event (measured).
    const learningOf = (coverage: Coverage): Learning => {
      if (known === undefined || known.coverage !== coverage)
        known = { coverage, learning: learningIn(plan, coverage) };
      return known.learning;
    };
    return {
      inputs: rules.map((detection, step) => ({
        detection,
        groupBy: correlation.groupBy[step] ?? [],
        each: [...fields![step]!.keys()],
        takesTogether: true,
        values: [...fields![step]!, ...names.map((name) => resolveField(correlation, name, step))],
      })),
      // What was shown before the rule was in force is history.
      looksAround: true,
      judge: (group, marks, coverage) => judgeValues(plan, group, marks, learningOf(coverage)),
    };
  },
} satisfies RelationDefinition;

type NewValuePlan = {
  rule: Correlation;
  /** Nanoseconds. */
  history: bigint;
  /** How many of a mark's first values make the value. */
  width: number;
  names: readonly string[];
};

type ValueEpisode = { episode: Episode; newness: Newness; values: string[]; more: number; alone: boolean };

function* judgeValues(
  plan: NewValuePlan,
  group: Group,
  marks: Iterable<Mark>,
  { learned, reason, isLong }: Learning,
): Generator<Judgement> {
  const { history, width, rule } = plan;
  const { effective = {} } = rule;
  const telling = tellingOf(rule, group, plan.names, width, rule.rules.length);
  const known = new KnownValues(history);
  const left = { partial: 0, untimed: 0, learning: 0 };
  let firstLeft: Mark | undefined;
  let open: ValueEpisode | undefined;
  let previous: { mark: Mark; value: string | undefined } | undefined;
  const leave = (why: keyof typeof left, mark: Mark) => {
    left[why]++;
    firstLeft ??= mark;
  };
  for (const mark of marks) {
    const value = tupleOf(mark, width);
    // One event that matches two rules is one event.
    if (previous !== undefined && previous.value === value && isSameEvent(previous.mark, mark)) continue;
    previous = { mark, value };
    const isJudged = mark.time === undefined || isInForce(mark.time, effective);
    if (value === undefined) {
      if (isJudged) leave('partial', mark);
      continue;
    }
    if (mark.time === undefined) {
      known.addUntimed(value);
      leave('untimed', mark);
      continue;
    }
    const alone = known.isSilent(mark.time);
    const newness = known.take(value, mark.time, shownAt(learned, mark.time));
    if (!isJudged) continue;
    if (newness === 'learning') leave('learning', mark);
    if (open !== undefined && open.newness !== newness) {
      yield describeEpisode(plan, group, open);
      open = undefined;
    }
    if (newness === 'known' || newness === 'learning') continue;
    if (open === undefined)
      open = { episode: openEpisode(mark, telling), newness, values: [], more: 0, alone };
    else extendEpisode(open.episode, mark);
    if (open.values.includes(value)) continue;
    if (open.values.length < NAMED_VALUES) open.values.push(value);
    else open.more++;
  }
  if (open !== undefined) yield describeEpisode(plan, group, open);
  const leftOut = (events: number, why: string, isLearning: boolean) =>
    leftOutJudgement(
      firstLeft!,
      group,
      { verdict: 'undetermined', code: NEW_VALUE.code },
      { why, events, ...(isLearning && { isLearning }) },
    );
  if (left.learning > 0) yield leftOut(left.learning, reason, isLong);
  if (left.partial > 0) {
    const fields = rule.fields![0]!.map(({ name }) => quote(name)).join(' or ');
    yield leftOut(left.partial, `they lack ${fields}`, false);
  }
  if (left.untimed > 0) yield leftOut(left.untimed, 'their time cannot be read', false);
}

/** Where parts are missing there is no value. */
function tupleOf({ values }: Mark, width: number): string | undefined {
  if (width === 1) return values[0];
  const parts = values.slice(0, width);
  return parts.includes(undefined) ? undefined : JSON.stringify(parts);
}

/** From when until when the log shows the whole history of an event; undefined where it lacks a source. */
type Learned = Covered | undefined;

/** `reason`: why values are passed over that come before. `isLong`: whether any come after. */
type Learning = { learned: Learned; reason: string; isLong: boolean };

function learningIn(plan: NewValuePlan, coverage: Coverage): Learning {
  const learned = learnedAt(plan, coverage);
  const isLong = learned !== undefined && clip(learned, plan.rule.effective ?? {}) !== undefined;
  return { learned, reason: learningReason(plan, learned), isLong };
}

function learnedAt({ rule, history }: NewValuePlan, coverage: Coverage): Learned {
  let learned: Learned;
  for (const step of rule.rules.keys()) {
    const covered = coverageOf(coverage, step);
    if (covered === undefined) return undefined;
    // A hole is in the history of whatever comes within that time after it.
    const holes = covered.holes?.map((hole) => ({ from: hole.from, until: hole.until + history }));
    const own = { from: covered.from + history, until: covered.until, ...(holes && { holes }) };
    learned = learned === undefined ? own : intersection(learned, own);
  }
  return learned;
}

function shownAt(learned: Learned, time: Instant): Shown {
  if (learned === undefined || time < learned.from || time > learned.until) return 'begun';
  return holeWithin({ from: time, until: time }, learned) === undefined ? 'whole' : 'holed';
}

/** What is open about a value that may be new. */
const NOTES: Partial<Record<Newness, string>> = {
  doubtful: ', unless an event with the same value, whose time cannot be read, was earlier',
  holed:
    ', unless it was shown in that time where the log holds nothing for more than a day, as if a file were missing',
};

function describeEpisode(plan: NewValuePlan, group: Group, found: ValueEpisode): Judgement {
  const { rule, history, names } = plan;
  const { episode, newness, alone } = found;
  const words = { ...episodeWords(episode), values: listValues(found), history: formatDuration(history) };
  const silence = alone && rule.groupNames.length > 0 ? ', in which the group had no event at all' : '';
  const verdict = newness === 'new' ? 'violation' : 'undetermined';
  return toJudgement(episode, group, {
    verdict,
    code: NEW_VALUE.code,
    say: (told) =>
      rule.message === undefined
        ? describe(rule, group, found, words)
        : renderTemplate(rule.message, words, names, told),
    note: `${rule.message === undefined ? silence : ''}${NOTES[newness] ?? ''}`,
    isMore: found.more > 0,
    isJoined: rule.suppress !== undefined,
    named: found.more > 0 ? [...found.values, String(found.more)] : found.values,
  });
}

function describe(
  rule: Correlation,
  group: Group,
  { episode, values, more }: ValueEpisode,
  told: { values: string; history: string },
): string {
  const who = rule.groupNames.map((name, index) => ` of ${name} ${quote(group[index] ?? '')}`).join('');
  const fields = rule.fields![0]!.map(({ name }) => quote(name)).join(' and ');
  const amount = values.length + more === 1 ? '' : `${count(values.length + more, 'value')} `;
  const when = formatEpisodeSpan(episode) || `, at ${formatInstant(episode.first.time!)}`;
  return `${titleInMessage(rule.title)}: ${amount}${told.values} in ${fields}${who}${when}, not seen in the ${told.history} before`;
}

function listValues({ values, more }: ValueEpisode): string {
  return `${values.map(quote).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function learningReason({ history }: NewValuePlan, learned: Learned): string {
  const time = formatDuration(history);
  const why =
    learned === undefined
      ? `lacks a source that it needs the last ${time} of`
      : learned.from > learned.until
        ? `spans less than the ${time} that it needs`
        : `shows the ${time} before only from ${formatInstant(learned.from)} until ${formatInstant(learned.until)}`;
  return `values first seen while the rule was learning, for the log ${why}`;
}
