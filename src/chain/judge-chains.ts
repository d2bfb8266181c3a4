/** What all streams and all records without a chain amount to: conclusions, stream summaries, records without a chain. */
import { count, quote } from '../base/text-safety.ts';
import { type BareSource, toBareStream } from '../model/bare-source.ts';
import { type StreamSummary, weakestOf } from '../model/report.ts';
import { bareRanges } from './bare-ranges.ts';
import type { BareState, BareStretch } from './bare-records.ts';
import type { ChainConclusion } from './chain-conclusion.ts';
import { type ChainState, MAX_STREAMS, trimStreams } from './chain-state.ts';
import { addDowngraded, addSecondLayouts } from './foreign-streams.ts';
import type { LinkSample } from './hash-index.ts';
import { judgeBare } from './judge-bare.ts';
import { judgeStream } from './judge-stream.ts';
import type { ChainLayout } from './layout.ts';
import { type LoneMeaning, meaningOf } from './lone-hash.ts';
import { type ChainDigest, keyOf } from './profile.ts';
import type { StreamState } from './segment.ts';
import { streamLimits, streamTitle } from './stream-summary.ts';
import { returnStripped } from './stripped-records.ts';
import { addUnmetKeys } from './unmet-keys.ts';

type ChainVerdict = {
  conclusions: ChainConclusion[];
  streams: StreamSummary[];
  bare: Pick<BareSource, 'source' | 'ranges' | 'stream'>[];
};

/** Names of keys beside those that were given. `ofOthers`: of protocols of which the log has no record. */
type BesideKeys = { unset: readonly string[]; ofOthers: readonly string[] };

export function judgeChains(
  state: ChainState,
  layouts: readonly ChainLayout[],
  keys: Record<string, Uint8Array>,
  forced: string | undefined,
  { unset, ofOthers }: BesideKeys,
): ChainVerdict {
  trimStreams(state);
  const verdict: ChainVerdict = { conclusions: [], streams: [], bare: [] };
  const { chained, bare } = returnStripped(state, layouts);
  const explaining = new Set<BareStretch>();
  const recomputed = new Set<StreamState>();
  for (const stream of chained) {
    const stretches = new Map(bare.get(stream.source)?.files.map((file) => [file.fileIndex, file.stretches]));
    const layout = layouts[stream.layout]!;
    if (addStream(verdict, stream, layout, keys, { stretches, explaining }, state.sample))
      recomputed.add(stream);
  }
  addSecondLayouts(verdict.conclusions, chained, layouts);
  const downgraded = addDowngraded(verdict.conclusions, chained, layouts, keys);
  for (const [source, records] of bare) {
    const streams = chained.filter((stream) => stream.source === source);
    const meanings = meaningsOf(records, streams, layouts, recomputed);
    const linked = streams.some(({ layout }) => layouts[layout]!.members.previous !== null);
    addBare(verdict, source, records, { streams, explaining, meanings, linked, forced });
  }
  if (forced === undefined)
    addUnmetKeys(
      verdict.conclusions,
      { streams: chained, bare },
      layouts,
      { given: keys, unset },
      downgraded,
      ofOthers,
    );
  addGivenUp(verdict, state);
  return verdict;
}

/** @returns whether its hashes were recomputed */
function addStream(
  verdict: ChainVerdict,
  stream: StreamState,
  layout: ChainLayout,
  keys: Record<string, Uint8Array>,
  bare: { stretches: Map<number, BareStretch[]>; explaining: Set<BareStretch> },
  sample: LinkSample,
): boolean {
  const namesOf = (digests: readonly ChainDigest[]) => digests.map(keyOf).filter((key) => key !== null);
  const isMissing = (key: string) => !Object.hasOwn(keys, key);
  const missingKeys = [...new Set(namesOf(layout.profiles.map(({ digest }) => digest)))].filter(isMissing);
  const furtherKeys = namesOf(layout.profiles.flatMap(({ also }) => also.map(({ digest }) => digest)));
  const { breaks, ranges, recomputed, profile, head } = judgeStream(
    stream,
    layout,
    missingKeys,
    bare,
    sample,
  );
  const title = streamTitle(stream, layout);
  verdict.conclusions.push(...breaks.map((found) => ({ ...found, stream: title })));
  verdict.streams.push({
    stream: title,
    profile: recomputed || layout.profiles.length === 1 ? layout.profiles[profile]!.name : 'unknown',
    records: stream.records,
    status: weakestOf(ranges),
    ranges,
    ...(head !== undefined && { head }),
    limits: streamLimits(layout, profile, recomputed, furtherKeys.filter(isMissing)),
  });
  return recomputed;
}

function meaningsOf(
  { files }: BareState,
  streams: readonly StreamState[],
  layouts: readonly ChainLayout[],
  recomputed: ReadonlySet<StreamState>,
): Map<BareStretch, LoneMeaning> {
  const meanings = new Map<BareStretch, LoneMeaning>();
  for (const stretch of files.flatMap(({ stretches }) => stretches)) {
    const meaning = meaningOf(stretch, streams, layouts, recomputed);
    if (meaning !== undefined) meanings.set(stretch, meaning);
  }
  return meanings;
}

/** What stands in the same source as records without a chain, and how it explains them. */
type BesideBare = {
  streams: readonly StreamState[];
  explaining: ReadonlySet<BareStretch>;
  meanings: ReadonlyMap<BareStretch, LoneMeaning>;
  /** Whether any of the streams has links. */
  linked: boolean;
  forced: string | undefined;
};

function addBare(verdict: ChainVerdict, source: string, bare: BareState, beside: BesideBare): void {
  const { streams, explaining, meanings, linked, forced } = beside;
  const starts = bare.files.map((file) => file.stretches[0]!);
  const from = starts[0]!.from;
  const ranges = bareRanges(bare, meanings);
  const stream = toBareStream(ranges);
  verdict.streams.push(stream);
  verdict.bare.push({ source, ranges, stream });
  if (streams.length > 0) {
    // Files of an unknown kind need not belong together: only those that hold a chain are held to it.
    const chainedFiles = new Set(streams.flatMap(({ runs }) => runs.map(({ fileIndex }) => fileIndex)));
    const held =
      source === 'unknown' ? bare.files.filter((file) => chainedFiles.has(file.fileIndex)) : bare.files;
    const breaks = judgeBare({ ...bare, files: held }, streams, { explaining, meanings, linked });
    verdict.conclusions.push(...breaks.map((found) => ({ ...found, stream: stream.stream })));
  } else if (forced !== undefined) {
    const message = `expected the chain ${quote(forced)}, found ${count(bare.records, 'record')} of the source ${quote(source)} without its fields`;
    verdict.conclusions.push({
      code: 'missing-chain',
      place: from,
      related: [],
      message,
      count: bare.records,
      identity: source,
      stream: stream.stream,
    });
  }
}

function addGivenUp(verdict: ChainVerdict, state: ChainState): void {
  const { records, first } = state.givenUp;
  if (first === null) return;
  const reason = `more than ${count(MAX_STREAMS, 'stream')}`;
  const message = `expected at most ${count(MAX_STREAMS, 'stream')}, found ${count(records, 'record')} in further ones, not verified`;
  const stream = 'further streams';
  verdict.conclusions.push({
    code: 'too-many-streams',
    place: first,
    related: [],
    message,
    count: records,
    identity: '',
    stream,
  });
  verdict.streams.push({
    stream,
    profile: null,
    records,
    status: 'unverifiable',
    ranges: [{ assurance: 'unverifiable', records, from: first, until: first, reason }],
    limits: [],
  });
}
