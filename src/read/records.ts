/**
 * Records out of bytes: NDJSON, arrays, wrappers such as `{"Records":[…]}`, single and concatenated objects, pretty or not.
 * Bytes come in blocks of any size; the records, malformed stretches and their places do not depend on the blocks.
 *
 * Over 250 lines: one state machine over one buffer.
 */
import { JsonArray, JsonObject, type JsonValue, parseJsonAt } from '../base/json.ts';
import { completePrefix } from '../base/json-prefix.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  decodeString,
  isWhitespace,
  JsonSyntaxError,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  scanString,
  skipWhitespace,
  syntaxError,
} from '../base/lexical.ts';
import type { LostTime } from '../base/lost-time.ts';
import { excerptAt } from '../model/excerpt.ts';
import type { Excerpt } from '../model/finding.ts';
import type { TextFormat, TextReader } from '../model/text-format.ts';
import { mayHoldRecords } from './beside-records.ts';
import { BINARY_HEAD_BYTES, binaryForm } from './binary-form.ts';
import { unwrapDocker } from './docker.ts';
import { headLines, isNoJson, sampleRecords } from './text-head.ts';
import { TEXT_HEAD_BYTES, type TextBooks, type TextLogs, TextRecords } from './text-records.ts';

/** Bytes looked at before the layout and the source are decided. */
const SNIFF_BYTES = 256 * 1024;
/** Bytes asked for at a time: two of them fit the second-level cache of a core, four no longer do (read in a quarter of the time). */
export const FILL_BYTES = 128 * 1024;
/** Records shown to the source detection. */
const SAMPLE_RECORDS = 20;
/** An incomplete number, literal or character at the end of a block fails at most this many bytes before it. */
const LONGEST_SPLIT = 8;

/** A stretch of input that is not JSON. */
export type Malformed = {
  line: number;
  offset: number;
  length: number;
  /** Offset in the stream where reading failed. */
  at: number;
  expected: string;
  found: string;
  /** Whether the input ended inside a document: what follows is lost, not wrong. */
  truncated: boolean;
  /** Of the beginning of a file: which form it is that no log has. */
  binary?: string;
  /** The text around the failure; absent where the stretch is longer than the buffer. */
  excerpt?: Excerpt;
  /** Of a line of text that is framing, in words that nobody knows: its form. */
  unknownForm?: string;
};

/** What the beginning of a file decided about all of it, so that a reader can go on in its middle. */
export type ReadHead = { layout: Layout; wrapper: readonly string[] | undefined; docker: boolean };

/** Where in the decoded stream a reader begins: at the first byte of a line. */
export type ReadStart = { offset: number; line: number };

export type ReaderOptions = {
  /** Bytes of one record; a longer one is malformed. */
  recordLimit: number;
  /** Bytes looked at before the layout and the source are decided. */
  sniffBytes?: number;
  /** Memory to read into: the kernel scans nothing else fast. A record that does not fit moves to memory of its own. */
  block?: Buffer | undefined;
  /**
   * To go on in the middle of a file, or at its beginning without a look at it: `begin` is then not called. `text`: of a file of
   * text, a reader that knows what was before.
   */
  resume?: ReadStart & { head: ReadHead; text?: TextReader };
  /** Formats of text that a file which is no JSON may have; without them its lines are malformed. */
  texts?: TextLogs | undefined;
};

/** What the reader drives. `scan` moves the cursor; `record` says that the scanned bytes are a record. */
export interface RecordSink {
  /**
   * Called once, before the first record, with the first documents of the file and the records in them.
   * Returns the keys under which the file's documents wrap their records, if they do.
   * `text`: the format of a file of text; the documents are then what its first lines say, which are `lines`.
   */
  begin(
    documents: readonly JsonValue[],
    text?: TextFormat,
    lines?: readonly string[],
  ): readonly string[] | undefined;
  /** @throws {JsonSyntaxError} */
  scan(bytes: Uint8Array, start: number, end: number): number;
  /** `lines`: how many the record takes, of a file of text; what is scanned then does not stand there as such. */
  record(line: number, offset: number, length: number, lines?: number): void;
  /**
   * The fast road: scans the one object of the line that begins at `start` and returns the index of the newline behind
   * it, or -1 where anything is unusual; then nothing happened. `scannedStart` and `scannedEnd` bound the object.
   */
  scanLine?(bytes: Uint8Array, start: number, end: number): number;
  readonly scannedStart?: number;
  readonly scannedEnd?: number;
  /** A stretch that means to be a record and is none, or with `unknownForm` one that nobody understands, and which is framing. */
  malformed(stretch: Malformed): void;
  /** A member beside the wrapper's records that could hold more of them. */
  beside?(member: BesideMember): void;
}

