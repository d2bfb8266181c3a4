/**
 * Scan: one file, or a range of its lines, on its way through reader, source, checks and detections.
 * What it knows at the end is a FilePart; what the checks and rows know is in the accumulators of the thread.
 * Long: it is where they all meet, once a record.
 */

import { getOrCreate } from '../base/get-or-create.ts';
import { type Instant, nanosBeyondMs, wholeMs } from '../base/instant.ts';
import { type JsonValue, parseJsonAt } from '../base/json.ts';
import { isSystemError } from '../base/system-error.ts';
import type { EventTest } from '../match/compile-detection.ts';
import type { Event, Slot } from '../model/event.ts';
import { facetsOf } from '../model/facets.ts';
import type { Detection } from '../model/rule.ts';
import type { JsonSealKind, SealPart, TextSealKind } from '../model/seal.ts';
import type { TextFormat, TextPlace } from '../model/text-format.ts';
import { replay } from '../read/cut-text.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { addMalformed, startEpisodes } from '../read/input-findings.ts';
import { type ReadOutcome, readInput } from '../read/open.ts';
import { type LineRange, readRange } from '../read/plain-bytes.ts';
import type {
  BesideMember,
  Malformed,
  Page,
  ReaderOptions,
  ReadHead,
  ReadStart,
  RecordSink,
} from '../read/record-sink.ts';
import { RecordReader } from '../read/records.ts';
import { decodeText, type TextLogs } from '../read/text-records.ts';
import { WholeText } from '../read/whole-text.ts';
import type { EventCursor } from '../sources/event-cursor.ts';
import { type Activity, ActivityCounter, startActivity } from './activity.ts';
import { judgeHead, resumeText, segmentTextLogs, textLogsOf } from './file-head.ts';
import {
  addCrowded,
  type Crowded,
  type FilePart,
  noteBeside,
  plainFile,
  type StoredFile,
  toReportName,
} from './file-part.ts';
import { addGroupless, type GrouplessSteps } from './groupless-events.ts';
import type { IdentityRows } from './identity-rows.ts';
import type { MarkRows } from './mark-rows.ts';
import { type PagesRead, readPage } from './more-pages.ts';
import type { Detector, DetectorGroup, MarkOutput, Plan, Program, Programs } from './plan.ts';
import { type RecordOrder, startRecordOrder, stepRecordOrder } from './record-order.ts';
import { ErasedLines, linesOf } from './salted-segment.ts';
import { documentSealOf, textSealOf } from './seals.ts';
import type { Joints } from './segment-streams.ts';
import type { TextEntry } from './segmented-text.ts';
import { stretchSpan, type TimeSpan } from './time-span.ts';

/** Called for each event that a detection holds for; the event is valid during the call. */
export type OnMatch = (detection: Detection, event: Event) => void;

/** Called as bytes pass: how many bytes and records since the last call, of which file. */
export type OnProgress = (step: { bytes: number; records: number; file: string }) => void;

/** By the name of a source, which is empty where nobody knows it, for each detection of the plan how often it held. */
export type Seen = Record<string, Float64Array>;

/** What the scans of one thread add to, file after file. */
export type Accumulators = {
  states: unknown[];
  identities: IdentityRows;
  marks: MarkRows;
  /** By relation: marks that lack a field to group by. */
  groupless: GrouplessSteps;
  seen: Seen;
  activity: Activity;
  counters: { met: number; slow: number };
};

/** How a range of a file of text is read: by the format of that name, from that place on. */
export type TextStretch = { format: string; from: TextPlace };

export type Stretch = { range: LineRange; head: ReadHead; source: string | null; text?: TextStretch };

/** Where a segment of text is read from: nobody looks at its own beginning. */
const TEXT_BEGIN: ReadStart & { head: ReadHead } = {
  offset: 0,
  line: 1,
  head: { layout: 'lines', wrapper: undefined, docker: false },
};

type Limit = { ms: number; nanos: number };

