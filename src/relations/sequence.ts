/**
 * Ordered sequences over the marks of one group: for each mark of the last step, whether the steps before it came in order.
 * Order is time, then position in one file; files do not order events of one instant: such a sequence is tied.
 * For each step only the chain that began last is kept: if any chain fits the timespan, that one does.
 */
import type { Instant } from '../base/instant.ts';
import type { Verdict } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import { isSameEvent } from './episode.ts';

/** A mark and the chain it continues; `start` is when the first event happened. */
export type Chain = { mark: Mark; before: Chain | undefined; start: Instant };

/** A mark of the last step. `chain` undefined: nothing led to it. */
export type Sequence = { mark: Mark; chain: Chain | undefined; verdict: Verdict };

export function chainMarks(chain: Chain): Mark[] {
  const marks: Mark[] = [];
  for (let link: Chain | undefined = chain; link !== undefined; link = link.before) marks.push(link.mark);
  return marks.reverse();
}

type TimedMark = Mark & { time: Instant };

/** The marks of one event: it may stand for several steps, but only for one in a sequence. */
type EventMarks = TimedMark[];

/** For each step the chain that ends in it and began last. */
type Chains = (Chain | undefined)[];

/** `marks` in total order, those without a time first. Memory: the marks of one instant. */
export function* findSequences(marks: Iterable<Mark>, steps: number, timespan: bigint): Generator<Sequence> {
  const untimed: Mark[] = [];
  const firsts: (Mark | undefined)[] = Array.from({ length: steps });
  const certain: Chains = Array.from({ length: steps });
  const possible: Chains = Array.from({ length: steps });
  let found = false;
  for (const instant of byInstant(marks, untimed)) {
    if (!Array.isArray(instant)) {
      const sequence = linkAlone(instant, certain, possible, timespan);
      const { mark } = sequence;
      firsts[mark.step] ??= mark;
      if (mark.step !== steps - 1) continue;
      found ||= sequence.chain !== undefined;
      yield sequence;
      continue;
    }
    const files = toFiles(instant);
    const tied = linkAnyOrder(files, possible, timespan);
    const after = [...certain];
    for (const events of files) {
      const own = [...certain];
      for (const event of events) {
        const links = continueChains(event, own, timespan);
        for (const link of links) keepLatest(own, link);
        for (const mark of event) {
          firsts[mark.step] ??= mark;
          if (mark.step !== steps - 1) continue;
          const sequence = judge(mark, links, tied);
          found ||= sequence.chain !== undefined;
          yield sequence;
        }
      }
      for (const chain of own) if (chain !== undefined) keepLatest(after, chain);
    }
    certain.splice(0, steps, ...after);
    for (const chain of [...tied.values(), ...after]) if (chain !== undefined) keepLatest(possible, chain);
  }
  if (!found && untimed.length > 0) yield* withoutTimes(untimed, firsts);
}

function judge(mark: TimedMark, certain: readonly Chain[], tied: ReadonlyMap<Mark, Chain>): Sequence {
  const chain = certain.find((link) => link.mark === mark);
  if (chain !== undefined) return { mark, chain, verdict: 'violation' };
  const possible = tied.get(mark);
  return { mark, chain: possible, verdict: possible === undefined ? 'satisfied' : 'undetermined' };
}

/** The same for a mark that is alone in its instant, as most are: nothing is tied with it. Half the time of relating was spent here (measured). */
function linkAlone(mark: TimedMark, certain: Chains, possible: Chains, timespan: bigint): Sequence {
  const first = mark.step === 0 ? { mark, before: undefined, start: mark.time } : undefined;
  const link = first ?? toLink(mark, certain[mark.step - 1], timespan);
  const tied = first ?? toLink(mark, possible[mark.step - 1], timespan);
  if (tied !== undefined) keepLatest(possible, tied);
  if (link !== undefined) {
    keepLatest(certain, link);
    keepLatest(possible, link);
    return { mark, chain: link, verdict: 'violation' };
  }
  return { mark, chain: tied, verdict: tied === undefined ? 'satisfied' : 'undetermined' };
}

/** The chains that an event continues, from those that were there before it. */
function continueChains(event: EventMarks, chains: Chains, timespan: bigint): Chain[] {
  return event.flatMap((mark): Chain[] => {
    if (mark.step === 0) return [{ mark, before: undefined, start: mark.time }];
    const link = toLink(mark, chains[mark.step - 1], timespan);
    return link === undefined ? [] : [link];
  });
}

function toLink(mark: TimedMark, before: Chain | undefined, timespan: bigint): Chain | undefined {
  if (before === undefined || mark.time - before.start > timespan) return undefined;
  return { mark, before, start: before.start };
}

