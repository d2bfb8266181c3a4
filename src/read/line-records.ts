/**
 * Records out of lines: NDJSON, with an array, a wrapper or objects one behind the other where a line holds them, lines that Docker
 * wrapped, and lines of text. A document never crosses a line.
 */
import { parseJsonAt } from '../base/json.ts';
import { isWhitespace, OPEN_BRACE, OPEN_BRACKET, skipWhitespace, syntaxError } from '../base/lexical.ts';
import { dockerText } from './docker.ts';
import { newlineIn, type ReadWindow } from './read-window.ts';
import type { RecordBooks } from './record-books.ts';
import type { ValueRecords } from './value-records.ts';
import type { TextTaker } from './written-lines.ts';

/** What the lines are, beside JSON. */
export type LineForms = {
  /** Whether records are wrapped in some of them. */
  isWrapped: boolean;
  docker: boolean;
  /** Of a file of text: what its lines go through. */
  text: TextTaker | undefined;
};

export class LineRecords {
  private readonly window: ReadWindow;
  private readonly books: RecordBooks;
  private readonly values: ValueRecords;
  private readonly forms: LineForms;
  /** Whether the scanner takes whole lines: some lines of a file with a wrapper are wrappers. */
  private readonly isPlain: boolean;
  /** Offset of the stream where a line began that is too long to be kept; undefined outside of one. */
  private longLine: number | undefined;

  /** `values`: reads the arrays and wrappers that stand on a line. */
  constructor(window: ReadWindow, books: RecordBooks, values: ValueRecords, forms: LineForms) {
    this.window = window;
    this.books = books;
    this.values = values;
    this.forms = forms;
    const { isWrapped, docker, text } = forms;
    this.isPlain = books.sink.scanLine !== undefined && !isWrapped && !docker && text === undefined;
  }

  /** Reads what is at hand. */
  advance(): void {
    const { window } = this;
    if (window.lineNumber === 1) window.skipByteOrderMark();
    for (;;) {
      if (this.longLine === undefined) this.quickLines();
      let lineEnd = newlineIn(window.buffer, window.start, window.end);
      if (lineEnd < 0) {
        if (!window.final) {
          this.watchLength();
          return;
        }
        if (window.start >= window.end) return;
        lineEnd = window.end;
      }
      if (this.longLine === undefined) this.line(window.start, lineEnd);
      else this.endLongLine(this.longLine, lineEnd);
      const isLast = lineEnd >= window.end;
      window.endLine(isLast ? window.end : lineEnd + 1);
      if (isLast) return;
    }
  }

  private quickLines(): void {
    if (this.forms.text !== undefined) this.textLines(this.forms.text);
    else if (this.isPlain && this.window.isInBlock) this.plainLines();
  }

  /** Lines of one object each, as long as the scanner takes them at once: nearly all lines of nearly all logs. */
  private plainLines(): void {
    const { window, books } = this;
    const { sink, limit } = books;
    const { buffer, end } = window;
    for (;;) {
      const newline = sink.scanLine!(buffer, window.start, end);
      if (newline < 0) return;
      const start = sink.scannedStart!;
      const after = sink.scannedEnd!;
      if (after - start > limit) return;
      books.record(start, after);
      window.endLine(newline + 1);
    }
  }

  /** Lines of text, as many at once as have ended. */
  private textLines(text: TextTaker): void {
    const { window } = this;
    while (text.chunk(window.buffer, window.start, window.end, window.base, window.lineNumber)) {
      window.start = text.next;
      window.lineNumber += text.lines;
      window.lineFrom = window.start;
    }
  }

