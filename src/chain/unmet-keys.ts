/**
 * Keys that were given, and no record of the log that one of them vouches for: whoever strips a keyed chain of all its hashes,
 * or writes another chain in its place, leaves no other trace.
 */
import { compareText, count, quote } from '../base/text-safety.ts';
import { comparePlaces } from '../model/place.ts';
import { fileList } from '../model/told-places.ts';
import type { BareState } from './bare-records.ts';
import type { ChainConclusion } from './chain-conclusion.ts';
import { keyNamesOf } from './key-names.ts';
import type { ChainLayout } from './layout.ts';
import { keyOf } from './profile.ts';
import type { StreamState } from './segment.ts';
import { firstPlace } from './stream-places.ts';
import { streamTitle } from './stream-summary.ts';

/** By reference name. `unset`: named in the configuration, and not to be had. */
export type ChainKeys = { given: Readonly<Record<string, Uint8Array>>; unset: readonly string[] };

/**
 * Adds to `conclusions`, after all others: they have said what is wrong with streams that such a key may be for.
 * `downgraded`: keys of which it was said that records lack their hashes. `keysOfOthers`: as for `judgeChains`.
 */
export function addUnmetKeys(
  conclusions: ChainConclusion[],
  { streams, bare }: { streams: readonly StreamState[]; bare: ReadonlyMap<string, BareState> },
  layouts: readonly ChainLayout[],
  keys: ChainKeys,
  downgraded: ReadonlySet<string>,
  keysOfOthers: readonly string[],
): void {
  const instead = foundInstead(streams, bare);
  if (instead === undefined) return;
  const told = new Set(conclusions.map(({ stream }) => stream));
  const met = new Set(downgraded);
  for (const stream of streams) {
    const layout = layouts[stream.layout]!;
    const mayMeet = metBy(stream, told.has(streamTitle(stream, layout)));
    for (const [index, { digest, also }] of layout.profiles.entries()) {
      // Of records that lack a further hash, the stream itself tells.
      for (const each of mayMeet(index) ? [{ digest }, ...also] : also) {
        const key = keyOf(each.digest);
        if (key !== null) met.add(key);
      }
    }
  }
  const taken = new Set([
    ...keysOfOthers,
    ...layouts.flatMap(({ profiles }) => profiles).flatMap(keyNamesOf),
  ]);
  for (const key of [...taken].sort(compareText)) {
    const isGiven = Object.hasOwn(keys.given, key);
    if (met.has(key) || !(isGiven || keys.unset.includes(key))) continue;
    const how = isGiven ? 'was given' : 'the configuration names';
    conclusions.push({
      code: 'missing-chain',
      message: `expected hashes under the key ${quote(key)}, which ${how}, found none, but ${instead.what}`,
      ...{ place: instead.place, related: [], count: instead.records, identity: key, stream: instead.stream },
    });
  }
}

/**
 * Whether the key of a profile of its layout is met by the stream, or was spoken of: one log may be stripped beside another
 * under a key of its own.
 */
function metBy({ keyed, plain, votes }: StreamState, isTold: boolean): (profile: number) => boolean {
  if (keyed === 0) return () => isTold || plain === 0;
  // Its first record is always among those that vote, unless it was altered.
  const isVoted = votes.some((count) => count > 0);
  return (profile) => !isVoted || votes[profile]! > 0;
}

/** What the log has where the chain is missing; undefined where it has no record for which this could be said. */
function foundInstead(streams: readonly StreamState[], bare: ReadonlyMap<string, BareState>) {
  const files = [...bare.values()].flatMap((state) => state.files);
  const places = [...files.map(({ stretches }) => stretches[0]!.from), ...streams.map(firstPlace)].sort(
    comparePlaces,
  );
  const [place] = places;
  if (place === undefined) return undefined;
  const without = files.reduce((sum, { records }) => sum + records, 0);
  const chained = streams.reduce((sum, { records }) => sum + records, 0);
  const what = [
    ...(without > 0 ? [`${count(without, 'record')} without a chain`] : []),
    ...(chained > 0 ? [`${count(chained, 'record')} of other chains`] : []),
  ];
  return {
    place,
    records: without + chained,
    what: what.join(' and '),
    stream: fileList(places.map(({ file }) => file)),
  };
}
