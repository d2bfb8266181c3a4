/**
 * The mergeable range of a chain: runs of records that link to each other, in log order, with what went wrong inside.
 * Nothing is concluded here; `judge-stream.ts` does that when all is known. Longer than 250 lines with its merge law.
 */
import { addSetDigests, type SetDigest, setDigestOf } from '../base/set-digest.ts';
import type { Event } from '../model/event.ts';
import { copyPlace, movePlace, type Place } from '../model/place.ts';
import { appendIndex, type HashIndex, startIndex } from './hash-index.ts';
import { isHash } from './record-hash.ts';

/** How many breaks of each kind are kept with their places for one stream; further ones are counted. */
export const MAX_BREAKS = 1000;

/** Records of one file that link to each other without a break. */
export type Segment = {
  records: number;
  from: Place;
  /** Moves from record to record. */
  until: Place;
  /** What the first record claims to follow; nothing that can be followed when it is a genesis. */
  previous: string;
  genesis: boolean;
  /** The hash of the first and of the last record: one as claimed, or one for each profile where records claim none. */
  first: string[];
  last: string[];
  lastPrevious: string;
  firstAltered: boolean;
  lastAltered: boolean;
  /** What the last record's hash should be under each profile, when it was altered. */
  lastExpected: string[];
  firstSequence: number | null;
  lastSequence: number | null;
  /** 0 for the first segment of a file, else the number of the break before it in the stream. */
  breakNumber: number;
};

/** The segments of one file. Those beyond MAX_BREAKS are counted, but the last is always at hand: it may go on. */
export type FileRun = {
  fileIndex: number;
  records: number;
  segments: Segment[];
  dropped: { segments: number; records: number };
};

/** Neighboring records whose own hash is not the hash of their content. */
export type AlteredRun = {
  fileIndex: number;
  records: number;
  from: Place;
  until: Place;
  expected: string[];
  found: string;
  /** Of the bytes of all its records: who alters them once more leaves `found` as it is. Empty where the key is missing. */
  content: SetDigest;
  /** Whether the first of them lacks its previous hash. */
  unlinked: boolean;
};

/** Two linked records whose sequence numbers do not follow each other. */
export type SequenceGap = { place: Place; before: Place; expected: number; found: number | null };

export type StreamState = {
  layout: number;
  source: string;
  values: string[];
  records: number;
  breaks: number;
  runs: FileRun[];
  altered: AlteredRun[];
  /** Altered records beyond the kept runs. */
  alteredDropped: number;
  gaps: SequenceGap[];
  gapsDropped: number;
  /** Records of which fields were erased, as signed: their links count, their hashes cannot be recomputed. */
  erased: { records: number; from: Place; until: Place } | null;
  /** Records that recompute with and without a key, and the first of the latter. */
  keyed: number;
  plain: number;
  firstPlain: Place | null;
  /** The first plain record of a profile for some records only, and the first behind a keyed one: an older version may be plain. */
  firstOlder: Place | null;
  lateOlder: Place | null;
  /** Records that recompute under a profile for all records which hashes them whole, or only some of their fields; the first of the latter. */
  whole: number;
  narrow: number;
  firstNarrow: Place | null;
  /** For each profile of the layout, how many of the sampled records it recomputes. */
  votes: number[];
  /** Which records name which previous hash, by their position in the stream. */
  index: HashIndex;
};

/** One record as the chain sees it. `own` is empty where the layout has none; then `hashes` holds one a profile. */
export type Link = {
  previous: string;
  genesis: boolean;
  unlinked: boolean;
  own: string;
  hashes: string[];
  /** Set when no profile recomputes `own`: what each of them computes. */
  expected: string[] | null;
  sequence: number | null;
};

export function startStream(layout: number, source: string, values: string[], profiles: number): StreamState {
  return {
    layout,
    source,
    values,
    records: 0,
    breaks: 0,
    runs: [],
    altered: [],
    alteredDropped: 0,
    erased: null,
    gaps: [],
    gapsDropped: 0,
    keyed: 0,
    plain: 0,
    firstPlain: null,
    firstOlder: null,
    lateOlder: null,
    whole: 0,
    narrow: 0,
    firstNarrow: null,
    votes: new Array(profiles).fill(0),
    index: startIndex(),
  };
}

/** What a layout demands: `unlinked` records each stand for themselves, in one segment a file; `step` is set when sequence numbers must follow each other. */
export type LinkRule = { ownless: boolean; unlinked: boolean; step: number | null };

