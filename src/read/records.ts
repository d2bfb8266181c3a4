/**
 * Records out of bytes, which come in blocks of any size: the records, malformed stretches and their places do not depend on the
 * blocks. The beginning of a file decides how the rest of it is read: by lines, by values, or as text.
 */
import { NEWLINE, skipWhitespace } from '../base/lexical.ts';
import type { TextFormat, TextReader } from '../model/text-format.ts';
import { lookAtHead, SAMPLE_RECORDS } from './head-layout.ts';
import { LineRecords } from './line-records.ts';
import { ReadWindow } from './read-window.ts';
import { RecordBooks } from './record-books.ts';
import type { ReaderOptions, ReadHead, ReadTally, RecordSink } from './record-sink.ts';
import { textBooks } from './text-books.ts';
import { headLines, isNoJson, sampleRecords } from './text-head.ts';
import { TEXT_HEAD_BYTES, type TextLogs, TextRecords } from './text-records.ts';
import { ValueRecords } from './value-records.ts';
import { type TextTaker, WrittenLines } from './written-lines.ts';

/** Bytes looked at before the layout and the source are decided. */
const SNIFF_BYTES = 256 * 1024;

/** What bytes are driven through; `room` and `filled` as `RecordReader` has them. */
export type ByteReader = Pick<RecordReader, 'push' | 'room' | 'filled' | 'finish'>;

/** What reads on once the beginning was seen. */
type Reading = {
  values: ValueRecords;
  lines: LineRecords;
  text: TextTaker | undefined;
};

export class RecordReader {
  private readonly sink: RecordSink;
  private readonly sniffBytes: number;
  /** Bytes that must be there before the beginning is looked at. */
  private neededBytes: number;
  private readonly texts: TextLogs | undefined;
  private readonly goesOn: boolean;
  private readonly window: ReadWindow;
  private readonly books: RecordBooks;
  private reading: Reading | undefined;
  /** What the beginning of the file decided; undefined until enough of it was seen. Its wrapper is known when `begin` was called. */
  head: ReadHead | undefined;

  constructor(
    sink: RecordSink,
    { recordLimit, sniffBytes = SNIFF_BYTES, block, resume, texts, goesOn = false }: ReaderOptions,
  ) {
    this.sink = sink;
    this.sniffBytes = sniffBytes;
    this.neededBytes = sniffBytes;
    this.texts = texts;
    this.goesOn = goesOn;
    this.window = new ReadWindow(block, resume);
    this.books = new RecordBooks(sink, recordLimit, this.window);
    if (resume !== undefined) this.begin(resume.head, resume.text, resume.begun);
  }

  /**
   * A stretch of the stream as it was read, while the sink is told of it as a record or as malformed; undefined for one
   * too long to be kept. The bytes change with the next block.
   */
  bytesAt(offset: number, length: number): Uint8Array | undefined {
    return this.window.bytesAt(offset, length);
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
    return this.window.room();
  }

  /** Says that the first `bytes` of the last `room` are the next ones of the input, and reads on. */
  filled(bytes: number): void {
    this.window.end += bytes;
    this.advance();
  }

  /** At the end of a file whose text goes on in another: lines of a record that does, too. */
  get openLines(): number {
    return this.reading?.text?.openLines ?? 0;
  }

  /** The end of the input: reads what is left and closes the books. */
  finish(): ReadTally {
    this.window.final = true;
    this.advance();
    const { text, values } = this.reading!;
    if (!this.goesOn) text?.finish();
    const { server, lost = [] } = text ?? {};
    return {
      ...(server !== undefined && { server }),
      ...(lost.length > 0 && { lost: [...lost] }),
      ...this.books.close(),
      cutShort: values.cutShort,
      sawArray: values.sawArray,
    };
  }

  private advance(): void {
    const { window } = this;
    if (this.reading === undefined) {
      if (!window.final && window.end - window.start < this.neededBytes) return;
      this.sniff();
    }
    if (this.reading === undefined) return;
    if (window.isByLines) this.reading.lines.advance();
    else this.reading.values.advance();
  }

  private sniff(): void {
    const { window, sniffBytes } = this;
    window.skipByteOrderMark();
    const first = skipWhitespace(window.buffer, window.start, window.end);
    if (!window.final && window.end - first < sniffBytes) {
      // White space without end must neither be kept nor be looked at again with every block.
      if (first - window.start >= sniffBytes) window.dropUntil(first);
      return;
    }
    const end = Math.min(window.end, first + sniffBytes);
    const { layout, documents, docker } = lookAtHead(window.buffer, first, end, window.final);
    if (this.texts !== undefined && first < window.end && layout === 'lines' && isNoJson(documents)) {
      if (this.sniffText(this.texts, first, end)) return;
    }
    this.head = { layout, wrapper: undefined, docker };
    const wrapper = this.sink.begin(documents);
    this.begin({ layout, wrapper, docker });
  }

  /** Whether the file is of a text format, or will be looked at again once more of it is at hand. */
  private sniffText({ formats, file, options }: TextLogs, first: number, sniffed: number): boolean {
    const { buffer, start, end, final } = this.window;
    // The blanks before the first word belong to its line.
    const from = Math.max(start, buffer.subarray(0, first).lastIndexOf(NEWLINE) + 1);
    const head = headLines(buffer, from, sniffed, final && sniffed === end);
    const format = formats.find((each) => each.recognizes(head, file));
    if (format === undefined) return false;
    const isMore = format.wantsMore?.(head) === true;
    const longer = Math.min(end, first + TEXT_HEAD_BYTES);
    if (isMore && !final && longer - first < TEXT_HEAD_BYTES) {
      this.neededBytes = first - start + TEXT_HEAD_BYTES;
      return true;
    }
    const known = isMore ? headLines(buffer, from, longer, final && longer === end) : head;
    this.head = { layout: 'lines', wrapper: undefined, docker: false };
    this.sink.begin(sampleRecords(format, known, options, SAMPLE_RECORDS), format, known);
    this.begin(this.head, format.start(known, options), 0, format);
    return true;
  }

  /** `text`: what makes records of the lines of a file of text; `begun` as in `resume`. */
  private begin(head: ReadHead, text?: TextReader, begun?: number, format?: TextFormat): void {
    const { window, books } = this;
    const { layout, wrapper, docker } = head;
    this.head = head;
    window.isByLines = layout === 'lines';
    const records = text && this.textTaker(text, begun, format);
    const values = new ValueRecords(window, books, wrapper);
    const forms = { isWrapped: wrapper !== undefined, docker, text: records };
    const lines = new LineRecords(window, books, values, forms);
    this.reading = { values, lines, text: records };
  }

  private textTaker(text: TextReader, begun: number | undefined, format: TextFormat | undefined): TextTaker {
    const { sink, window, books } = this;
    if (sink.textLine !== undefined && format !== undefined)
      return new WrittenLines(window, books, format, text);
    // The block is where records of text are written: what is read lies elsewhere.
    return new TextRecords(text, textBooks(books), books.limit, window.leaveBlock(), begun);
  }
}