export class FileScan implements RecordSink {
  private readonly plan: Plan;
  private readonly programs: Programs;
  private readonly books: Accumulators;
  private readonly discovered: DiscoveredFile;
  private readonly file: string;
  private readonly fileIndex: number;
  private readonly onMatch: OnMatch | undefined;
  private readonly joints: Joints;
  /** By check: whether it sees the records out of range too. */
  private readonly everyRecord: readonly boolean[];
  /** By check: whether a record of which fields were erased says nothing to it. */
  private readonly wholeRecords: readonly boolean[];
  private readonly erasedLines: ErasedLines;
  private erasedInPart = 0;
  private actionSlot: Slot = -1;
  private crowded: Crowded | undefined;
  private readonly since: Limit | undefined;
  private readonly until: Limit | undefined;
  private readonly malformedEpisodes = startEpisodes();
  private readonly members: BesideMember[] = [];
  private pages: PagesRead | null = null;
  /** Of the source, which is chosen before the first record is scanned: compiling another for nothing takes as long. */
  private program!: Program;
  private cursor!: EventCursor;
  private source: string | null = null;
  /** Null as long as no event had a time. */
  private span: TimeSpan | null = null;
  private order: RecordOrder | null = null;
  private seen!: Float64Array;
  private activity!: ActivityCounter;
  private records = 0;
  private skipped = 0;
  /** Of a file that holds seals instead of records, and its first document. */
  private seals: JsonSealKind | undefined;
  private document: JsonValue | undefined;
  private recordReader: RecordReader | undefined;

  constructor(
    plan: Plan,
    programs: Programs,
    books: Accumulators,
    discovered: DiscoveredFile,
    fileIndex: number,
    onMatch?: OnMatch,
    joints: Joints = { follows: false, goesOn: false },
  ) {
    this.plan = plan;
    this.joints = joints;
    this.programs = programs;
    this.books = books;
    this.discovered = discovered;
    this.file = toReportName(discovered.file);
    this.fileIndex = fileIndex;
    this.onMatch = onMatch;
    this.since = toLimit(plan.request.since);
    this.until = toLimit(plan.request.until);
    this.wholeRecords = plan.checks.map(({ definition }) => definition.wholeRecords === true);
    this.erasedLines = new ErasedLines(discovered.sealed);
    this.everyRecord = plan.checks.map(({ definition }) => definition.everyRecord === true);
  }

  /** Reads the whole file. `entry`: of a segment of text, what is known where it begins. */
  async whole(onProgress: OnProgress, digestsDecoded: boolean, entry?: TextEntry): Promise<FilePart> {
    const text = textSealOf(this.file);
    if (text !== undefined) return this.wholeSeal(text, onProgress);
    const { limits } = this.plan.request;
    if (entry !== undefined) this.choose(entry.source);
    const reader = this.reader(entry && { ...TEXT_BEGIN, text: entry.reader, begun: entry.begun });
    const { file, sealed } = this.discovered;
    const opening = { identities: sealed?.identities, digestsDecoded, lines: linesOf(sealed) };
    const outcome = await readInput(file, reader, limits, this.pieces(onProgress), opening);
    return this.toPart(...toStored(outcome));
  }

  private async wholeSeal(kind: TextSealKind, onProgress: OnProgress): Promise<FilePart> {
    const { limits } = this.plan.request;
    const reader = new WholeText(limits.recordBytes);
    const outcome = await readInput(this.discovered.file, reader, limits, this.pieces(onProgress));
    const part = kind.parse(this.file, reader.text());
    return { ...this.toPart(...toStored(outcome)), seals: { kind: kind.name, part } };
  }

  /** Reads a range of lines of a file whose beginning was looked at by somebody else. */
  stretch({ range, head, source, text }: Stretch, onProgress: OnProgress): FilePart {
    this.choose(source);
    const { file } = this.discovered;
    const known = text && resumeText(this.plan.request, file, text);
    const reader = this.reader({
      head,
      offset: range.start,
      line: range.line,
      ...(known !== undefined && { text: known }),
    });
    const onBytes = this.pieces(onProgress);
    const stored = plainFile();
    try {
      if (known !== undefined) replay(file, text!.from, range.start, known);
      stored.failure = readRange(file, range, reader, this.programs.checksum, ({ length }) =>
        onBytes(length),
      );
    } catch (error) {
      if (!isSystemError(error)) throw error;
      stored.failure = error.code;
    }
    return this.toPart(reader.finish(), stored);
  }

  private reader(resume?: ReaderOptions['resume']): RecordReader {
    const recordLimit = this.plan.request.limits.recordBytes;
    const { block } = this.programs;
    const texts = this.textLogs();
    const { goesOn } = this.joints;
    const options = { recordLimit, block, texts, goesOn, ...(resume && { resume }) };
    this.recordReader = new RecordReader(this, options);
    return this.recordReader;
  }

  /** None for a segment that goes on with others: those say what all of them are. */
  private textLogs(): TextLogs | undefined {
    const { request } = this.plan;
    const origin = this.discovered.sealed?.origin;
    if (origin === undefined) return textLogsOf(request, this.file);
    return this.joints.follows ? undefined : segmentTextLogs(request, origin);
  }

  /** Behind `whole`: lines of a record that goes on in the next segment. */
  get openLines(): number {
    return this.recordReader?.openLines ?? 0;
  }

