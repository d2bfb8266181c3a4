/**
 * Judges the events of one group that owe another: each against the window in which the other had to happen.
 * What the log cannot show (a window beyond it, a missing value, an unreadable time, a tie) is never a violation.
 */
import type { Instant } from '../base/instant.ts';
import type { Verdict } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import { orderFile } from '../model/order-file.ts';
import { type Coverage, coverageOf, type Group, type Judgement } from '../model/relation.ts';
import { comparedName } from './compared-name.ts';
import { holeWithin, isWithin } from './coverage.ts';
import { extendEpisode, isSameEvent, openEpisode } from './episode.ts';
import type { NeededEvent, Window } from './event-list.ts';
import { NeededEvents, toNeededEvent } from './needed-events.ts';
import {
  describeEpisode,
  type OwedEpisode,
  type OwedPlan,
  type Shortfall,
  tellingOfOwed,
  type Uncovered,
} from './owed-message.ts';
import type { Telling } from './told-values.ts';

type Pending = { mark: Mark; window: Window };

/** Marks come in their order; one event may have several of them. */
export function* judgeOwed(
  plan: OwedPlan,
  group: Group,
  marks: Iterable<Mark>,
  coverage: Coverage,
): Generator<Judgement> {
  const judge = new OwedJudge(plan, coverage, tellingOfOwed(plan, group));
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
  private readonly telling: Telling | undefined;
  private readonly needs: NeededEvents;
  /** Of records that repeat others. */
  private readonly repeats: NeededEvents;
  /** Owing marks whose window is not over yet, in their order. */
  private pending: Pending[] = [];
  private head = 0;
  private open: OwedEpisode | undefined;

  constructor(plan: OwedPlan, coverage: Coverage, telling: Telling | undefined) {
    this.plan = plan;
    this.coverage = coverage;
    this.telling = telling;
    this.needs = new NeededEvents(plan.differs !== undefined);
    this.repeats = new NeededEvents(plan.differs !== undefined);
  }

  /** All marks of one event. */
  *take(event: readonly Mark[]): Generator<OwedEpisode> {
    const { time } = event[0]!;
    if (time !== undefined) yield* this.reach(time);
    const needed = event.filter(({ step }) => step >= this.plan.owing);
    if (event[0]!.isSecond === true) {
      // What owes an event owes it as often as it likes; what is owed may have happened twice.
      if (needed.length > 0) addTo(this.repeats, toNeededEvent(needed), time);
      return;
    }
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
    addTo(this.needs, event, time);
    if (time === undefined) return;
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
    for (const needs of [this.needs, this.repeats]) needs.forget(waiting - (this.plan.before ?? 0n));
  }

  private windowOf(mark: Mark, start: Instant): Window {
    const { time, until, place } = mark;
    const { before, after } = this.plan;
    const end = until ?? time ?? start;
    const side = after === undefined ? 'before' : before === undefined ? 'after' : 'around';
    return {
      side,
      from: before === undefined ? end : start - before,
      until: after === undefined ? start : end + after,
      owing: { start, end, file: until === undefined ? orderFile(mark) : undefined, offset: place.offset },
    };
  }

  private *settle({ mark, window }: Pending): Generator<OwedEpisode> {
    const { min, differs } = this.plan;
    const value = differs === undefined ? undefined : comparedName(mark.values[0]);
    const { sure, tied, incomplete } = this.needs.count(window, value);
    if (sure >= min) return yield* this.conclude(mark, 'satisfied');
    const untimedNeeds = this.needs.countUntimed(value);
    const valueless = differs !== undefined && value === undefined;
    const groupless = this.groupless(window);
    const repeats = this.repeats.mayFulfill(window, value);
    const doubtful = sure + tied + incomplete + untimedNeeds + groupless + repeats >= min;
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
        repeats: doubtful ? repeats : 0,
        groupless: doubtful ? groupless : 0,
        uncovered,
      },
      earlier: this.needs.lastEndingBefore(window.side === 'after' ? end : window.from),
      later: this.needs.firstStartingAfter(window.side === 'before' ? start : window.until),
      same: value === undefined ? undefined : this.needs.lastSame(window, value),
    });
  }

  /** Needed events that no group owns and that may lie in the window. */
  private groupless({ from, until }: Window): number {
    const { needed, owing } = this.plan;
    let events = 0;
    for (let step = owing; step < owing + needed.length; step++) {
      const { groupless } = coverageOf(this.coverage, step) ?? {};
      if (groupless === undefined) continue;
      const { within, untimed } = groupless;
      const mayLieIn = within !== undefined && within.from <= until && from <= within.until;
      events += mayLieIn ? groupless.events : untimed;
    }
    return events;
  }

  private uncovered({ from, until }: Window): Uncovered | undefined {
    const { needed, owing } = this.plan;
    for (const [index, title] of needed.entries()) {
      const covered = coverageOf(this.coverage, owing + index);
      if (covered === undefined) return { needed: title, covered };
      const hole = holeWithin({ from, until }, covered);
      if (hole !== undefined || !isWithin({ from, until }, covered)) return { needed: title, covered, hole };
    }
    return undefined;
  }

  private *conclude(mark: Mark, verdict: Verdict, shortfall?: Shortfall): Generator<OwedEpisode> {
    if (this.open !== undefined && this.open.verdict === verdict)
      return extendEpisode(this.open.episode, mark);
    if (this.open !== undefined) yield this.open;
    this.open =
      shortfall === undefined
        ? undefined
        : { episode: openEpisode(mark, this.telling), verdict, first: mark, shortfall };
  }
}

function addTo(needs: NeededEvents, event: NeededEvent, time: Instant | undefined): void {
  if (time === undefined) needs.addUntimed(event);
  else needs.add(event);
}

function untimedShortfall(): Shortfall {
  const doubts = {
    untimed: true,
    valueless: false,
    incomplete: 0,
    tied: 0,
    untimedNeeds: 0,
    repeats: 0,
    groupless: 0,
    uncovered: undefined,
  };
  return { found: 0, doubts };
}
