/** Events that fulfill a condition over rules within one window: in any order, or in the order of the rules. */
import type { Instant } from '../base/instant.ts';
import type { Mark } from '../model/mark.ts';
import { orderFile } from '../model/order-file.ts';
import type { Coverage } from '../model/relation.ts';
import type { Validity } from '../model/rule.ts';
import { Awaiting, type Completion, CompletionOrder } from './awaiting.ts';
import { isInForce } from './in-force.ts';
import { endOf, inOrderOfEnd, MarkWindow, type TimedMark } from './mark-window.ts';
import { SequenceFinder } from './sequence.ts';
import { chainMarks } from './sequence-chain.ts';
import { byInstant } from './sequence-instants.ts';
import { allInOrder } from './sequence-states.ts';
import type { Term } from './step-terms.ts';

export type Condition = {
  terms: readonly Term[];
  timespan: bigint;
  coverage: Coverage;
  /** Steps whose marks end every open sequence. */
  ends: readonly number[];
  /** All steps, those of `ends` too. */
  steps: number;
  /** Events of another time complete nothing, and rule out as all do. */
  effective?: Validity | undefined;
};

export const UNTIMED = ', an event has no readable time';
export const TIED = ', order: tied, the files do not tell which came first';
export const UNTIMED_ORDER = ', order: unknown, an event has no readable time';

/**
 * For each event that completes a term: the earliest other events in the window that ends with it, which leaves the least
 * time in which negated events would count. `marks` in total order, those without a time first.
 */
export function* findTogether(marks: Iterable<Mark>, condition: Condition): Generator<Completion> {
  const { terms, timespan, effective = {} } = condition;
  const matcher = new TermMatcher(condition);
  const windows = Array.from({ length: condition.steps }, () => new MarkWindow());
  for (const mark of inOrderOfEnd(matcher.timed(marks))) {
    const now = endOf(mark);
    if (now - mark.time > timespan) continue;
    for (const window of windows) dropBefore(window, now - timespan);
    const mayComplete = isInForce(mark.time, effective);
    if (mayComplete) windows[mark.step]!.push(mark);
    matcher.meet(mark, now);
    for (const [at, { all }] of terms.entries()) {
      if (!mayComplete || !all.includes(mark.step)) continue;
      const others = all.map((step) => (step === mark.step ? mark : windows[step]!.earliest()));
      if (others.some((each) => each === undefined)) continue;
      const parts = inOrderOfBegin(others as TimedMark[], mark);
      const start = parts.reduce((first, { time }) => (time < first ? time : first), mark.time);
      matcher.complete(at, { marks: parts, start, end: now, verdict: 'violation' }, now);
    }
    yield* matcher.decided(now);
  }
  yield* matcher.finish(UNTIMED);
}

/** As `findTogether`, with the rules of a term in their order; of a sequence the first event may be any that leaves it within the timespan. */
export function* findInOrder(marks: Iterable<Mark>, condition: Condition): Generator<Completion> {
  const { terms, timespan, ends, effective = {} } = condition;
  const matcher = new TermMatcher(condition);
  const sequences = terms.map(({ all }) => new OrderedTerm(all, ends, timespan));
  for (const instant of byInstant(matcher.timed(marks), [])) {
    const group: readonly TimedMark[] = 'time' in instant ? [instant] : instant;
    const now = group[0]!.time;
    // Of one instant, what is ruled out is known before anything is complete.
    for (const mark of group) if (endOf(mark) - mark.time <= timespan) matcher.meet(mark, now);
    for (const [at, term] of isInForce(now, effective) ? sequences.entries() : []) {
      for (const completion of term.take(group))
        matcher.complete(at, completion, now, group.indexOf(completion.marks.at(-1) as TimedMark));
    }
    yield* matcher.decided(now, group.length);
  }
  yield* matcher.finish(UNTIMED_ORDER);
}

type Found = Omit<Completion, 'index'>;

/** One term, its positive steps in order. */
class OrderedTerm {
  private readonly steps: ReadonlySet<number>;
  private readonly first: number;
  private readonly ends: readonly number[];
  private readonly timespan: bigint;
  private readonly finder: SequenceFinder;
  /** Events of the first step since the last end. */
  private readonly firsts = new MarkWindow();

  constructor(all: readonly number[], ends: readonly number[], timespan: bigint) {
    this.steps = new Set([...all, ...ends]);
    this.first = all.length > 1 ? all[0]! : -1;
    this.ends = ends;
    this.timespan = timespan;
    this.finder = new SequenceFinder(allInOrder(all, ends), timespan);
  }

