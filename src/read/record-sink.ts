/** What a reader of records is told, and what it tells: the options, the sink that it drives, malformed stretches, the tally at the end. */
import type { JsonValue } from '../base/json.ts';
import type { LostTime } from '../base/lost-time.ts';
import type { Excerpt } from '../model/finding.ts';
import type { TextFormat, TextReader } from '../model/text-format.ts';
import type { MoreSign } from './page-signs.ts';
import type { TextLogs } from './text-records.ts';

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
  /** Where the input ended amid it, so that it may have been going on: what it began. */
  torn?: 'line' | 'record';
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
   * text, a reader that knows what was before; `begun`: the lines of a record that it has read of another file.
   */
  resume?: ReadStart & { head: ReadHead; text?: TextReader; begun?: number };
  /** Whether the text goes on in another file: what is open at the end of this one is then not torn. */
  goesOn?: boolean;
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
  /**
   * Of a file of text: takes its lines as they stand, instead of the records in them. `last`: of one that nothing ends, whether
   * it may be a whole one all the same.
   */
  textLine?(line: Uint8Array, last?: 'whole' | 'torn'): void;
  /** A member beside the wrapper's records that could hold more of them. */
  beside?(member: BesideMember): void;
  /** A document that wraps records has come to its end. */
  page?(page: Page): void;
}

/** `wrapper`: the keys to the records of the document. `more`: by what it says that more pages follow, if it does. */
export type Page = { wrapper: readonly string[]; more: MoreSign | undefined };

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
