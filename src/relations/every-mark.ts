/** What a detection says alone: each mark is a finding, and those of one actor within an hour of each other are one. */
import { type Instant, NANOS_PER_SECOND } from '../base/instant.ts';
import { count } from '../base/text-safety.ts';
import { isAuditField } from '../model/event.ts';
import { type FindingKind, type Severity, severityRank } from '../model/finding.ts';
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
import { Telling, type Told } from './told-values.ts';
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
    takesTogether: true as const,
    // Two values are not the one that reads like both.
    ...(suppress !== undefined && { lists: suppress.by.map((_, index) => index) }),
  };
  // A waiver for one thing, or a lower level, is none for whatever else the event tells of.
  const conditions = [
    ...levels.map(({ level, when }, index) => {
      return { when, isEach: isBelow(level, [detection, ...levels.slice(index + 1)]) };
    }),
    ...waivers.map(({ condition }) => ({ when: condition, isEach: true })),
  ];
  const told = suppress?.by.length ?? 0;
  const keyOf = suppress === undefined ? subjectOf : (mark: Mark) => tupleOf(mark, told);
  const quiet = suppress?.for ?? QUIET_TIME;
  return {
    inputs: [
      input,
      ...conditions.map(({ when, isEach }) => {
        return { ...input, values: [], when, ...(isEach && { whenEach: true as const }) };
      }),
    ],
    *judge(group: Group, marks: Iterable<Mark>): Generator<Judgement> {
      const expired = new ExpiredWaivers();
      const standings = conditions.length === 0 ? plainly(marks) : standingsOf(marks, levels, waivers);
      const telling = names.length === 0 ? undefined : new Telling(({ values }) => values.slice(told));
      for (const { episode, standing } of episodes(standings, quiet, keyOf, telling)) {
        const said = toJudgement(episode, group, {
          verdict: 'violation',
          code: MATCHED.code,
          say: sentenceOf(detection, episode, names),
          note: timesOf(episode),
        });
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

/** Whether one of the others is louder. */
function isBelow(level: Severity, others: readonly { level: Severity }[]): boolean {
  return others.some((other) => severityRank(level) < severityRank(other.level));
}

/** How the rule stands to an event. `ended`: a waiver that was for it, and no longer is. */
type Standing = { level?: Severity; waiver?: Waiver; ended?: Waiver };

type MarkStanding = { mark: Mark; standing: Standing };

const PLAIN: Standing = {};

/** One object for all marks: each is done with before the next. */
function* plainly(marks: Iterable<Mark>): Generator<MarkStanding> {
  const one: Partial<MarkStanding> = { standing: PLAIN };
  for (const mark of marks) {
    one.mark = mark;
    yield one as MarkStanding;
  }
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

/** Open episodes by key and standing, the longest silent first; of one key the marks without a time form one episode. */
function* episodes(
  standings: Iterable<MarkStanding>,
  timespan: bigint,
  keyOf: (mark: Mark) => string | undefined,
  telling: Telling | undefined,
): Generator<Open> {
  const byStanding = new Map<Standing, OpenEpisodes>();
  const all: { standing: Standing; open: OpenEpisodes }[] = [];
  for (const { mark, standing } of standings) {
    for (let index = 0; index < all.length; index++) {
      const { open, standing: each } = all[index]!;
      for (let oldest = open.oldest; oldest !== undefined; oldest = open.oldest) {
        if (isNear(oldest, mark, timespan)) break;
        open.close(oldest);
        yield { episode: oldest.episode, standing: each };
      }
    }
    let open = byStanding.get(standing);
    if (open === undefined) {
      open = new OpenEpisodes(telling);
      byStanding.set(standing, open);
      all.push({ standing, open });
    }
    open.add(keyOf(mark), mark);
  }
  for (const { standing, open } of all)
    for (let each = open.oldest; each !== undefined; each = each.later)
      yield { episode: each.episode, standing };
}

/** `until`: when it has been silent for long enough, where that was asked since its last mark. */
type OpenEpisode = {
  key: string | undefined;
  episode: Episode;
  until: Instant | undefined;
  earlier: OpenEpisode | undefined;
  later: OpenEpisode | undefined;
};

/**
 * Episodes in the order of their last marks. A list, and not the order of the map: to find the first of a map passes over all
 * that was deleted before it, and with some thousand actors that took most of the time (measured).
 */
class OpenEpisodes {
  oldest: OpenEpisode | undefined;
  private newest: OpenEpisode | undefined;
  private readonly byKey = new Map<string | undefined, OpenEpisode>();
  private readonly telling: Telling | undefined;

  constructor(telling: Telling | undefined) {
    this.telling = telling;
  }

  /** The mark continues the episode of its key, or begins one. */
  add(key: string | undefined, mark: Mark): void {
    const known = this.byKey.get(key);
    if (known === undefined) {
      const begun = {
        key,
        episode: openEpisode(mark, this.telling),
        until: undefined,
        earlier: undefined,
        later: undefined,
      };
      this.byKey.set(key, begun);
      this.append(begun);
      return;
    }
    extendEpisode(known.episode, mark);
    known.until = undefined;
    if (known === this.newest) return;
    this.unlink(known);
    this.append(known);
  }

  close(open: OpenEpisode): void {
    this.byKey.delete(open.key);
    this.unlink(open);
  }

  private append(open: OpenEpisode): void {
    open.earlier = this.newest;
    open.later = undefined;
    if (this.newest === undefined) this.oldest = open;
    else this.newest.later = open;
    this.newest = open;
  }

  private unlink({ earlier, later }: OpenEpisode): void {
    if (earlier === undefined) this.oldest = later;
    else earlier.later = later;
    if (later === undefined) this.newest = earlier;
    else later.earlier = earlier;
  }
}

function isNear(open: OpenEpisode, mark: Mark, timespan: bigint): boolean {
  const last = open.episode.last.time;
  if (last === undefined || mark.time === undefined) return last === mark.time;
  open.until ??= last + timespan;
  return mark.time <= open.until;
}

function timesOf(episode: Episode): string {
  return episode.count === 1 ? '' : `, ${count(episode.count, 'event')}${formatEpisodeSpan(episode)}`;
}

/** With what is told of one of the events. */
function sentenceOf(
  { message, title }: RuleHead,
  episode: Episode,
  names: readonly string[],
): (told: Told) => string {
  if (message === undefined) return () => titleInMessage(title);
  const words = episodeWords(episode);
  return (told) => renderTemplate(message, words, names, told);
}