/** @returns whether the record begins a segment */
export function appendRecord(stream: StreamState, link: Link, event: Event, rule: LinkRule): boolean {
  let run = stream.runs[stream.runs.length - 1];
  const tail = run?.segments[run.segments.length - 1];
  if (run === undefined || tail === undefined || run.fileIndex !== event.fileIndex) {
    run = {
      fileIndex: event.fileIndex,
      records: 1,
      segments: [startSegment(link, event, 0)],
      dropped: none(),
    };
    stream.runs.push(run);
    stream.records++;
    noteAltered(stream, link, event, false);
    return true;
  }
  if (!rule.unlinked && !follows(tail, link.previous, link.genesis)) {
    stream.records++;
    run.records++;
    noteAltered(stream, link, event, false);
    pushSegment(run, startSegment(link, event, ++stream.breaks));
    return true;
  }
  if (rule.ownless) voteByLink(stream, tail, link.previous);
  noteAltered(stream, link, event, tail.lastAltered);
  if (rule.step !== null && !isNext(tail, rule.step, link.sequence))
    noteGap(stream, tail, rule.step, link.sequence, event.place);
  goOn(stream, run, tail, event);
  if (rule.ownless) tail.last = link.hashes;
  else tail.last[0] = link.own;
  tail.lastPrevious = link.previous;
  tail.lastAltered = link.expected !== null;
  tail.lastExpected = link.expected ?? NO_HASHES;
  tail.lastSequence = link.sequence;
  return false;
}

/** Counts a record that follows the last one of its run. */
export function goOn(stream: StreamState, run: FileRun, tail: Segment, event: Event): void {
  stream.records++;
  run.records++;
  tail.records++;
  movePlace(tail.until, event);
}

/** One value for all: segments hold it by reference and never write into it. */
const NO_HASHES: string[] = [];

function none(): FileRun['dropped'] {
  return { segments: 0, records: 0 };
}

function startSegment(link: Link, event: Event, breakNumber: number): Segment {
  const altered = link.expected !== null;
  return {
    records: 1,
    from: event.place,
    until: copyPlace(event.place),
    previous: link.previous,
    genesis: link.genesis,
    first: link.own === '' ? link.hashes : [link.own],
    last: link.own === '' ? link.hashes : [link.own],
    lastPrevious: link.previous,
    firstAltered: altered,
    lastAltered: altered,
    lastExpected: link.expected ?? NO_HASHES,
    firstSequence: link.sequence,
    lastSequence: link.sequence,
    breakNumber,
  };
}

/** Whether a record that claims `previous` directly follows the segment. */
export function follows(tail: Segment, previous: string, genesis: boolean): boolean {
  if (genesis || !isHash(previous)) return false;
  return tail.last.includes(previous) || tail.last[0] === ERASED_HASH;
}

/** In the place of the hash that only the next record names, where fields of the record were erased. No hash is like it. */
export const ERASED_HASH = '!erased';

export function noteErased(stream: StreamState, event: Event): void {
  const { erased } = stream;
  if (erased === null) stream.erased = { records: 1, from: event.place, until: event.place };
  else {
    erased.records++;
    erased.until = event.place;
  }
}

/** Records without a hash of their own vote when their successor names their hash. */
function voteByLink(stream: StreamState, tail: Segment, previous: string): void {
  for (const [index, hash] of tail.last.entries()) if (hash === previous) stream.votes[index]!++;
}

function pushSegment(run: FileRun, segment: Segment): void {
  const tail = run.segments.at(-1);
  if (tail !== undefined && tail.breakNumber > MAX_BREAKS) {
    run.segments.pop();
    run.dropped.segments++;
    run.dropped.records += tail.records;
  }
  run.segments.push(segment);
}

/** Whether no profile that speaks of the record has its key: then nothing says that it was altered. */
export function isKeyless(expected: readonly string[]): boolean {
  return expected.every((hash) => hash === '');
}

function isAlike(left: readonly string[], right: readonly string[]): boolean {
  return isKeyless(left) === isKeyless(right);
}

function noteAltered(stream: StreamState, link: Link, event: Event, goesOn: boolean): void {
  if (link.expected === null) return;
  const last = stream.altered.at(-1);
  // Without the key all records are so, and none of them is known to be altered.
  const content = () => (isKeyless(link.expected!) ? '' : setDigestOf(event.bytes));
  if (goesOn && stream.alteredDropped === 0 && last !== undefined && isAlike(last.expected, link.expected)) {
    last.records++;
    last.until = event.place;
    last.content = addContents(last.content, content());
  } else if (stream.altered.length >= MAX_BREAKS) stream.alteredDropped++;
  else {
    stream.altered.push({
      fileIndex: event.fileIndex,
      records: 1,
      from: event.place,
      until: event.place,
      expected: link.expected,
      found: link.own,
      content: content(),
      unlinked: link.unlinked,
    });
  }
}

