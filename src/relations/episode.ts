/** An episode: consecutive positions of one group that a relation holds for. One finding, however many marks. */
import { formatInstant, type Instant } from '../base/instant.ts';
import type { Mark } from '../model/mark.ts';
import type { Place } from '../model/place.ts';
import type { Group, Judgement } from '../model/relation.ts';
import { tellFiles, tellPlace } from '../model/told-places.ts';
import { type Telling, type Told, ToldValues, topicOf } from './told-values.ts';

export type Episode = {
  first: Mark;
  last: Mark;
  /** When the last of its windows ended, where what was judged is that nothing more came in them. */
  end?: Instant;
  /** Places after the first, as `tellPlace` chooses them. */
  related: Place[];
  /** Events it stands for. */
  count: number;
  /** The actor, while all marks have the same one. */
  subject: string | undefined;
  /** Records beside these events that repeat one, and may be events of their own. */
  repeats: number;
  /** Where the finding's sentence tells values of the log. */
  told?: ToldValues;
};

/** `telling`: what is told of each mark, where the sentence tells values of the log. */
export function openEpisode(mark: Mark, telling?: Telling): Episode {
  const episode: Episode = {
    first: mark,
    last: mark,
    related: [],
    count: 1,
    subject: mark.subject,
    repeats: 0,
  };
  if (telling !== undefined) episode.told = new ToldValues(telling, mark);
  if (mark.related !== undefined) tellFiles(mark.place, episode.related, mark.related);
  return episode;
}

/** `mark` comes at or after the last one; of the same event again it only tells more. */
export function extendEpisode(episode: Episode, mark: Mark): void {
  // One event may tell of several things, and of several people.
  episode.told?.add(mark);
  if (episode.subject !== mark.subject) episode.subject = undefined;
  if (isSameEvent(episode.last, mark)) return;
  episode.last = mark;
  if (mark.isSecond === true) {
    episode.repeats++;
    return;
  }
  episode.count++;
  tellPlace(episode.first.place, episode.related, mark.place);
  if (mark.related !== undefined) tellFiles(episode.first.place, episode.related, mark.related);
}

/** Two marks of one event differ in the step they came through. */
export function isSameEvent(left: Mark, right: Mark): boolean {
  return (
    left.isOfEventOf?.(right) ??
    (left.place.offset === right.place.offset &&
      left.place.line === right.place.line &&
      left.place.file === right.place.file)
  );
}

/** The words every message template may use. */
export const EPISODE_WORDS = ['count', 'first', 'last'] as const;

export function episodeWords(episode: Episode): Record<(typeof EPISODE_WORDS)[number], string> {
  const { first, last } = episode;
  const time = (instant: Mark['time']) =>
    instant === undefined ? 'an unreadable time' : formatInstant(instant);
  return { count: String(episode.count), first: time(first.time), last: time(last.until ?? last.time) };
}

/** `, from 2026-01-01T00:00:00Z until 2026-01-01T00:04:00Z`; nothing for a single moment. */
export function formatEpisodeSpan(episode: Episode): string {
  const { first, last } = episode;
  const end = last.until ?? last.time;
  if (first.time === undefined || end === undefined || first.time === end) return '';
  return `, from ${formatInstant(first.time)} until ${formatInstant(end)}`;
}

function spanOf({ first, last, end }: Episode): Pick<Judgement, 'span'> {
  if (first.time === undefined || last.time === undefined) return {};
  return { span: { from: first.time, until: end ?? last.until ?? last.time } };
}

/**
 * `say`: the sentence, with what is told of one of the events; `note`: what is said behind that of the first one. `isMore`: the
 * sentence leaves out what further events tell.
 */
export type Said = Pick<Judgement, 'verdict' | 'code'> & {
  say: (told: Told) => string;
  note?: string;
  figure?: number;
  isMore?: boolean;
  /** What the sentence names beside `told`: of that, too, more makes another finding. */
  named?: readonly string[];
  /** Whether the rule's `suppress` may join it to others. */
  isJoined?: boolean;
};

/** So nobody accepts with one event what others of the episode tell: see `told-values.ts`. */
export function toJudgement(
  episode: Episode,
  group: Group,
  {
    verdict,
    code,
    say,
    note = '',
    figure = episode.count,
    isMore = false,
    named = [],
    isJoined = false,
  }: Said,
): Judgement {
  const subject = episode.subject ?? (group.length > 0 ? group.join(', ') : undefined);
  const { told } = episode;
  const first = told?.first ?? [];
  const besides = [...(told?.identity ?? []), ...(named.length > 1 ? [topicOf(named)] : [])];
  const also = told?.said(say) ?? {};
  return {
    figure,
    verdict,
    code,
    message: `${say(first)}${note}`,
    ...also,
    ...(isMore && { moreSaid: true }),
    ...(isJoined && { topics: [...(told?.topics ?? []), ...named.map((each) => topicOf([each]))] }),
    place: episode.first.place,
    related: episode.related,
    count: episode.count,
    ...spanOf(episode),
    ...(subject !== undefined && { subject }),
    identity: [...group, episode.first.identity],
    ...(besides.length > 0 && { besides }),
  };
}

/** Of events that a relation had to leave out. Nobody reads more of it than that, so nothing of the mark is decoded but its place. */
export function leftOutJudgement(
  { place }: Mark,
  identity: Group,
  { verdict, code }: Pick<Judgement, 'verdict' | 'code'>,
  leftOut: NonNullable<Judgement['leftOut']>,
): Judgement {
  const { why, events } = leftOut;
  return {
    verdict,
    code,
    message: `left out: ${why}`,
    place,
    related: [],
    count: events,
    identity,
    leftOut,
  };
}
