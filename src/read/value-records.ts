/**
 * Records out of JSON that goes over as many lines as it needs: single and concatenated objects, arrays, wrappers such as
 * `{"Records":[…]}`. One machine, which can stop wherever the bytes at hand end, and goes on behind what is no JSON: 270 lines.
 */
import { parseJsonAt } from '../base/json.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  decodeString,
  JsonSyntaxError,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  scanString,
  skipWhitespace,
  syntaxError,
} from '../base/lexical.ts';
import { mayHoldRecords } from './beside-records.ts';
import { PageSigns } from './page-signs.ts';
import { type Bounds, newlineIn, type ReadWindow } from './read-window.ts';
import type { RecordBooks } from './record-books.ts';
import { leadsToArray } from './wrapper-path.ts';

/** An incomplete number, literal or character at the end of a block fails at most this many bytes before it. */
const LONGEST_SPLIT = 8;

/** Where the machine stands inside a document: `open` expects a value, `after` a comma or the closing bracket. */
type Level = {
  kind: 'array' | 'wrapper';
  state: 'open' | 'value' | 'after';
  depth: number;
  /** Of a wrapper: whether its way to the records was gone already. */
  wasEntered?: boolean;
};

export class ValueRecords {
  private readonly window: ReadWindow;
  private readonly books: RecordBooks;
  /** The keys to the array of records; undefined where records are not wrapped. */
  private readonly wrapper: readonly string[] | undefined;
  private levels: Level[] = [];
  /** Of the wrapper that the machine is in. */
  private signs = new PageSigns();
  /** Offset of the stream to read up to before an incomplete record is scanned again: doubling keeps long records linear. */
  private retryAt = 0;
  private documentsSeen = 0;
  private lastDocumentLine = 0;
  private lastWasObject = false;
  /** Whether reading gave up before the end. */
  cutShort = false;
  /** Whether some array or wrapper was entered. */
  sawArray = false;

  constructor(window: ReadWindow, books: RecordBooks, wrapper: readonly string[] | undefined) {
    this.window = window;
    this.books = books;
    this.wrapper = wrapper;
  }

  /** Reads what is at hand. */
  advance(): void {
    const { window } = this;
    if (!window.final && window.base + window.end < this.retryAt) return;
    this.retryAt = 0;
    for (;;) {
      const before = window.start;
      try {
        if (this.levels.length === 0) {
          window.start = skipWhitespace(window.buffer, window.start, window.end);
          if (window.start >= window.end) return;
          this.betweenDocuments();
        }
        this.document();
      } catch (error) {
        if (!(error instanceof JsonSyntaxError)) throw error;
        const unread = window.end - window.start;
        if (!window.final && error.at >= window.end - LONGEST_SPLIT && unread <= this.books.limit) {
          this.retryAt = window.base + window.end + unread;
          return;
        }
        if (!this.recover(error)) return;
      }
      if (window.start === before && this.levels.length === 0 && window.start >= window.end) return;
    }
  }

  /**
   * Reads the document that begins at `start` as if nothing came behind `end`; the window then stands where it stood.
   * @returns the index behind the document
   * @throws {JsonSyntaxError}
   */
  documentWithin(start: number, end: number): number {
    const { window } = this;
    const outer: Bounds = { start: window.start, end: window.end, final: window.final };
    Object.assign(window, { start, end, final: true } satisfies Bounds);
    try {
      this.document();
      return window.start;
    } finally {
      this.levels = [];
      Object.assign(window, outer);
    }
  }

  /** Whether the object at `start` has the wrapper's array; else it is a record like any other. */
  isWrapped(start: number, end: number): boolean {
    return this.wrapper !== undefined && leadsToArray(this.window.buffer, start, end, this.wrapper);
  }

  /** Objects may follow one another directly; anything else needs a line of its own. */
  private betweenDocuments(): void {
    const { window } = this;
    const follows = this.lastWasObject && window.buffer[window.start] === OPEN_BRACE;
    const line = window.lineOf(window.start);
    if (this.documentsSeen > 0 && line === this.lastDocumentLine && !follows)
      throw syntaxError(window.buffer, window.start, window.end, 'the end of the line');
    this.documentsSeen++;
  }

  /** Goes on with the document at `start`, or with the one the machine is in, to its end. */
  private document(): void {
    const { window } = this;
    if (this.levels.length === 0) {
      const byte = window.buffer[window.start];
      this.lastWasObject = byte === OPEN_BRACE;
      if (byte === OPEN_BRACKET) this.enter('array', 0);
      else if (byte === OPEN_BRACE && this.isWrapped(window.start, window.end)) {
        this.signs = new PageSigns();
        this.enter('wrapper', 0);
      } else this.oneRecord();
    }
    const isPage = this.levels[0]?.kind === 'wrapper';
    while (this.levels.length > 0) {
      const level = this.levels.at(-1)!;
      if (level.kind === 'array') this.inArray(level);
      else this.inWrapper(level);
    }
    if (isPage) this.books.sink.page?.({ wrapper: this.wrapper!, more: this.signs.more() });
    this.lastDocumentLine = window.lineOf(window.start);
  }

  private enter(kind: Level['kind'], depth: number): void {
    this.levels.push({ kind, state: 'open', depth });
    this.sawArray = true;
    this.window.start++;
  }

  private leave(): void {
    this.window.start++;
    this.levels.pop();
  }

