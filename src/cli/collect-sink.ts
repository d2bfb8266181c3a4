/** What is read of a file goes into the archive: records as the bytes they are, lines of text as they stand, and what is neither. */
import type { JsonValue } from '../base/json.ts';
import { count, escapeControls, quote } from '../base/text-safety.ts';
import { judgeHead, textLogsOf } from '../engine/file-head.ts';
import { toReportName } from '../engine/file-part.ts';
import type { OnProgress } from '../engine/file-scan.ts';
import { type PagedFile, type PagesRead, readPage } from '../engine/more-pages.ts';
import type { Plan, Programs } from '../engine/plan.ts';
import type { TextFormat } from '../model/text-format.ts';
import { type ReadOutcome, readInput } from '../read/open.ts';
import { nextTurn } from '../read/plain-bytes.ts';
import type { BesideMember, Malformed, Page, RecordSink } from '../read/record-sink.ts';
import { RecordReader } from '../read/records.ts';
import type { EventCursor } from '../sources/event-cursor.ts';
import { malformedLines, toRecordLine } from '../store/archive-lines.ts';
import type { Salting } from '../store/archive-salting.ts';
import type { StreamCollector } from '../store/archive-stream.ts';
import type { ArchiveWriter } from '../store/archive-writer.ts';
import { onArchive } from './archive-write-fault.ts';

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

/** Members beside the records that are named for one file. */
const MAX_MEMBERS = 20;

export class CollectSink implements RecordSink {
  private readonly run: CollectRun;
  private readonly stream: StreamCollector;
  private readonly reader: RecordReader;
  private cursor!: EventCursor;
  private records = 0;
  /** What the file ends amid of, and the last row of a table, which may be whole. */
  private torn: Malformed['torn'];
  private lastRow: Uint8Array | undefined;
  private tooLong = 0;
  private readonly members = new Set<string>();
  /** Members with the records that stand there twice. */
  private readonly repeated = new Set<string>();
  private pages: PagesRead | null = null;

  constructor(run: CollectRun, stream: StreamCollector, name: string) {
    this.run = run;
    this.stream = stream;
    const { limits } = run.plan.request;
    this.reader = new RecordReader(this, {
      recordLimit: limits.recordBytes,
      block: run.programs.block,
      texts: textLogsOf(run.plan.request, name),
    });
  }

  async read(file: string): Promise<ReadOutcome> {
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
    const outcome = await readInput(file, this.reader, run.plan.request.limits, onBytes, { pause });
    if (this.lastRow !== undefined) {
      // A table may end without a line end; one that is cut off may end anywhere.
      if (isSound(outcome)) this.take(this.lastRow);
      else this.torn = 'line';
    }
    return outcome;
  }

  notes(name: string): string[] {
    const shown = escapeControls(name);
    const notes: string[] = [];
    const { strangeLines } = this.stream;
    if (strangeLines > 0)
      notes.push(
        `${shown}: ${count(strangeLines, 'line that is no JSON', 'lines that are no JSON')}, kept as written`,
      );
    if (this.torn !== undefined)
      notes.push(`${shown} ends amid a ${this.torn}, which is left for the next collection`);
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

  isComplete(outcome: ReadOutcome): boolean {
    return isSound(outcome) && this.tooLong === 0 && this.members.size === 0;
  }

  // RecordSink

  begin(documents: readonly JsonValue[], text?: TextFormat): readonly string[] | undefined {
    const { source, wrapper } = judgeHead(this.run.plan, documents, undefined, text);
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

  textLine(line: Uint8Array, last?: 'whole' | 'torn'): void {
    if (last === undefined) this.take(line);
    else if (last === 'whole') this.lastRow = Buffer.from(line);
    else this.torn = 'line';
  }

  private take(line: Uint8Array): void {
    this.records++;
    this.stream.line(line, Number.NaN, Number.NaN);
  }

  malformed({ offset, length, torn }: Malformed): void {
    if (torn !== undefined) {
      this.torn = torn;
      return;
    }
    const bytes = this.reader.bytesAt(offset, length);
    if (bytes === undefined) {
      this.tooLong++;
      return;
    }
    for (const line of malformedLines(bytes)) {
      this.stream.line(line, Number.NaN, Number.NaN, true);
    }
  }
}

function isSound({ failure, problem, cutShort }: ReadOutcome): boolean {
  return failure === undefined && problem === undefined && !cutShort;
}
