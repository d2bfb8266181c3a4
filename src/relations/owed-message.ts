/** What `requires` says about events that lack another: who, what was missing, within what, what was nearest, and why the log cannot tell. */
import { formatDuration, formatInstant } from '../base/instant.ts';
import { count, formatNumber, quote } from '../base/text-safety.ts';
import type { Verdict } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import { renderTemplate, titleInMessage } from '../model/message.ts';
import type { Group, Judgement, Stretch } from '../model/relation.ts';
import type { Correlation } from '../model/rule.ts';
import { EPISODE_WORDS, type Episode, episodeWords, formatEpisodeSpan, toJudgement } from './episode.ts';
import type { NeededEvent } from './event-list.ts';
import { type Telling, tellingOf } from './told-values.ts';

/** What a message template may use, beside fields of the event. */
export const OWED_WORDS = [...EPISODE_WORDS, 'needed', 'within', 'nearest'] as const;

export type OwedPlan = {
  rule: Pick<
    Correlation,
    'title' | 'message' | 'suppress' | 'groupNames' | 'groupBy' | 'aliases' | 'taxonomies'
  >;
  code: string;
  /** Relation inputs from this one on are needed. */
  owing: number;
  /** Titles of the needed rules. */
  needed: readonly string[];
  /** Nanoseconds; one of the two at least. */
  before: bigint | undefined;
  after: bigint | undefined;
  /** So many events are needed. */
  min: number;
  /** The names of the owing event's value and of the needed event's, which must differ. They are the first values of a mark. */
  differs?: readonly [string, string];
  /** The names of the owing mark's further values. */
  names: readonly string[];
};

/** A step whose sources the log lacks, or does not cover for the whole window. */
export type Uncovered = { needed: string; covered: Stretch | undefined; hole?: Stretch | undefined };

type Doubts = {
  untimed: boolean;
  /** The owing event lacks the value to compare. */
  valueless: boolean;
  incomplete: number;
  tied: number;
  untimedNeeds: number;
  /** Records that repeat others: each may be an event of its own. */
  repeats: number;
  /** Events that no group owns, for they lack a field to group them by. */
  groupless: number;
  uncovered: Uncovered | undefined;
};

/** What the message about the first event of an episode says. */
export type Shortfall = {
  found: number;
  doubts: Doubts;
  earlier?: NeededEvent | undefined;
  later?: NeededEvent | undefined;
  same?: NeededEvent | undefined;
};

export type OwedEpisode = { episode: Episode; verdict: Verdict; first: Mark; shortfall: Shortfall };

export function describeEpisode(plan: OwedPlan, group: Group, owed: OwedEpisode): Judgement {
  const { episode, verdict, first, shortfall } = owed;
  const { rule, names, code } = plan;
  const doubts = verdict === 'undetermined' ? `; ${describeDoubts(plan, shortfall.doubts)}` : '';
  const words = {
    ...episodeWords(episode),
    needed: describeNeeded(plan),
    within: describeWithin(plan),
    nearest: describeNearest(plan, first, shortfall),
  };
  return toJudgement(episode, group, {
    verdict,
    code,
    say: (told) =>
      rule.message === undefined
        ? describeOwed(plan, group, owed, words)
        : renderTemplate(rule.message, words, names, told),
    note: doubts,
    isJoined: rule.suppress !== undefined,
    // Without a group and a message it names the actor of the first event.
    isMore: rule.message === undefined && group.length === 0 && episode.subject !== first.subject,
    ...(group.length === 0 && {
      named: [first.subject ?? '', ...(episode.subject === first.subject ? [] : ['others'])],
    }),
  });
}

/** What is told of the owing marks of a group. */
export function tellingOfOwed(plan: OwedPlan, group: Group): Telling | undefined {
  return tellingOf(plan.rule, group, plan.names, plan.differs === undefined ? 0 : 1, plan.owing);
}

function describeOwed(
  { rule, min }: OwedPlan,
  group: Group,
  { episode, first, shortfall }: OwedEpisode,
  told: Readonly<Record<'needed' | 'within' | 'nearest', string>>,
): string {
  const who = rule.groupNames.map((name, index) => ` of ${name} ${quote(group[index] ?? '')}`).join('');
  const by = group.length === 0 && first.subject !== undefined ? ` by ${quote(first.subject)}` : '';
  const found = min === 1 ? 'none' : formatNumber(shortfall.found);
  const span =
    formatEpisodeSpan(episode) || (first.time === undefined ? '' : `, at ${formatInstant(first.time)}`);
  const about = episode.count === 1 ? '' : 'for the first one ';
  return `${titleInMessage(rule.title)}: ${count(episode.count, 'event')}${who}${by}${span}; ${about}expected ${told.needed} within ${told.within}, found ${found}; ${told.nearest}`;
}

