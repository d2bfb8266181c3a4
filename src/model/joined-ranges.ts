/** Ranges of chains come one a file, so that each can be held to what speaks for its file; a report has those joined that are alike. */
import { countedRanges, SEALED_PROFILE, type StreamRange, type StreamSummary } from './report.ts';

/** Of a chain. What is broken is told range by range. */
const JOINED: ReadonlySet<string> = new Set(['chained', 'unprotected', 'unverifiable', 'anchored']);

/** `streams`: all of a report. None is joined with one that is counted otherwise: it would be counted with the wrong one. */
export function joinFileRanges(streams: readonly StreamSummary[]): StreamSummary[] {
  const isCounted = countedRanges(streams);
  const sealed = new Set(
    streams.flatMap(({ stream, profile }) => (profile?.startsWith(SEALED_PROFILE) ? [stream] : [])),
  );
  // By their extent it is told which records behind a checkpoint stand in a chain.
  const standsAlone = ({ assurance, from }: StreamRange) => assurance === 'chained' && sealed.has(from.file);
  return streams.map((stream) => {
    const ranges: StreamRange[] = [];
    for (const range of stream.ranges) {
      const last = ranges.at(-1);
      const isOne =
        last !== undefined &&
        isAlike(last, range) &&
        isCounted(stream, last) === isCounted(stream, range) &&
        !standsAlone(last) &&
        !standsAlone(range);
      if (isOne)
        ranges[ranges.length - 1] = { ...last, records: last.records + range.records, until: range.until };
      else ranges.push(range);
    }
    return ranges.length === stream.ranges.length ? stream : { ...stream, ranges };
  });
}

function isAlike(left: StreamRange, right: StreamRange): boolean {
  return (
    JOINED.has(left.assurance) &&
    left.assurance === right.assurance &&
    left.reason === right.reason &&
    left.until.file !== right.from.file &&
    [left, right].every(({ files, period, anchor }) => (files ?? period ?? anchor) === undefined)
  );
}
