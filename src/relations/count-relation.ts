/** What `event_count` and `value_count` share: a measure of a window, a threshold, and a sentence about both. */
import { formatDuration } from '../base/instant.ts';
import { count, formatNumber, quote } from '../base/text-safety.ts';
import type { Verdict } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import { loggedNames, renderTemplate, titleInMessage } from '../model/message.ts';
import type { Coverage, Group, Judgement, Relation } from '../model/relation.ts';
import { type Correlation, resolveField } from '../model/rule.ts';
import {
  EPISODE_WORDS,
  type Episode,
  episodeWords,
  formatEpisodeSpan,
  isSameEvent,
  toJudgement,
} from './episode.ts';
import { compileThreshold, formatExpected, growsTrue, isEmptyThreshold } from './threshold.ts';
import { completeEpisodes, type Measure, slidingEpisodes, type TimedMark } from './windows.ts';

const TOLD = [...EPISODE_WORDS, 'peak', 'timespan'];

type Counting = {
  code: string;
  /** How many of a mark's first values belong to the counted tuple. */
  width: number;
  makeMeasure(): Measure;
  /** Whether the mark counts at all. */
  counts(mark: Mark): boolean;
  /** What is counted, for messages: `event`, or `distinct target`. */
  noun: string;
};

/** Undefined with the reason told, when the correlation asks for what no log can show. */
export function compileCounting(
  correlation: Correlation,
  counting: Counting,
  problem: (message: string) => void,
): Relation | undefined {
  const { condition, timespan, type } = correlation;
  if (timespan === undefined) return void problem(`"${type}" needs a "timespan"`);
  if (isEmptyThreshold(condition)) return void problem(`"${type}" needs a condition such as {gte: 10}`);
  const [unknown] = Object.keys(correlation.extra);
  if (unknown !== undefined) return void problem(`"${type}" has no key ${quote(unknown)}`);
  const reached = compileThreshold(condition);
  if (reached(0) && !isReachable(condition, reached)) {
    return void problem(
      'the condition holds only for windows without any event, which no event can show; "gap" or "requires" judge absence',
    );
  }
  const names = loggedNames(correlation.message, TOLD);
  const judging: Judging = { timespan, reached, growsTrue: growsTrue(condition), counting };
  return {
    // No figure is larger than the number of marks.
    ...(judging.growsTrue && { fewest: fewestOf(condition, reached) }),
    inputs: correlation.rules.map((detection, step) => ({
      detection,
      groupBy: correlation.groupBy[step]!,
      values: [
        ...(correlation.fields?.[step] ?? []),
        ...names.map((name) => resolveField(correlation, name, step)),
      ],
    })),
    *judge(group, marks, coverage): Generator<Judgement> {
      const logged = (mark: Mark, name: string) => mark.values[counting.width + names.indexOf(name)];
      for (const { episode, verdict, note } of judgeMarks(marks, judging, coverage)) {
        const message = `${describe(correlation, counting, episode, group, logged)}${note}`;
        yield toJudgement(episode, group, { verdict, code: counting.code, message });
      }
    },
  };
}

/** Whether some number of events above zero fulfills it; limits are small, so the neighbours of each are tried. */
function isReachable(condition: Correlation['condition'], reached: (value: number) => boolean): boolean {
  const candidates = Object.values(condition).flatMap((limit) => [Math.floor(limit), Math.ceil(limit)]);
  return [1, ...candidates.flatMap((limit) => [limit - 1, limit, limit + 1])].some(
    (value) => value > 0 && reached(value),
  );
}

/** The smallest number that fulfills a condition which more makes only truer. */
function fewestOf(condition: Correlation['condition'], reached: (value: number) => boolean): number {
  const limits = Object.values(condition).map((limit) => Math.floor(limit));
  const candidates = limits.flatMap((limit) => [limit, limit + 1]);
  return Math.max(1, Math.min(...candidates.filter(reached)));
}

/** What stays the same for every group. */
type Judging = {
  timespan: bigint;
  reached: (value: number) => boolean;
  growsTrue: boolean;
  counting: Counting;
};

type Judged = { episode: Episode; verdict: Verdict; note: string };

function* judgeMarks(
  marks: Iterable<Mark>,
  { timespan, reached, growsTrue, counting }: Judging,
  coverage: Coverage,
): Generator<Judged> {
  const untimed: Mark[] = [];
  const timed = splitTimed(marks, counting, untimed);
  if (!growsTrue) {
    for (const episode of completeEpisodes(timed, timespan, counting.makeMeasure, reached, coverage)) {
      const verdict = untimed.length > 0 ? 'undetermined' : episode.verdict;
      const edge = episode.verdict === 'undetermined' ? ', the window reaches beyond the log' : '';
      yield { episode, verdict, note: `${edge}${untimedNote(untimed)}` };
    }
    return;
  }
  let found = false;
  const best = peakOf(counting.makeMeasure());
  for (const episode of slidingEpisodes(timed, timespan, best, reached)) {
    found = true;
    yield { episode, verdict: 'violation', note: '' };
  }
  // The events without a time may all belong to the fullest window.
  if (!found && untimed.length > 0 && reached(best.peak + untimed.length)) {
    const [first, ...rest] = untimed;
    const episode: Episode = {
      first: first!,
      last: rest.at(-1) ?? first!,
      related: rest.slice(0, 9).map(({ place }) => place),
      count: untimed.length,
      peak: best.peak + untimed.length,
      subject: first!.subject,
    };
    yield { episode, verdict: 'undetermined', note: untimedNote(untimed) };
  }
}

function untimedNote(untimed: readonly Mark[]): string {
  return untimed.length === 0 ? '' : `, counting ${count(untimed.length, 'event')} whose time cannot be read`;
}

/** Marks without a time come first and are kept apart; one event through two rules counts once, unless its values differ. */
function* splitTimed(marks: Iterable<Mark>, counting: Counting, untimed: Mark[]): Generator<TimedMark> {
  let previous: Mark | undefined;
  for (const mark of marks) {
    if (!counting.counts(mark)) continue;
    if (counting.width === 0 && previous !== undefined && isSameEvent(previous, mark)) continue;
    previous = mark;
    if (mark.time === undefined) untimed.push(mark);
    else yield mark as TimedMark;
  }
}

function peakOf(measure: Measure): Measure & { peak: number } {
  return {
    peak: 0,
    add: (mark) => measure.add(mark),
    remove: (mark) => measure.remove(mark),
    value() {
      const value = measure.value();
      this.peak = Math.max(this.peak, value);
      return value;
    },
  };
}

function describe(
  rule: Correlation,
  counting: Counting,
  episode: Episode,
  group: Group,
  logged: (mark: Mark, name: string) => string | undefined,
): string {
  const peak = count(episode.peak, counting.noun);
  const timespan = formatDuration(rule.timespan!);
  if (rule.message !== undefined) {
    const told = { ...episodeWords(episode), peak: formatNumber(episode.peak), timespan };
    return renderTemplate(rule.message, told, (name) => logged(episode.first, name));
  }
  const who = rule.groupNames.map((name, index) => ` of ${name} ${quote(group[index] ?? '')}`).join('');
  const expected = formatExpected(rule.condition);
  return `${titleInMessage(rule.title)}: ${peak} within ${timespan}${who}, expected ${expected}${formatEpisodeSpan(episode)}`;
}