  private pieces(onProgress: OnProgress): (bytes: number) => void {
    let told = 0;
    return (bytes) => {
      onProgress({ bytes, records: this.records - told, file: this.file });
      told = this.records;
    };
  }

  private toPart(tally: FilePart['tally'], stored: StoredFile): FilePart {
    const { fileIndex, source, records, skipped, span, order } = this;
    const { malformedEpisodes: malformed, members: beside, pages } = this;
    const read = { tally, malformed, beside, pages, stored };
    const erased = this.erasedLines.count;
    const ofErased = erased > 0 && { erased: { records: erased, silent: erased - this.erasedInPart } };
    const { crowded } = this;
    const more = { ...ofErased, ...(crowded && { crowded }) };
    const part = { fileIndex, source, records, skipped, span, order, ...read, ...more };
    return this.seals === undefined ? part : { ...part, records: 0, seals: this.toSeals(this.seals) };
  }

  private toSeals(kind: JsonSealKind): SealPart {
    const documents = this.records + this.malformedEpisodes.count;
    return { kind: kind.name, part: kind.parse(this.file, this.document, documents) };
  }

  private choose(source: string | null): void {
    this.source = source;
    this.books.seen[source ?? ''] ??= new Float64Array(this.plan.detections.length);
    this.seen = this.books.seen[source ?? '']!;
    this.books.activity[source ?? ''] ??= startActivity();
    this.activity = new ActivityCounter(this.books.activity[source ?? '']!);
    this.program = this.programs.for(source);
    this.cursor = this.program.cursor;
    if (!this.erasedLines.isEmpty) this.actionSlot = this.cursor.audit('action');
  }

  // RecordSink

  begin(documents: readonly JsonValue[], text?: TextFormat): readonly string[] | undefined {
    this.seals = text === undefined ? documentSealOf(this.file, documents) : undefined;
    if (this.seals !== undefined) return undefined;
    const { source, wrapper } = judgeHead(this.plan, documents, this.discovered.sealed?.source, text);
    this.choose(source);
    return wrapper;
  }

  scan(bytes: Uint8Array, start: number, end: number): number {
    if (this.seals !== undefined) return this.scanSeal(bytes, start, end);
    return this.cursor.scan(bytes, start, end);
  }

  scanLine(bytes: Uint8Array, start: number, end: number): number {
    if (this.seals !== undefined) return -1;
    return this.cursor.scanLine(bytes, start, end);
  }

  private scanSeal(bytes: Uint8Array, start: number, limit: number): number {
    const { value, end } = parseJsonAt(bytes, start, limit);
    this.document ??= value;
    return end;
  }

  get scannedStart(): number {
    return this.cursor.scannedStart;
  }

  get scannedEnd(): number {
    return this.cursor.scannedEnd;
  }

  record(line: number, offset: number, length: number, lines?: number): void {
    const { cursor, books, program } = this;
    this.records++;
    if (this.seals !== undefined) return;
    if (cursor.isUnusual) books.counters.slow++;
    cursor.locate(this.file, this.fileIndex, line, offset, length);
    cursor.writtenLine = lines === undefined ? undefined : lines === 1 ? this.writtenLine : severalLines;
    const ms = cursor.timeMs;
    const inRange = this.isInRange(ms);
    const { steps } = program;
    const { states } = books;
    const isErased = !this.erasedLines.isEmpty && this.erasedLines.has(line);
    cursor.erased = isErased;
    // Without a word of what was done a record may have told of anything.
    if (isErased && cursor.size(this.actionSlot) > 0) this.erasedInPart++;
    for (let index = 0; index < steps.length; index++) {
      if (isErased && this.wholeRecords[index]!) continue;
      if (inRange || this.everyRecord[index]!) steps[index]!(states[index], cursor);
    }
    // What a wrapped line holds does not stand in the file as such; a line of text does, in its own words.
    const isThere = lines === undefined ? cursor.byteLength === length : lines === 1;
    const rereadable = this.discovered.regular && isThere;
    const written = lines === 1 && !rereadable ? this.recordReader!.bytesAt(offset, length) : undefined;
    // Records that differed in what was erased are equal now, and one of them may be there twice, with and without it.
    if (!isErased) books.identities.add(cursor, line, length, !inRange, rereadable, written);
    if (!inRange) {
      this.skipped++;
      return;
    }
    this.cover(ms);
    this.activity.add(ms, length);
    const lists = program.facets === undefined ? 0 : cursor.countLists(program.facets);
    if (lists === 0) program.detectors.forEach(cursor, this.meet);
    // What is explained is one rule, and told by the facets of all that it looks at.
    else if (lists === 1 || this.plan.matching !== undefined) this.meetFacets(program);
    else for (const group of program.groups) this.meetFacets(group);
    if (cursor.isCrowded) this.crowded = addCrowded(this.crowded, { line, offset, length });
  }

