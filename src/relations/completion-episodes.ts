/** What the temporal relations make of completions: episodes, and sentences about them. */
import { formatDuration, formatInstant } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import type { Verdict } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import { renderTemplate, titleInMessage, toldOfGroup } from '../model/message.ts';
import type { Group } from '../model/relation.ts';
import type { Correlation } from '../model/rule.ts';
import { EPISODE_WORDS, type Episode, episodeWords, extendEpisode, openEpisode } from './episode.ts';

export const TOLD_OF_COMPLETIONS = [...EPISODE_WORDS, 'timespan'];

/** A mark that may complete something; `marks` undefined: it does not. */
export type Position = {
  mark: Mark;
  marks: (() => Mark[]) | undefined;
  verdict: Verdict;
  doubt?: string | undefined;
};

export type CompletionEpisode = { episode: Episode; marks: Mark[]; verdict: Verdict; doubt: string };

/** Consecutive completions with one verdict and at most `timespan` between them are one episode. */
export function* completionEpisodes(
  positions: Iterable<Position>,
  timespan: bigint,
): Generator<CompletionEpisode> {
  let open: CompletionEpisode | undefined;
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
      for (const next of rest) extendEpisode(episode, next);
      episode.last = mark;
      open = { episode, marks: all, verdict, doubt };
    }
  }
  if (open !== undefined) yield open;
}

function isApart(last: Mark, mark: Mark, timespan: bigint): boolean {
  const [from, until] = [last.until ?? last.time, mark.until ?? mark.time];
  return from !== undefined && until !== undefined && until - from > timespan;
}

/** A name in the message is looked up from the last event back to the first. `what`: `2 events in order`. */
export function describeCompletion(
  rule: Correlation,
  group: Group,
  { episode, marks, doubt }: CompletionEpisode,
  names: readonly string[],
  what: string,
): string {
  const timespan = formatDuration(rule.timespan!);
  if (rule.message !== undefined) {
    const backwards = [...marks].reverse();
    const logged = (name: string) =>
      backwards
        .map(({ step, values }) => toldOfGroup(rule, group, step, name, values[names.indexOf(name)]))
        .find((value) => value !== undefined);
    return `${renderTemplate(rule.message, { ...episodeWords(episode), timespan }, logged)}${doubt}`;
  }
  const who = rule.groupNames.map((name, index) => ` of ${name} ${quote(group[index] ?? '')}`).join('');
  const times = marks.map(({ time }) => (time === undefined ? 'an unreadable time' : formatInstant(time)));
  return `${titleInMessage(rule.title)}: ${what} within ${timespan}${who}, at ${times.join(', ')}${doubt}`;
}
