/** Streams without own hashes that are none: what is left of records of a fuller chain, or put between those of another. */
import { type BareState, insertStretches, startBare } from './bare-records.ts';
import type { ChainState } from './chain-state.ts';
import type { ChainLayout } from './layout.ts';
import type { StreamState } from './segment.ts';
import { returnBeginnings } from './strayed-beginnings.ts';
import { beginsBefore, filesOf } from './stream-places.ts';

/**
 * A record with a previous hash and none of its own fits a chain without own hashes too. Where most records have both,
 * it is one whose own hash was stripped; and where most records of its file are in another chain, it is in none.
 */
export function returnStripped(
  state: ChainState,
  layouts: readonly ChainLayout[],
): { chained: StreamState[]; bare: Map<string, BareState> } {
  const streams = returnBeginnings(Object.values(state.streams), layouts);
  const bare = new Map(Object.entries(structuredClone(state.bare)));
  const isStripped = (stream: StreamState) => {
    const { members } = layouts[stream.layout]!;
    if (members.own !== null) return false;
    return streams.some((other) => {
      if (other.source !== stream.source || other.layout === stream.layout) return false;
      const fuller = layouts[other.layout]!.members;
      const sameLink = fuller.own !== null && fuller.previous === members.previous;
      return (sameLink && other.records > stream.records) || prevails(other, stream, fuller.own !== null);
    });
  };
  const stripped = new Set(streams.filter(isStripped));
  for (const stream of stripped) {
    const records = bare.get(stream.source) ?? startBare();
    bare.set(stream.source, records);
    addStretches(records, stream);
  }
  return { chained: streams.filter((stream) => !stripped.has(stream)), bare };
}

/** Whether the files that both have hold more of `one`; `fuller`: it is also the one where they hold as much. */
function prevails(one: StreamState, other: StreamState, fuller: boolean): boolean {
  const shared = new Set([...filesOf(one)].filter((file) => filesOf(other).has(file)));
  if (shared.size === 0) return false;
  const recordsOf = ({ runs }: StreamState) =>
    runs.reduce((sum, run) => sum + (shared.has(run.fileIndex) ? run.records : 0), 0);
  const [left, right] = [recordsOf(one), recordsOf(other)];
  return left > right || (left === right && (fuller || beginsBefore(one, other)));
}

function addStretches(bare: BareState, { runs }: StreamState): void {
  for (const { fileIndex, segments, dropped } of runs) {
    // Each names the hash of the one before, so the hashes of the last tell of all.
    const stretches = segments.map(({ records, from, until, previous, last }) => ({
      ...{ records, from, until },
      identity: previous,
      contents: last,
    }));
    insertStretches(bare, fileIndex, stretches, dropped.records);
  }
}
