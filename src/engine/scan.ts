/**
 * Scan: files become records, records become events, checks fold over events, detections turn events into marks.
 *
 * Over 250 lines: the way of one file through reader, source, checks and books is one class, so that the books tie out in one place.
 */
import type { Instant } from '../base/instant.ts';
import { JsonArray, JsonObject, type JsonValue } from '../base/json.ts';
import { count, quote } from '../base/text-safety.ts';
import type { Event } from '../model/event.ts';
import type { Finding } from '../model/finding.ts';
import type { Coverage } from '../model/relation.ts';
import type { InputSummary } from '../model/report.ts';
import type { Detection } from '../model/rule.ts';
import { type DiscoveredFile, STDIN } from '../read/discover.ts';
import { inputFinding, MalformedEpisodes } from '../read/input-findings.ts';
import { type ReadOutcome, readInput } from '../read/open.ts';
import { type BesideMember, type Malformed, RecordReader, type RecordSink } from '../read/records.ts';
import { TemporaryRuns } from '../read/temporary-runs.ts';
import { detectSource, findWrapper } from '../sources/detect.ts';
import { Identities } from './identities.ts';
import { MarkRows, type Ungrouped } from './marks.ts';
import { type Detector, fieldKey, type Plan, type Program, Programs } from './plan.ts';
import { SortedRows } from './sorted-rows.ts';

/** What a scan knows when its files are read. States are plain data; rows may lie on disk. */
export type Scan = {
  states: unknown[];
  /** By file index, as `files`. */
  inputs: InputSummary[];
  files: readonly DiscoveredFile[];
  findings: Finding[];
  identities: Identities;
  marks: MarkRows;
  ungrouped: Ungrouped;
  coverage: Coverage;
  /** Detections that ran on some source, by index, and the fields that occurred. */
  ran: Set<number>;
  occurring: Set<string>;
  runs: TemporaryRuns;
};

/** Called as bytes pass, for whoever watches. */
export type OnProgress = (progress: { storedBytes: number; records: number; file: string }) => void;

/** Called for each event that a detection holds for; the event is valid during the call. */
export type OnMatch = (detection: Detection, event: Event) => void;

/** Scans `files` one after another in this thread, in their order. */
export async function scanFiles(
  files: readonly DiscoveredFile[],
  plan: Plan,
  onProgress: OnProgress,
  onMatch?: OnMatch,
): Promise<Scan> {
  const runs = new TemporaryRuns();
  const scan: Scan = {
    states: plan.checks.map(({ check }) => check.start()),
    inputs: [],
    files,
    findings: [],
    identities: new Identities(() => new SortedRows(runs)),
    marks: new MarkRows(new SortedRows(runs)),
    ungrouped: plan.relations.map(() => 0),
    coverage: undefined,
    ran: new Set(),
    occurring: new Set(),
    runs,
  };
  try {
    const programs = new Programs(plan);
    for (const [fileIndex, file] of files.entries()) {
      await new FileScan(scan, plan, programs, file, fileIndex, onMatch).run(onProgress);
    }
    return scan;
  } catch (error) {
    runs.dispose();
    throw error;
  }
}

/** Members beside the records that are named for one file. */
const MAX_BESIDE = 20;

/** One file on its way through the checks. */
class FileScan implements RecordSink {
  private readonly books: Scan;
  private readonly onMatch: OnMatch | undefined;
  private readonly plan: Plan;
  private readonly programs: Programs;
  private readonly discovered: DiscoveredFile;
  private readonly file: string;
  private readonly fileIndex: number;
  private readonly malformedEpisodes: MalformedEpisodes;
  private readonly isRereadable: boolean;
  private readonly membersBeside = new Set<string>();
  private program: Program;
  private source: string | null = null;
  private ordinal = 0;
  private skipped = 0;

