/** How a run is cut into tasks: files in their order, small ones together, a large file of lines in ranges. */
import crypto from 'node:crypto';
import { isSystemError } from '../base/system-error.ts';
import type { TextPlace } from '../model/text-format.ts';
import { type CutTools, cutLines, type RangeBytes } from '../read/cut-lines.ts';
import { cutText } from '../read/cut-text.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import type { LineRange, OnPiece } from '../read/plain-bytes.ts';
import type { ReadHead } from '../read/record-sink.ts';
import { textLogsOf } from './file-head.ts';
import { plainFile, type StoredFile } from './file-part.ts';
import type { TextStretch } from './file-scan.ts';
import { type HeadInspection, inspectHead } from './inspect.ts';
import type { Plan } from './plan.ts';
import { SegmentStreams } from './segment-streams.ts';
import { SegmentedText } from './segmented-text.ts';

/**
 * Tasks are in log order, and so are the files and ranges in them. Plain data: a task travels to a worker thread.
 * `provisional`: the last line of a file that lacks its newline, which may read otherwise once the file has grown. `text`: of a
 * file of text, how it is read and from where. `isText`: the files are the segments of one log of text, which go on in each other.
 */
export type ScanTask =
  | { kind: 'files'; fileIndexes: number[]; isText?: true }
  | {
      kind: 'range';
      fileIndex: number;
      range: LineRange;
      head: ReadHead;
      source: string | null;
      provisional?: boolean;
      text?: TextStretch;
    };

export type Sizes = {
  /** Stored bytes of a batch of whole files. */
  batchBytes: number;
  /** Bytes of a range; a file is cut only where it gives at least two. */
  rangeBytes: number;
  /** Bytes of a range near the end of its file, where that is less. */
  lastBytes: number;
};

/** A range is a few dozen milliseconds of work: a message and a merge for each cost nothing beside it. */
export const DEFAULT_SIZES: Sizes = {
  batchBytes: 8 * 1024 * 1024,
  rangeBytes: 16 * 1024 * 1024,
  lastBytes: 4 * 1024 * 1024,
};

/**
 * Ranges before the end that are cut finer: when all are given out, one thread may have two of them to scan and another none,
 * which of 16 MiB each is a tenth of a second.
 */
const LAST_RANGES = 4;

export function rangeBytesFor(
  { bytes }: Pick<DiscoveredFile, 'bytes'>,
  { rangeBytes, lastBytes }: Sizes,
): RangeBytes {
  const finerFrom = bytes - LAST_RANGES * rangeBytes;
  return (start) => (start < finerFrom ? rangeBytes : Math.min(rangeBytes, lastBytes));
}

/** A worker's results wait for those before it, so a task of thousands of files would hold too many. */
const MAX_BATCH_FILES = 64;

/** Of a file that turned out to be empty: it has a part all the same, so that no file can be forgotten. */
export const NO_LINES: LineRange = { start: 0, end: 0, line: 1, checksum: 0 };

/** What whoever cut a file knows of it, by file index. */
export type OnCut = (fileIndex: number, stored: StoredFile) => void;

/** Files with a reason to be passed over are in no task. */
export async function* planTasks(
  plan: Plan,
  files: readonly DiscoveredFile[],
  sizes: Sizes,
  tools: CutTools | undefined,
  onCut: OnCut,
): AsyncGenerator<ScanTask> {
  let batch: number[] = [];
  let bytes = 0;
  const flush = (): ScanTask[] => {
    const task: ScanTask = { kind: 'files', fileIndexes: batch };
    batch = [];
    bytes = 0;
    return task.fileIndexes.length === 0 ? [] : [task];
  };
  const segmented = new SegmentedText(plan, files, new SegmentStreams(files));
  const taken = new Set<number>();
  for (const [fileIndex, file] of files.entries()) {
    if (file.skip !== undefined || taken.has(fileIndex)) continue;
    const segments = await segmented.segmentsFrom(fileIndex);
    if (segments !== undefined) {
      yield* flush();
      yield { kind: 'files', fileIndexes: segments, isText: true };
      for (const index of segments) taken.add(index);
      continue;
    }
    const isLarge = file.regular && file.sealed === undefined && file.bytes >= 2 * sizes.rangeBytes;
    const head = isLarge && tools !== undefined ? await inspectHead(plan, file.file) : undefined;
    const ranges = head && cutterOf(plan, file, head, sizes, tools!);
    if (ranges !== undefined) {
      yield* flush();
      yield* rangesOf(fileIndex, head!, ranges, onCut);
      continue;
    }
    if (bytes + file.bytes > sizes.batchBytes || batch.length === MAX_BATCH_FILES) yield* flush();
    batch.push(fileIndex);
    bytes += file.bytes;
  }
  yield* flush();
}

export type LineHead = { head: ReadHead; source: string | null };

/** Undefined for a file whose records may cross lines, or that is text, compressed or cannot be read: it is taken whole. */
export async function lineHead(plan: Plan, file: DiscoveredFile): Promise<LineHead | undefined> {
  const looked = await inspectHead(plan, file.file);
  return looked !== undefined && looked.head.layout === 'lines' && looked.text === undefined
    ? looked
    : undefined;
}

/** Cuts a file into ranges, telling of its bytes as they pass. */
type Cutter = (onPiece: OnPiece) => AsyncIterable<{ range: LineRange; from?: TextPlace }>;

/** Undefined for a file whose records may cross lines, and for text that one reader must read whole. */
function cutterOf(
  { request }: Plan,
  discovered: DiscoveredFile,
  { head, text }: HeadInspection,
  sizes: Sizes,
  tools: CutTools,
): Cutter | undefined {
  const { file } = discovered;
  const rangeBytes = rangeBytesFor(discovered, sizes);
  if (head.layout !== 'lines') return undefined;
  if (text === undefined) {
    return async function* (onPiece) {
      for await (const range of cutLines(file, rangeBytes, tools, onPiece)) yield { range };
    };
  }
  const skimmer = text.format.startSkimmer?.(text.lines, textLogsOf(request, file).options);
  if (skimmer === undefined) return undefined;
  return (onPiece) => cutText(file, rangeBytes, tools, onPiece, skimmer, request.limits.recordBytes);
}

async function* rangesOf(
  fileIndex: number,
  { head, source, text }: HeadInspection,
  cutter: Cutter,
  onCut: OnCut,
): AsyncGenerator<ScanTask> {
  const stored = plainFile();
  const hash = crypto.createHash('sha256');
  const onPiece = (piece: Buffer) => {
    hash.update(piece);
    stored.bytes += piece.length;
  };
  try {
    let ranges = 0;
    for await (const { range, from } of cutter(onPiece)) {
      ranges++;
      const stretch = from && { format: text!.format.name, from };
      yield { kind: 'range', fileIndex, range, head, source, ...(stretch && { text: stretch }) };
    }
    if (ranges === 0) yield { kind: 'range', fileIndex, range: NO_LINES, head, source };
    stored.sha256 = hash.digest('hex');
  } catch (error) {
    if (!isSystemError(error)) throw error;
    stored.failure = error.code;
  }
  onCut(fileIndex, stored);
}