/** A member of a wrapper that is in no record. `isAgain`: the member with the records, a second time, whose records were read. */
export type BesideMember = { key: string; line: number; offset: number; length: number; isAgain?: true };

/** `lines`: a document never crosses a line. `values`: documents follow one another, over as many lines as they need. */
export type Layout = 'lines' | 'values';

/** How a file turned out: enough for the tie-out. */
export type ReadTally = {
  bytes: number;
  recordBytes: number;
  malformedBytes: number;
  /** White space, commas, brackets and wrappers; of text also lines that are no records. */
  framingBytes: number;
  /** Whether reading gave up before the end. */
  cutShort: boolean;
  /** Whether some array or wrapper was entered: a file without records may say "none" by `[]`. */
  sawArray: boolean;
  /** Of a server's log: the host that it says the server runs on. */
  server?: string;
  /** Time that the log lacks by what it says itself. */
  lost?: LostTime[];
};

/** What bytes are driven through; `room` and `filled` as `RecordReader` has them. */
export type ByteReader = Pick<RecordReader, 'push' | 'room' | 'filled' | 'finish'>;

/** Where the machine stands inside a document: `open` expects a value, `after` a comma or the closing bracket. */
type Level = {
  kind: 'array' | 'wrapper';
  state: 'open' | 'value' | 'after';
  depth: number;
  /** Of a wrapper: whether its way to the records was gone already. */
  wasEntered?: boolean;
};

/** What PowerShell writes with `>`: a person is told at once, rather than sent to look at bytes. */
const UTF_16 = { expected: 'UTF-8', found: 'UTF-16 (convert the file: iconv -f UTF-16 -t UTF-8)' };

export class RecordReader {
  private readonly sink: RecordSink;
  private readonly limit: number;
  private readonly sniffBytes: number;
  /** Bytes that must be there before the beginning is looked at. */
  private neededBytes: number;
  private block: Buffer | undefined;
  private readonly texts: TextLogs | undefined;
  /** Of a file of text: what its lines go through. */
  private text: TextRecords | undefined;
  private buffer: Buffer;
  /** [start, end) of the buffer is unread. */
  private start = 0;
  private end = 0;
  /** Offset in the decoded stream of the buffer's first byte. */
  private base = 0;
  private final = false;

  private layout: Layout | undefined;
  private wrapper: readonly string[] | undefined;
  private docker = false;
  private levels: Level[] = [];

  /** `lineAt` is the number of the line that holds buffer index `lineFrom`. */
  private lineNumber = 1;
  private lineFrom = 0;
  /** Newlines before this index of the buffer were counted: a line of a thousand records is not searched a thousand times. */
  private searchedTo = 0;

  /** Everything before this offset of the stream is accounted for. */
  private accounted = 0;
  private firstByte = 0;
  private recordBytes = 0;
  private malformedBytes = 0;
  private framingBytes = 0;
  private cutShort = false;
  private sawArray = false;

  constructor(
    sink: RecordSink,
    { recordLimit, sniffBytes = SNIFF_BYTES, block, resume, texts }: ReaderOptions,
  ) {
    this.sink = sink;
    this.limit = recordLimit;
    this.sniffBytes = sniffBytes;
    this.neededBytes = sniffBytes;
    this.block = block;
    this.texts = texts;
    this.buffer = block ?? Buffer.alloc(0);
    if (resume === undefined) return;
    this.base = resume.offset;
    this.accounted = resume.offset;
    this.lineNumber = resume.line;
    this.firstByte = resume.offset;
    Object.assign(this, resume.head);
    if (resume.text !== undefined) this.readText(resume.text);
  }

  /** What was decided about the file; undefined until enough of it was seen. */
  get head(): ReadHead | undefined {
    const { layout, wrapper, docker } = this;
    return layout === undefined ? undefined : { layout, wrapper, docker };
  }

  /**
   * A stretch of the stream as it was read, while the sink is told of it as a record or as malformed; undefined for one
   * too long to be kept. The bytes change with the next block.
   */
  bytesAt(offset: number, length: number): Uint8Array | undefined {
    const start = offset - this.base;
    return start < 0 || start + length > this.end ? undefined : this.buffer.subarray(start, start + length);
  }

