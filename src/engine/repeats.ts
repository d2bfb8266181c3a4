/**
 * Records that repeat others: rows of their identities sorted, neighbors compared.
 * Same identity and same content is a duplicate, counted once; same identity and other content is a finding.
 *
 * Records that carry an id of their own are digested only when their ids meet again, from a second reading: that saves a SHA-256
 * of nearly every record (a quarter of the scan, measured). Where the bytes differ, a third reading tells whether they say the same.
 */
import { type Run, RunReader } from '../read/temporary-runs.ts';
import type { IdentityRow } from './identity-rows.ts';
import { MergedRows } from './merged-rows.ts';
import { type ContentOf, digestBytes, digestContent } from './record-content.ts';
import {
  addPlaced,
  byFile,
  decode,
  type Entry,
  encode,
  MAX_ROW_BYTES,
  type RecordPosition,
  startsAlike,
} from './repeat-rows.ts';
import type { SortedRows } from './sorted-rows.ts';

/** A record that repeats `first`. `conflict`: the same id with other content, so that both stand and are audited. */
export type Repeat = {
  conflict: boolean;
  first: RecordPosition;
  again: RecordPosition;
  /** The digests of both: what tells this pair from others, wherever they stand. */
  contents: string;
  /** The same content, written otherwise. */
  respelled: boolean;
  /** Neither has an id of its own and both stand in one file, more often than in any before: they may be of two events. */
  mayBeSecond: boolean;
  /** Whether `again` lies outside `--since`/`--until`: then it was not counted as audited. */
  skipped: boolean;
};

/** Reads records of one file again, in ascending order; undefined for one that is gone. */
export type Reread = (
  fileIndex: number,
  stretches: Iterable<RecordPosition>,
) => AsyncIterable<Uint8Array | undefined>;

export type RepeatOptions = {
  /** The file that some files are parts of, by the number of one of them. */
  fileOf?: FileOf;
  /** What of the records of a file is compared. */
  contentOf?: (fileIndex: number) => ContentOf | undefined;
};

type FileOf = (fileIndex: number) => number;

/**
 * First the repeats whose bytes tell what they are, then those of ids that come with several, each in the order of their keys.
 * Each record is named at most once as `again`.
 */
export async function* findRepeats(
  identities: Iterable<IdentityRow>,
  newRows: () => SortedRows,
  reread: Reread,
  { fileOf = (fileIndex) => fileIndex, contentOf = () => undefined }: RepeatOptions = {},
): AsyncGenerator<Repeat> {
  const known = newRows();
  const unknown = newRows();
  for (const row of sharedKeys(identities, newRows())) {
    const { content, position } = decode(row, 0);
    if (content !== undefined) known.add(row);
    else addPlaced(unknown, position, row);
  }
  await digestAgain(unknown, known, reread);
  const runs = known.take();
  const unlike = newRows();
  for (const key of keysOfUnlike(mergedOf(runs))) unlike.add(key);
  const times = new TimesInFile(fileOf);
  const respelled = newRows();
  yield* repeatsIn(aside(mergedOf(runs), unlike.sorted(), respelled), times);
  const settled = newRows();
  await digestAgain(respelled, settled, reread, (bytes, fileIndex) =>
    digestContent(bytes, contentOf(fileIndex)),
  );
  yield* repeatsIn(entriesOf(settled.sorted()), times);
}

function* repeatsIn(entries: Iterable<Entry>, times: TimesInFile): Generator<Repeat> {
  let previous: Entry | undefined;
  for (const entry of entries) {
    const sameKey = previous !== undefined && previous.own === entry.own && previous.key.equals(entry.key);
    const sameContent = sameKey && previous!.content!.equals(entry.content!);
    const mayBeSecond = times.isMore(entry, sameContent) && !entry.own;
    if (sameContent || (sameKey && entry.own)) {
      yield {
        conflict: !sameContent,
        first: previous!.position,
        again: entry.position,
        contents: [previous!.content!, entry.content!]
          .map((each) => each.toString('hex'))
          .sort()
          .join(),
        respelled: sameContent && previous!.spelling !== entry.spelling,
        mayBeSecond,
        skipped: entry.skipped,
      };
    }
    if (!sameContent) previous = entry;
  }
}

