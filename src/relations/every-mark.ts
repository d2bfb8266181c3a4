/** What a detection says alone: each mark is a finding, and those of one actor within an hour of each other are one. */
import { NANOS_PER_SECOND } from '../base/instant.ts';
import { count } from '../base/text-safety.ts';
import { isAuditField } from '../model/event.ts';
import type { FindingKind } from '../model/finding.ts';
import type { FieldRef, Mark } from '../model/mark.ts';
import { loggedNames, renderTemplate, titleInMessage } from '../model/message.ts';
import type { Group, Judgement, Relation } from '../model/relation.ts';
import type { Detection, RuleHead } from '../model/rule.ts';
import {
  EPISODE_WORDS,
  type Episode,
  episodeWords,
  extendEpisode,
  formatEpisodeSpan,
  openEpisode,
  toJudgement,
} from './episode.ts';

const MATCHED: FindingKind = {
  code: 'matched-rule',
  severity: 'medium',
  title: 'event matches a rule',
  why: 'A policy forbids what the event shows, or wants it looked at; the rule says why.',
  fix: 'Look at the event with whoever is named in it, and follow what the rule says.',
};

export const EVERY_MARK_FINDINGS: readonly FindingKind[] = [MATCHED];

/** Nanoseconds: what one actor does again within the hour is one finding. */
const QUIET_TIME = 3_600n * NANOS_PER_SECOND;

export function everyMark(detection: Detection): Relation {
  const names = loggedNames(detection.message, EPISODE_WORDS);
  const toField = (name: string): FieldRef =>
    detection.taxonomy === 'audit' && isAuditField(name)
      ? { taxonomy: 'audit', name }
      : { taxonomy: 'raw', name };
  return {
    inputs: [{ detection: detection.id, groupBy: [], values: names.map(toField) }],
    *judge(group: Group, marks: Iterable<Mark>): Generator<Judgement> {
      for (const episode of episodes(marks, QUIET_TIME)) {
        const message = describe(detection, episode, names);
        yield toJudgement(episode, group, { verdict: 'violation', code: MATCHED.code, message });
      }
    },
  };
}

/** Open episodes by actor, the longest silent first; marks without a time form one episode an actor. */
function* episodes(marks: Iterable<Mark>, timespan: bigint): Generator<Episode> {
  const open = new Map<string | undefined, Episode>();
  for (const mark of marks) {
    for (const [subject, episode] of open) {
      if (isNear(episode, mark, timespan)) break;
      open.delete(subject);
      yield episode;
    }
    const episode = open.get(mark.subject);
    open.delete(mark.subject);
    if (episode !== undefined) extendEpisode(episode, mark);
    open.set(mark.subject, episode ?? openEpisode(mark));
  }
  yield* open.values();
}

function isNear(episode: Episode, mark: Mark, timespan: bigint): boolean {
  const last = episode.last.time;
  if (last === undefined || mark.time === undefined) return last === mark.time;
  return mark.time - last <= timespan;
}

function describe(rule: RuleHead, episode: Episode, names: readonly string[]): string {
  const times = episode.count === 1 ? '' : `, ${count(episode.count, 'event')}${formatEpisodeSpan(episode)}`;
  if (rule.message === undefined) return `${titleInMessage(rule.title)}${times}`;
  const logged = (name: string) => episode.first.values[names.indexOf(name)];
  return `${renderTemplate(rule.message, episodeWords(episode), logged)}${times}`;
}
