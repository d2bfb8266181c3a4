/**
 * A record that leaves the previous hash out fits every layout that has the name of its own hash, and is put into the
 * first of them. Once all is known it goes to the chain whose records follow it.
 */
import { shiftLinks } from './hash-index.ts';
import type { ChainLayout } from './layout.ts';
import { type FileRun, follows, isNext, type Segment, type StreamState } from './segment.ts';

/** The streams with strayed beginnings put where they belong; the states that were given stay as they are. */
export function returnBeginnings(streams: StreamState[], layouts: readonly ChainLayout[]): StreamState[] {
  let rest = streams;
  for (const strayed of streams.filter(holdsBeginningsOnly)) {
    const own = layouts[strayed.layout]!.members.own;
    const homes = rest.filter(
      (stream) =>
        stream.layout !== strayed.layout &&
        stream.source === strayed.source &&
        layouts[stream.layout]!.members.own === own &&
        own !== null &&
        JSON.stringify(stream.values) === JSON.stringify(strayed.values),
    );
    const followed = homes.find((stream) => isFollowed(stream, strayed));
    // Whoever strips the second record hides what followed the first: a chain without a beginning still has but one.
    const unbegun = homes.filter((stream) => stream.records > 1 && !hasBeginning(stream));
    const orphan = followed === undefined && strayed.records === 1 && unbegun.length === 1;
    const home = orphan ? unbegun[0] : followed;
    if (home === undefined) continue;
    const moved = moveBeginnings(strayed, home, layouts[home.layout]!, orphan);
    rest = rest.flatMap((stream) => {
      if (stream === home) return moved.home;
      if (stream !== strayed) return stream;
      return moved.strayed.records > 0 ? moved.strayed : [];
    });
  }
  return rest;
}

/** Of records with and without a key, hashed whole or in part, none tells which of them a segment holds. */
function holdsBeginningsOnly(stream: StreamState): boolean {
  const { runs, altered, alteredDropped, keyed, plain, whole, narrow } = stream;
  if (altered.length > 0 || alteredDropped > 0 || (keyed > 0 && plain > 0) || (whole > 0 && narrow > 0))
    return false;
  return runs.every(
    ({ dropped, segments }) =>
      dropped.segments === 0 &&
      segments.every(({ records, genesis, previous }) => records === 1 && genesis && previous === ''),
  );
}

function hasBeginning({ runs }: StreamState): boolean {
  return runs.some(({ segments }) => segments.some(({ genesis }) => genesis));
}

function isFollowed(stream: StreamState, strayed: StreamState): boolean {
  const named = namedBy(stream);
  return strayed.runs.some(({ segments }) => segments.some(({ last }) => named.has(last[0]!)));
}

function namedBy({ runs }: StreamState): Set<string> {
  return new Set(runs.flatMap(({ segments }) => segments.map(({ previous }) => previous)));
}

function moveBeginnings(
  from: StreamState,
  to: StreamState,
  layout: ChainLayout,
  all: boolean,
): { strayed: StreamState; home: StreamState } {
  const strayed = structuredClone(from);
  const home = structuredClone(to);
  const named = namedBy(to);
  for (const run of strayed.runs) {
    run.segments = run.segments.filter((segment) => {
      if (!(all || named.has(segment.last[0]!)) || !insertSegment(home, run.fileIndex, segment, layout))
        return true;
      const count = from.keyed > 0 ? 'keyed' : 'plain';
      strayed[count]--;
      home[count]++;
      const extent = from.narrow > 0 ? 'narrow' : 'whole';
      strayed[extent] -= from[extent] > 0 ? 1 : 0;
      home[extent] += from[extent] > 0 ? 1 : 0;
      if (extent === 'narrow')
        home.firstNarrow = firstOf(home.firstNarrow, segment.from, run.fileIndex, home);
      if (count === 'plain') home.firstPlain = firstOf(home.firstPlain, segment.from, run.fileIndex, home);
      strayed.records--;
      return false;
    });
    run.records = run.segments.length;
  }
  strayed.runs = strayed.runs.filter(({ records }) => records > 0);
  const first = strayed.runs[0]?.segments[0]?.from ?? null;
  strayed.firstPlain = strayed.plain > 0 ? first : null;
  strayed.firstNarrow = strayed.narrow > 0 ? first : null;
  return { strayed, home };
}

type Spot = StreamState['firstPlain'];

function firstOf(known: Spot, other: Segment['from'], fileIndex: number, { runs }: StreamState): Spot {
  if (known === null) return other;
  const knownFile = runs.find(({ segments }) =>
    segments.some(({ from }) => from.file === known.file),
  )?.fileIndex;
  if (knownFile === undefined || knownFile === fileIndex) return known.offset < other.offset ? known : other;
  return knownFile < fileIndex ? known : other;
}

/** @returns false where it stands inside of a segment, whose records would have to be told apart */
function insertSegment(
  stream: StreamState,
  fileIndex: number,
  segment: Segment,
  { profiles }: ChainLayout,
): boolean {
  let position = 0;
  let at = 0;
  for (; at < stream.runs.length && stream.runs[at]!.fileIndex < fileIndex; at++)
    position += stream.runs[at]!.records;
  let run: FileRun | undefined = stream.runs[at];
  if (run?.fileIndex !== fileIndex) {
    run = { fileIndex, records: 0, segments: [], dropped: { segments: 0, records: 0 } };
    stream.runs.splice(at, 0, run);
  }
  let before = 0;
  for (; before < run.segments.length; before++) {
    const other = run.segments[before]!;
    if (other.from.offset > segment.from.offset) break;
    if (other.until.offset > segment.from.offset) return false;
    position += other.records;
  }
  // Between the last two segments further ones may have been dropped, and none knows how many stood before it.
  if (run.dropped.segments > 0 && before >= run.segments.length - 1) return false;
  const next = run.segments[before];
  const rule = profiles[0]!.sequence;
  const goesOn =
    next !== undefined &&
    follows(segment, next.previous, next.genesis) &&
    (rule === null || rule.gaps || isNext(segment, rule.step, next.firstSequence));
  if (goesOn) {
    const { records, until, last, lastPrevious, lastAltered, lastExpected, lastSequence, breakNumber } = next;
    run.segments[before] = {
      ...segment,
      ...{ until, last, lastPrevious, lastAltered, lastExpected, lastSequence, breakNumber },
      records: records + 1,
    };
  } else run.segments.splice(before, 0, { ...segment });
  run.records++;
  stream.records++;
  shiftLinks(stream.index, position, 1);
  return true;
}
