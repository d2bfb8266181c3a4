/** The ranges of the records that stand in no chain: unprotected, but for first records whose hash tells more. */
import { NO_CHAIN } from '../model/bare-source.ts';
import type { StreamRange } from '../model/report.ts';
import type { BareState, BareStretch } from './bare-records.ts';
import type { LoneMeaning } from './lone-hash.ts';

/** In the order of the log, none over several files; an unprotected range may enclose others: its count leaves theirs out. */
export function bareRanges(
  { files }: BareState,
  meanings: ReadonlyMap<BareStretch, LoneMeaning>,
): StreamRange[] {
  return files.flatMap(({ records, stretches }) => {
    const told = stretches.flatMap((stretch) => rangeOf(stretch, meanings.get(stretch)) ?? []);
    const unprotected = told.reduce((rest, range) => rest - range.records, records);
    if (unprotected === 0) return told;
    const [from, until] = [stretches[0]!.from, stretches.at(-1)!.until];
    return [{ assurance: 'unprotected', records: unprotected, from, until, reason: NO_CHAIN }, ...told];
  });
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
