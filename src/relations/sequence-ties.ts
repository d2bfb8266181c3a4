/** Sequences within one instant: the events of different files may have happened in any order, those of one file in its own. */
import type { Mark } from '../model/mark.ts';
import { isSameEvent } from './episode.ts';
import {
  type Chain,
  type Chains,
  chainMarks,
  type EventMarks,
  isUnfinished,
  toLink,
} from './sequence-chain.ts';
import type { States } from './sequence-states.ts';

/** By state, the best chain of each mark of the instant. */
type Found = Map<Mark, Chain>[];

/**
 * The chains that are possible. An event that ends open sequences ends, in its own file, those that go on after it, unless
 * they begin in this very instant.
 */
export function linkAnyOrder(
  files: readonly EventMarks[][],
  possible: Chains,
  states: States,
  timespan: bigint,
): Found {
  const found: Found = states.list.map(() => new Map());
  for (const [state, { step, before }] of states.list.entries()) {
    const [best, second] = bestOfFiles(files, before, found);
    const open = before.map((each) => possible[each]);
    for (const [file, events] of files.entries()) {
      const elsewhere = (best?.file === file ? second : best)?.chain;
      let earlier: Chain | undefined;
      let isEnded = false;
      for (const event of events) {
        if (event.some((each) => states.ends[each.step])) {
          isEnded = true;
          earlier = undefined;
        }
        for (const mark of event) {
          if (mark.step !== step) continue;
          const candidates =
            before.length === 0 ? [undefined] : [...(isEnded ? [] : open), elsewhere, earlier];
          const chain = latestLink(mark, state, candidates, before.length === 0, timespan);
          if (chain !== undefined && !(isEnded && chain.start !== mark.time)) found[state]!.set(mark, chain);
        }
        earlier = latest(earlier, event, before, found);
      }
    }
  }
  return found;
}

/** The best chain that ends in one of the states, and the best of another file. */
function bestOfFiles(
  files: readonly EventMarks[][],
  states: readonly number[],
  found: Found,
): { file: number; chain: Chain }[] {
  if (states.length === 0 || files.length < 2) return [];
  const best = files.flatMap((events, file) => {
    const chain = events.reduce<Chain | undefined>(
      (kept, event) => latest(kept, event, states, found),
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

/** An interval is over only later, so nothing of this instant follows it. */
function latest(
  kept: Chain | undefined,
  event: EventMarks,
  states: readonly number[],
  found: Found,
): Chain | undefined {
  let best = kept;
  for (const mark of event) {
    for (const state of states) {
      const chain = found[state]!.get(mark);
      if (chain !== undefined && !isUnfinished(chain) && (best === undefined || chain.start > best.start))
        best = chain;
    }
  }
  return best;
}

function latestLink(
  mark: EventMarks[number],
  state: number,
  candidates: readonly (Chain | undefined)[],
  isFirst: boolean,
  timespan: bigint,
): Chain | undefined {
  if (isFirst) return toLink(mark, state, undefined, timespan);
  let best: Chain | undefined;
  for (const candidate of candidates) {
    if (candidate === undefined || holdsEvent(candidate, mark)) continue;
    const link = toLink(mark, state, candidate, timespan);
    if (link !== undefined && (best === undefined || link.start > best.start)) best = link;
  }
  return best;
}

function holdsEvent(chain: Chain, mark: Mark): boolean {
  return chainMarks(chain).some((each) => isSameEvent(each, mark));
}