  push(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length; ) {
      const room = this.room();
      const part = chunk.subarray(from, from + room.length);
      room.set(part);
      from += part.length;
      this.filled(part.length);
    }
  }

  /** Memory for the next bytes, at most FILL_BYTES: to be followed by `filled`. */
  room(): Buffer {
    this.makeRoom(FILL_BYTES);
    return this.buffer.subarray(this.end, this.end + FILL_BYTES);
  }

  /** Says that the first `bytes` of the last `room` are the next ones of the input, and reads on. */
  filled(bytes: number): void {
    this.end += bytes;
    this.advance();
  }

  /** The end of the input: reads what is left and closes the books. */
  finish(): ReadTally {
    this.final = true;
    this.advance();
    this.text?.finish();
    const end = this.base + this.end;
    this.account(end, end, 'framing');
    const { server, lost = [] } = this.text ?? {};
    return {
      ...(server !== undefined && { server }),
      ...(lost.length > 0 && { lost: [...lost] }),
      bytes: end - this.firstByte,
      recordBytes: this.recordBytes,
      malformedBytes: this.malformedBytes,
      framingBytes: this.framingBytes,
      cutShort: this.cutShort,
      sawArray: this.sawArray,
    };
  }

  private makeRoom(bytes: number): void {
    if (this.start > 0) {
      this.countLines(this.start);
      this.buffer.copyWithin(0, this.start, this.end);
      this.base += this.start;
      this.lineFrom -= this.start;
      this.searchedTo = 0;
      this.retryAt -= this.start;
      this.end -= this.start;
      this.start = 0;
    }
    if (this.block !== undefined && this.buffer !== this.block && this.end + bytes <= this.block.length) {
      this.buffer.copy(this.block, 0, 0, this.end);
      this.buffer = this.block;
    }
    if (this.buffer.length - this.end < bytes) {
      // Not filled with zeros, which takes longer than reading a small file: nothing beyond `end` is ever looked at.
      const larger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.end + bytes));
      this.buffer.copy(larger, 0, 0, this.end);
      this.buffer = larger;
    }
  }

  private advance(): void {
    if (this.layout === undefined) {
      if (!this.final && this.end - this.start < this.neededBytes) return;
      this.sniff();
    }
    if (this.layout === 'lines') this.advanceLines();
    else if (this.layout === 'values') this.advanceValues();
  }

  // Layout

  private sniff(): void {
    const { buffer, sniffBytes } = this;
    this.skipByteOrderMark();
    const first = skipWhitespace(buffer, this.start, this.end);
    if (!this.final && this.end - first < sniffBytes) {
      // White space without end must neither be kept nor be looked at again with every block.
      if (first - this.start >= sniffBytes) this.dropUntil(first);
      return;
    }
    const window = Math.min(this.end, first + sniffBytes);
    const layout = first >= this.end ? 'lines' : this.chooseLayout(first, window);
    this.layout = layout;
    const documents = this.sample(first, window);
    if (this.texts !== undefined && first < this.end && layout === 'lines' && isNoJson(documents)) {
      if (this.sniffText(this.texts, first, window)) return;
    }
    this.wrapper = this.sink.begin(documents);
  }

  /** Whether the file is of a text format, or will be looked at again once more of it is at hand. */
  private sniffText({ formats, file, options }: TextLogs, first: number, window: number): boolean {
    const { buffer, start } = this;
    // The blanks before the first word belong to its line.
    const from = Math.max(start, buffer.subarray(0, first).lastIndexOf(NEWLINE) + 1);
    const head = headLines(buffer, from, window, this.final && window === this.end);
    const format = formats.find((each) => each.recognizes(head, file));
    if (format === undefined) return false;
    const isMore = format.wantsMore?.(head) === true;
    const longer = Math.min(this.end, first + TEXT_HEAD_BYTES);
    if (isMore && !this.final && longer - first < TEXT_HEAD_BYTES) {
      this.layout = undefined;
      this.neededBytes = first - start + TEXT_HEAD_BYTES;
      return true;
    }
    const known = isMore ? headLines(buffer, from, longer, this.final && longer === this.end) : head;
    this.sink.begin(sampleRecords(format, known, options, SAMPLE_RECORDS), format, known);
    this.readText(format.start(known, options));
    return true;
  }

  private readText(reader: TextReader): void {
    this.text = new TextRecords(reader, this.textBooks(), this.limit, this.block);
    // The block is where records are written from now on: what is read lies elsewhere.
    this.buffer = Buffer.from(this.buffer.subarray(0, this.end));
    this.block = undefined;
  }

  private textBooks(): TextBooks {
    const { sink } = this;
    return {
      scanText(json, length) {
        if (sink.scan(json, 0, length) !== length) throw new Error('a record of text is not one JSON value');
      },
      textRecord: (line, start, end, lines) => {
        this.account(start, end, 'record');
        sink.record(line, start, end - start, lines);
      },
      textMalformed: (line, start, end, expected, found) => {
        this.account(start, end, 'malformed');
        sink.malformed({
          line,
          offset: start,
          length: end - start,
          at: start,
          expected,
          found,
          truncated: false,
        });
      },
      textUnknown: (line, start, end, unknownForm) => {
        const [expected, found] = ['', ''];
        const length = end - start;
        sink.malformed({
          line,
          offset: start,
          length,
          at: start,
          expected,
          found,
          truncated: false,
          unknownForm,
        });
      },
    };
  }

  private skipByteOrderMark(): void {
    const { buffer, start } = this;
    if (this.base === 0 && start === 0 && this.end >= 3 && buffer.readUIntBE(0, 3) === 0xefbbbf)
      this.start = 3;
  }

  private dropUntil(index: number): void {
    this.countLines(index);
    this.start = index;
  }

  private chooseLayout(first: number, window: number): Layout {
    const { buffer } = this;
    const lineEnd = indexOrEnd(buffer, first, window);
    try {
      const { end } = parseJsonAt(buffer, first, window);
      return end > lineEnd ? 'values' : 'lines';
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      const opens = buffer[first] === OPEN_BRACE || buffer[first] === OPEN_BRACKET;
      if (!opens || someLineParses(buffer, lineEnd + 1, window)) return 'lines';
      return error.at > lineEnd || (lineEnd >= window && !this.final) ? 'values' : 'lines';
    }
  }

  /** The first documents; of the last one only what is complete. */
  private sample(first: number, window: number): JsonValue[] {
    const { buffer } = this;
    const documents: JsonValue[] = [];
    let at = first;
    while (at < window && documents.length < SAMPLE_RECORDS) {
      const limit = this.layout === 'lines' ? indexOrEnd(buffer, at, window) : window;
      try {
        const { value, end } = parseJsonAt(buffer, at, limit);
        documents.push(value);
        at = end;
      } catch (error) {
        if (!(error instanceof JsonSyntaxError)) throw error;
        const prefix = completePrefix(buffer, at, limit);
        if (prefix !== undefined) documents.push(prefix);
        if (this.layout === 'values') break;
        at = limit;
      }
      at = skipWhitespace(buffer, at, window);
    }
    const unwrapped = documents.map((document) => unwrapDocker(document));
    this.docker =
      documents.length > 0 && this.layout === 'lines' && unwrapped.every((inner) => inner !== undefined);
    return this.docker ? unwrapped.flatMap((inner) => parseQuietly(inner!)) : documents;
  }

  // Lines

  private advanceLines(): void {
    if (this.base === 0 && this.lineNumber === 1) this.skipByteOrderMark();
    for (;;) {
      if (this.text === undefined) this.plainLines();
      else this.textLines(this.text);
      const { buffer } = this;
      let lineEnd = newlineIn(buffer, this.start, this.end);
      if (lineEnd < 0) {
        if (!this.final) {
          this.watchLength();
          return;
        }
        if (this.start >= this.end) return;
        lineEnd = this.end;
      }
      if (this.skippingLine) this.endLongLine(lineEnd);
      else this.line(this.start, lineEnd);
      this.start = Math.min(lineEnd + 1, this.end);
      this.lineNumber++;
      this.lineFrom = this.start;
      if (lineEnd >= this.end) return;
    }
  }

  /** Lines of one object each, as long as the fast road takes them: nearly all lines of nearly all logs. */
  private plainLines(): void {
    const { sink, buffer, end } = this;
    if (sink.scanLine === undefined || buffer !== this.block || this.docker || this.skippingLine) return;
    // Some lines of a file with a wrapper are wrappers.
    if (this.wrapper !== undefined) return;
    for (;;) {
      const newline = sink.scanLine(buffer, this.start, end);
      if (newline < 0) return;
      const from = sink.scannedStart!;
      const length = sink.scannedEnd! - from;
      if (length > this.limit) return;
      const offset = this.base + from;
      this.framingBytes += offset - this.accounted;
      this.recordBytes += length;
      this.accounted = offset + length;
      sink.record(this.lineNumber, offset, length);
      this.start = newline + 1;
      this.lineNumber++;
      this.lineFrom = this.start;
    }
  }

  /** Lines of text, as many at once as have ended. */
  private textLines(text: TextRecords): void {
    if (this.skippingLine) return;
    while (text.chunk(this.buffer, this.start, this.end, this.base, this.lineNumber)) {
      this.start = text.next;
      this.lineNumber += text.lines;
      this.lineFrom = this.start;
    }
  }

  private line(from: number, lineEnd: number): void {
    const { buffer } = this;
    const start = skipWhitespace(buffer, from, lineEnd);
    let end = lineEnd;
    while (end > start && isWhitespace(buffer[end - 1])) end--;
    const { text } = this;
    if (start === end && text === undefined) return;
    if (end - start > this.limit || lineEnd - start > this.longestLine)
      return void this.tooLong(start, lineEnd);
    if (text !== undefined) return void text.line(buffer, from, lineEnd, this.base, this.lineNumber);
    if (this.docker) return void this.dockerLine(start, end);
    try {
      this.documents(start, end);
    } catch (error) {
      this.reportMalformed(error, Math.max(start, this.accounted - this.base), end);
    }
  }

  /** Reads the documents of one line: one, or objects that follow one another. Half a line is no record (`17:02:45 started`). */
  private documents(start: number, end: number): void {
    const { buffer, sink } = this;
    let at = start;
    for (;;) {
      if (buffer[at] === OPEN_BRACKET || (buffer[at] === OPEN_BRACE && this.isWrapped(at, end))) {
        // `[2026-03-02 17:02:45] started` is no array: one that does not begin with an object must be whole to count.
        const inner = skipWhitespace(buffer, at + 1, end);
        if (buffer[at] === OPEN_BRACKET && (inner >= end || buffer[inner] !== OPEN_BRACE))
          this.wholeArray(at, end);
        at = this.lineDocument(at, end);
      } else {
        const after = sink.scan(buffer, at, end);
        const next = skipWhitespace(buffer, after, end);
        const goesOn = buffer[at] === OPEN_BRACE && buffer[next] === OPEN_BRACE;
        if (next < end && !goesOn) throw syntaxError(buffer, next, end, 'the end of the line');
        this.emit(at, after);
        at = next;
      }
      if (at >= end) return;
    }
  }

  /** @throws {JsonSyntaxError} where the line is not an array, or goes on behind it with anything but an object */
  private wholeArray(start: number, end: number): void {
    const next = skipWhitespace(this.buffer, parseJsonAt(this.buffer, start, end).end, end);
    if (next < end && this.buffer[next] !== OPEN_BRACE)
      throw syntaxError(this.buffer, next, end, 'the end of the line');
  }

  /** An array or a wrapper on one line, through the machine for values. */
  private lineDocument(start: number, end: number): number {
    const outer = { start: this.start, end: this.end, final: this.final };
    this.start = start;
    this.end = end;
    this.final = true;
    try {
      this.document();
      const next = skipWhitespace(this.buffer, this.start, end);
      if (next < end && this.buffer[next] !== OPEN_BRACE)
        throw syntaxError(this.buffer, next, end, 'the end of the line');
      return next;
    } finally {
      this.levels = [];
      Object.assign(this, outer);
    }
  }

  private dockerLine(start: number, end: number): void {
    const inner = dockerText(this.buffer, start, end);
    const bytes = inner === undefined ? undefined : Buffer.from(inner.trimEnd());
    try {
      if (bytes === undefined)
        throw syntaxError(this.buffer, start, end, 'a line wrapped by Docker ("log", "stream", "time")');
      if (bytes.length === 0) return;
      const after = skipWhitespace(bytes, this.sink.scan(bytes, 0, bytes.length), bytes.length);
      if (after < bytes.length)
        throw syntaxError(bytes, after, bytes.length, 'the end of the wrapped record');
    } catch (error) {
      // A position in the text inside says nothing of the line around it.
      return void this.reportMalformed(error, start, end, start);
    }
    this.emit(start, end);
  }

  private skippingLine = false;
  private longLineStart = 0;

  /** Blanks around a record do not count against its limit, but no line is held that is longer than this. */
  private get longestLine(): number {
    return 2 * this.limit;
  }

  /** Of a line whose end is not in sight: whether it is too long already, as it would be if all of it were at hand. */
  private watchLength(): void {
    if (this.skippingLine) {
      this.skipLongLine();
      return;
    }
    // Leading blanks are framing, however many.
    this.start = skipWhitespace(this.buffer, this.start, this.end);
    if (this.end - this.start <= this.limit) return;
    let last = this.end;
    while (isWhitespace(this.buffer[last - 1])) last--;
    if (last - this.start > this.limit || this.end - this.start > this.longestLine) this.skipLongLine();
  }

  /** A line beyond the limit: drop what is buffered, remember where it began, go on to its newline. */
  private skipLongLine(): void {
    if (!this.skippingLine) {
      this.skippingLine = true;
      this.longLineStart = this.base + this.start;
    }
    this.start = this.end;
  }

  private endLongLine(lineEnd: number): void {
    this.skippingLine = false;
    this.text?.interrupt();
    this.malformed(
      this.longLineStart,
      this.base + lineEnd,
      this.longLineStart,
      `a record of at most ${this.limit} bytes`,
    );
  }

  private tooLong(start: number, end: number): void {
    this.text?.interrupt();
    this.malformed(
      this.base + start,
      this.base + end,
      this.base + start,
      `a record of at most ${this.limit} bytes`,
    );
  }

  // Values

  /** Buffer index to fill up to before an incomplete record is scanned again: doubling keeps long records linear. */
  private retryAt = 0;

  private advanceValues(): void {
    if (!this.final && this.end < this.retryAt) return;
    this.retryAt = 0;
    for (;;) {
      const before = this.start;
      try {
        if (this.levels.length === 0) {
          this.start = skipWhitespace(this.buffer, this.start, this.end);
          if (this.start >= this.end) return;
          this.betweenDocuments();
        }
        this.document();
      } catch (error) {
        if (!(error instanceof JsonSyntaxError)) throw error;
        if (!this.final && error.at >= this.end - LONGEST_SPLIT && this.end - this.start <= this.limit) {
          this.retryAt = this.end + (this.end - this.start);
          return;
        }
        if (!this.recover(error)) return;
      }
      if (this.start === before && this.levels.length === 0 && this.start >= this.end) return;
    }
  }

  private documentsSeen = 0;
  private lastDocumentLine = 0;

  /** Objects may follow one another directly; anything else needs a line of its own. */
  private betweenDocuments(): void {
    const line = this.lineOf(this.start);
    if (
      this.documentsSeen > 0 &&
      line === this.lastDocumentLine &&
      !(this.lastWasObject && this.buffer[this.start] === OPEN_BRACE)
    ) {
      throw syntaxError(this.buffer, this.start, this.end, 'the end of the line');
    }
    this.documentsSeen++;
  }

  private lastWasObject = false;

  /** Goes on with the document at `start`, or with the one the machine is in, to its end. */
  private document(): void {
    const { buffer } = this;
    if (this.levels.length === 0) {
      const byte = buffer[this.start];
      this.lastWasObject = byte === OPEN_BRACE;
      if (byte === OPEN_BRACKET) this.enter('array', 0);
      else if (byte === OPEN_BRACE && this.isWrapped(this.start, this.end)) this.enter('wrapper', 0);
      else {
        this.oneRecord();
        this.endDocument();
        return;
      }
    }
    while (this.levels.length > 0) {
      const level = this.levels.at(-1)!;
      if (level.kind === 'array') this.inArray(level);
      else this.inWrapper(level);
    }
    this.endDocument();
  }

  private endDocument(): void {
    this.lastDocumentLine = this.lineOf(this.start);
  }

  /** Whether the object at `start` has the wrapper's array; else it is a record like any other. */
  private isWrapped(start: number, end: number): boolean {
    if (this.wrapper === undefined) return false;
    let value: JsonValue | undefined = completePrefix(this.buffer, start, end);
    for (const key of this.wrapper) value = value instanceof JsonObject ? value.get(key) : undefined;
    return value instanceof JsonArray;
  }

  private enter(kind: 'array' | 'wrapper', depth: number): void {
    this.levels.push({ kind, state: 'open', depth });
    this.sawArray = true;
    this.start++;
  }

  private inArray(level: Level): void {
    const byte = this.peek(level.state === 'after' ? '"," or "]"' : 'a value');
    if (byte === CLOSE_BRACKET && level.state !== 'value') return void this.leave();
    if (level.state === 'after') {
      if (byte !== COMMA) throw syntaxError(this.buffer, this.start, this.end, '"," or "]"');
      this.start++;
      level.state = 'value';
      return;
    }
    this.oneRecord();
    level.state = 'after';
  }

  /** Members of a wrapper: the one on the way to the records is entered, the others are stepped over. */
  private inWrapper(level: Level): void {
    const { buffer } = this;
    const byte = this.peek(level.state === 'after' ? '"," or "}"' : 'a key in quotes');
    if (byte === CLOSE_BRACE && level.state !== 'value') return void this.leave();
    if (level.state === 'after') {
      if (byte !== COMMA) throw syntaxError(buffer, this.start, this.end, '"," or "}"');
      this.start++;
      level.state = 'value';
      return;
    }
    if (byte !== QUOTE) throw syntaxError(buffer, this.start, this.end, 'a key in quotes');
    const keyEnd = scanString(buffer, this.start, this.end);
    const colon = skipWhitespace(buffer, keyEnd, this.end);
    if (buffer[colon] !== COLON || colon >= this.end) throw syntaxError(buffer, colon, this.end, '":"');
    const value = skipWhitespace(buffer, colon + 1, this.end);
    if (value >= this.end) throw syntaxError(buffer, value, this.end, 'a value');
    const wanted = decodeString(buffer, this.start + 1, keyEnd - 1) === this.wrapper![level.depth];
    const last = level.depth === this.wrapper!.length - 1;
    if (wanted && buffer[value] === (last ? OPEN_BRACKET : OPEN_BRACE)) {
      if (level.wasEntered === true) {
        const offset = this.base + this.start;
        const key = decodeString(buffer, this.start + 1, keyEnd - 1);
        const line = this.lineOf(this.start);
        this.sink.beside?.({ key, line, offset, length: keyEnd - this.start, isAgain: true });
      }
      level.wasEntered = true;
      this.start = value;
      level.state = 'after';
      this.enter(last ? 'array' : 'wrapper', level.depth + 1);
      return;
    }
    const { value: beside, end } = parseJsonAt(buffer, value, this.end);
    if (end >= this.end && !this.final) throw syntaxError(buffer, this.end, this.end, '"," or "}"');
    const key = decodeString(buffer, this.start + 1, keyEnd - 1);
    if (mayHoldRecords(key, beside, end - value)) {
      const offset = this.base + this.start;
      this.sink.beside?.({ key, line: this.lineOf(this.start), offset, length: end - this.start });
    }
    this.start = end;
    level.state = 'after';
  }

  private leave(): void {
    this.start++;
    this.levels.pop();
  }

  /** The next byte that is not white space. */
  private peek(expected: string): number {
    this.start = skipWhitespace(this.buffer, this.start, this.end);
    if (this.start >= this.end) throw syntaxError(this.buffer, this.start, this.end, expected);
    return this.buffer[this.start]!;
  }

  private oneRecord(): void {
    const start = this.start;
    const end = this.sink.scan(this.buffer, start, this.end);
    // A number that touches the end of the block may go on in the next.
    if (end === this.end && !this.final && this.buffer[start] !== OPEN_BRACE) {
      throw syntaxError(this.buffer, this.end, this.end, 'more input');
    }
    if (end - start > this.limit) this.tooLong(start, end);
    else this.emit(start, end);
    this.start = end;
  }

  /**
   * After a syntax error among values: goes on at the next line that could begin a record, at most as indented as the
   * failed one. False when the input must be read further first.
   */
  private recover(error: JsonSyntaxError): boolean {
    const { buffer } = this;
    const failed = this.start;
    const indent = this.indentOf(failed);
    const inArray = this.levels.at(-1)?.kind === 'array';
    for (let newline = this.nextNewline(error.at); newline >= 0; newline = this.nextNewline(newline + 1)) {
      const start = skipBlanks(buffer, newline + 1, this.end);
      const byte = buffer[start];
      const opens = byte === OPEN_BRACE || (!inArray && byte === OPEN_BRACKET);
      if (start < this.end && opens && start - newline - 1 <= indent) {
        this.reportMalformed(error, failed, newline);
        this.start = start;
        this.lastDocumentLine = 0;
        if (this.levels.length > 0) this.levels.at(-1)!.state = 'value';
        return true;
      }
    }
    if (!this.final && this.end - failed <= this.limit) return false;
    this.reportMalformed(error, failed, this.end);
    this.start = this.end;
    this.cutShort = true;
    this.levels = [];
    this.layout = 'lines';
    return false;
  }

  private nextNewline(from: number): number {
    return newlineIn(this.buffer, from, this.end);
  }

  /** Of the line's first byte the buffer may know no more than where it was. */
  private indentOf(index: number): number {
    this.countLines(index);
    return index - this.lineFrom;
  }

  // Accounting

  private emit(start: number, end: number): void {
    this.account(this.base + start, this.base + end, 'record');
    this.sink.record(this.lineOf(start), this.base + start, end - start);
  }

  private reportMalformed(error: unknown, start: number, end: number, place?: number): void {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const index = place ?? error.at;
    const at = index <= end && index >= start ? this.base + index : this.base + start;
    const truncated = this.layout === 'values' && this.final && error.at >= this.end;
    const { expected, found } = this.beginsLikeUtf16(start) ? UTF_16 : error;
    this.malformed(this.base + start, this.base + end, at, expected, found, truncated);
  }

  private beginsLikeUtf16(start: number): boolean {
    if (this.base + start > 0 || this.end < 2) return false;
    const mark = this.buffer.readUInt16BE(start);
    return mark === 0xfffe || mark === 0xfeff;
  }

  private malformed(
    start: number,
    end: number,
    at: number,
    expected: string,
    found?: string,
    truncated = false,
  ): void {
    this.account(start, end, 'malformed');
    const line = start >= this.base ? this.lineOf(start - this.base) : this.lineNumber;
    const length = end - start;
    const from = start - this.base;
    // Of what is too long nothing is shown: whether it is still at hand depends on the blocks.
    const excerpt =
      from < 0 || length === 0 || found === undefined
        ? undefined
        : this.excerptOf(from, end - this.base, at - this.base);
    const stretch = {
      line,
      offset: start,
      length,
      at,
      expected,
      found: found ?? `${length} bytes`,
      truncated,
    };
    const binary = start === 0 && excerpt !== undefined ? this.binaryAt(end) : undefined;
    this.sink.malformed({
      ...stretch,
      ...(binary !== undefined && { binary }),
      ...(excerpt !== undefined && { excerpt }),
    });
  }

  /** Of a file whose first line, up to `end`, is no record. */
  private binaryAt(end: number): string | undefined {
    if (this.beginsLikeUtf16(0)) return undefined;
    return binaryForm(this.buffer.subarray(0, Math.min(end - this.base, BINARY_HEAD_BYTES)));
  }

  private excerptOf(start: number, end: number, at: number): Excerpt {
    return excerptAt(this.buffer.subarray(start, end), at - start, Math.min(at - start + 1, end - start));
  }

  /** Conservation: stretches never overlap, and what lies between them is framing. */
  private account(start: number, end: number, kind: 'record' | 'malformed' | 'framing'): void {
    if (start < this.accounted)
      throw new Error(`bytes ${start} to ${this.accounted} were accounted for twice`);
    this.framingBytes += start - this.accounted;
    if (kind === 'record') this.recordBytes += end - start;
    if (kind === 'malformed') this.malformedBytes += end - start;
    this.accounted = end;
  }

  private lineOf(index: number): number {
    this.countLines(index);
    return this.lineNumber;
  }

  private countLines(index: number): void {
    if (this.layout === 'lines') return;
    // The line may have begun before the buffer, and a negative index would count from the buffer's end.
    const from = Math.max(this.lineFrom, this.searchedTo);
    if (from >= index) return;
    const view = this.buffer.subarray(0, index);
    for (
      let newline = view.indexOf(NEWLINE, from);
      newline >= 0;
      newline = view.indexOf(NEWLINE, this.lineFrom)
    ) {
      this.lineNumber++;
      this.lineFrom = newline + 1;
    }
    this.searchedTo = index;
  }
}

