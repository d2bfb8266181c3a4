/** What the temporal relations make of completions: episodes, and sentences about them. */
import { formatDuration, formatInstant } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import type { Verdict } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import { renderTemplate, titleInMessage } from '../model/message.ts';
import type { Group, Judgement } from '../model/relation.ts';
import type { Correlation } from '../model/rule.ts';
import { tellFiles } from '../model/told-places.ts';
import {
  EPISODE_WORDS,
  type Episode,
  episodeWords,
  extendEpisode,
  openEpisode,
  toJudgement,
} from './episode.ts';
import type { RecentMarks } from './recent-marks.ts';
import { type Telling, type Told, ToldValues } from './told-values.ts';

export const TOLD_OF_COMPLETIONS = [...EPISODE_WORDS, 'timespan'];

/** A mark that may complete something; `marks` undefined: it does not. */
export type Position = {
  mark: Mark;
  marks: (() => Mark[]) | undefined;
  verdict: Verdict;
  doubt?: string | undefined;
};

export type CompletionEpisode = { episode: Episode; marks: Mark[]; verdict: Verdict; doubt: string };

/** `telling`: what is told of each mark, where the sentence tells values of the log. */
type Context = { timespan: bigint; telling: Telling | undefined; recent: RecentMarks };

/** Consecutive completions with one verdict and at most `timespan` between them are one episode. */
export function* completionEpisodes(
  positions: Iterable<Position>,
  { timespan, telling, recent }: Context,
): Generator<CompletionEpisode> {
  let open: CompletionEpisode | undefined;
  let next = 0;
  for (const { mark, marks, verdict, doubt = '' } of positions) {
    const isFar = open !== undefined && isApart(open.episode.last, mark, timespan);
    if (open !== undefined && (marks === undefined || isFar || open.verdict !== verdict)) {
      yield open;
      open = undefined;
    }
    if (marks === undefined) continue;
    if (open !== undefined) extendEpisode(open.episode, mark);
    else {
      const all = marks();
      const [first, ...rest] = all;
      const episode = openEpisode(first!);
      for (const each of rest) extendEpisode(episode, each);
      episode.last = mark;
      if (telling !== undefined) episode.told = new ToldValues(telling, toldOfCompletion(telling, all));
      open = { episode, marks: all, verdict, doubt };
      next = 0;
    }
    next = tellWindow(open.episode, mark, recent, next);
  }
  if (open !== undefined) yield open;
}

/** Whatever else lay in the window might have made the condition true: its values, its actor, its file. */
function tellWindow(episode: Episode, mark: Mark, recent: RecentMarks, from: number): number {
  const until = mark.until ?? mark.time;
  if (until === undefined) {
    // It may have been in any window.
    if (episode.told !== undefined) episode.told.isMore = true;
    return from;
  }
  const { marks, next, isCut } = recent.within(until, from);
  if (isCut && episode.told !== undefined) episode.told.isMore = true;
  for (const each of marks) {
    episode.told?.add(each);
    if (episode.subject !== each.subject) episode.subject = undefined;
    tellFiles(episode.first.place, episode.related, [each.place]);
  }
  return next;
}

/** A name in the message is looked up from the last event back to the first. */
function toldOfCompletion(telling: Telling, marks: readonly Mark[]): Told {
  const [last, ...before] = marks.map((mark) => telling.of(mark)).reverse();
  return last!.map((value, index) => value ?? before.find((each) => each[index] !== undefined)?.[index]);
}

function isApart(last: Mark, mark: Mark, timespan: bigint): boolean {
  const [from, until] = [last.until ?? last.time, mark.until ?? mark.time];
  return from !== undefined && until !== undefined && until - from > timespan;
}

/** `names`: what the message tells of the log; `what`: `2 events in order`. */
export function completionJudgement(
  rule: Correlation,
  group: Group,
  completed: CompletionEpisode,
  names: readonly string[],
  code: string,
  what: string,
): Judgement {
  const { episode, marks, verdict, doubt } = completed;
  return toJudgement(episode, group, {
    verdict,
    code,
    say: sentenceOf(rule, group, completed, names, what),
    note: doubt,
    figure: marks.length,
    isJoined: rule.suppress !== undefined,
  });
}

function sentenceOf(
  rule: Correlation,
  group: Group,
  { episode, marks }: CompletionEpisode,
  names: readonly string[],
  what: string,
): (told: Told) => string {
  const timespan = formatDuration(rule.timespan!);
  if (rule.message !== undefined) {
    const { message } = rule;
    const words = { ...episodeWords(episode), timespan };
    return (told) => renderTemplate(message, words, names, told);
  }
  const who = rule.groupNames.map((name, index) => ` of ${name} ${quote(group[index] ?? '')}`).join('');
  const times = marks.map(({ time }) => (time === undefined ? 'an unreadable time' : formatInstant(time)));
  const told = `${titleInMessage(rule.title)}: ${what} within ${timespan}${who}, at ${times.join(', ')}`;
  return () => told;
}
