/**
 * Records out of lines of text: what a `TextReader` makes of each line is written as JSON where the scanner reads it fast,
 * and is told at the place of its lines. The record reader drives it and keeps the books.
 */
import { NEWLINE } from '../base/lexical.ts';
import type { LostTime } from '../base/lost-time.ts';
import { quote, truncate } from '../base/text-safety.ts';
import {
  NOT_PLAIN,
  PLAIN_LINE_BYTES,
  PLAIN_RECORD_BYTES,
  type TextFormat,
  type TextOptions,
  type TextOutcome,
  type TextReader,
} from '../model/text-format.ts';

/** Bytes of the beginning that a format gets which asks for more than the layout needs: half a day of a busy server. */
export const TEXT_HEAD_BYTES = 4 * 1024 * 1024;
/** Bytes decoded at a time: a call for each line would take longer than what it decodes. */
const CHUNK_BYTES = 128 * 1024;
/** For JSON where no kernel lends its block; a longer record gets memory of its own. */
const SCRATCH_BYTES = Math.max(64 * 1024, PLAIN_RECORD_BYTES);
/** UTF-8 takes at most this many bytes for a unit of UTF-16. */
const BYTES_PER_UNIT = 3;
/** Characters of a wrong line that its finding quotes. */
const QUOTED = 60;

/** The formats that a file of text may have, and what they are told of it. */
export type TextLogs = { formats: readonly TextFormat[]; file: string; options: TextOptions };

/** Who is told what the lines are. Lines count from 1, offsets are those of the stream. */
export type TextBooks = {
  /** Moves the cursor to a record. */
  scanText(json: Uint8Array, length: number): void;
  textRecord(line: number, start: number, end: number, lines: number): void;
  textMalformed(line: number, start: number, end: number, expected: string, found: string): void;
  textUnknown(line: number, start: number, end: number, form: string): void;
};

/** What `write` ends in, without its checks, which take as long again. */
type Utf8Buffer = Buffer & { utf8Write(text: string, at: number): number };

/** Lines of a record whose last is still to come. */
type OpenRecord = { line: number; start: number; end: number; lines: number };

export class TextRecords {
  private readonly reader: TextReader;
  private readonly books: TextBooks;
  private readonly limit: number;
  /** Where the JSON of records is written. */
  private readonly memory: Utf8Buffer;
  private open: OpenRecord | undefined;
  /** Of the last `chunk`: how many lines it took, and the index behind them. */
  lines = 0;
  next = 0;

  /** `begun`: lines before the first of the stream that belong to its first record. */
  constructor(reader: TextReader, books: TextBooks, limit: number, block: Buffer | undefined, begun = 0) {
    this.reader = reader;
    this.books = books;
    this.limit = limit;
    this.memory = (block ?? Buffer.allocUnsafeSlow(SCRATCH_BYTES)) as Utf8Buffer;
    if (begun > 0) this.open = { line: 1, start: 0, end: 0, lines: begun };
  }

  /**
   * Takes whole lines of `buffer` from `start` on, as many as are decoded at once. False where it took none: no line ends
   * within reach, or the next is longer than a record may be. `base`: the offset of the buffer in the stream.
   */
  chunk(buffer: Buffer, start: number, end: number, base: number, firstLine: number): boolean {
    this.lines = 0;
    this.next = start;
    const window = buffer.subarray(start, Math.min(end, start + CHUNK_BYTES));
    const length = window.lastIndexOf(NEWLINE) + 1;
    if (length === 0) return false;
    let text: string | undefined;
    let isAscii = false;
    for (let at = 0; at < length; ) {
      const newline = lineEnd(window, at);
      if (newline - at > this.limit) break;
      const number = firstLine + this.lines;
      if (!this.takePlain(window, at, newline, base + start, number)) {
        // Of most chunks of a log that is not verbose no line needs it.
        if (text === undefined) {
          text = window.toString('latin1', 0, length);
          isAscii = !BEYOND_ASCII.test(text);
        }
        const until = withoutReturn(text, at, newline);
        const line = isAscii ? text.slice(at, until) : decodeLine(window, at, until);
        this.take(line, text, at, newline, base + start, number);
      }
      at = newline + 1;
      this.lines++;
      this.next = start + at;
    }
    return this.lines > 0;
  }

  /** The fast road, for readers that have one; false where the line must take the other. */
  private takePlain(buffer: Buffer, start: number, end: number, base: number, number: number): boolean {
    const { reader, memory } = this;
    if (reader.plainLine === undefined || this.open !== undefined || end - start > PLAIN_LINE_BYTES)
      return false;
    const length = reader.plainLine(buffer, start, end, memory);
    if (length === NOT_PLAIN) return false;
    this.books.scanText(memory, length);
    let from = start;
    let until = end;
    while (from < until && isBlank(buffer[from]!)) from++;
    while (until > from && isBlank(buffer[until - 1]!)) until--;
    this.books.textRecord(number, base + from, base + until, 1);
    return true;
  }