  private line(from: number, lineEnd: number): void {
    const { window, books } = this;
    const { text, docker } = this.forms;
    const { buffer, base } = window;
    const start = skipWhitespace(buffer, from, lineEnd);
    let end = lineEnd;
    while (end > start && isWhitespace(buffer[end - 1])) end--;
    if (start === end && text === undefined) return;
    if (end - start > books.limit || lineEnd - start > this.longestLine)
      this.tooLong(base + start, base + lineEnd);
    else if (text !== undefined) text.line(buffer, from, lineEnd, base, window.lineNumber);
    else if (docker) this.dockerLine(start, end);
    else {
      try {
        this.documents(start, end);
      } catch (error) {
        books.malformed(error, Math.max(start, books.accounted - base), end);
      }
    }
  }

  /** Reads the documents of one line: one, or objects that follow one another. Half a line is no record (`17:02:45 started`). */
  private documents(start: number, end: number): void {
    const { books, values } = this;
    const { buffer } = this.window;
    let at = start;
    for (;;) {
      if (buffer[at] === OPEN_BRACKET || (buffer[at] === OPEN_BRACE && values.isWrapped(at, end))) {
        // `[2026-03-02 17:02:45] started` is no array: one that does not begin with an object must be whole to count.
        const inner = skipWhitespace(buffer, at + 1, end);
        if (buffer[at] === OPEN_BRACKET && (inner >= end || buffer[inner] !== OPEN_BRACE))
          this.behindDocument(parseJsonAt(buffer, at, end).end, end, true);
        at = this.behindDocument(values.documentWithin(at, end), end, true);
      } else {
        const after = books.sink.scan(buffer, at, end);
        const next = this.behindDocument(after, end, buffer[at] === OPEN_BRACE);
        books.record(at, after);
        at = next;
      }
      if (at >= end) return;
    }
  }

  /**
   * Where the line goes on behind a document. `goesOn`: whether it may, with an object.
   * @throws {JsonSyntaxError} where it goes on otherwise
   */
  private behindDocument(after: number, end: number, goesOn: boolean): number {
    const { buffer } = this.window;
    const next = skipWhitespace(buffer, after, end);
    if (next < end && !(goesOn && buffer[next] === OPEN_BRACE))
      throw syntaxError(buffer, next, end, 'the end of the line');
    return next;
  }

  private dockerLine(start: number, end: number): void {
    const { books } = this;
    const { buffer } = this.window;
    const inner = dockerText(buffer.subarray(start, end));
    const bytes = inner === undefined ? undefined : Buffer.from(inner.trimEnd());
    try {
      if (bytes === undefined)
        throw syntaxError(buffer, start, end, 'a line wrapped by Docker ("log", "stream", "time")');
      if (bytes.length === 0) return;
      const after = skipWhitespace(bytes, books.sink.scan(bytes, 0, bytes.length), bytes.length);
      if (after < bytes.length)
        throw syntaxError(bytes, after, bytes.length, 'the end of the wrapped record');
    } catch (error) {
      // A position in the text inside says nothing of the line around it.
      return void books.malformed(error, start, end, start);
    }
    books.record(start, end);
  }

  /** Blanks around a record do not count against its limit, but no line is held that is longer than this. */
  private get longestLine(): number {
    return 2 * this.books.limit;
  }

  /** Of a line whose end is not in sight: whether it is too long already, as it would be if all of it were at hand. */
  private watchLength(): void {
    const { window } = this;
    const { limit } = this.books;
    if (this.longLine === undefined) {
      // Leading blanks are framing, however many; but of a table they may be the first cells.
      if (this.forms.text === undefined || window.end - window.start > this.longestLine)
        window.start = skipWhitespace(window.buffer, window.start, window.end);
      if (window.end - window.start <= limit) return;
      let last = window.end;
      while (isWhitespace(window.buffer[last - 1])) last--;
      if (last - window.start <= limit && window.end - window.start <= this.longestLine) return;
      this.longLine = window.base + window.start;
    }
    window.start = window.end;
  }

  private endLongLine(start: number, lineEnd: number): void {
    this.longLine = undefined;
    this.tooLong(start, this.window.base + lineEnd);
  }

  private tooLong(start: number, end: number): void {
    this.forms.text?.interrupt();
    this.books.tooLong(start, end);
  }
}