  take(instant: readonly TimedMark[]): Found[] {
    const marks = instant.filter(({ step }) => this.steps.has(step));
    if (marks.length === 0) return [];
    if (marks.some(({ step }) => this.ends.includes(step))) this.firsts.clear();
    const found: Found[] = [];
    for (const { mark, chain, verdict } of this.finder.take(marks.length === 1 ? marks[0]! : marks)) {
      if (chain === undefined) continue;
      const end = endOf(mark as TimedMark);
      dropBefore(this.firsts, end - this.timespan);
      const earliest = this.firsts.earliest();
      const isEarlier = earliest !== undefined && earliest.time < chain.start;
      const parts = chainMarks(chain);
      if (isEarlier) parts[0] = earliest;
      found.push({
        marks: parts,
        start: isEarlier ? earliest.time : chain.start,
        end,
        verdict,
        ...(verdict === 'undetermined' && { doubt: TIED }),
      });
    }
    for (const mark of this.afterEnds(marks))
      if (mark.step === this.first && mark.until === undefined) this.firsts.push(mark);
    return found;
  }

  /** The marks of one instant that come surely after its last end. */
  private afterEnds(marks: readonly TimedMark[]): readonly TimedMark[] {
    const ends = marks.filter(({ step }) => this.ends.includes(step));
    const last = ends.at(-1);
    if (last === undefined) return marks;
    const file = orderFile(last);
    if (ends.some((end) => orderFile(end) !== file)) return [];
    return marks.filter((mark) => orderFile(mark) === file && mark.place.offset >= last.place.offset);
  }
}

/** What both orders share: negated events, events without a time, and completions of several terms in one order. */
class TermMatcher {
  private readonly condition: Condition;
  private readonly awaiting: readonly Awaiting[];
  private readonly order = new CompletionOrder();
  private index = 0;
  private found = false;
  private readonly untimed: Mark[] = [];
  /** The first mark of each step. */
  private readonly firsts: (Mark | undefined)[] = [];

  constructor(condition: Condition) {
    this.condition = condition;
    const { terms, timespan, coverage } = condition;
    this.awaiting = terms.map(({ none }) => new Awaiting(none, timespan, coverage));
  }

  *timed(marks: Iterable<Mark>): Generator<TimedMark> {
    for (const mark of marks) {
      if (mark.time === undefined) {
        this.untimed.push(mark);
        for (const [at, { none }] of this.condition.terms.entries())
          if (none.includes(mark.step)) this.awaiting[at]!.meetUntimed();
      } else {
        if (isInForce(mark.time, this.condition.effective ?? {})) this.firsts[mark.step] ??= mark;
        yield mark as TimedMark;
      }
    }
  }

  meet(mark: TimedMark, now: Instant): void {
    for (const [at, { none }] of this.condition.terms.entries())
      if (none.includes(mark.step)) this.order.add(this.awaiting[at]!.meet(mark, now));
  }

  /** `position`: which of the marks that are tried together completes it. */
  complete(term: number, found: Found, now: Instant, position = 0): void {
    this.found = true;
    const completion = { ...found, index: this.index + position };
    this.order.add(this.awaiting[term]!.add(completion, now));
  }

  /** After the terms were tried on so many marks. */
  *decided(now: Instant, marks = 1): Generator<Completion> {
    this.index += marks;
    let open = this.index;
    for (const awaiting of this.awaiting) {
      this.order.add(awaiting.advance(now));
      open = Math.min(open, awaiting.firstOpen ?? open);
    }
    yield* this.order.release(open);
  }

  *finish(doubt: string): Generator<Completion> {
    for (const awaiting of this.awaiting) this.order.add(awaiting.finish());
    yield* this.order.release(this.index);
    if (!this.found) yield* this.withoutTimes(doubt);
  }

  /** Every step of a term has an event, and one that cannot be placed in time might complete it. */
  private *withoutTimes(doubt: string): Generator<Completion> {
    for (const { all } of this.condition.terms) {
      const marks = all.map((step) => this.untimed.find((each) => each.step === step) ?? this.firsts[step]);
      if (marks.some((mark) => mark === undefined)) continue;
      if (marks.every((mark) => mark!.time !== undefined)) continue;
      yield { index: this.index, marks: marks as Mark[], start: 0n, end: 0n, verdict: 'undetermined', doubt };
      return;
    }
  }
}

function dropBefore(window: MarkWindow, from: Instant): void {
  for (let mark = window.earliest(); mark !== undefined && mark.time < from; mark = window.earliest())
    window.dropEarliest();
}

/** `last` stays at the end. */
function inOrderOfBegin(marks: readonly TimedMark[], last: TimedMark): TimedMark[] {
  const others = marks.filter((mark) => mark !== last);
  others.sort((left, right) =>
    left.time < right.time ? -1 : left.time > right.time ? 1 : left.step - right.step,
  );
  return [...others, last];
}