  /** Takes one line, [start, end) of `buffer` without its newline. */
  line(buffer: Buffer, start: number, end: number, base: number, line: number): void {
    const text = buffer.toString('latin1', start, end);
    this.take(
      decodeLine(buffer, start, start + withoutReturn(text, 0, text.length)),
      text,
      0,
      text.length,
      base + start,
      line,
    );
  }

  /** A line comes that is too long to be looked at: nothing goes on behind it. */
  interrupt(): void {
    const { open } = this;
    if (open === undefined) return;
    this.open = undefined;
    this.books.textMalformed(
      open.line,
      open.start,
      open.end,
      'the rest of the record',
      'a line that is too long',
    );
  }

  get server(): string | undefined {
    return this.reader.server;
  }

  get lost(): readonly LostTime[] {
    return this.reader.lost ?? [];
  }

  /** Lines of a record whose last is still to come. */
  get openLines(): number {
    return this.open?.lines ?? 0;
  }

  /** The end of the file: what is open there. */
  finish(): void {
    const outcome = this.reader.finish();
    const { open } = this;
    if (open === undefined || outcome === 'framing' || outcome === 'continues' || 'unknown' in outcome)
      return;
    this.conclude(outcome, open, '');
  }

  /** `line`: what the reader gets; its bytes are [start, end) of `text`, one a character. `base`: the offset of `text`. */
  private take(line: string, text: string, start: number, end: number, base: number, number: number): void {
    const outcome = this.reader.line(line);
    if (outcome === 'framing') {
      if (isJsonRecord(line))
        this.books.textMalformed(number, base + start, base + end, 'a line of this log', 'a record of JSON');
      return;
    }
    if (typeof outcome === 'object' && 'unknown' in outcome) {
      this.books.textUnknown(number, base + start, base + end, outcome.unknown);
      return;
    }
    // Blanks around a record are framing, as they are around JSON.
    let from = start;
    let until = end;
    while (from < until && isBlank(text.charCodeAt(from))) from++;
    while (until > from && isBlank(text.charCodeAt(until - 1))) until--;
    const { open } = this;
    if (open === undefined && outcome !== 'continues' && 'record' in outcome) {
      this.scan(outcome.record);
      this.books.textRecord(number, base + from, base + until, 1);
      return;
    }
    const lines: OpenRecord = {
      line: open?.line ?? number,
      start: open?.start ?? base + from,
      end: base + until,
      lines: (open?.lines ?? 0) + 1,
    };
    if (lines.end - lines.start > this.limit) {
      this.open = undefined;
      const { line: first, start: begin, end: behind } = lines;
      const expected = `a record of at most ${this.limit} bytes`;
      this.books.textMalformed(first, begin, behind, expected, `${behind - begin} bytes`);
    } else if (outcome === 'continues') this.open = lines;
    else this.conclude(outcome, lines, line);
  }

  private conclude(
    outcome: Exclude<TextOutcome, string | { unknown: string }>,
    { line, start, end, lines }: OpenRecord,
    text: string,
  ): void {
    this.open = undefined;
    if ('record' in outcome) {
      this.scan(outcome.record);
      this.books.textRecord(line, start, end, lines);
    } else {
      const found = text === '' ? 'the end of the file' : quote(truncate(text.trim(), QUOTED));
      this.books.textMalformed(line, start, end, outcome.malformed, found);
    }
  }

  private scan(json: string): void {
    const { memory } = this;
    if (json.length * BYTES_PER_UNIT <= memory.length) this.books.scanText(memory, memory.utf8Write(json, 0));
    else {
      const bytes = Buffer.from(json);
      this.books.scanText(bytes, bytes.length);
    }
  }
}

/** An event of another log: a reader of text takes it for a line that says nothing. */
function isJsonRecord(line: string): boolean {
  if (!BEGINS_A_RECORD.test(line)) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

const BEGINS_A_RECORD = /^\s*\{\s*"/;

/** The index of the newline, which is there. Lines are short: a call of `indexOf` for each takes twice as long. */
function lineEnd(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] !== NEWLINE) at++;
  return at;
}

const BEYOND_ASCII = /[\u0080-\u00ff]/;
const CARRIAGE_RETURN = 0x0d;

function withoutReturn(text: string, start: number, end: number): number {
  return end > start && text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === CARRIAGE_RETURN;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A line that is no UTF-8 is read byte by byte as Latin-1: whatever it was, what differs stays different. */
function decodeLine(bytes: Buffer, start: number, end: number): string {
  try {
    return strictUtf8.decode(bytes.subarray(start, end));
  } catch {
    return bytes.toString('latin1', start, end);
  }
}

/** A line as readers get it, without its line end; [start, end) of `bytes` is without its newline. */
export function decodeText(bytes: Buffer, start: number, end: number): string {
  return decodeLine(bytes, start, end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
}
