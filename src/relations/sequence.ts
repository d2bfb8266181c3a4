/**
 * Ordered sequences over the marks of one group: for each mark that may complete one, whether the steps before it came in order.
 * Order is time, then position in one file; files do not order events of one instant: such a sequence is tied. An interval
 * comes before what begins at its end or later. For each state only the chain that began last is kept: if any chain fits
 * the timespan, that one does.
 */
import { Heap } from '../base/heap.ts';
import { compareBigints, type Instant } from '../base/instant.ts';
import type { Verdict } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import { orderFile } from '../model/order-file.ts';
import { endOf, type TimedMark } from './mark-window.ts';
import {
  type Chain,
  type Chains,
  chainMarks,
  type EventMarks,
  isUnfinished,
  toLink,
} from './sequence-chain.ts';
import { byInstant, toFiles } from './sequence-instants.ts';
import type { States } from './sequence-states.ts';
import { linkAnyOrder } from './sequence-ties.ts';

/** A mark that may complete a sequence. `chain` undefined: nothing led to it. */
export type Sequence = { mark: Mark; chain: Chain | undefined; verdict: Verdict };

/** `marks` in total order, those without a time first. Memory: the marks of one instant. */
export function* findSequences(marks: Iterable<Mark>, states: States, timespan: bigint): Generator<Sequence> {
  const untimed: Mark[] = [];
  const finder = new SequenceFinder(states, timespan);
  let found = false;
  for (const instant of byInstant(marks, untimed)) {
    for (const sequence of finder.take(instant)) {
      found ||= sequence.chain !== undefined;
      yield sequence;
    }
  }
  if (!found && untimed.length > 0) yield* finder.withoutTimes(untimed);
}

export class SequenceFinder {
  private readonly states: States;
  private readonly timespan: bigint;
  /** The first mark of each step. */
  private readonly firsts: (Mark | undefined)[];
  private readonly certain: Chains;
  private readonly possible: Chains;
  /** Chains that end in an interval which is not over. */
  private readonly unfinished = new Heap<{ chain: Chain; end: Instant; isCertain: boolean }>((left, right) =>
    compareBigints(left.end, right.end),
  );

  constructor(states: States, timespan: bigint) {
    this.states = states;
    this.timespan = timespan;
    this.firsts = states.ofStep.map(() => undefined);
    this.certain = states.list.map(() => undefined);
    this.possible = states.list.map(() => undefined);
  }

  /** The marks of one instant in their order, or one that is alone in it; instants come in order. */
  take(instant: TimedMark | readonly TimedMark[]): readonly Sequence[] {
    const time = ('time' in instant ? instant : instant[0]!).time;
    while (this.unfinished.size > 0 && this.unfinished.peek()!.end <= time) {
      const { chain, isCertain } = this.unfinished.pop()!;
      keepLatest(this.possible, chain);
      if (isCertain) keepLatest(this.certain, chain);
    }
    return 'time' in instant ? this.takeAlone(instant) : this.takeTied(instant);
  }

  /** A mark that is alone in its instant, as most are: nothing is tied with it. Half the time of relating was spent here (measured). */
  private takeAlone(mark: TimedMark): readonly Sequence[] {
    const { states, certain, possible, timespan } = this;
    if (states.ends[mark.step]) {
      this.endAll();
      return NONE;
    }
    this.firsts[mark.step] ??= mark;
    const own = states.ofStep[mark.step]!;
    let found: Chain | undefined;
    let tied: Chain | undefined;
    // From the longest sequence to the shortest, so that the mark does not follow itself.
    for (let at = own.length - 1; at >= 0; at--) {
      const state = own[at]!;
      const sure = continued(mark, state, states, certain, timespan);
      const maybe = continued(mark, state, states, possible, timespan);
      if (sure !== undefined) this.keep(sure, true);
      if (maybe !== undefined && maybe.start !== sure?.start) this.keep(maybe, false);
      if (!states.list[state]!.final) continue;
      found ??= sure;
      tied ??= maybe;
    }
    if (!states.completes[mark.step]) return NONE;
    if (found !== undefined) return [{ mark, chain: found, verdict: 'violation' }];
    return [{ mark, chain: tied, verdict: tied === undefined ? 'satisfied' : 'undetermined' }];
  }

