/** One file on its way into an archive: read as `verify` reads it, its records handed on as the bytes they are. */
import type { JsonValue } from '../base/json.ts';
import { isSystemError } from '../base/system-error.ts';
import { count, escapeControls, quote } from '../base/text-safety.ts';
import { judgeHead } from '../engine/file-head.ts';
import { toReportName } from '../engine/file-part.ts';
import type { OnProgress } from '../engine/file-scan.ts';
import {
  describeOpenExport,
  findOpenExports,
  type PagedFile,
  type PagesRead,
  readPage,
} from '../engine/more-pages.ts';
import type { Plan, Programs } from '../engine/plan.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { type ReadOutcome, readInput } from '../read/open.ts';
import { nextTurn } from '../read/plain-bytes.ts';
import type { BesideMember, Malformed, Page, RecordSink } from '../read/record-sink.ts';
import { RecordReader } from '../read/records.ts';
import type { EventCursor } from '../sources/event-cursor.ts';
import type { KnownPoint } from '../store/archive-known.ts';
import { malformedLines, toRecordLine } from '../store/archive-lines.ts';
import type { Salting } from '../store/archive-salting.ts';
import { StreamCollector } from '../store/archive-stream.ts';
import type { ArchiveWriter } from '../store/archive-writer.ts';

export type CollectRun = {
  plan: Plan;
  programs: Programs;
  writer: ArchiveWriter;
  class: string;
  salting?: Salting;
  onProgress: OnProgress;
  /** Called between blocks: the batch may be large enough for a checkpoint. */
  onPause(stream: StreamCollector): Promise<void>;
};

/**
 * `notes`: what a person should know. `incomplete`: whether something of the file is not in the archive. `paged`: of a file that was
 * read, what it says of pages that follow.
 */
export type FileOutcome = {
  records: number;
  known: number;
  notes: string[];
  incomplete: boolean;
  paged?: PagedFile;
};

/** An error of the archive's disk, which must not be taken for one of the file that is read. */
export class ArchiveWriteFault extends Error {
  override readonly name = 'ArchiveWriteFault';
}

/** @throws {ArchiveWriteFault} */
export async function collectFile(discovered: DiscoveredFile, run: CollectRun): Promise<FileOutcome> {
  const { file, regular, skip } = discovered;
  const name = toReportName(file);
  if (skip !== undefined) {
    const notes = skip.unsupported ? [`${escapeControls(name)} was not collected: ${skip.reason}`] : [];
    return { records: 0, known: 0, notes, incomplete: skip.unsupported };
  }
  // A file that is written to while it is read may be taken for another each time: the third time all of it is taken.
  for (let recognized: KnownPoint | null | undefined; ; ) {
    const { salting } = run;
    const options = { name, class: run.class, rereadable: regular, ...(salting && { salting }) };
    const stream = new StreamCollector(run.writer, run.writer.known, {
      ...options,
      ...(recognized !== undefined && { recognized }),
    });
    const sink = new CollectSink(run, stream);
    const outcome = await sink.read(file);
    const end = await onArchive(() => stream.end());
    if (end.kind === 'again') {
      recognized = recognized === undefined ? end.recognized : null;
      continue;
    }
    const notes = [...sink.notes(name), ...outcomeNotes(name, outcome)];
    const incomplete = notes.length > 0 && !sink.isComplete(outcome);
    if (end.rewritten)
      notes.push(
        `${escapeControls(name)} no longer begins with all the records that were collected from it before: it was rewritten, or is another file of the same name; ${count(end.records, 'record')} of it were added`,
      );
    if (end.records + end.known === 0 && notes.length === 0)
      notes.push(`${escapeControls(name)} holds no records`);
    return { records: end.records, known: end.known, notes, incomplete, paged: sink.paged(name) };
  }
}

/** What the files together say: an archive keeps the records alone, so whoever audits it cannot see that pages are missing. */
export function missingPages(paged: readonly PagedFile[]): FileOutcome[] {
  return findOpenExports(paged).map((open) => {
    const note = describeOpenExport(open, 'fetch the pages that follow, and collect them too');
    return { records: 0, known: 0, notes: [note], incomplete: true };
  });
}

function outcomeNotes(name: string, { failure, problem, cutShort }: ReadOutcome): string[] {
  const shown = escapeControls(name);
  if (failure !== undefined) return [`${shown} could not be read to its end: ${failure}`];
  if (problem !== undefined) return [`${shown} was collected as far as it could be read: ${problem.message}`];
  return cutShort ? [`${shown} was collected as far as it could be read`] : [];
}