function indexOrEnd(buffer: Buffer, from: number, end: number): number {
  const index = newlineIn(buffer, from, end);
  return index < 0 ? end : index;
}

/** -1 where there is none. Sought in a view: behind `end` lie up to 8 MB, and to search them took 100 ns for each record (measured). */
function newlineIn(buffer: Buffer, from: number, end: number): number {
  const index = from < end ? buffer.subarray(from, end).indexOf(NEWLINE) : -1;
  return index < 0 ? -1 : from + index;
}

function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  let index = at;
  while (index < end && (bytes[index] === 0x20 || bytes[index] === 0x09)) index++;
  return index;
}

/** Whether one of the next 20 lines is a JSON object or array by itself. */
function someLineParses(buffer: Buffer, from: number, window: number): boolean {
  let at = from;
  for (let lines = 0; lines < SAMPLE_RECORDS && at < window; lines++) {
    const lineEnd = indexOrEnd(buffer, at, window);
    const start = skipWhitespace(buffer, at, lineEnd);
    if (buffer[start] === OPEN_BRACE && isWhole(buffer, start, lineEnd)) return true;
    at = lineEnd + 1;
  }
  return false;
}

function isWhole(buffer: Buffer, start: number, end: number): boolean {
  try {
    const { end: after } = parseJsonAt(buffer, start, end);
    return skipWhitespace(buffer, after, end) >= end;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

function dockerText(buffer: Buffer, start: number, end: number): string | undefined {
  const document = parseQuietly(buffer.subarray(start, end))[0];
  return document === undefined ? undefined : unwrapDocker(document);
}

function parseQuietly(text: string | Uint8Array): JsonValue[] {
  const bytes = Buffer.from(text);
  try {
    return [parseJsonAt(bytes, 0, bytes.length).value];
  } catch (error) {
    if (error instanceof JsonSyntaxError) return [];
    throw error;
  }
}
