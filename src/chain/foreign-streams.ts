/** Streams that hold by themselves and do not fit those beside them, or the key that was given. */
import { count, quote } from '../base/text-safety.ts';
import type { ChainConclusion } from './chain-conclusion.ts';
import type { ChainLayout } from './layout.ts';
import { keyOf } from './profile.ts';
import type { StreamState } from './segment.ts';
import { beginsBefore, filesOf, firstPlace } from './stream-places.ts';
import { streamTitle } from './stream-summary.ts';

/** A few records chained under other names than the rest of their file were not written by the same program. */
export function addSecondLayouts(
  conclusions: ChainConclusion[],
  streams: readonly StreamState[],
  layouts: readonly ChainLayout[],
): void {
  for (const stream of streams) {
    const files = filesOf(stream);
    const larger = streams.find(
      (other) =>
        other.layout !== stream.layout &&
        other.source === stream.source &&
        (other.records > stream.records ||
          (other.records === stream.records && beginsBefore(other, stream))) &&
        other.runs.some(({ fileIndex }) => files.has(fileIndex)),
    );
    const isRecomputed = stream.keyed + stream.plain > 0 || layouts[stream.layout]!.members.own === null;
    if (larger === undefined || !isRecomputed) continue;
    const namesOf = ({ layout }: StreamState) =>
      [layouts[layout]!.members.previous, layouts[layout]!.members.own]
        .filter((name) => name !== null)
        .map(quote)
        .join(' and ');
    conclusions.push({
      code: 'second-genesis',
      place: firstPlace(stream),
      related: [firstPlace(larger)],
      message: `expected the chain in ${namesOf(larger)} that the file has, found ${count(stream.records, 'record')} of another one in ${namesOf(stream)}`,
      count: stream.records,
      identity: stream.runs[0]!.segments[0]!.first[0] ?? '',
      stream: streamTitle(stream, layouts[stream.layout]!),
    });
  }
}

/**
 * A chain rewritten as a whole has no keyed record left that would betray it: a key that was given must be that of some
 * stream, and streams of one layout and source have keys alike.
 * @returns the keys that it says this of
 */
export function addDowngraded(
  conclusions: ChainConclusion[],
  streams: readonly StreamState[],
  layouts: readonly ChainLayout[],
  keys: Record<string, Uint8Array>,
): Set<string> {
  const told = new Set<string>();
  for (const stream of streams) {
    const { keyed, source, layout } = stream;
    const { members } = layouts[layout]!;
    const { count: plain, first: firstPlain } = plainRecords(stream, layouts[layout]!);
    if (keyed > 0 || firstPlain === null) continue;
    // Who rewrites a chain with own hashes as one without them leaves no record that would need the key.
    const alike = layouts.filter((other, index) =>
      members.own === null ? other.members.previous === members.previous : index === layout,
    );
    const given = alike
      .flatMap(({ profiles }) => profiles)
      .flatMap(({ digest, when }) => {
        const key = keyOf(digest);
        return when.length === 0 && key !== null && Object.hasOwn(keys, key) ? [key] : [];
      });
    if (given.length === 0) continue;
    const others = streams.filter((other) => other.keyed > 0);
    const beside = others.find((other) => alike.includes(layouts[other.layout]!) && other.source === source);
    if (others.length > 0 && beside === undefined) continue;
    for (const key of given) told.add(key);
    const named = [...new Set(given)].map(quote).join(', ');
    const why =
      beside === undefined
        ? `the key ${named}, which was given`
        : `a key, as ${quote(streamTitle(beside, layouts[beside.layout]!))} has it`;
    conclusions.push({
      code: 'downgraded-record',
      place: firstPlain,
      related: beside === undefined ? [] : [firstPlace(beside)],
      message: `expected hashes under ${why}, found ${count(plain, 'record')} hashed without one`,
      count: plain,
      identity: 'unkeyed',
      stream: streamTitle(stream, layouts[layout]!),
    });
  }
  return told;
}

/** Records hashed without a key; of a chain without own hashes all are where no profile of it has one. */
function plainRecords(stream: StreamState, { members, profiles }: ChainLayout) {
  const isPlain = members.own === null && profiles.every(({ digest }) => keyOf(digest) === null);
  if (!isPlain) return { count: stream.plain, first: stream.firstPlain };
  const isGeneric = profiles.some(({ when }) => when.length === 0);
  return { count: stream.records, first: isGeneric ? firstPlace(stream) : null };
}
