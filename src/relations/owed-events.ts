/**
 * Judges the events of one group that owe another: each against the window in which the other had to happen.
 * What the log cannot show (a window beyond it, a missing value, an unreadable time, a tie) is never a violation.
 */
import { formatDuration, formatInstant, type Instant } from '../base/instant.ts';
import { count, formatNumber, quote } from '../base/text-safety.ts';
import type { Verdict } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import { renderTemplate, titleInMessage } from '../model/message.ts';
import { type Coverage, coverageOf, type Group, type Judgement, type Stretch } from '../model/relation.ts';
import type { Correlation } from '../model/rule.ts';
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
import { type NeededEvent, NeededEvents, toNeededEvent, type Window } from './needed-events.ts';

/** What a message template may use, beside fields of the event. */
export const OWED_WORDS = [...EPISODE_WORDS, 'needed', 'within', 'nearest'] as const;

export type OwedPlan = {
  rule: Pick<Correlation, 'title' | 'message' | 'groupNames'>;
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
type Uncovered = { needed: string; covered: Stretch | undefined };

type Doubts = {
  untimed: boolean;
  /** The owing event lacks the value to compare. */
  valueless: boolean;
  incomplete: number;
  tied: number;
  untimedNeeds: number;
  uncovered: Uncovered | undefined;
};

/** What the message about the first event of an episode says. */
type Shortfall = {
  found: number;
  doubts: Doubts;
  earlier?: NeededEvent | undefined;
  later?: NeededEvent | undefined;
  same?: NeededEvent | undefined;
};

type OwedEpisode = { episode: Episode; verdict: Verdict; first: Mark; shortfall: Shortfall };

type Pending = { mark: Mark; window: Window };

/** Marks come in their order; one event may have several of them. */
export function* judgeOwed(
  plan: OwedPlan,
  group: Group,
  marks: Iterable<Mark>,
  coverage: Coverage,
): Generator<Judgement> {
  const judge = new OwedJudge(plan, coverage);
  for (const event of byEvent(marks)) {
    for (const episode of judge.take(event)) yield describeEpisode(plan, group, episode);
  }
  for (const episode of judge.finish()) yield describeEpisode(plan, group, episode);
}

function* byEvent(marks: Iterable<Mark>): Generator<Mark[]> {
  let event: Mark[] = [];
  for (const mark of marks) {
    const [first] = event;
    if (first !== undefined && !(isSameEvent(first, mark) && first.until === mark.until)) {
      yield event;
      event = [];
    }
    event.push(mark);
  }
  if (event.length > 0) yield event;
}

class OwedJudge {
  private readonly plan: OwedPlan;
  private readonly coverage: Coverage;
  private readonly needs: NeededEvents;
  /** Owing marks whose window is not over yet, in their order. */
  private pending: Pending[] = [];
  private head = 0;
  private open: OwedEpisode | undefined;

  constructor(plan: OwedPlan, coverage: Coverage) {
    this.plan = plan;
    this.coverage = coverage;
    this.needs = new NeededEvents(plan.differs !== undefined);
  }

  /** All marks of one event. */
  *take(event: readonly Mark[]): Generator<OwedEpisode> {
    const { time } = event[0]!;
    if (time !== undefined) yield* this.reach(time);
    const needed = event.filter(({ step }) => step >= this.plan.owing);
    if (needed.length > 0) this.addNeeded(toNeededEvent(needed), time);
    for (const mark of event) {
      if (mark.step >= this.plan.owing) continue;
      if (time === undefined) yield* this.conclude(mark, 'undetermined', untimedShortfall());
      else this.pending.push({ mark, window: this.windowOf(mark, time) });
    }
  }

  *finish(): Generator<OwedEpisode> {
    while (this.head < this.pending.length) yield* this.settle(this.pending[this.head++]!);
    if (this.open !== undefined) yield this.open;
  }

  private addNeeded(event: NeededEvent, time: Instant | undefined): void {
    if (time === undefined) {
      this.needs.addUntimed(event);
      return;
    }
    this.needs.add(event);
    const { shortfall, first } = this.open ?? {};
    // The nearest that came too late may come long after the window.
    if (shortfall !== undefined && first?.time !== undefined && event.start > (first.until ?? first.time))
      shortfall.later ??= event;
  }

  /** Settles what is owed until before `now`: of one instant, all that belongs to it must be known. */
  private *reach(now: Instant): Generator<OwedEpisode> {
    for (let next = this.pending[this.head]; next !== undefined; next = this.pending[this.head]) {
      if (next.window.until >= now) break;
      this.head++;
      yield* this.settle(next);
    }
    if (this.head > 1024 && this.head * 2 > this.pending.length) {
      this.pending = this.pending.slice(this.head);
      this.head = 0;
    }
    const waiting = this.pending[this.head]?.mark.time ?? now;
    this.needs.forget(waiting - (this.plan.before ?? 0n));
  }

  private windowOf({ time, until, place }: Mark, start: Instant): Window {
    const { before, after } = this.plan;
    const end = until ?? time ?? start;
    const side = after === undefined ? 'before' : before === undefined ? 'after' : 'around';
    return {
      side,
      from: before === undefined ? end : start - before,
      until: after === undefined ? start : end + after,
      owing: { start, end, file: until === undefined ? place.file : undefined, offset: place.offset },
    };
  }

  private *settle({ mark, window }: Pending): Generator<OwedEpisode> {
    const { min, differs } = this.plan;
    const value = differs === undefined ? undefined : mark.values[0];
    const { sure, tied, incomplete } = this.needs.count(window, value);
    if (sure >= min) return yield* this.conclude(mark, 'satisfied');
    const untimedNeeds = this.needs.countUntimed(value);
    const valueless = differs !== undefined && value === undefined;
    const doubtful = sure + tied + incomplete + untimedNeeds >= min;
    const uncovered = this.uncovered(window);
    const verdict = doubtful || uncovered !== undefined ? 'undetermined' : 'violation';
    const { start, end } = window.owing;
    yield* this.conclude(mark, verdict, {
      found: sure,
      doubts: {
        untimed: false,
        valueless: doubtful && valueless,
        incomplete: doubtful && !valueless ? incomplete : 0,
        tied: doubtful ? tied : 0,
        untimedNeeds: doubtful ? untimedNeeds : 0,
        uncovered,
      },
      earlier: this.needs.lastEndingBefore(window.side === 'after' ? end : window.from),
      later: this.needs.firstStartingAfter(window.side === 'before' ? start : window.until),
      same: value === undefined ? undefined : this.needs.lastSame(window, value),
    });
  }

  private uncovered({ from, until }: Window): Uncovered | undefined {
    const { needed, owing } = this.plan;
    for (const [index, title] of needed.entries()) {
      const covered = coverageOf(this.coverage, owing + index);
      if (covered === undefined || from < covered.from || until > covered.until)
        return { needed: title, covered };
    }
    return undefined;
  }

  private *conclude(mark: Mark, verdict: Verdict, shortfall?: Shortfall): Generator<OwedEpisode> {
    if (this.open !== undefined && this.open.verdict === verdict)
      return extendEpisode(this.open.episode, mark);
    if (this.open !== undefined) yield this.open;
    this.open =
      shortfall === undefined ? undefined : { episode: openEpisode(mark), verdict, first: mark, shortfall };
  }
}

function untimedShortfall(): Shortfall {
  const doubts = {
    untimed: true,
    valueless: false,
    incomplete: 0,
    tied: 0,
    untimedNeeds: 0,
    uncovered: undefined,
  };
  return { found: 0, doubts };
}

function describeEpisode(plan: OwedPlan, group: Group, owed: OwedEpisode): Judgement {
  const { episode, verdict, first, shortfall } = owed;
  const { rule, names, differs, code } = plan;
  const doubts = verdict === 'undetermined' ? `; ${describeDoubts(plan, shortfall.doubts)}` : '';
  const told = {
    ...episodeWords(episode),
    needed: describeNeeded(plan),
    within: describeWithin(plan),
    nearest: describeNearest(plan, first, shortfall),
  };
  const width = differs === undefined ? 0 : 1;
  const logged = (name: string) => first.values[width + names.indexOf(name)];
  const message =
    rule.message === undefined
      ? describeOwed(plan, group, owed, told)
      : renderTemplate(rule.message, told, logged);
  return toJudgement(episode, group, { verdict, code, message: `${message}${doubts}` });
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

function describeNearest(plan: OwedPlan, first: Mark, { same, earlier, later }: Shortfall): string {
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
  if (nearest === undefined) return 'there is no other';
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
  const { untimed, valueless, incomplete, tied, untimedNeeds, uncovered } = doubts;
  const reasons = [
    ...(untimed ? ['the log does not tell what came before or after'] : []),
    ...(valueless ? [`the event has no ${quote(mine)} to compare with`] : []),
    ...(incomplete > 0 ? [`${count(incomplete, 'event')} within the time without ${quote(theirs)}`] : []),
    ...(tied > 0 ? [`order: tied, ${count(tied, 'event')} of the same instant`] : []),
    ...(untimedNeeds > 0 ? [`${count(untimedNeeds, 'event')} whose time cannot be read`] : []),
    ...(uncovered === undefined ? [] : [describeUncovered(uncovered)]),
  ];
  return `cannot be told: ${reasons.join('; ')}`;
}

function describeUncovered({ needed, covered }: Uncovered): string {
  if (covered === undefined) return `no log of ${quote(needed)} was read`;
  return `the log of ${quote(needed)} reaches from ${formatInstant(covered.from)} until ${formatInstant(covered.until)} only`;
}