function mergedOf(runs: readonly Run[]): MergedRows {
  return new MergedRows(runs.map((run) => new RunReader(run)));
}

function* entriesOf(rows: MergedRows): Generator<Entry> {
  while (rows.next()) yield decode(rows.bytes, rows.start);
}

/** The keys of records with ids of their own whose bytes differ, where all can be read again. */
function* keysOfUnlike(rows: MergedRows): Generator<Buffer> {
  let first: Entry | undefined;
  let isUnlike = false;
  let isFixed = false;
  for (const entry of entriesOf(rows)) {
    if (!entry.own) continue;
    if (first === undefined || !first.key.equals(entry.key)) {
      if (isUnlike && !isFixed) yield first!.key;
      first = entry;
      isUnlike = false;
      isFixed = entry.fixed;
    } else {
      isUnlike ||= !first.content!.equals(entry.content!);
      isFixed ||= entry.fixed;
    }
  }
  if (isUnlike && !isFixed) yield first!.key;
}

/** The entries but for those of the keys, which go to `others`, to be digested again. */
function* aside(rows: MergedRows, keys: MergedRows, others: SortedRows): Generator<Entry> {
  let hasKey = keys.next();
  const keyAt = () => keys.bytes.subarray(keys.start, keys.end);
  for (const entry of entriesOf(rows)) {
    while (hasKey && entry.own && entry.key.compare(keyAt()) > 0) hasKey = keys.next();
    if (hasKey && entry.own && entry.key.equals(keyAt()))
      addPlaced(others, entry.position, rows.bytes.subarray(rows.start, rows.end));
    else yield entry;
  }
}

/** How often one content stands in a file: a copy of the file has it as often, and no oftener. */
class TimesInFile {
  private fileIndex = -1;
  private times = 0;
  /** In any of the files before. */
  private most = 1;
  private readonly fileOf: FileOf;

  constructor(fileOf: FileOf) {
    this.fileOf = fileOf;
  }

  /** Entries come by file. `isRepeat`: of the content before. */
  isMore({ position }: Entry, isRepeat: boolean): boolean {
    const fileIndex = this.fileOf(position.fileIndex);
    if (!isRepeat) this.most = 1;
    else if (fileIndex === this.fileIndex) return ++this.times > this.most;
    else this.most = Math.max(this.most, this.times);
    this.fileIndex = fileIndex;
    this.times = 1;
    return false;
  }
}

/** The rows whose key is not alone, each valid until the next step. */
function* sharedKeys(identities: Iterable<IdentityRow>, sorted: SortedRows): Generator<Buffer> {
  for (const identity of identities) encode(sorted, identity);
  // The row before, which the next step would overwrite; empty once it is given out.
  const scratch = Buffer.alloc(MAX_ROW_BYTES);
  let length = 0;
  const rows = sorted.sorted();
  while (rows.next()) {
    const row = rows.bytes.subarray(rows.start, rows.end);
    if (startsAlike(scratch, row)) {
      if (length > 0) yield scratch.subarray(0, length);
      yield row;
      length = 0;
    } else {
      row.copy(scratch);
      length = row.length;
    }
  }
}

/** Adds the rows to `known` with the digests of their records; one that had a digest keeps it as its spelling. */
async function digestAgain(
  unknown: SortedRows,
  known: SortedRows,
  reread: Reread,
  digest: (bytes: Uint8Array, fileIndex: number) => Buffer = digestBytes,
): Promise<void> {
  for (const [fileIndex, entries] of byFile(unknown)) {
    let index = 0;
    const stretches = entries.map(({ position }) => position);
    for await (const bytes of reread(fileIndex, stretches)) {
      const { own, key, content: before, position, skipped } = entries[index++]!;
      // A record that is gone from its file passes for no other: its content is its place.
      const content = digest(bytes ?? Buffer.from(`${fileIndex}/${position.offset}`), fileIndex);
      const words = [key.readUInt32BE(0), key.readUInt32BE(4)] as const;
      const spelling = before?.readUInt32BE(0) ?? 0;
      encode(known, { own, key: words, content, skipped, ...position }, { spelling, fixed: false });
    }
  }
}
