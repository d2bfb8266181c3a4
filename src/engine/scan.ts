/**
 * Scan: files become records, records become events, checks fold over events, detections turn events into marks.
 * Tasks are scanned in this thread or by workers, and their parts merged in log order: the answer is the same.
 */
import { growHeapsSlowly } from '../base/slow-heap.ts';
import type { CutTools } from '../read/cut-lines.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { STDIN } from '../read/discover.ts';
import type { StateFolder } from '../read/state-folder.ts';
import { TemporaryRuns } from '../read/temporary-runs.ts';
import { cutTools } from './cut-tools.ts';
import { type Executor, LocalExecutor } from './executor.ts';
import type { OnMatch, OnProgress } from './file-scan.ts';
import { JUDGE_THREAD_BYTES } from './mark-shares.ts';
import { SAVED_MARKS } from './marks.ts';
import { type Plan, Programs } from './plan.ts';
import { ResumedScan, type StateOptions } from './resumed-scan.ts';
import { type Scan, ScanBooks } from './scan-books.ts';
import { PartScanner } from './scan-part.ts';
import { DEFAULT_SIZES, planTasks, type Sizes } from './tasks.ts';
import { WorkerPool } from './worker-pool.ts';

export type ScanOptions = {
  /** Threads that scan, this one among them. */
  jobs: number;
  /** How finely work is cut; the answer does not depend on it. Without it, a single thread reads every file whole. */
  sizes?: Partial<Sizes>;
  /** Bytes of input below which starting threads takes longer than scanning. */
  threadBytes?: number;
  /** Made for `jobs` already, so that its workers have started, and for this run alone: it ends with it. */
  pool?: WorkerPool;
  /** Bytes of files that an earlier run knows below which this thread digests them. */
  digestThreadBytes?: number;
  /** The modules that threads run, where they are not the built ones. */
  workerModule?: URL;
  digestModule?: URL;
  /** Where what this run learns is kept for the next, and what the last one kept. */
  state?: StateOptions;
  onProgress?: OnProgress;
  /** Only in this thread. */
  onMatch?: OnMatch;
};

/** A thread with its plan is ready after some 100 ms (measured): time for this many bytes. */
const THREAD_BYTES = 24 * 1024 * 1024;

/** Bytes whose digest takes longer than starting a thread for it, at some 1.7 GB/s. */
const DIGEST_THREAD_BYTES = 256 * 1024 * 1024;

/** From here on heaps grow slowly: a million events in ten thousand files then take 380 MB instead of 540, and a tenth more time (measured). */
const MANY_FILES = 1000;

/**
 * `executor`: may judge what was found. `settle`: awaited before anything is told of the scan, it completes it.
 * `close`: frees threads and files; the caller's to call.
 */
export type Scanned = { scan: Scan; executor: Executor; settle(): Promise<void>; close(): Promise<void> };

/** @throws {StateRefusal} as `settle` may, where the run must start over without what was saved */
export async function scanFiles(
  files: readonly DiscoveredFile[],
  plan: Plan,
  options: ScanOptions,
): Promise<Scanned> {
  if (files.length >= MANY_FILES) growHeapsSlowly();
  const runs = new TemporaryRuns();
  const books = new ScanBooks(plan, files, runs);
  const { executor, tools } = createExecutor(files, plan, options, books);
  const sizes = { ...DEFAULT_SIZES, ...options.sizes };
  const resumed = createResumed(files, plan, options, tools, sizes);
  const close = async () => {
    await executor.close();
    await resumed?.close();
    runs.dispose();
  };
  try {
    if (resumed !== undefined) {
      const scan = await resumed.run(books, executor);
      return { scan, executor, settle: () => resumed.settle(scan), close };
    }
    const tasks = planTasks(plan, files, sizes, tools, books.cut);
    for await (const { part } of executor.inOrder(tasks)) books.add(part);
    return { scan: books.close(), executor, settle: async () => {}, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function createResumed(
  files: readonly DiscoveredFile[],
  plan: Plan,
  { state, jobs, digestThreadBytes = DIGEST_THREAD_BYTES, digestModule: module }: ScanOptions,
  tools: CutTools | undefined,
  sizes: Sizes,
): ResumedScan | undefined {
  if (state === undefined) return undefined;
  const threadOptions = {
    fromBytes: jobs >= 2 ? digestThreadBytes : Number.POSITIVE_INFINITY,
    ...(module && { module }),
  };
  return new ResumedScan(plan, files, state, tools ?? cutTools(), sizes, threadOptions);
}

/** Runs the detections of a plan over files in this thread, for their matches alone. */
export async function scanForMatches(
  files: readonly DiscoveredFile[],
  plan: Plan,
  onMatch: OnMatch,
): Promise<Scan['inputs']> {
  const { scan, close } = await scanFiles(files, plan, { jobs: 1, onMatch });
  await close();
  return scan.inputs;
}

/**
 * Whether a run over these files is spread over threads: it has much to scan, or an earlier run left so many marks that judging
 * them takes more than scanning what was appended. `state`: what that run kept, which is probably still so.
 */
export function usesThreads(
  files: readonly DiscoveredFile[],
  jobs: number,
  state?: StateFolder,
  threadBytes = THREAD_BYTES,
): boolean {
  // A thread has no standard input of its own.
  if (jobs < 2 || files.some(({ file }) => file === STDIN)) return false;
  const all = files.reduce((sum, file) => sum + (file.skip === undefined ? file.bytes : 0), 0);
  const isMuchToScan = all - (state?.coveredBytes() ?? 0) >= threadBytes;
  return isMuchToScan || (state?.savedBytes(SAVED_MARKS) ?? 0) >= JUDGE_THREAD_BYTES;
}

/** `tools`: with them a large file is cut into ranges; one thread alone reads it faster whole. */
function createExecutor(
  files: readonly DiscoveredFile[],
  plan: Plan,
  options: ScanOptions,
  books: ScanBooks,
): { executor: Executor; tools: CutTools | undefined } {
  const { jobs, threadBytes, state, onMatch, onProgress = () => {} } = options;
  const earlier = state?.fresh === true ? undefined : state?.folder;
  const scanner = new PartScanner(
    plan,
    new Programs(plan),
    files,
    books.runs,
    books.addRows,
    onProgress,
    onMatch,
  );
  if (onMatch === undefined && usesThreads(files, jobs, earlier, threadBytes)) {
    const executor = options.pool ?? new WorkerPool(jobs, options.workerModule);
    const orders = { request: plan.request, files, runs: books.runs.folder };
    executor.order(orders, scanner, books.addRows, onProgress);
    return { executor, tools: cutTools() };
  }
  return {
    executor: new LocalExecutor(scanner),
    tools: options.sizes === undefined ? undefined : cutTools(),
  };
}
