/** Streams that do not go with the others: chained under other names than the rest of their file, or without the key that was given. */
import { count, quote } from '../base/text-safety.ts';
import type { ChainConclusion } from './chain-conclusion.ts';
import type { ChainLayout } from './layout.ts';
import { keyOf } from './profile.ts';
import type { StreamState } from './segment.ts';
import { streamTitle } from './stream-summary.ts';

/** A few records chained under other names than the rest of their file were not written by the same program. */
export function addSecondLayouts(
  verdict: { conclusions: ChainConclusion[] },
  streams: readonly StreamState[],
  layouts: readonly ChainLayout[],
): void {
  for (const stream of streams) {
    const files = new Set(stream.runs.map(({ fileIndex }) => fileIndex));
    const larger = streams.find(
      (other) =>
        other.layout !== stream.layout &&
        other.source === stream.source &&
        other.records > stream.records &&
        other.runs.some(({ fileIndex }) => files.has(fileIndex)),
    );
    if (larger === undefined || stream.keyed + stream.plain === 0) continue;
    const namesOf = ({ layout }: StreamState) =>
      [layouts[layout]!.members.previous, layouts[layout]!.members.own]
        .map((name) => quote(name ?? ''))
        .join(' and ');
    verdict.conclusions.push({
      code: 'second-genesis',
      place: stream.runs[0]!.segments[0]!.from,
      related: [larger.runs[0]!.segments[0]!.from],
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
 */
export function addDowngraded(
  verdict: { conclusions: ChainConclusion[] },
  streams: readonly StreamState[],
  layouts: readonly ChainLayout[],
  keys: Record<string, Uint8Array>,
): void {
  for (const stream of streams) {
    const { keyed, plain, firstPlain, source, layout } = stream;
    if (keyed > 0 || firstPlain === null) continue;
    const given = layouts[layout]!.profiles.flatMap(({ digest, when }) => {
      const key = keyOf(digest);
      return when.length === 0 && key !== null && Object.hasOwn(keys, key) ? [key] : [];
    });
    if (given.length === 0) continue;
    const others = streams.filter((other) => other.keyed > 0);
    const beside = others.find((other) => other.layout === layout && other.source === source);
    if (others.length > 0 && beside === undefined) continue;
    const named = given.map(quote).join(', ');
    const why =
      beside === undefined
        ? `the key ${named}, which was given`
        : `a key, as ${quote(streamTitle(beside, layouts[layout]!))} has it`;
    verdict.conclusions.push({
      code: 'downgraded-record',
      place: firstPlain,
      related: beside === undefined ? [] : [beside.runs[0]!.segments[0]!.from],
      message: `expected hashes under ${why}, found ${count(plain, 'record')} hashed without one`,
      count: plain,
      identity: 'unkeyed',
      stream: streamTitle(stream, layouts[layout]!),
    });
  }
}
