/** What records without chain fields mean: nothing in a log without a chain, a stripped hash in the middle of one. */
import { count, escapeControls, quote, truncate } from '../base/text-safety.ts';
import type { Severity } from '../model/finding.ts';
import { formatPlace, type Place } from '../model/place.ts';
import { toldPlaces } from '../model/told-places.ts';
import { type BareFile, type BareState, type BareStretch, identityOf } from './bare-records.ts';
import type { LoneHash, LoneMeaning } from './lone-hash.ts';
import { reasonOf } from './record-hash.ts';
import type { StreamState } from './segment.ts';

type BareBreak = {
  code: 'altered-record' | 'stripped-hash' | 'unhashed-record';
  place: Place;
  related: Place[];
  message: string;
  count: number;
  identity: string;
  severity?: Severity;
};

export type BareContext = {
  /** The stretches at which a link of some stream breaks. */
  explaining: ReadonlySet<BareStretch>;
  /** Of the stretches with a lone hash. */
  meanings: ReadonlyMap<BareStretch, LoneMeaning>;
  /** Whether the records beside them name each other. */
  linked: boolean;
};

export function judgeBare(
  bare: BareState,
  streams: readonly StreamState[],
  { explaining, meanings, linked }: BareContext,
): BareBreak[] {
  const breaks: BareBreak[] = [];
  const chained = lastChainedRecords(streams);
  const lastChainedFile = Math.max(-1, ...chained.keys());
  const wholeFiles: BareFile[] = [];
  for (const file of bare.files) {
    const end = chained.get(file.fileIndex);
    if (end === undefined) {
      wholeFiles.push(file);
      continue;
    }
    const isCutOff = ({ from }: BareStretch) => from.offset > end && file.fileIndex === lastChainedFile;
    const unhashed: BareStretch[] = [];
    for (const stretch of file.stretches) {
      const meaning = meanings.get(stretch);
      if (meaning?.kind === 'altered') breaks.push(toAltered(stretch, stretch.lone!));
      else if (meaning?.kind === 'stripped') breaks.push(toUnlinked(stretch, meaning.member));
      else if (meaning === undefined && (explaining.has(stretch) || isCutOff(stretch)))
        breaks.push(toStripped(stretch));
      else if (meaning === undefined) unhashed.push(stretch);
    }
    if (unhashed.length > 0) breaks.push(toUnhashed(unhashed, file.dropped, linked));
  }
  if (wholeFiles.length > 0) breaks.push(toUnhashedFiles(wholeFiles));
  return breaks;
}

function lastChainedRecords(streams: readonly StreamState[]): Map<number, number> {
  const ends = new Map<number, number>();
  for (const { runs } of streams) {
    for (const { fileIndex, segments } of runs) {
      ends.set(fileIndex, Math.max(ends.get(fileIndex) ?? -1, segments.at(-1)!.until.offset));
    }
  }
  return ends;
}

function toStripped(stretch: BareStretch): BareBreak {
  const { records, from, until } = stretch;
  const message = `expected the fields of the chain, found ${count(records, 'record')} without them`;
  const related = records > 1 ? [until] : [];
  return {
    code: 'stripped-hash',
    place: from,
    related,
    message,
    count: records,
    identity: identityOf([stretch]),
  };
}

function toUnlinked(stretch: BareStretch, member: string): BareBreak {
  const identity = identityOf([stretch]);
  const message = `expected the previous hash in ${member}, found 1 record that has a hash of its own and no link`;
  return { code: 'stripped-hash', place: stretch.from, related: [], message, count: 1, identity };
}

/** The first record of a chain, which leaves the previous hash out. */
function toAltered(stretch: BareStretch, { own, expected }: LoneHash): BareBreak {
  const reason = reasonOf(expected);
  const message =
    reason === undefined
      ? `expected the hash ${quote(expected)}, found ${quote(own)}`
      : `expected a record that can be hashed, found that ${escapeControls(truncate(reason, 160))}`;
  const identity = JSON.stringify([own, ...stretch.contents]);
  return { code: 'altered-record', place: stretch.from, related: [], message, count: 1, identity };
}

function toUnhashed(stretches: readonly BareStretch[], dropped: number, linked: boolean): BareBreak {
  const records = stretches.reduce((sum, stretch) => sum + stretch.records, dropped);
  const [first, ...rest] = stretches;
  return {
    code: 'unhashed-record',
    place: first!.from,
    related: toldPlaces(
      first!.from,
      rest.map(({ from }) => from),
    ),
    message: linked
      ? `expected every record in the chain, found ${count(records, 'record')} outside it: the chain closes around ${records === 1 ? 'it' : 'them'}`
      : `expected a hash in every record, found ${count(records, 'record')} without one`,
    count: records,
    identity: identityOf(stretches),
  };
}

function toUnhashedFiles(files: readonly BareFile[]): BareBreak {
  const starts = files.map((file) => file.stretches[0]!);
  const names = starts.slice(0, 3).map(({ from }) => quote(from.file));
  const more = starts.length > 3 ? ` and ${count(starts.length - 3, 'more file')}` : '';
  const records = files.reduce((sum, file) => sum + file.records, 0);
  return {
    code: 'unhashed-record',
    place: starts[0]!.from,
    related: toldPlaces(
      starts[0]!.from,
      starts.slice(1).map(({ from }) => from),
    ),
    message: `expected a chain as in other files of the source, found none in ${names.join(', ')}${more} (from ${quote(formatPlace(starts[0]!.from))}, ${count(records, 'record')})`,
    count: records,
    identity: identityOf(files.flatMap(({ stretches }) => stretches)),
    // Other programs' files under the same mapping look the same: a hint, not an alarm.
    severity: 'medium',
  };
}