function addContents(left: SetDigest, right: SetDigest): SetDigest {
  return left === '' || right === '' ? '' : addSetDigests(left, right);
}

/** Whether a record behind the segment has the sequence number that is due, if any is. */
export function isNext({ lastSequence }: Segment, step: number, found: number | null): boolean {
  return lastSequence === null || found === lastSequence + step;
}

function noteGap(stream: StreamState, tail: Segment, step: number, found: number | null, place: Place): void {
  if (stream.gaps.length >= MAX_BREAKS) stream.gapsDropped++;
  else stream.gaps.push({ place, before: copyPlace(tail.until), expected: tail.lastSequence! + step, found });
}

/** `right` began where `left` ended; changes and returns `left`. */
export function mergeStreams(left: StreamState, right: StreamState, rule: LinkRule): StreamState {
  const tail = left.runs.at(-1)?.segments.at(-1);
  const head = right.runs[0]?.segments[0];
  if (tail === undefined || head === undefined) return tail === undefined ? right : left;
  const sameFile = left.runs.at(-1)!.fileIndex === right.runs[0]!.fileIndex;
  const joined = sameFile && (rule.unlinked || follows(tail, head.previous, head.genesis));
  mergeAltered(left, right, joined && tail.lastAltered && head.firstAltered);
  if (joined && rule.ownless) voteByLink(left, tail, head.previous);
  if (joined && rule.step !== null && !isNext(tail, rule.step, head.firstSequence))
    noteGap(left, tail, rule.step, head.firstSequence, head.from);
  for (const gap of right.gaps) {
    if (left.gaps.length >= MAX_BREAKS) left.gapsDropped++;
    else left.gaps.push(gap);
  }
  left.gapsDropped += right.gapsDropped;
  mergeRuns(left, right, sameFile, joined);
  if (left.erased === null || right.erased === null) left.erased ??= right.erased;
  else {
    left.erased.records += right.erased.records;
    left.erased.until = right.erased.until;
  }
  appendIndex(left.index, right.index, left.records);
  left.records += right.records;
  left.lateOlder ??= left.keyed > 0 ? right.firstOlder : right.lateOlder;
  left.firstOlder ??= right.firstOlder;
  left.keyed += right.keyed;
  left.plain += right.plain;
  left.firstPlain ??= right.firstPlain;
  left.whole += right.whole;
  left.narrow += right.narrow;
  left.firstNarrow ??= right.firstNarrow;
  left.votes = left.votes.map((votes, index) => votes + right.votes[index]!);
  return left;
}

function mergeAltered(left: StreamState, right: StreamState, goesOn: boolean): void {
  for (const [index, run] of right.altered.entries()) {
    const last = left.altered.at(-1);
    if (
      index === 0 &&
      goesOn &&
      left.alteredDropped === 0 &&
      last !== undefined &&
      isAlike(last.expected, run.expected)
    ) {
      last.records += run.records;
      last.until = run.until;
      last.content = addContents(last.content, run.content);
    } else if (left.altered.length >= MAX_BREAKS) left.alteredDropped += run.records;
    else left.altered.push(run);
  }
  left.alteredDropped += right.alteredDropped;
}

function mergeRuns(left: StreamState, right: StreamState, sameFile: boolean, joined: boolean): void {
  const shift = left.breaks + (sameFile && !joined ? 1 : 0);
  for (const [index, rightRun] of right.runs.entries()) {
    const continues = index === 0 && sameFile;
    const run = continues
      ? left.runs.at(-1)!
      : { fileIndex: rightRun.fileIndex, records: 0, segments: [], dropped: none() };
    if (!continues) left.runs.push(run);
    for (const [position, segment] of rightRun.segments.entries()) {
      if (segment.breakNumber > 0) segment.breakNumber += shift;
      if (position > 0 || !continues) pushSegment(run, segment);
      else if (joined) joinSegments(run.segments.at(-1)!, segment);
      else pushSegment(run, { ...segment, breakNumber: shift });
    }
    run.records += rightRun.records;
    run.dropped.segments += rightRun.dropped.segments;
    run.dropped.records += rightRun.dropped.records;
  }
  left.breaks = shift + right.breaks;
}

function joinSegments(tail: Segment, head: Segment): void {
  tail.records += head.records;
  tail.until = head.until;
  tail.last = head.last;
  tail.lastPrevious = head.lastPrevious;
  tail.lastAltered = head.lastAltered;
  tail.lastExpected = head.lastExpected;
  tail.lastSequence = head.lastSequence;
}
