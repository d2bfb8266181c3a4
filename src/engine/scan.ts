/**
 * Scan: files become records, records become events, checks fold over events, detections turn events into marks.
 * Tasks are scanned in this thread or by workers, and their parts merged in log order: the answer is the same.
 */
import type { Finding } from '../model/finding.ts';
import type { Coverage } from '../model/relation.ts';
import type { InputSummary } from '../model/report.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { STDIN } from '../read/discover.ts';
import { FILL_BYTES } from '../read/records.ts';
import { TemporaryRuns } from '../read/temporary-runs.ts';
import { closeBooks, passOver, type StoredFile } from './file-part.ts';
import type { OnMatch, OnProgress } from './file-scan.ts';
import { Identities } from './identities.ts';
import { Marks } from './marks.ts';
import { detectionsFor, type Plan, Programs } from './plan.ts';
import {
  mergeParts,
  PartScanner,
  type RowParts,
  type ScanCounters,
  type ScanPart,
  startPart,
  toCoverage,
} from './scan-part.ts';
import { DEFAULT_SIZES, planTasks, type Sizes } from './tasks.ts';
import { WorkerPool } from './worker-pool.ts';

export type { ScanCounters };

/** What a scan knows when its files are read. States are plain data; rows may lie on disk. */
export type Scan = {
  states: unknown[];
  /** By file index, as `files`. */
  inputs: InputSummary[];
  files: readonly DiscoveredFile[];
  findings: Finding[];
  identities: Identities;
  marks: Marks;
  /** By relation: marks that came without a value for a group-by field. They leave it, and the report says how many. */
  ungrouped: number[];
  coverage: Coverage;
  /** Detections that ran on some source, by index, and the fields that occurred. */
  ran: Set<number>;
  occurring: Set<string>;
  counters: ScanCounters;
  runs: TemporaryRuns;
};

export type ScanOptions = {
  /** Worker threads; 1: this thread does it all. */
  jobs: number;
  /** How finely work is cut; the answer does not depend on it. Without it, a single thread reads every file whole. */
  sizes?: Partial<Sizes>;
  /** Bytes of input below which starting threads takes longer than scanning. */
  threadBytes?: number;
  /** The module that threads run, where it is not the built one. */
  workerModule?: URL;
  onProgress?: OnProgress;
  /** Only in this thread. */
  onMatch?: OnMatch;
};

/** A thread with its plan is ready after some 100 ms (measured): time for this many bytes. */
const THREAD_BYTES = 24 * 1024 * 1024;

export async function scanFiles(
  files: readonly DiscoveredFile[],
  plan: Plan,
  options: ScanOptions,
): Promise<Scan> {
  const runs = new TemporaryRuns();
  const books = new ScanBooks(plan, files, runs);
  try {
    for await (const part of scanParts(files, plan, options, books)) books.add(part);
    return books.close();
  } catch (error) {
    runs.dispose();
    throw error;
  }
}

/** The parts of a scan in log order; rows go to `books` as they come. */
async function* scanParts(
  files: readonly DiscoveredFile[],
  plan: Plan,
  options: ScanOptions,
  books: ScanBooks,
): AsyncGenerator<ScanPart> {
  const { jobs, threadBytes = THREAD_BYTES, onMatch } = options;
  const sizes = { ...DEFAULT_SIZES, ...options.sizes };
  const onProgress = options.onProgress ?? (() => {});
  const bytes = files.reduce((sum, file) => sum + (file.skip === undefined ? file.bytes : 0), 0);
  const programs = new Programs(plan);
  const local = new PartScanner(plan, programs, files, books.runs, books.addRows, onProgress, onMatch);
  // A thread has no standard input of its own.
  const isLocal =
    jobs < 2 || onMatch !== undefined || bytes < threadBytes || files.some(({ file }) => file === STDIN);
  if (isLocal) {
    const tools =
      options.sizes === undefined ? undefined : { ...programs.cutTools, block: Buffer.alloc(FILL_BYTES) };
    for await (const task of planTasks(plan, files, sizes, tools, books.cut)) yield await local.scan(task);
    return;
  }
  const pool = new WorkerPool(
    jobs,
    { request: plan.request, files, runs: books.runs.folder },
    books.addRows,
    onProgress,
    options.workerModule,
  );
  try {
    const tasks = planTasks(plan, files, sizes, programs.cutTools, books.cut);
    yield* pool.inOrder(tasks);
  } finally {
    await pool.close();
  }
}

/** Collects what the parts of a scan say. */
class ScanBooks {
  private readonly plan: Plan;
  private readonly files: readonly DiscoveredFile[];
  readonly runs: TemporaryRuns;
  private readonly identities: Identities;
  private readonly marks: Marks;
  private readonly stored = new Map<number, StoredFile>();
  private merged: ScanPart;

  constructor(plan: Plan, files: readonly DiscoveredFile[], runs: TemporaryRuns) {
    this.plan = plan;
    this.files = files;
    this.runs = runs;
    this.identities = new Identities(runs);
    this.marks = new Marks(runs);
    this.merged = startPart(plan);
  }

  add(part: ScanPart): void {
    this.merged = mergeParts(this.plan, this.merged, part);
  }

  /** Rows carry their order in themselves, so they may come in any. */
  readonly addRows = (rows: RowParts): void => {
    if ('marks' in rows) this.marks.merge(rows.marks);
    else this.identities.merge(rows.identities);
  };

  /** What was learned of a file by cutting it. */
  readonly cut = (fileIndex: number, stored: StoredFile): void => {
    this.stored.set(fileIndex, stored);
  };

  close(): Scan {
    const { plan, files, merged } = this;
    const parts = new Map(merged.files.map((part) => [part.fileIndex, part]));
    const inputs: InputSummary[] = [];
    const findings: Finding[] = [];
    const ran = new Set<number>();
    for (const [index, file] of files.entries()) {
      const part = parts.get(index);
      if (part === undefined && file.skip === undefined) throw new Error(`${file.file} was not scanned`);
      const stored = this.stored.get(index);
      // A range may have failed where the cutter did not.
      if (part !== undefined && stored !== undefined)
        part.stored = { ...stored, failure: part.stored.failure ?? stored.failure };
      const closed = part === undefined ? passOver(file) : closeBooks(file, part);
      inputs.push(closed.input);
      findings.push(...closed.findings);
      if (part !== undefined) for (const detection of detectionsFor(plan, part.source)) ran.add(detection);
    }
    return {
      states: merged.states,
      inputs,
      files,
      findings,
      identities: this.identities,
      marks: this.marks,
      ungrouped: merged.ungrouped,
      coverage: toCoverage(merged.span),
      ran,
      occurring: new Set(merged.occurring),
      counters: merged.counters,
      runs: this.runs,
    };
  }
}
