/**
 * The lines of one file on their way into segments. Those that were collected before are recognized as they pass and left
 * out; while that is open they are held back, so that a file that has grown costs a reading and nothing else.
 */
import { NEWLINE } from '../base/lexical.ts';
import { SegmentContent } from './archive-content.ts';
import type { KnownPoint, KnownStreams } from './archive-known.ts';
import type { Origin } from './archive-records.ts';
import { RecognitionHash, type Salting, saltLine } from './archive-salting.ts';
import type { ArchiveWriter, SegmentLabel } from './archive-writer.ts';

const NEWLINES = Buffer.of(NEWLINE);

export type StreamOptions = {
  name: string;
  class: string;
  /** Whether the file can be read a second time: what is held back need then not be kept. */
  rereadable: boolean;
  /** What an earlier reading of this file recognized, and nothing else is looked for; null: nothing. */
  recognized?: KnownPoint | null;
  /** Content of a segment, where it is not the usual. */
  segmentBytes?: number;
  /** For an archive whose records are salted. */
  salting?: Salting;
};

export type StreamEnd =
  | { kind: 'collected'; records: number; known: number; rewritten: boolean }
  /** Lines that were held back turned out to be new: read the file again, with `recognized`. */
  | { kind: 'again'; recognized: KnownPoint | null };

/** A segment's lines and what its manifest says of where they came from. */
type Filled = { content: SegmentContent; skipped: number; throughSha256: string };

export class StreamCollector {
  /** Of the records that follow; known before the first of them. */
  source: string | null = null;
  /** Of the lines that are new. */
  strangeLines = 0;
  private readonly writer: ArchiveWriter;
  private readonly known: KnownStreams;
  private readonly options: StreamOptions;
  private readonly hash: RecognitionHash;
  private content: SegmentContent;
  /** Lines that were hashed: all but those of `content`. */
  private hashed = 0;
  private headSha256 = '';
  /** Lines that were collected before from a file of this name that began with the same line. */
  private before = 0;
  /** The points that the file may still pass, and the last that it did. */
  private points: KnownPoint[] = [];
  private matched: KnownPoint | undefined;
  /** Whether lines behind `matched` were held back and let go. */
  private lost = false;
  private readonly filled: Filled[] = [];
  /** Segments that were sealed while points were open: they go if a later point is passed. */
  private unsure = 0;
  private sealed = 0;
  private stream: number | undefined;

  constructor(writer: ArchiveWriter, known: KnownStreams, options: StreamOptions) {
    this.writer = writer;
    this.known = known;
    this.options = options;
    this.content = new SegmentContent(options.segmentBytes);
    this.hash = new RecognitionHash(options.salting?.recognitionKey);
    if (options.recognized) this.points = [options.recognized];
  }

  /** Times as `SegmentContent.add` wants them. `isStrange`: to be counted as such. */
  line(line: Uint8Array, fromMs: number, untilMs: number, isStrange = false): void {
    if (isStrange) this.strangeLines++;
    const { content } = this;
    if (this.headSha256 === '') this.begin(line);
    const { salting } = this.options;
    if (salting === undefined) content.add(line, fromMs, untilMs);
    else {
      // What is stored differs from what was read, and it is the latter that is to be known again.
      this.hash.update(line).update(NEWLINES);
      const salted = saltLine(line, salting);
      content.add(salted.line, fromMs, untilMs, salted.leafHash);
    }
    const lines = this.hashed + content.records;
    if (this.points[0]?.lines === lines) this.pass(lines);
    else if (content.isFull) this.cut();
  }

  private begin(line: Uint8Array): void {
    const head = new RecognitionHash(this.options.salting?.recognitionKey);
    this.headSha256 = head.update(line).update(NEWLINES).hex();
    this.before = this.known.linesOf(this.options.name, this.headSha256) ?? 0;
    if (this.options.recognized === undefined) this.points = this.known.pointsOf(this.headSha256);
  }

  /** A point that a known file had: either all lines so far were collected, or they differ somewhere. */
  private pass(lines: number): void {
    this.cut();
    const digest = this.digest();
    const here = this.points.filter((point) => point.lines === lines);
    this.points = this.points.slice(here.length);
    const match = here.find(({ sha256 }) => sha256 === digest);
    if (match === undefined) return;
    this.matched = match;
    this.strangeLines = 0;
    this.lost = false;
    this.filled.length = 0;
    this.writer.discard(this.unsure);
    this.unsure = 0;
    this.sealed = 0;
    this.stream = undefined;
  }

  private digest(): string {
    return this.hash.hex();
  }

  /** Ends the segment: it is to be sealed, or let go while it may turn out to be known. */
  private cut(): void {
    const { content } = this;
    if (content.records === 0) return;
    if (this.options.salting === undefined) this.hash.update(content.bytes);
    const skipped = this.hashed;
    this.hashed += content.records;
    this.content = new SegmentContent(this.options.segmentBytes);
    // Of lines that are held back one segment is kept: most files that share a first line with a known one are small.
    if (this.lost || (this.isHeldBack && this.filled.length > 0)) this.lost = true;
    else this.filled.push({ content, skipped, throughSha256: this.digest() });
  }

  private get isHeldBack(): boolean {
    return this.points.length > 0 && this.options.rereadable;
  }

  /** Whether `drain` has something to do: to be asked between blocks. */
  get isBehind(): boolean {
    return this.filled.length > 0 && !this.isHeldBack && !this.lost;
  }

  /** Whether segments that were sealed may still go: the batch must not be committed. */
  get isUnsure(): boolean {
    return this.unsure > 0 && this.points.length > 0;
  }

  /** Seals what is full. @throws what the system says when the archive cannot be written */
  async drain(): Promise<void> {
    if (!this.isBehind) return;
    for (const each of this.filled.splice(0)) await this.seal(each);
  }

  private async seal({ content, skipped, throughSha256 }: Filled): Promise<void> {
    this.stream ??= this.matched?.stream ?? this.writer.nextSegment;
    const { name, class: label } = this.options;
    const origin: Origin = { stream: this.stream, name, skipped, headSha256: this.headSha256, throughSha256 };
    const described: SegmentLabel = { source: this.source, class: label, origin };
    await this.writer.seal(content, described);
    this.sealed += content.records;
    if (this.points.length > 0) this.unsure++;
    else this.unsure = 0;
  }

  /** The end of the file. */
  async end(): Promise<StreamEnd> {
    this.cut();
    this.points = [];
    if (this.lost) return { kind: 'again', recognized: this.matched ?? null };
    await this.drain();
    const known = this.matched?.lines ?? 0;
    this.writer.learnSealed();
    return { kind: 'collected', records: this.sealed, known, rewritten: this.before > known };
  }
}
