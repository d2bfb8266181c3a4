/** What a detection says alone: each mark is a finding, and those of one actor within an hour of each other are one. */
import { NANOS_PER_SECOND } from '../base/instant.ts';
import { count } from '../base/text-safety.ts';
import { isAuditField } from '../model/event.ts';
import type { FindingKind, Severity } from '../model/finding.ts';
import type { FieldRef, Mark } from '../model/mark.ts';
import { loggedNames, renderTemplate, titleInMessage } from '../model/message.ts';
import type { Group, Judgement, Relation } from '../model/relation.ts';
import type { Detection, RuleHead, Waiver } from '../model/rule.ts';
import {
  EPISODE_WORDS,
  type Episode,
  episodeWords,
  extendEpisode,
  formatEpisodeSpan,
  isSameEvent,
  openEpisode,
  toJudgement,
} from './episode.ts';
import { ExpiredWaivers, holdsFor, isOver } from './waivers.ts';

const MATCHED: FindingKind = {
  code: 'matched-rule',
  severity: 'medium',
  title: 'event matches a rule',
  why: 'A policy forbids what the event shows, or wants it looked at; the rule says why.',
  fix: 'Look at the event with whoever is named in it, and follow what the rule says.',
};

export const EVERY_MARK_FINDINGS: readonly FindingKind[] = [MATCHED];

/** Nanoseconds: what one actor does again within the hour is one finding, unless the rule's `suppress` says otherwise. */
const QUIET_TIME = 3_600n * NANOS_PER_SECOND;

/**
 * An event makes a mark of step 0, and one for each of the rule's levels and waivers that it fulfills, in their order:
 * so the marks of one event tell how loud the rule speaks of it, and whether somebody answers for it.
 */
export function everyMark(detection: Detection): Relation {
  const names = loggedNames(detection.message, EPISODE_WORDS);
  const toField = (name: string): FieldRef =>
    detection.taxonomy === 'audit' && isAuditField(name)
      ? { taxonomy: 'audit', name }
      : { taxonomy: 'raw', name };
  const { levels = [], waivers = [], suppress } = detection;
  const input = {
    detection: detection.id,
    groupBy: [],
    values: [...(suppress?.by ?? []).map(toField), ...names.map(toField)],
  };
  const conditions = [...levels.map(({ when }) => when), ...waivers.map(({ condition }) => condition)];
  const told = suppress?.by.length ?? 0;
  const keyOf = suppress === undefined ? subjectOf : (mark: Mark) => tupleOf(mark, told);
  const quiet = suppress?.for ?? QUIET_TIME;
  return {
    inputs: [input, ...conditions.map((when) => ({ ...input, values: [], when }))],
    *judge(group: Group, marks: Iterable<Mark>): Generator<Judgement> {
      const expired = new ExpiredWaivers();
      const standings = conditions.length === 0 ? plainly(marks) : standingsOf(marks, levels, waivers);
      for (const { episode, standing } of episodes(standings, quiet, keyOf)) {
        const message = describe(detection, episode, (mark, name) => mark.values[told + names.indexOf(name)]);
        const said = toJudgement(episode, group, { verdict: 'violation', code: MATCHED.code, message });
        const { level, waiver, ended } = standing;
        if (ended !== undefined) expired.add(ended, said);
        const changed = level !== undefined || waiver !== undefined;
        yield changed
          ? { ...said, ...(level !== undefined && { severity: level }), ...(waiver && { waiver }) }
          : said;
      }
      yield* expired.judgements();
    },
  };
}

/** How the rule stands to an event. `ended`: a waiver that was for it, and no longer is. */
type Standing = { level?: Severity; waiver?: Waiver; ended?: Waiver };

type MarkStanding = { mark: Mark; standing: Standing };

const PLAIN: Standing = {};

function* plainly(marks: Iterable<Mark>): Generator<MarkStanding> {
  for (const mark of marks) yield { mark, standing: PLAIN };
}

/** The marks of one event follow one another, that of step 0 first. Equal standings are one object. */
function* standingsOf(
  marks: Iterable<Mark>,
  levels: NonNullable<Detection['levels']>,
  waivers: readonly Waiver[],
): Generator<MarkStanding> {
  const known = new Map<string, Standing>();
  const toStanding = ({ mark, steps }: { mark: Mark; steps: number[] }): MarkStanding => {
    const level = levels.find((_, index) => steps.includes(1 + index))?.level;
    const met = waivers.filter((_, index) => steps.includes(1 + levels.length + index));
    const { time } = mark;
    const span = time === undefined ? undefined : { from: time, until: time };
    const waiver = met.find((each) => holdsFor(each, span));
    const ended = waiver === undefined ? met.find((each) => isOver(each, time)) : undefined;
    const key = `${level} ${waiver?.id} ${ended?.id}`;
    let standing = known.get(key);
    if (standing === undefined) {
      standing = {
        ...(level !== undefined && { level }),
        ...(waiver !== undefined && { waiver }),
        ...(ended !== undefined && { ended }),
      };
      known.set(key, standing);
    }
    return { mark, standing };
  };
  let open: { mark: Mark; steps: number[] } | undefined;
  for (const mark of marks) {
    if (open !== undefined && isSameEvent(open.mark, mark)) {
      open.steps.push(mark.step);
      continue;
    }
    if (open !== undefined) yield toStanding(open);
    open = { mark, steps: [mark.step] };
  }
  if (open !== undefined) yield toStanding(open);
}

function subjectOf(mark: Mark): string | undefined {
  return mark.subject;
}

function tupleOf(mark: Mark, width: number): string {
  return JSON.stringify(mark.values.slice(0, width));
}

type Open = { episode: Episode; standing: Standing };

/** Open episodes by key and standing, the longest silent first; marks without a time form one episode each. */
function* episodes(
  standings: Iterable<MarkStanding>,
  timespan: bigint,
  keyOf: (mark: Mark) => string | undefined,
): Generator<Open> {
  const byStanding = new Map<Standing, Map<string | undefined, Episode>>();
  const openOf = (standing: Standing) => {
    let open = byStanding.get(standing);
    if (open === undefined) {
      open = new Map();
      byStanding.set(standing, open);
    }
    return open;
  };
  for (const { mark, standing } of standings) {
    for (const [each, open] of byStanding) {
      for (const [key, episode] of open) {
        if (isNear(episode, mark, timespan)) break;
        open.delete(key);
        yield { episode, standing: each };
      }
    }
    const open = openOf(standing);
    const key = keyOf(mark);
    const episode = open.get(key);
    open.delete(key);
    if (episode !== undefined) extendEpisode(episode, mark);
    open.set(key, episode ?? openEpisode(mark));
  }
  for (const [standing, open] of byStanding) for (const episode of open.values()) yield { episode, standing };
}

function isNear(episode: Episode, mark: Mark, timespan: bigint): boolean {
  const last = episode.last.time;
  if (last === undefined || mark.time === undefined) return last === mark.time;
  return mark.time - last <= timespan;
}

function describe(
  rule: RuleHead,
  episode: Episode,
  loggedIn: (mark: Mark, name: string) => string | undefined,
): string {
  const times = episode.count === 1 ? '' : `, ${count(episode.count, 'event')}${formatEpisodeSpan(episode)}`;
  if (rule.message === undefined) return `${titleInMessage(rule.title)}${times}`;
  const logged = (name: string) => loggedIn(episode.first, name);
  return `${renderTemplate(rule.message, episodeWords(episode), logged)}${times}`;
}