function keepLatest(chains: Chains, chain: Chain): void {
  const known = chains[chain.mark.step];
  if (known === undefined || chain.start > known.start) chains[chain.mark.step] = chain;
}

/**
 * The best chain of each mark of one instant when the events of different files may have happened in any order.
 * For one file that is the order of the file.
 */
function linkAnyOrder(files: readonly EventMarks[][], possible: Chains, timespan: bigint): Map<Mark, Chain> {
  const found = new Map<Mark, Chain>();
  for (let step = 0; step < possible.length; step++) {
    const [best, second] = bestOfFiles(files, step - 1, found);
    for (const [file, events] of files.entries()) {
      const elsewhere = best?.file === file ? second : best;
      let earlier: Chain | undefined;
      for (const event of events) {
        const mark = event.find((each) => each.step === step);
        if (mark !== undefined) {
          const candidates = step === 0 ? [] : [possible[step - 1], elsewhere?.chain, earlier];
          const chain =
            step === 0
              ? { mark, before: undefined, start: mark.time }
              : latestLink(mark, candidates, timespan);
          if (chain !== undefined) found.set(mark, chain);
        }
        earlier = latest(earlier, event, step - 1, found);
      }
    }
  }
  return found;
}

/** The best chain that ends in `step`, and the best of another file. */
function bestOfFiles(
  files: readonly EventMarks[][],
  step: number,
  found: ReadonlyMap<Mark, Chain>,
): { file: number; chain: Chain }[] {
  if (step < 0 || files.length < 2) return [];
  const best = files.flatMap((events, file) => {
    const chain = events.reduce<Chain | undefined>(
      (kept, event) => latest(kept, event, step, found),
      undefined,
    );
    return chain === undefined ? [] : [{ file, chain }];
  });
  return best
    .sort((a, b) =>
      a.chain.start > b.chain.start ? -1 : a.chain.start < b.chain.start ? 1 : a.file - b.file,
    )
    .slice(0, 2);
}

function latest(
  kept: Chain | undefined,
  event: EventMarks,
  step: number,
  found: ReadonlyMap<Mark, Chain>,
): Chain | undefined {
  const mark = event.find((each) => each.step === step);
  const chain = mark && found.get(mark);
  return chain !== undefined && (kept === undefined || chain.start > kept.start) ? chain : kept;
}

function latestLink(
  mark: TimedMark,
  candidates: readonly (Chain | undefined)[],
  timespan: bigint,
): Chain | undefined {
  const links = candidates.flatMap((candidate) => {
    const link =
      candidate !== undefined && !holdsEvent(candidate, mark) ? toLink(mark, candidate, timespan) : undefined;
    return link === undefined ? [] : [link];
  });
  return links.reduce<Chain | undefined>(
    (kept, link) => (kept === undefined || link.start > kept.start ? link : kept),
    undefined,
  );
}

function holdsEvent(chain: Chain, mark: Mark): boolean {
  return chainMarks(chain).some((each) => isSameEvent(each, mark));
}

/** The marks of one instant at a time, one that is alone as it is. Marks without a time are set aside. */
function* byInstant(marks: Iterable<Mark>, untimed: Mark[]): Generator<TimedMark | TimedMark[]> {
  let alone: TimedMark | undefined;
  let several: TimedMark[] | undefined;
  for (const each of marks) {
    if (each.time === undefined) {
      untimed.push(each);
      continue;
    }
    const mark = each as TimedMark;
    if (alone === undefined) alone = mark;
    else if (alone.time === mark.time) {
      several ??= [alone];
      several.push(mark);
    } else {
      yield several ?? alone;
      alone = mark;
      several = undefined;
    }
  }
  if (alone !== undefined) yield several ?? alone;
}

/** The files of one instant, their events, the marks of each. */
function toFiles(instant: readonly TimedMark[]): EventMarks[][] {
  const files: EventMarks[][] = [];
  let previous: TimedMark | undefined;
  for (const mark of instant) {
    if (previous?.place.file !== mark.place.file) files.push([[mark]]);
    else if (isSameEvent(previous, mark)) files.at(-1)!.at(-1)!.push(mark);
    else files.at(-1)!.push([mark]);
    previous = mark;
  }
  return files;
}

/** Every step has an event, and one that cannot be placed in time might complete the sequence. */
function* withoutTimes(untimed: readonly Mark[], timed: readonly (Mark | undefined)[]): Generator<Sequence> {
  let chain: Chain | undefined;
  for (const [step, other] of timed.entries()) {
    const mark: Mark | undefined = untimed.find((each) => each.step === step) ?? other;
    if (mark === undefined) return;
    chain = { mark, before: chain, start: 0n };
  }
  if (chain !== undefined) yield { mark: chain.mark, chain, verdict: 'undetermined' };
}