/** @throws {ArchiveWriteFault} for what the system says while the archive is written */
export async function onArchive<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new ArchiveWriteFault(error.code, { cause: error });
  }
}

class CollectSink implements RecordSink {
  private readonly run: CollectRun;
  private readonly stream: StreamCollector;
  private readonly reader: RecordReader;
  private cursor!: EventCursor;
  private records = 0;
  private malformedLines = 0;
  private tooLong = 0;
  private readonly members = new Set<string>();
  /** Members with the records that stand there twice. */
  private readonly repeated = new Set<string>();
  private pages: PagesRead | null = null;

  constructor(run: CollectRun, stream: StreamCollector) {
    this.run = run;
    this.stream = stream;
    const { limits } = run.plan.request;
    this.reader = new RecordReader(this, { recordLimit: limits.recordBytes, block: run.programs.block });
  }

  read(file: string): Promise<ReadOutcome> {
    const { run, stream } = this;
    let told = 0;
    const onBytes = (bytes: number) => {
      run.onProgress({ bytes, records: this.records - told, file: toReportName(file) });
      told = this.records;
    };
    const pause = async () => {
      await nextTurn();
      await onArchive(async () => {
        await stream.drain();
        await run.onPause(stream);
      });
    };
    return readInput(file, this.reader, run.plan.request.limits, onBytes, { pause });
  }

  notes(name: string): string[] {
    const shown = escapeControls(name);
    const notes: string[] = [];
    if (this.malformedLines > 0)
      notes.push(
        `${shown}: ${count(this.malformedLines, 'line that is no JSON', 'lines that are no JSON')}, kept as written`,
      );
    if (this.tooLong > 0)
      notes.push(`${shown}: ${count(this.tooLong, 'record')} too long to be kept, see "limits.recordBytes"`);
    for (const key of this.members)
      notes.push(`${shown}: ${quote(key)} stands beside the records of the export and was not collected`);
    for (const key of this.repeated)
      notes.push(`${shown}: ${quote(key)} holds records a second time, which were collected, too`);
    return notes;
  }

  paged(file: string): PagedFile {
    return { file, source: this.stream.source, records: this.records, pages: this.pages };
  }

  isComplete({ failure, problem, cutShort }: ReadOutcome): boolean {
    const isWhole = failure === undefined && problem === undefined && !cutShort;
    return isWhole && this.tooLong === 0 && this.members.size === 0;
  }

  // RecordSink

  begin(documents: readonly JsonValue[]): readonly string[] | undefined {
    const { source, wrapper } = judgeHead(this.run.plan, documents);
    this.stream.source = source;
    this.cursor = this.run.programs.for(source).cursor;
    return wrapper;
  }

  scan(bytes: Uint8Array, start: number, end: number): number {
    return this.cursor.scan(bytes, start, end);
  }

  scanLine(bytes: Uint8Array, start: number, end: number): number {
    return this.cursor.scanLine(bytes, start, end);
  }

  get scannedStart(): number {
    return this.cursor.scannedStart;
  }

  get scannedEnd(): number {
    return this.cursor.scannedEnd;
  }

  record(_line: number, offset: number, length: number): void {
    const bytes = this.reader.bytesAt(offset, length);
    if (bytes === undefined) throw new Error(`the record at ${offset} is no longer at hand`);
    const { cursor } = this;
    const ms = cursor.timeMs;
    this.records++;
    this.stream.line(toRecordLine(bytes), ms, cursor.timeNanos > 0 ? ms + 1 : ms);
  }

  beside({ key, isAgain }: BesideMember): void {
    const named = isAgain === true ? this.repeated : this.members;
    if (named.size < MAX_MEMBERS) named.add(key);
  }

  page(page: Page): void {
    this.pages = readPage(this.pages, page);
  }

  malformed({ offset, length }: Malformed): void {
    const bytes = this.reader.bytesAt(offset, length);
    if (bytes === undefined) {
      this.tooLong++;
      return;
    }
    for (const line of malformedLines(bytes)) {
      this.malformedLines++;
      this.stream.line(line, Number.NaN, Number.NaN);
    }
  }
}

/** Members beside the records that are named for one file. */
const MAX_MEMBERS = 20;
