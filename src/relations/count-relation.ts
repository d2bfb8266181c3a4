/** What all relations share that hold a figure of a window against a threshold: counts, sums, averages, percentiles. */
import { formatDuration } from '../base/instant.ts';
import { count, quote } from '../base/text-safety.ts';
import type { Mark } from '../model/mark.ts';
import { loggedNames, renderTemplate, titleInMessage } from '../model/message.ts';
import type { Coverage, Group, Judgement, Relation } from '../model/relation.ts';
import { type Correlation, resolveField } from '../model/rule.ts';
import { calendarWindows, formatCalendarWindow } from './calendar.ts';
import type { Counting, Judging } from './counting.ts';
import { EPISODE_WORDS, episodeWords, formatEpisodeSpan, leftOutJudgement, toJudgement } from './episode.ts';
import { formatFigure, toDouble } from './figure.ts';
import { GroupJudging, type Judged } from './group-judging.ts';
import { compileThreshold, fewestOf, growsTrue, isEmptyThreshold, isReachable } from './threshold.ts';
import { type Told, tellingOf } from './told-values.ts';
import { UNDATED } from './undated.ts';
import { unknownKeys } from './unknown-keys.ts';

const TOLD = [...EPISODE_WORDS, 'peak', 'timespan'];

/** Undefined with the reason told, when the correlation asks for what no log can show. */
export function compileCounting(
  correlation: Correlation,
  counting: Counting,
  problem: (message: string) => void,
): Relation | undefined {
  const { condition, timespan, calendarUnit, type } = correlation;
  if (timespan === undefined && calendarUnit === undefined)
    return void problem(`"${type}" needs a "timespan"`);
  if (correlation.expression !== undefined)
    return void problem(
      `"${type}" takes a condition such as {gte: 10}; only the temporal types have one over rules`,
    );
  if (isEmptyThreshold(correlation)) return void problem(`"${type}" needs a condition such as {gte: 10}`);
  const unknown = unknownKeys(correlation, counting.keys ?? []);
  if (unknown !== undefined) return void problem(unknown);
  const grows = growsTrue(correlation);
  const isCount = counting.moves === 'by-one';
  const hasTable = Object.keys(correlation.limits ?? {}).length > 0;
  if (isCount && !hasTable && !grows && calendarUnit === undefined && !isReachable(condition)) {
    return void problem(
      'the condition holds only for windows without any event, which no event can show; "gap" or "requires" judge absence, and so does "window: calendar", for a group that is known from earlier events or the only one',
    );
  }
  const thresholdOf = compileThreshold(correlation, problem);
  if (thresholdOf === undefined) return undefined;
  const names = loggedNames(correlation.message, TOLD);
  const calendar =
    calendarUnit === undefined ? undefined : { unit: calendarUnit, zone: correlation.timezone ?? 'UTC' };
  const kindOf = counting.kindOf ?? ((step: number) => JSON.stringify(correlation.fields?.[step] ?? null));
  const kinds = correlation.rules.map((_, step) => kindOf(step));
  const judging: Judging = { rule: correlation, timespan: timespan ?? 0n, calendar, grows, counting, kinds };
  const judge = function* (group: Group, marks: Iterable<Mark>, coverage: Coverage): Generator<Judgement> {
    const telling = tellingOf(correlation, group, names, counting.width, correlation.rules.length);
    const groupJudging = new GroupJudging(judging, thresholdOf(group), coverage, telling);
    for (const judged of groupJudging.judge(marks)) {
      const say = sentenceOf(judging, judged, group, names);
      const figure = judged.peak === undefined ? {} : { figure: toDouble(judged.peak) };
      const { verdict, episode, occurrences } = judged;
      if (judged.isUntimed && coverage === undefined) {
        const code = { verdict, code: counting.code };
        yield leftOutJudgement(episode.first, group, code, { why: UNDATED, events: episode.count });
        continue;
      }
      const isJoined = correlation.suppress !== undefined;
      const said = { verdict, code: counting.code, say, note: judged.note, isJoined, ...figure };
      yield { ...toJudgement(episode, group, said), ...(occurrences && { occurrences }) };
    }
    if (groupJudging.lacking !== undefined) yield leftOut(judging, group, groupJudging.lacking);
  };
  return {
    takesSeconds: counting.takesSeconds === true,
    takesEach: counting.takesEach === true,
    ...(calendar === undefined && timespan !== undefined && { window: timespan }),
    // No count is larger than the number of marks.
    ...(grows && isCount && { fewest: fewestOf(correlation) }),
    inputs: correlation.rules.map((detection, step) => ({
      detection,
      groupBy: correlation.groupBy[step]!,
      each: [...(correlation.fields?.[step] ?? []).keys()],
      takesTogether: true,
      values: [
        ...(correlation.fields?.[step] ?? []),
        ...names.map((name) => resolveField(correlation, name, step)),
      ],
    })),
    judge,
    // The one group that there is needs no event to be known.
    ...(!grows &&
      calendar !== undefined &&
      correlation.groupNames.length === 0 && { judgeNothing: (coverage) => judge([], [], coverage) }),
  };
}

/** Nothing is in doubt, for Sigma counts fields that are there; and a field that is never there must not pass for a small figure. */
function leftOut(
  { rule, counting }: Judging,
  group: Group,
  { first, count: events }: NonNullable<GroupJudging['lacking']>,
): Judgement {
  const names = new Set((rule.fields?.[first.step] ?? []).map(({ name }) => quote(name)));
  const why = `they lack ${[...names].join(' or ')}`;
  return leftOutJudgement(first, group, { verdict: 'satisfied', code: counting.code }, { why, events });
}

function sentenceOf(
  { rule, counting, calendar, timespan }: Judging,
  { episode, peak, expected, judged }: Judged,
  group: Group,
  names: readonly string[],
): (told: Told) => string {
  const span =
    calendar === undefined
      ? formatDuration(timespan)
      : judged === undefined
        ? `a calendar ${calendar.unit}`
        : formatCalendarWindow(
            calendar.unit,
            calendar.zone,
            calendarWindows(calendar.unit, calendar.zone)(judged),
          );
  if (rule.message !== undefined) {
    const { message } = rule;
    const words = {
      ...episodeWords(episode),
      peak: peak === undefined ? 'an unknown figure' : formatFigure(peak),
      timespan: span,
    };
    return (told) => renderTemplate(message, words, names, told);
  }
  const who = rule.groupNames.map((name, index) => ` of ${name} ${quote(group[index] ?? '')}`).join('');
  const title = titleInMessage(rule.title);
  if (peak === undefined) return () => `${title}: ${count(episode.count, 'position')}${who} without a limit`;
  const limit = expected === undefined || counting.isImplied ? '' : `, expected ${expected}`;
  const told = `${title}: ${counting.describe(peak)} within ${span}${who}${limit}${formatEpisodeSpan(episode)}`;
  return () => told;
}
