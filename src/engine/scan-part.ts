/** Parts of a scan: what one task made of its files, plain data that travels between threads and merges in log order. */
import type { DiscoveredFile } from '../read/discover.ts';
import { nextTurn } from '../read/plain-bytes.ts';
import type { TemporaryRuns } from '../read/temporary-runs.ts';
import { type Activity, mergeActivity } from './activity.ts';
import { type FilePart, joinLost, mergeFileParts } from './file-part.ts';
import { type Accumulators, FileScan, type OnMatch, type OnProgress, type Seen } from './file-scan.ts';
import { type GrouplessSteps, mergeGroupless, startGroupless } from './groupless-events.ts';
import { type IdentityPart, IdentityRows } from './identity-rows.ts';
import { MAX_KEPT_BYTES, type MarkPart, MarkRows } from './mark-rows.ts';
import type { Plan, Programs } from './plan.ts';
import { expectsSeals } from './seals.ts';
import { SegmentStreams } from './segment-streams.ts';
import { SegmentedText } from './segmented-text.ts';
import type { ScanTask } from './tasks.ts';

/** `states` by check. Marks and identities travel apart: their order is in their rows. */
export type ScanPart = {
  states: unknown[];
  /** In log order; of one file at most its first and its last range are shared with the parts beside this one. */
  files: FilePart[];
  groupless: GrouplessSteps;
  seen: Seen;
  activity: Activity;
  /** Keys of the fields that some record carried. */
  occurring: string[];
  counters: ScanCounters;
};

/** For whoever wants to know how the work went; no answer depends on it. */
export type ScanCounters = {
  /** Detections whose conditions were tried on an event. */
  met: number;
  /** Records that took the slow road. */
  slow: number;
  /** Distinct values that a thread knows, the most of any. */
  distinct: number;
};

/** Rows that leave the thread, before the task is done where they are many. */
export type RowParts = { provisional: boolean } & ({ identities: IdentityPart } | { marks: MarkPart });

export function startPart(plan: Plan): ScanPart {
  return {
    states: plan.checks.map(({ check }) => check.start()),
    files: [],
    groupless: startGroupless(plan.relations),
    seen: {},
    activity: {},
    occurring: [],
    counters: { met: 0, slow: 0, distinct: 0 },
  };
}

/** `right` began where `left` ended; changes and returns `left`. */
export function mergeParts(plan: Plan, left: ScanPart, right: ScanPart): ScanPart {
  for (const [index, { check }] of plan.checks.entries())
    left.states[index] = check.merge(left.states[index], right.states[index]);
  for (const file of right.files) {
    const last = left.files.at(-1);
    if (last?.fileIndex === file.fileIndex) mergeFileParts(last, file);
    else left.files.push(file);
  }
  mergeGroupless(left.groupless, right.groupless);
  for (const [source, counts] of Object.entries(right.seen)) {
    const known = left.seen[source];
    if (known === undefined) left.seen[source] = counts;
    else for (const [index, times] of counts.entries()) known[index]! += times;
  }
  left.activity = mergeActivity(left.activity, right.activity);
  left.counters.met += right.counters.met;
  left.counters.slow += right.counters.slow;
  left.counters.distinct = Math.max(left.counters.distinct, right.counters.distinct);
  left.occurring = [...new Set([...left.occurring, ...right.occurring])];
  return left;
}

/**
 * Marks that are kept back: so many that a thread writes them to a file itself. Smaller parts are put in order once more by
 * whoever collects them, while the other threads wait for tasks: with parts of 2 MiB a million events and the shipped rules
 * took 4 % more of the processor's time, and 40 MB more (measured).
 */
const HELD_BYTES = MAX_KEPT_BYTES;

/** Scans tasks one after another in this thread. */
export class PartScanner {
  private readonly plan: Plan;
  private readonly programs: Programs;
  private readonly files: readonly DiscoveredFile[];
  private readonly streams: SegmentStreams;
  private readonly onRows: (rows: RowParts) => void;
  private readonly onProgress: OnProgress;
  private readonly onMatch: OnMatch | undefined;
  /** Whether the decoded bytes of compressed files are digested on their way. */
  private readonly digestsDecoded: boolean;
  private readonly identities: IdentityRows;
  private readonly marks: MarkRows;
  /** Whether the task under way is. */
  private provisional = false;

  constructor(
    plan: Plan,
    programs: Programs,
    files: readonly DiscoveredFile[],
    runs: TemporaryRuns,
    onRows: (rows: RowParts) => void,
    onProgress: OnProgress,
    onMatch?: OnMatch,
  ) {
    this.plan = plan;
    this.programs = programs;
    this.files = files;
    this.streams = new SegmentStreams(files);
    this.digestsDecoded = expectsSeals(plan.request, files);
    this.identities = new IdentityRows((identities) => onRows({ identities, provisional: this.provisional }));
    this.marks = new MarkRows(runs);
    this.onRows = onRows;
    this.onProgress = onProgress;
    this.onMatch = onMatch;
  }

  /** Marks may be kept back for a while: `flush` ends that. */
  async scan(task: ScanTask): Promise<ScanPart> {
    const part = startPart(this.plan);
    const { states, groupless, counters, seen, activity } = part;
    const { identities, marks } = this;
    this.programs.startTask();
    const isProvisional = task.kind === 'range' && task.provisional === true;
    if (isProvisional !== this.provisional) this.flush();
    this.provisional = isProvisional;
    const books: Accumulators = { states, groupless, seen, activity, identities, marks, counters };
    if (task.kind === 'range') {
      part.files.push(this.fileScan(task.fileIndex, books).stretch(task, this.onProgress));
    } else {
      const text = task.isText === true ? new SegmentedText(this.plan, this.files, this.streams) : undefined;
      for (const fileIndex of task.fileIndexes) {
        const scan = this.fileScan(fileIndex, books);
        const entry = await text?.enter(fileIndex);
        const file = await scan.whole(this.onProgress, this.digestsDecoded, entry);
        text?.leave(fileIndex, entry, file, scan.openLines);
        part.files.push(file);
      }
      if (text !== undefined) tellAll(part.files);
      // Small files are read without a pause.
      await nextTurn();
    }
    part.occurring = this.programs.occurring();
    counters.distinct = this.programs.distinctValues;
    this.onRows({ identities: identities.take(), provisional: this.provisional });
    if (marks.bytes > HELD_BYTES) this.flush();
    return part;
  }

  /** Gives out the marks that were kept back. */
  flush(): void {
    if (this.marks.isEmpty) return;
    this.onRows({ marks: this.marks.take(), provisional: this.provisional });
  }

  private fileScan(fileIndex: number, books: Accumulators): FileScan {
    const { plan, programs, onMatch } = this;
    const joints = this.streams.joints(fileIndex);
    return new FileScan(plan, programs, books, this.files[fileIndex]!, fileIndex, onMatch, joints);
  }
}

/**
 * What a log says of all of it, as of its server, it may say in any of its segments; behind one that cannot be read, and where
 * the file was rewritten, another reader knows no more than it was told.
 */
function tellAll(segments: readonly FilePart[]): void {
  const server = segments.findLast(({ tally }) => tally.server !== undefined)?.tally.server;
  const all: Pick<FilePart['tally'], 'lost'> = {};
  for (const { tally } of segments) joinLost(all, tally);
  for (const { tally } of segments) {
    if (server !== undefined) tally.server = server;
    if (all.lost !== undefined) tally.lost = [...all.lost];
  }
}