  private inArray(level: Level): void {
    if (this.takePunctuation(level, CLOSE_BRACKET, 'a value', '"," or "]"')) return;
    this.oneRecord();
    level.state = 'after';
  }

  /** Members of a wrapper: the one on the way to the records is entered, the others are stepped over. */
  private inWrapper(level: Level): void {
    if (this.takePunctuation(level, CLOSE_BRACE, 'a key in quotes', '"," or "}"')) return;
    const { window } = this;
    const { buffer, start, end } = window;
    if (buffer[start] !== QUOTE) throw syntaxError(buffer, start, end, 'a key in quotes');
    const keyEnd = scanString(buffer, start, end);
    const colon = skipWhitespace(buffer, keyEnd, end);
    if (buffer[colon] !== COLON || colon >= end) throw syntaxError(buffer, colon, end, '":"');
    const value = skipWhitespace(buffer, colon + 1, end);
    if (value >= end) throw syntaxError(buffer, value, end, 'a value');
    const key = decodeString(buffer, start + 1, keyEnd - 1);
    const isLast = level.depth === this.wrapper!.length - 1;
    const isOnTheWay = key === this.wrapper![level.depth];
    const isEntered = isOnTheWay && buffer[value] === (isLast ? OPEN_BRACKET : OPEN_BRACE);
    if (isEntered) {
      if (level.wasEntered === true) this.tellBeside(key, keyEnd, true);
      level.wasEntered = true;
      window.start = value;
      this.enter(isLast ? 'array' : 'wrapper', level.depth + 1);
    } else window.start = this.stepOver(level, key, value, isOnTheWay);
    level.state = 'after';
  }

  /** Takes the bracket or the comma at hand, which moves the machine; false where a value or a member is due. */
  private takePunctuation(level: Level, close: number, due: string, other: string): boolean {
    const { window } = this;
    const expected = level.state === 'after' ? other : due;
    window.start = skipWhitespace(window.buffer, window.start, window.end);
    const { buffer, start, end } = window;
    if (start >= end) throw syntaxError(buffer, start, end, expected);
    if (buffer[start] === close && level.state !== 'value') {
      this.leave();
      return true;
    }
    if (level.state !== 'after') return false;
    if (buffer[start] !== COMMA) throw syntaxError(buffer, start, end, expected);
    window.start++;
    level.state = 'value';
    return true;
  }

  /**
   * The value at `value` is of a member that leads to no records, though it may hold some. `isNamesake`: of one that does it has the
   * name, and of two members of one name readers take one or the other. @returns the index behind it
   */
  private stepOver({ depth }: Level, key: string, value: number, isNamesake: boolean): number {
    const { buffer, end, final } = this.window;
    const { value: beside, end: after } = parseJsonAt(buffer, value, end);
    if (after >= end && !final) throw syntaxError(buffer, end, end, '"," or "}"');
    if (isNamesake || mayHoldRecords(key, beside, after - value)) this.tellBeside(key, after, false);
    this.signs.see(this.wrapper!.slice(0, depth), key, beside, this.memberPlace(after));
    return after;
  }

  private tellBeside(key: string, end: number, isAgain: boolean): void {
    this.books.sink.beside?.({ key, ...this.memberPlace(end), ...(isAgain && { isAgain }) });
  }

  /** Of the member that begins where the window stands. */
  private memberPlace(end: number): { line: number; offset: number; length: number } {
    const { base, start } = this.window;
    return { line: this.window.lineOf(start), offset: base + start, length: end - start };
  }

  private oneRecord(): void {
    const { window, books } = this;
    const { buffer, start } = window;
    const end = books.sink.scan(buffer, start, window.end);
    // A number that touches the end of the block may go on in the next.
    if (end === window.end && !window.final && buffer[start] !== OPEN_BRACE)
      throw syntaxError(buffer, end, end, 'more input');
    if (end - start > books.limit) books.tooLong(window.base + start, window.base + end);
    else books.record(start, end);
    window.start = end;
  }

  /**
   * After a syntax error: goes on at the next line that could begin a record, at most as indented as the failed one. False when
   * the input must be read further first, and where reading has to give up: then, too, nothing of the window is left.
   */
  private recover(error: JsonSyntaxError): boolean {
    const { window, books } = this;
    const { buffer, start: failed, end } = window;
    const indent = window.indentOf(failed);
    const inArray = this.levels.at(-1)?.kind === 'array';
    for (let line = newlineIn(buffer, error.at, end); line >= 0; line = newlineIn(buffer, line + 1, end)) {
      const start = skipBlanks(buffer, line + 1, end);
      const opens = buffer[start] === OPEN_BRACE || (!inArray && buffer[start] === OPEN_BRACKET);
      if (start >= end || !opens || start - line - 1 > indent) continue;
      books.malformed(error, failed, line);
      window.start = start;
      this.lastDocumentLine = 0;
      if (this.levels.length > 0) this.levels.at(-1)!.state = 'value';
      return true;
    }
    if (!window.final && end - failed <= books.limit) return false;
    books.malformed(error, failed, end);
    window.start = end;
    window.isByLines = true;
    this.cutShort = true;
    this.levels = [];
    return false;
  }
}

function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  let index = at;
  while (index < end && (bytes[index] === 0x20 || bytes[index] === 0x09)) index++;
  return index;
}