  constructor(
    scan: Scan,
    plan: Plan,
    programs: Programs,
    discovered: DiscoveredFile,
    fileIndex: number,
    onMatch: OnMatch | undefined,
  ) {
    this.books = scan;
    this.onMatch = onMatch;
    this.plan = plan;
    this.programs = programs;
    this.discovered = discovered;
    this.file = toReportName(discovered.file);
    this.fileIndex = fileIndex;
    this.isRereadable = discovered.regular;
    this.malformedEpisodes = new MalformedEpisodes(this.file);
    this.program = programs.for(null);
  }

  async run(onProgress: OnProgress): Promise<void> {
    const { discovered, plan } = this;
    if (discovered.skip !== undefined) return this.skip(discovered.skip);
    const reader = new RecordReader(this, { recordLimit: plan.request.limits.recordBytes });
    let storedBytes = 0;
    const outcome = await readInput(discovered.file, reader, plan.request.limits, (bytes) => {
      storedBytes += bytes;
      onProgress({ storedBytes, records: this.ordinal, file: this.file });
    });
    this.conclude(outcome);
  }

  // RecordSink

  begin(documents: readonly JsonValue[]): readonly string[] | undefined {
    const { mappings, request } = this.plan;
    const considered =
      request.source === undefined ? mappings : mappings.filter(({ name }) => name === request.source);
    const wrapper = documents
      .map((document) => findWrapper(document, considered))
      .find((found) => found !== undefined);
    const records = documents.flatMap((document) => unwrap(document, wrapper?.keys));
    this.source = request.source ?? detectSource(records, mappings).source;
    this.program = this.programs.for(this.source);
    for (const detection of this.program.detections) this.books.ran.add(detection);
    return wrapper?.keys;
  }

  scan(bytes: Uint8Array, start: number, end: number): number {
    return this.program.cursor.scan(bytes, start, end);
  }

  record(line: number, offset: number, length: number): void {
    const { cursor, steps, detectors } = this.program;
    const { states, identities } = this.books;
    cursor.locate(this.file, this.fileIndex, this.ordinal++, line, offset, length);
    const inRange = this.isInRange(cursor.time);
    for (let index = 0; index < steps.length; index++) {
      if (inRange || this.plan.checks[index]!.definition.everyRecord) steps[index]!(states[index], cursor);
    }
    identities.add(cursor, !inRange, this.isRereadable && cursor.byteLength === length);
    if (!inRange) {
      this.skipped++;
      return;
    }
    this.cover(cursor.time);
    detectors.forEach(cursor, this.meet);
  }

  beside({ key, line, offset, length }: BesideMember): void {
    // Wrappers repeat, one a page: the first of each name speaks for all.
    if (this.membersBeside.has(key)) return;
    this.membersBeside.add(key);
    const message = `${quote(key)} stands beside the records of the export and was not audited`;
    const place = { file: this.file, line, offset, length };
    if (this.membersBeside.size <= MAX_BESIDE)
      this.books.findings.push({ ...inputFinding('unread-member', this.file, message), place });
  }

  malformed(stretch: Malformed): void {
    this.malformedEpisodes.add(stretch);
  }

  /** One closure for the file's life. */
  private readonly meet = (detector: Detector): void => {
    if (detector.matches(this.program.cursor)) this.mark(detector);
  };

  private mark(detector: Detector): void {
    this.onMatch?.(this.plan.detections[detector.detection]!, this.program.cursor);
    for (const output of detector.outputs) {
      const added = this.books.marks.add(output, this.program.cursor, detector.detection);
      if (!added) this.books.ungrouped[output.relation]!++;
    }
  }

  /** Half-open, as the periods of contracts are. An event without a time cannot be ruled out. */
  private isInRange(time: Instant | undefined): boolean {
    const { since, until } = this.plan.request;
    if (time === undefined) return true;
    return (since === undefined || time >= since) && (until === undefined || time < until);
  }