  private takeTied(instant: readonly TimedMark[]): readonly Sequence[] {
    const { states, certain, possible, timespan } = this;
    const files = toFiles(instant);
    const enders = files.filter((events) => events.some((event) => this.isEnd(event)));
    const tied = linkAnyOrder(files, possible, states, timespan);
    // What an end that is tied with it may have ended is no longer certain.
    const after: Chains = enders.length > 0 ? states.list.map(() => undefined) : [...certain];
    const sequences: Sequence[] = [];
    for (const events of files) {
      const isEndedElsewhere = enders.some((other) => other !== events);
      const own: Chains = [...certain];
      for (const event of events) {
        if (this.isEnd(event)) own.fill(undefined);
        const links = isEndedElsewhere ? [] : this.continueChains(event, own);
        for (const link of links) if (!isUnfinished(link)) keepLatest(own, link);
        for (const mark of event) {
          this.firsts[mark.step] ??= mark;
          if (states.completes[mark.step]) sequences.push(this.judge(mark, links, tied));
        }
        if (events.length > 0) for (const link of links) if (isUnfinished(link)) this.keep(link, true);
      }
      if (isEndedElsewhere) continue;
      for (const chain of own) if (chain !== undefined) keepLatest(after, chain);
    }
    if (enders.length > 0) this.endAll();
    certain.splice(0, certain.length, ...after);
    const time = instant[0]!.time;
    for (const chain of [...tied.flatMap((found) => [...found.values()]), ...after]) {
      // Whatever began before an end is over, in whichever order the files are read.
      const isOver = enders.length > 0 && (chain?.start !== time || this.isEndedInFile(chain, enders));
      if (chain !== undefined && !isOver) this.keep(chain, false);
    }
    return sequences;
  }

  private isEnd(event: EventMarks): boolean {
    return event.some(({ step }) => this.states.ends[step]);
  }

  /** Whether an end follows in the file of its last event, within the instant. */
  private isEndedInFile({ mark }: Chain, enders: readonly EventMarks[][]): boolean {
    return enders.some((events) =>
      events.some(
        (event) =>
          this.isEnd(event) &&
          orderFile(event[0]!) === orderFile(mark) &&
          event[0]!.place.offset > mark.place.offset,
      ),
    );
  }

  private endAll(): void {
    this.certain.fill(undefined);
    this.possible.fill(undefined);
    while (this.unfinished.pop() !== undefined);
  }

  private keep(chain: Chain, isCertain: boolean): void {
    if (isUnfinished(chain)) this.unfinished.push({ chain, end: endOf(chain.mark as TimedMark), isCertain });
    else {
      keepLatest(this.possible, chain);
      if (isCertain) keepLatest(this.certain, chain);
    }
  }

  /** The chains that an event continues, from those that were there before it. */
  private continueChains(event: EventMarks, chains: Chains): Chain[] {
    const { states, timespan } = this;
    return event.flatMap((mark) =>
      states.ofStep[mark.step]!.flatMap((state) => continued(mark, state, states, chains, timespan) ?? []),
    );
  }

  private judge(
    mark: TimedMark,
    certain: readonly Chain[],
    tied: readonly ReadonlyMap<Mark, Chain>[],
  ): Sequence {
    const { list, ofStep } = this.states;
    const finals = ofStep[mark.step]!.filter((state) => list[state]!.final);
    const chain = certain.find((link) => link.mark === mark && finals.includes(link.state));
    if (chain !== undefined) return { mark, chain, verdict: 'violation' };
    const possible = finals.map((state) => tied[state]!.get(mark)).find((each) => each !== undefined);
    return { mark, chain: possible, verdict: possible === undefined ? 'satisfied' : 'undetermined' };
  }

  /** Every state that a sequence needs has an event, and one that cannot be placed in time might complete it. */
  *withoutTimes(untimed: readonly Mark[]): Generator<Sequence> {
    const { list } = this.states;
    const reached: Chains = [];
    for (const [state, { step, before, final }] of list.entries()) {
      const mark = untimed.find((each) => each.step === step) ?? this.firsts[step];
      const earlier = before.map((each) => reached[each]).find((each) => each !== undefined);
      const follows = before.length === 0 || earlier !== undefined;
      const chain = mark && follows ? { mark, state, before: earlier, start: 0n } : undefined;
      reached.push(chain);
      if (chain === undefined || !final || !chainMarks(chain).some(({ time }) => time === undefined))
        continue;
      yield { mark: chain.mark, chain, verdict: 'undetermined' };
      return;
    }
  }
}

const NONE: readonly Sequence[] = [];

/** The chain that the mark makes of the one that began last among those it may follow. */
function continued(
  mark: TimedMark,
  state: number,
  { list }: States,
  chains: Chains,
  timespan: bigint,
): Chain | undefined {
  const { before } = list[state]!;
  if (before.length === 0) return toLink(mark, state, undefined, timespan);
  if (before.length === 1) {
    const only = chains[before[0]!];
    return only && toLink(mark, state, only, timespan);
  }
  let latest: Chain | undefined;
  for (const each of before) {
    const chain = chains[each];
    if (chain !== undefined && (latest === undefined || chain.start > latest.start)) latest = chain;
  }
  return latest && toLink(mark, state, latest, timespan);
}

function keepLatest(chains: Chains, chain: Chain): void {
  const known = chains[chain.state];
  if (known === undefined || chain.start > known.start) chains[chain.state] = chain;
}
