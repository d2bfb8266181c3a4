/** The ranges of the records that stand in no chain: unprotected, but for first records whose hash tells more. */
import type { StreamRange } from '../model/report.ts';
import type { BareState, BareStretch } from './bare-records.ts';
import type { LoneMeaning } from './lone-hash.ts';

/** In the order of the log; an unprotected range may enclose others: its count leaves theirs out. */
export function bareRanges(
  { records, files }: BareState,
  meanings: ReadonlyMap<BareStretch, LoneMeaning>,
): StreamRange[] {
  const ranges: StreamRange[] = [];
  let unprotected = records;
  for (const stretch of files.flatMap(({ stretches }) => stretches)) {
    const range = rangeOf(stretch, meanings.get(stretch));
    if (range === undefined) continue;
    ranges.push(range);
    unprotected -= range.records;
  }
  if (unprotected === 0) return ranges;
  const from = files[0]!.stretches[0]!.from;
  const until = files.at(-1)!.stretches.at(-1)!.until;
  return [
    { assurance: 'unprotected', records: unprotected, from, until, reason: 'no chain fields' },
    ...ranges,
  ];
}

function rangeOf(
  { records, from, until }: BareStretch,
  meaning: LoneMeaning | undefined,
): StreamRange | undefined {
  switch (meaning?.kind) {
    case 'altered':
      return { assurance: 'broken', records, from, until, reason: 'altered' };
    case 'not-recomputed':
      return { assurance: 'unverifiable', records, from, until, reason: 'no profile recomputes its hash' };
    case 'stripped':
      return { assurance: 'unprotected', records, from, until, reason: 'without its previous hash' };
    case undefined:
      return undefined;
  }
}
