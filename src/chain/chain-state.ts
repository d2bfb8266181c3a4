/** The state of the chain check: streams by key, and what carries no chain by source. Plain, bounded, mergeable. */
import { sha256Hex } from '../base/digest.ts';
import { compareText } from '../base/text-safety.ts';
import type { Event } from '../model/event.ts';
import { comparePlaces, type Place } from '../model/place.ts';
import { type BareState, mergeBare } from './bare-records.ts';
import { type HashIndex, type LinkSample, mergeSamples, startSample } from './hash-index.ts';
import { mergeProtocolRecords, type ProtocolRecords } from './protocol-records.ts';
import { type LinkRule, mergeStreams, type StreamState, startStream } from './segment.ts';
import { mergeUnfitted, type UnfittedRecord } from './unfitted-records.ts';

/** Streams told apart; a hostile log may name a new one in every record. About 1.5 kB each. */
export const MAX_STREAMS = 10_000;

export type ChainState = {
  streams: Record<string, StreamState>;
  streamCount: number;
  /** By source. */
  bare: Record<string, BareState>;
  /** By the name of the profile that names the protocol. */
  protocols: Record<string, ProtocolRecords>;
  /** Streams whose digest is not below the threshold were given up: their records are counted. */
  threshold: string | null;
  givenUp: { records: number; first: Place | null };
  /** Which links the indexes of the streams keep. */
  sample: LinkSample;
  unfitted: UnfittedRecord[];
  /**
   * The first and the last record, chained or not; null before there is one. `last` is a new object whenever a stream or
   * a segment was begun, joined or given up: what a step remembers of them holds as long as it finds the same object.
   */
  first: EdgeRecord | null;
  last: EdgeRecord | null;
};

/** What tells whether the records without a chain on both sides of a seam stand next to each other. */
export type EdgeRecord = { fileIndex: number; bare: boolean };

export function startChains(): ChainState {
  return {
    streams: {},
    streamCount: 0,
    bare: {},
    protocols: {},
    threshold: null,
    givenUp: { records: 0, first: null },
    sample: startSample(),
    unfitted: [],
    first: null,
    last: null,
  };
}

/** Notes the record as the last one. @returns whether the one before it in its file was bare */
export function noteLast(state: ChainState, fileIndex: number, bare: boolean): boolean {
  const { last } = state;
  if (last === null) {
    state.first = { fileIndex, bare };
    state.last = { fileIndex, bare };
    return false;
  }
  const adjoins = last.bare && last.fileIndex === fileIndex;
  last.fileIndex = fileIndex;
  last.bare = bare;
  return adjoins;
}

/** Ends what steps remember of streams and segments. */
export function renewLast(state: ChainState): void {
  if (state.last !== null) state.last = { ...state.last };
}

export type StreamName = { key: string; layout: number; source: string; values: string[]; profiles: number };

/** The stream, or undefined when it was given up; then the record is counted. */
export function openStream(state: ChainState, name: StreamName, event: Event): StreamState | undefined {
  const known = state.streams[name.key];
  if (known !== undefined) return known;
  if (state.threshold !== null && rankOf(name.key) >= state.threshold) {
    giveUp(state, 1, event.place);
    return undefined;
  }
  const stream = startStream(name.layout, name.source, name.values, name.profiles);
  addStream(state, name.key, stream);
  if (state.streams[name.key] === stream) return stream;
  giveUp(state, 1, event.place);
  return undefined;
}

/**
 * Which streams stay depends on nothing but their keys: the MAX_STREAMS smallest digests. A stream that belongs to the
 * smallest of the whole belongs to the smallest of every part, so no part gives up what the whole would keep.
 */
function rankOf(key: string): string {
  return sha256Hex(key).slice(0, 16);
}

function addStream(state: ChainState, key: string, stream: StreamState): void {
  state.streams[key] = stream;
  // Sorted once for each MAX_STREAMS new ones, not for each new one.
  if (++state.streamCount >= 2 * MAX_STREAMS) trimStreams(state);
}

/** Down to MAX_STREAMS; before judging, so that the answer does not depend on when it was done last. */
export function trimStreams(state: ChainState): void {
  if (state.streamCount <= MAX_STREAMS) return;
  const ranked = Object.keys(state.streams).map((key) => ({ key, rank: rankOf(key) }));
  ranked.sort((left, right) => compareText(left.rank, right.rank));
  for (const { key } of ranked.slice(MAX_STREAMS)) {
    const stream = state.streams[key]!;
    const first = stream.runs[0]?.segments[0];
    // The stream that was just opened has no record yet: its caller is told that it is gone.
    if (first !== undefined) giveUp(state, stream.records, first.from);
    delete state.streams[key];
  }
  state.threshold = ranked[MAX_STREAMS]!.rank;
  state.streamCount = MAX_STREAMS;
  renewLast(state);
}

function giveUp(state: ChainState, records: number, place: Place): void {
  const { givenUp } = state;
  givenUp.records += records;
  if (givenUp.first === null || comparePlaces(place, givenUp.first) < 0) givenUp.first = place;
}

export function* indexesOf({ streams }: ChainState): Iterable<HashIndex> {
  for (const key in streams) yield streams[key]!.index;
}

/** `right` began where `left` ended; changes and returns `left`. */
export function mergeChains(left: ChainState, right: ChainState, rules: readonly LinkRule[]): ChainState {
  const { last } = left;
  const { first } = right;
  const adjoins = last?.bare === true && first?.bare === true && last.fileIndex === first.fileIndex;
  mergeSamples(left.sample, right.sample, indexesOf(left), indexesOf(right));
  for (const [key, stream] of Object.entries(right.streams)) {
    const known = left.streams[key];
    if (known !== undefined) left.streams[key] = mergeStreams(known, stream, rules[stream.layout]!);
    else if (left.threshold !== null && rankOf(key) >= left.threshold) {
      giveUp(left, stream.records, stream.runs[0]!.segments[0]!.from);
    } else addStream(left, key, stream);
  }
  if (right.givenUp.first !== null) giveUp(left, right.givenUp.records, right.givenUp.first);
  if (right.threshold !== null && (left.threshold === null || right.threshold < left.threshold)) {
    left.threshold = right.threshold;
    for (const [key, stream] of Object.entries(left.streams)) {
      if (rankOf(key) < left.threshold) continue;
      giveUp(left, stream.records, stream.runs[0]!.segments[0]!.from);
      delete left.streams[key];
      left.streamCount--;
    }
  }
  for (const [source, bare] of Object.entries(right.bare)) {
    const known = left.bare[source];
    left.bare[source] = known === undefined ? bare : mergeBare(known, bare, adjoins);
  }
  for (const [name, records] of Object.entries(right.protocols)) {
    const known = left.protocols[name];
    left.protocols[name] = known === undefined ? records : mergeProtocolRecords(known, records);
  }
  mergeUnfitted(left.unfitted, right.unfitted);
  left.first ??= right.first;
  left.last = right.last ?? left.last;
  renewLast(left);
  return left;
}
