/** The lines of a file of text as they stand there, for whoever keeps the log itself and not the records in it. */
import { isWhitespace, NEWLINE } from '../base/lexical.ts';
import type { TextFormat, TextReader } from '../model/text-format.ts';
import type { ReadWindow } from './read-window.ts';
import type { RecordBooks } from './record-books.ts';
import { decodeText, type TextRecords } from './text-records.ts';

/** What lines of text go through. */
export type TextTaker = Pick<
  TextRecords,
  'chunk' | 'lines' | 'next' | 'line' | 'interrupt' | 'openLines' | 'server' | 'lost' | 'finish'
>;

const CARRIAGE_RETURN = 0x0d;

/** Lines of blanks are left out, and the blanks around a line; not those of a table, where they may be of a value. */
export class WrittenLines implements TextTaker {
  private readonly window: ReadWindow;
  private readonly books: RecordBooks;
  /** Of a table, whose rows may go over several lines. */
  private readonly table: TextReader | undefined;
  private isAmidRow = false;
  lines = 0;
  next = 0;
  readonly openLines = 0;
  readonly server = undefined;
  readonly lost = [];

  constructor(window: ReadWindow, books: RecordBooks, { isTable }: TextFormat, reader: TextReader) {
    this.window = window;
    this.books = books;
    this.table = isTable ? reader : undefined;
  }

  /** As that of `TextRecords`. */
  chunk(buffer: Buffer, start: number, end: number, base: number): boolean {
    this.lines = 0;
    this.next = start;
    for (;;) {
      const newline = buffer.subarray(this.next, end).indexOf(NEWLINE);
      if (newline < 0 || newline > this.books.limit) return this.lines > 0;
      this.take(buffer, this.next, this.next + newline, base, false);
      this.lines++;
      this.next += newline + 1;
    }
  }

  line(buffer: Buffer, start: number, end: number, base: number): void {
    this.take(buffer, start, end, base, this.window.final && end === this.window.end);
  }

  /** What a row lacks was not kept; the next line begins another, or says itself that it does not. */
  interrupt(): void {
    this.isAmidRow = false;
  }

  finish(): void {}

  /** `isLast`: nothing ends the line, which may have been going on. */
  private take(buffer: Buffer, start: number, end: number, base: number, isLast: boolean): void {
    let [from, until] = [start, end];
    if (this.table === undefined) {
      while (from < until && isWhitespace(buffer[from]!)) from++;
      while (until > from && isWhitespace(buffer[until - 1]!)) until--;
    } else if (buffer[until - 1] === CARRIAGE_RETURN && until > from) until--;
    const wasAmidRow = this.isAmidRow;
    const line = buffer.subarray(from, until);
    if (!wasAmidRow && line.every(isWhitespace)) return;
    const outcome = this.table?.line(decodeText(buffer, from, until));
    this.isAmidRow = outcome === 'continues';
    const isWhole = typeof outcome === 'object' && 'record' in outcome;
    this.books.account(base + from, base + until, 'record');
    this.books.sink.textLine!(line, isLast ? (isWhole ? 'whole' : 'torn') : undefined);
  }
}