  private cover(time: Instant | undefined): void {
    if (time === undefined) return;
    const { coverage } = this.books;
    if (coverage === undefined) this.books.coverage = { from: time, until: time };
    else if (time < coverage.from) coverage.from = time;
    else if (time > coverage.until) coverage.until = time;
  }

  // Books

  private skip(skip: NonNullable<DiscoveredFile['skip']>): void {
    const { file, discovered } = this;
    this.books.inputs.push({
      file,
      bytes: discovered.bytes,
      decodedBytes: 0,
      sha256: null,
      compression: 'none',
      source: null,
      records: { read: 0, audited: 0, malformed: 0, duplicate: 0, skipped: 0 },
      accounted: { records: 0, malformed: 0, framing: 0 },
      status: skip.unsupported ? 'unreadable' : 'skipped',
      reason: skip.reason,
    });
    if (skip.unsupported)
      this.books.findings.push(
        inputFinding('unsupported-input', file, `${quote(file)} was not read: ${skip.reason}`),
      );
  }

  private conclude(outcome: ReadOutcome): void {
    const malformed = this.malformedEpisodes.count;
    for (const { field, slot } of this.program.fields) {
      if (this.program.cursor.occurred(slot)) this.books.occurring.add(fieldKey(field));
    }
    const { status, reason } = this.judge(outcome, malformed);
    const read = this.ordinal + malformed;
    this.books.findings.push(...this.malformedEpisodes.findings());
    this.books.inputs.push({
      file: this.file,
      bytes: outcome.storedBytes,
      decodedBytes: outcome.bytes,
      sha256: outcome.sha256,
      compression: outcome.compression,
      source: this.source,
      // Duplicates are known after the merge, which then moves them from `audited`.
      records: { read, audited: this.ordinal - this.skipped, malformed, duplicate: 0, skipped: this.skipped },
      accounted: {
        records: outcome.recordBytes,
        malformed: outcome.malformedBytes,
        framing: outcome.framingBytes,
      },
      status,
      ...(reason !== undefined && { reason }),
    });
  }

  /** The status of the file, with the findings that explain it. */
  private judge(
    outcome: ReadOutcome,
    malformed: number,
  ): { status: InputSummary['status']; reason?: string } {
    const say = (code: Parameters<typeof inputFinding>[0], message: string) => {
      this.books.findings.push(inputFinding(code, this.file, message));
      return message;
    };
    const name = quote(this.file);
    if (outcome.failure !== undefined) {
      const reason = say('unreadable-input', `${name} could not be read: ${outcome.failure}`);
      return { status: outcome.bytes > 0 ? 'partial' : 'unreadable', reason };
    }
    if (outcome.problem !== undefined) {
      return { status: 'partial', reason: say(outcome.problem.code, `${name}: ${outcome.problem.message}`) };
    }
    // An empty array is an export that says "none", which is something.
    if (this.ordinal === 0 && malformed === 0 && !outcome.sawArray) {
      return { status: 'empty', reason: say('empty-input', `${name} holds no records`) };
    }
    if (this.ordinal === 0 && malformed > 0) {
      return { status: 'unreadable', reason: `not one of ${count(malformed, 'line')} is a JSON record` };
    }
    if (outcome.cutShort) return { status: 'partial', reason: 'the rest of the file could not be read' };
    if (this.source === null && this.ordinal > 0) {
      say('unknown-source', `no mapping fits the ${count(this.ordinal, 'record')} of ${name}`);
    }
    return { status: 'complete' };
  }
}

/** How a file is called in the report. */
export function toReportName(file: string): string {
  return file === STDIN ? 'stdin' : file;
}

/** The records of a document as the reader will hand them out. */
export function unwrap(document: JsonValue, keys: readonly string[] | undefined): JsonValue[] {
  if (document instanceof JsonArray) return document.elements;
  let inner: JsonValue | undefined = document;
  for (const key of keys ?? []) inner = inner instanceof JsonObject ? inner.get(key) : undefined;
  return keys !== undefined && inner instanceof JsonArray ? inner.elements : [document];
}