/** `2 of "Review" or "Approval" whose reviewer is not the author` */
function describeNeeded({ min, needed, differs }: OwedPlan): string {
  const amount = min === 1 ? '' : `${formatNumber(min)} of `;
  const other = differs === undefined ? '' : ` where ${quote(differs[1])} is not its ${quote(differs[0])}`;
  return `${amount}${needed.map(quote).join(' or ')}${other}`;
}

function describeWithin({ before, after }: OwedPlan): string {
  const sides = [
    ...(before === undefined ? [] : [`${formatDuration(before)} before`]),
    ...(after === undefined ? [] : [`${formatDuration(after)} after`]),
  ];
  return sides.join(' or ');
}

function describeNearest(plan: OwedPlan, first: Mark, shortfall: Shortfall): string {
  const { same, earlier, later, doubts } = shortfall;
  if (same !== undefined) {
    return `nearest at ${formatInstant(same.start)}, by the same ${quote(same.value ?? '')}`;
  }
  const { time: start, until: end = start } = first;
  if (start === undefined || end === undefined) return 'its own time cannot be read';
  const choices = [
    ...(earlier === undefined
      ? []
      : [{ event: earlier, distance: start - earlier.end, limit: plan.before, way: 'before' }]),
    ...(later === undefined
      ? []
      : [{ event: later, distance: later.start - end, limit: plan.after, way: 'after' }]),
  ];
  const [nearest] = choices.sort((a, b) => (a.distance < b.distance ? -1 : a.distance > b.distance ? 1 : 0));
  const { incomplete, tied, untimedNeeds } = doubts;
  if (nearest === undefined)
    return incomplete + tied + untimedNeeds > 0 ? 'none for certain' : 'there is no other';
  const { event, distance, limit, way } = nearest;
  const excess =
    limit === undefined
      ? `${formatDistance(distance)} ${way} it`
      : `${formatDistance(distance - limit)} too ${way === 'before' ? 'early' : 'late'}`;
  return `nearest at ${formatInstant(way === 'before' ? event.end : event.start)}, ${excess}`;
}

function formatDistance(nanos: bigint): string {
  return nanos > 0n && nanos < 1_000_000n ? `${nanos}ns` : formatDuration(nanos < 0n ? 0n : nanos);
}

function describeDoubts({ differs }: OwedPlan, doubts: Doubts): string {
  const [mine = '', theirs = ''] = differs ?? [];
  const { untimed, valueless, incomplete, tied, untimedNeeds, repeats, groupless, uncovered } = doubts;
  const reasons = [
    ...(untimed ? ['the log does not tell what came before or after'] : []),
    ...(valueless ? [`the event has no ${quote(mine)} to compare with`] : []),
    ...(incomplete > 0 ? [`${count(incomplete, 'event')} within the time without ${quote(theirs)}`] : []),
    ...(tied > 0 ? [`order: tied, ${count(tied, 'event')} of the same instant`] : []),
    ...(untimedNeeds > 0 ? [`${count(untimedNeeds, 'event')} whose time cannot be read`] : []),
    ...(repeats > 0
      ? [
          `${count(repeats, 'record equals another and may be an event', 'records equal others and may be events')} of ${repeats === 1 ? 'its' : 'their'} own`,
        ]
      : []),
    ...(groupless > 0 ? [`${count(groupless, 'event')} that may be meant without a field to group by`] : []),
    ...(uncovered === undefined ? [] : [describeUncovered(uncovered)]),
  ];
  return `cannot be told: ${reasons.join('; ')}`;
}

function describeUncovered({ needed, covered, hole }: Uncovered): string {
  if (covered === undefined) return `no log of ${quote(needed)} was read`;
  if (hole !== undefined)
    return `the log of ${quote(needed)} holds nothing between ${formatInstant(hole.from - 1n)} and ${formatInstant(hole.until + 1n)}, as if a file were missing`;
  return `the log of ${quote(needed)} reaches from ${formatInstant(covered.from)} until ${formatInstant(covered.until)} only`;
}
