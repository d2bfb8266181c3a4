/**
 * A record with a hash of its own that names no predecessor. In a log without chains it is nothing; beside a chain under
 * the same name it is the first record, altered so that its hash no longer begins one, or one whose link was stripped.
 */
import { quote } from '../base/text-safety.ts';
import type { Event } from '../model/event.ts';
import { comparePlaces } from '../model/place.ts';
import type { BareStretch } from './bare-records.ts';
import type { BoundLayout, ChainLayout } from './layout.ts';
import type { StreamState } from './segment.ts';

/** Characters of a hash: SHA-512 in hexadecimal. What is longer is none. */
const MAX_HASH = 128;

export type LoneHash = {
  /** Of the first layout whose own hash has that name. */
  layout: number;
  own: string;
  /** What one of its profiles computes; nothing where the chain may not begin without a previous hash. */
  expected: string;
};

export function loneHash(bound: readonly BoundLayout[], event: Event): LoneHash | undefined {
  // By index: an iterator took a tenth of the scan of logs without chains (measured).
  for (let index = 0; index < bound.length; index++) {
    const layout = bound[index]!;
    if (!layout.lacksLink(event)) continue;
    const own = layout.own(event);
    if (own === '' || own.length > MAX_HASH) continue;
    const expected = layout.mayBegin(event) ? layout.expected(event, '', own.length)[0]! : '';
    return { layout: index, own, expected };
  }
  return undefined;
}

/** What a lone hash means; undefined where no chain of the source has its name. */
export type LoneMeaning =
  /** The chain goes on from it, and it is not the hash of its record. */
  | { kind: 'altered' }
  /** So does a chain of which nothing could be recomputed. */
  | { kind: 'not-recomputed' }
  | { kind: 'stripped'; member: string };

export function meaningOf(
  { lone, from }: BareStretch,
  streams: readonly StreamState[],
  layouts: readonly ChainLayout[],
  recomputed: ReadonlySet<StreamState>,
): LoneMeaning | undefined {
  if (lone === undefined) return undefined;
  const name = layouts[lone.layout]!.members.own;
  const named = streams.filter(({ layout }) => {
    const { own, previous } = layouts[layout]!.members;
    return own === name && previous !== null;
  });
  if (named.length === 0) return undefined;
  for (const stream of lone.expected === '' ? [] : named) {
    const first = stream.runs[0]!.segments[0]!;
    // Where records of the stream stand before it, it is not the first.
    if (first.previous !== lone.own || comparePlaces(first.from, from) < 0) continue;
    return { kind: recomputed.has(stream) ? 'altered' : 'not-recomputed' };
  }
  const largest = named.reduce((most, stream) => (stream.records > most.records ? stream : most));
  return { kind: 'stripped', member: quote(layouts[largest.layout]!.members.previous!) };
}