  beside(member: BesideMember): void {
    noteBeside(this.members, member);
  }

  page(page: Page): void {
    this.pages = readPage(this.pages, page);
  }

  malformed(stretch: Malformed): void {
    addMalformed(this.malformedEpisodes, stretch);
  }

  /** One closure for the file's life. */
  private readonly meet = (detector: Detector, rest: EventTest | undefined): void => {
    this.books.counters.met++;
    if (rest === undefined || rest(this.cursor)) this.hold(detector);
  };

  /** Each facet meets the detectors as a record of its own; what holds of several holds once. */
  private meetFacets({ facets: of, detectors }: Pick<DetectorGroup, 'facets' | 'detectors'>): void {
    const { cursor } = this;
    const facets = facetsOf(cursor, of);
    if (facets === undefined) {
      detectors.forEach(cursor, this.meet);
      return;
    }
    const held = new Map<Detector, number[]>();
    for (const facet of facets) {
      cursor.select([facet]);
      detectors.forEach(cursor, (detector, rest) => {
        this.books.counters.met++;
        if (rest === undefined || rest(cursor)) getOrCreate(held, detector, () => []).push(facet);
      });
    }
    for (const [detector, own] of [...held].sort(([left], [right]) => left.detection - right.detection)) {
      cursor.select(own);
      this.hold(detector);
    }
    cursor.select();
  }

  private hold(detector: Detector): void {
    const { cursor } = this;
    this.seen[detector.detection]!++;
    this.onMatch?.(this.plan.detections[detector.detection]!, cursor);
    const { selected } = cursor;
    for (const output of detector.outputs) {
      if (output.when !== undefined && !this.fulfills(output, output.when)) continue;
      const added = this.books.marks.add(output, this.cursor, detector.detection);
      if (!added) {
        const step = this.books.groupless[output.relation]![output.step]!;
        addGroupless(step, cursor.timeMs, cursor.timeNanos);
      }
      if (cursor.selected !== selected) cursor.select(selected);
    }
  }

  /** Of several facets it selects those that do. */
  private fulfills({ whenEach = false }: MarkOutput, when: EventTest): boolean {
    const { cursor } = this;
    const { selected } = cursor;
    if (selected === undefined) return when(cursor);
    const held = selected.filter((facet) => {
      cursor.select([facet]);
      return when(cursor);
    });
    cursor.select(selected);
    if (held.length === 0 || (whenEach && held.length < selected.length)) return false;
    cursor.select(held);
    return true;
  }

  /** One closure for the file's life: the line of a text log that the record at hand was made of. */
  private readonly writtenLine = (): string => {
    const { offset, length } = this.cursor;
    const bytes = this.recordReader!.bytesAt(offset, length);
    if (bytes === undefined) throw new Error(`the line at ${offset} is no longer at hand`);
    return decodeText(Buffer.from(bytes), 0, bytes.length);
  };

  /** Half-open, as the periods of contracts are. An event without a time cannot be ruled out. */
  private isInRange(ms: number): boolean {
    const { since, until } = this;
    if ((since === undefined && until === undefined) || Number.isNaN(ms)) return true;
    const nanos = this.cursor.timeNanos;
    return (
      (since === undefined || ms > since.ms || (ms === since.ms && nanos >= since.nanos)) &&
      (until === undefined || ms < until.ms || (ms === until.ms && nanos < until.nanos))
    );
  }

  private cover(ms: number): void {
    if (Number.isNaN(ms)) return;
    const { span } = this;
    const nanos = this.cursor.timeNanos;
    if (this.order === null) this.order = startRecordOrder(ms, nanos);
    else stepRecordOrder(this.order, ms, nanos);
    if (span === null) this.span = { fromMs: ms, fromNanos: nanos, untilMs: ms, untilNanos: nanos };
    else if (ms <= span.fromMs || ms >= span.untilMs) stretchSpan(span, ms, nanos);
  }
}

/** The first of them may be gone from memory: whether it is depends on the blocks, and a report does not. */
const severalLines = (): string => '';

function toStored({
  storedBytes: bytes,
  sha256,
  decodedSha256,
  compression,
  problem,
  failure,
  ...tally
}: ReadOutcome): [FilePart['tally'], StoredFile] {
  return [tally, { bytes, sha256, decodedSha256, compression, problem, failure }];
}

function toLimit(instant: Instant | undefined): Limit | undefined {
  return instant === undefined ? undefined : { ms: wholeMs(instant), nanos: nanosBeyondMs(instant) };
}
