/** Ranges of chains that lie within what a signed checkpoint covers are anchored: more than their own links vouches for them. */
import { compareText } from '../base/text-safety.ts';
import { type Assurance, type StreamRange, type StreamSummary, weakestOf } from '../model/report.ts';

/** What a chain alone gives, and a checkpoint improves on. What is broken stays broken: it was sealed that way. */
const IMPROVABLE: ReadonlySet<Assurance> = new Set<Assurance>(['chained', 'unprotected']);

/** `sealed`: the summaries of `judgeAnchors`, one a file. Ranges of several files are cut where one of them changes. */
export function anchorStreams(
  streams: readonly StreamSummary[],
  sealed: readonly StreamSummary[],
): StreamSummary[] {
  const byFile = new Map(sealed.map((summary) => [summary.stream, summary] as const));
  const names = [...byFile.keys()].sort(compareText);
  return streams.map((stream) => {
    // Of records in no chain those are left that no checkpoint was held to.
    if (stream.profile === null) return stream;
    const ranges = stream.ranges.flatMap((range) =>
      IMPROVABLE.has(range.assurance) ? anchorRange(range, byFile, names) : [range],
    );
    return { ...stream, ranges, status: ranges.length === 0 ? stream.status : weakestOf(ranges) };
  });
}

function anchorRange(
  range: StreamRange,
  byFile: ReadonlyMap<string, StreamSummary>,
  names: readonly string[],
): StreamRange[] {
  const { from, until } = range;
  const within = names.filter(
    (name) => compareText(name, from.file) >= 0 && compareText(name, until.file) <= 0,
  );
  const pieces = within.flatMap((name) => byFile.get(name)!.ranges);
  const touched = pieces.filter(
    (piece) =>
      (piece.from.file !== from.file || piece.until.offset >= from.offset) &&
      (piece.from.file !== until.file || piece.from.offset <= until.offset),
  );
  const records = touched.reduce((sum, piece) => sum + piece.records, 0);
  // A file of the range that the checkpoint was not held against is vouched for by none.
  const isHeld = byFile.has(from.file) && byFile.has(until.file) && records >= range.records;
  if (!isHeld || touched.length === 0) return [range];
  if (touched.every(({ assurance }) => assurance === 'anchored'))
    return [{ ...range, assurance: 'anchored', reason: touched[0]!.reason! }];
  // Only where the range is all records of its files can be said how many of them lie on which side.
  if (records !== range.records || touched.some(({ assurance }) => assurance === 'broken')) return [range];
  return touched.map((piece) =>
    piece.assurance === 'anchored'
      ? piece
      : { ...range, records: piece.records, from: piece.from, until: piece.until },
  );
}
