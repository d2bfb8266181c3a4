/** `temporal_ordered`: the rules' events follow one another in the listed order within a timespan (Sigma correlation 2.1). */
import { formatDuration, formatInstant } from '../base/instant.ts';
import { count, quote } from '../base/text-safety.ts';
import type { FindingKind, Verdict } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import { loggedNames, renderTemplate, titleInMessage } from '../model/message.ts';
import { type Group, type Judgement, MAX_RELATED, type RelationDefinition } from '../model/relation.ts';
import { type Correlation, resolveField } from '../model/rule.ts';
import {
  EPISODE_WORDS,
  type Episode,
  episodeWords,
  extendEpisode,
  openEpisode,
  toJudgement,
} from './episode.ts';
import { type Chain, chainMarks, findSequences, type Sequence } from './sequence.ts';
import { isEmptyThreshold } from './threshold.ts';

const ORDERED: FindingKind = {
  code: 'ordered-events',
  severity: 'medium',
  title: 'events followed one another as a rule describes',
  why: 'Each event alone may be ordinary; in this order and this close together they are what the rule warns of.',
  fix: 'Look at the events in their order; the places of all of them are named.',
};

const TOLD = [...EPISODE_WORDS, 'timespan'];

export const temporalOrdered = {
  type: 'temporal_ordered',
  title: 'events of several rules in order within a timespan',
  findings: [ORDERED],
  compile(correlation, problem) {
    const { timespan, rules } = correlation;
    if (timespan === undefined) return void problem('"temporal_ordered" needs a "timespan"');
    if (rules.length < 2)
      return void problem(`"temporal_ordered" needs two rules at least, found ${rules.length}`);
    const { gte, ...others } = correlation.condition;
    if (!isEmptyThreshold({ condition: others }) || (gte !== undefined && gte !== rules.length)) {
      return void problem(
        '"temporal_ordered" wants all of its rules; another condition is not supported by this version',
      );
    }
    const [unknown] = Object.keys(correlation.extra);
    if (unknown !== undefined) return void problem(`"temporal_ordered" has no key ${quote(unknown)}`);
    const names = loggedNames(correlation.message, TOLD);
    return {
      // A mark for each step.
      fewest: rules.length,
      inputs: rules.map((detection, step) => ({
        detection,
        groupBy: correlation.groupBy[step]!,
        values: names.map((name) => resolveField(correlation, name, step)),
      })),
      *judge(group: Group, marks: Iterable<Mark>): Generator<Judgement> {
        for (const { episode, chain, verdict } of episodes(
          findSequences(marks, rules.length, timespan),
          timespan,
        )) {
          const note = verdict === 'violation' ? '' : undeterminedNote(chain);
          const message = `${describe(correlation, group, episode, chain, names)}${note}`;
          yield toJudgement(episode, group, { verdict, code: ORDERED.code, message });
        }
      },
    };
  },
} satisfies RelationDefinition;

type OrderedEpisode = { episode: Episode; chain: Chain; verdict: Verdict };

/** Consecutive completions with one verdict and at most `timespan` between them are one episode. */
function* episodes(sequences: Iterable<Sequence>, timespan: bigint): Generator<OrderedEpisode> {
  let open: OrderedEpisode | undefined;
  for (const { mark, chain, verdict } of sequences) {
    const far =
      open?.episode.last.time !== undefined &&
      mark.time !== undefined &&
      mark.time - open.episode.last.time > timespan;
    if (open !== undefined && (chain === undefined || far || open.verdict !== verdict)) {
      yield open;
      open = undefined;
    }
    if (chain === undefined) continue;
    if (open !== undefined) extendEpisode(open.episode, mark);
    else {
      const [first, ...rest] = chainMarks(chain);
      const episode = openEpisode(first!);
      for (const next of rest) extendEpisode(episode, next);
      episode.related.splice(MAX_RELATED);
      open = { episode, chain, verdict };
    }
  }
  if (open !== undefined) yield open;
}

function undeterminedNote(chain: Chain): string {
  const untimed = chainMarks(chain).some((mark) => mark.time === undefined);
  return untimed
    ? ', order: unknown, an event has no readable time'
    : ', order: tied, the files do not tell which came first';
}

/** A name in the message is looked up from the last event back to the first. */
function describe(
  rule: Correlation,
  group: Group,
  episode: Episode,
  chain: Chain,
  names: readonly string[],
): string {
  const timespan = formatDuration(rule.timespan!);
  if (rule.message !== undefined) {
    const marks = chainMarks(chain).reverse();
    const logged = (name: string) =>
      marks.map((mark) => mark.values[names.indexOf(name)]).find((value) => value !== undefined);
    return renderTemplate(rule.message, { ...episodeWords(episode), timespan }, logged);
  }
  const who = rule.groupNames.map((name, index) => ` of ${name} ${quote(group[index] ?? '')}`).join('');
  const times = chainMarks(chain).map(({ time }) =>
    time === undefined ? 'an unreadable time' : formatInstant(time),
  );
  return `${titleInMessage(rule.title)}: ${count(rule.rules.length, 'event')} in order within ${timespan}${who}, at ${times.join(', ')}`;
}
