/** How a run is cut into tasks: files in their order, small ones together, a large file of lines in ranges. */
import crypto from 'node:crypto';
import { type CutTools, cutLines, type RangeBytes } from '../read/cut-lines.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { isSystemError } from '../read/open.ts';
import type { LineRange } from '../read/plain-bytes.ts';
import type { ReadHead } from '../read/records.ts';
import { plainFile, type StoredFile } from './file-part.ts';
import { inspectHead } from './inspect.ts';
import type { Plan } from './plan.ts';

/**
 * Tasks are in log order, and so are the files and ranges in them. Plain data: a task travels to a worker thread.
 * `provisional`: the last line of a file that lacks its newline, which may read otherwise once the file has grown.
 */
export type ScanTask =
  | { kind: 'files'; fileIndexes: number[] }
  | {
      kind: 'range';
      fileIndex: number;
      range: LineRange;
      head: ReadHead;
      source: string | null;
      provisional?: boolean;
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

export function rangeBytesFor({ bytes }: DiscoveredFile, { rangeBytes, lastBytes }: Sizes): RangeBytes {
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
  for (const [fileIndex, file] of files.entries()) {
    if (file.skip !== undefined) continue;
    const isLarge = file.regular && file.sealed === undefined && file.bytes >= 2 * sizes.rangeBytes;
    const head = isLarge && tools !== undefined ? await lineHead(plan, file) : undefined;
    if (head !== undefined) {
      yield* flush();
      yield* rangesOf(file, fileIndex, head, sizes, tools!, onCut);
      continue;
    }
    if (bytes + file.bytes > sizes.batchBytes || batch.length === MAX_BATCH_FILES) yield* flush();
    batch.push(fileIndex);
    bytes += file.bytes;
  }
  yield* flush();
}

export type LineHead = { head: ReadHead; source: string | null };

/** Undefined for a file whose records may cross lines, or that is compressed or cannot be read: one worker takes it whole. */
export async function lineHead(plan: Plan, file: DiscoveredFile): Promise<LineHead | undefined> {
  const looked = await inspectHead(plan, file.file);
  return looked !== undefined && looked.head.layout === 'lines' ? looked : undefined;
}

async function* rangesOf(
  file: DiscoveredFile,
  fileIndex: number,
  { head, source }: LineHead,
  sizes: Sizes,
  tools: CutTools,
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
    for await (const range of cutLines(file.file, rangeBytesFor(file, sizes), tools, onPiece)) {
      ranges++;
      yield { kind: 'range', fileIndex, range, head, source };
    }
    if (ranges === 0) yield { kind: 'range', fileIndex, range: NO_LINES, head, source };
    stored.sha256 = hash.digest('hex');
  } catch (error) {
    if (!isSystemError(error)) throw error;
    stored.failure = error.code;
  }
  onCut(fileIndex, stored);
}
