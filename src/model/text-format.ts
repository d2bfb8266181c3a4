/** A log that is lines of text: each line, or a few of them, becomes one record, written as JSON, whose place is that of the lines. */

import type { LostTime } from '../base/lost-time.ts';

/** What the next line made. `malformed`: a line that means to be a record and is none; what was expected, for the finding. */
export type TextOutcome =
  | { record: string }
  | { malformed: string }
  /** Framing as well, though nobody knows what it says: the form of such lines, for the finding that counts them. */
  | { unknown: string }
  /** White space, comments, noise: accounted for as framing. */
  | 'framing'
  /** The record goes on in the next line. */
  | 'continues';

/** Answer of `plainLine`. */
export const NOT_PLAIN = -1;
export const PLAIN_LINE_BYTES = 1024;
export const PLAIN_RECORD_BYTES = 4096;

/** Reads one file from its first line on; what it remembers (a date, a header) is of this file alone. */
export interface TextReader {
  /** Of the log of a server: the host that it says it runs on, once it does. */
  readonly server?: string | undefined;
  /** Time that the log lacks by what it says itself: its dates are ahead of the days that its lines tell. */
  readonly lost?: readonly LostTime[];
  /** `text` is without its line end. */
  line(text: string): TextOutcome;
  /**
   * The fast road of the plainest lines: writes the record that the line [start, end) of `bytes` makes to the front of `target`,
   * and returns how many bytes it takes; `NOT_PLAIN` where it must go to `line`, then nothing happened. The line is without
   * its newline and has at most `PLAIN_LINE_BYTES`; `target` begins at a whole word and has room for `PLAIN_RECORD_BYTES`.
   */
  plainLine?(bytes: Uint8Array, start: number, end: number, target: Buffer): number;
  /** What a record that the file ends in amounts to, where one was left open. */
  finish(): TextOutcome;
}

/** The place of a line amid a file, and what a reader knew before it: plain data, which `resume` makes a reader of. */
export type TextPlace = { offset: number; line: number; state: unknown };

/** Goes over a file that others read in parts: knows what a reader of all lines knows, and makes no records. */
export interface TextSkimmer {
  /** Takes the line [start, end) of `bytes`, without its newline, where that is quickly done; false where it must go to `line`. */
  passBy(bytes: Uint8Array, start: number, end: number): boolean;
  /** `text` as a reader gets it, `offset` and `line` in the file. */
  line(text: string, offset: number, line: number): void;
  /**
   * Where a reader must begin that shall make the same records of the lines to come. The lines from there to here it reads
   * once more, and what it makes of them is dropped.
   */
  readonly place: TextPlace;
}

/** What a reader may be told from outside. */
export type TextOptions = {
  /** IANA zone of times that state none; without it such times are written as the log has them, without an offset. */
  zone?: string;
};

export interface TextFormat {
  /** Also the name of the source that maps its records, where there is one for it alone. */
  readonly name: string;
  /** Each file is of one license server, or a part of its log. */
  readonly isOfOneServer?: true;
  /**
   * Its first row says what the others are: a part of the file without it is not read. What a line ends and begins with may be
   * of a value.
   */
  readonly isTable?: true;
  /** Whether a file that begins with these lines, at most some hundred, is of this format. `file`: its name. */
  recognizes(head: readonly string[], file: string): boolean;
  /** Whether `start` could make use of more lines than these; it then gets as many as 4 MB hold. Absent: it could not. */
  wantsMore?(head: readonly string[]): boolean;
  /** `head`: the same lines again, for what only they tell, as the day on which the log begins. */
  start(head: readonly string[], options: TextOptions): TextReader;
  /** Absent where a file is read whole, by one reader. As `start`. */
  startSkimmer?(head: readonly string[], options: TextOptions): TextSkimmer;
  resume?(state: unknown, options: TextOptions): TextReader;
}
