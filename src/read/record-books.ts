/**
 * What every byte of a stream was: of a record, of a malformed stretch, or framing. Who reads says so here, the sink is told, and
 * the books close: stretches never overlap, and what lies between them is framing.
 */
import { JsonSyntaxError } from '../base/lexical.ts';
import { excerptAt } from '../model/excerpt.ts';
import type { Excerpt } from '../model/finding.ts';
import { BINARY_HEAD_BYTES, binaryForm } from './binary-form.ts';
import { newlineIn, type ReadWindow } from './read-window.ts';
import type { Malformed, RecordSink } from './record-sink.ts';

/** What PowerShell writes with `>`: a person is told at once, rather than sent to look at bytes. */
const UTF_16 = { expected: 'UTF-8', found: 'UTF-16 (convert the file: iconv -f UTF-16 -t UTF-8)' };

type Kind = 'record' | 'malformed' | 'framing';

/** Of a stretch that is no record, in offsets of the stream: `at`, where reading failed. */
type Failure = { start: number; end: number; at: number; expected: string };

export class RecordBooks {
  readonly sink: RecordSink;
  /** Bytes of one record. */
  readonly limit: number;
  private readonly window: ReadWindow;
  private readonly firstByte: number;
  /** Everything before this offset of the stream is accounted for. */
  accounted: number;
  private recordBytes = 0;
  private malformedBytes = 0;
  private framingBytes = 0;

  /** `window`: at the first byte that is read. */
  constructor(sink: RecordSink, limit: number, window: ReadWindow) {
    this.sink = sink;
    this.limit = limit;
    this.window = window;
    this.firstByte = window.base;
    this.accounted = window.base;
  }

  /** Offsets of the stream. */
  account(start: number, end: number, kind: Kind): void {
    if (start < this.accounted)
      throw new Error(`bytes ${start} to ${this.accounted} were accounted for twice`);
    this.framingBytes += start - this.accounted;
    if (kind === 'record') this.recordBytes += end - start;
    if (kind === 'malformed') this.malformedBytes += end - start;
    this.accounted = end;
  }

  /** At the end of the input. */
  close() {
    const { base, end } = this.window;
    this.account(base + end, base + end, 'framing');
    const { recordBytes, malformedBytes, framingBytes } = this;
    return { bytes: base + end - this.firstByte, recordBytes, malformedBytes, framingBytes };
  }

  /** What was scanned from `start` to `end` of the buffer is a record. */
  record(start: number, end: number): void {
    const { window } = this;
    const offset = window.base + start;
    this.account(offset, window.base + end, 'record');
    this.sink.record(window.lineOf(start), offset, end - start);
  }

  /** From `start` to `end` of the buffer nothing is a record, by `error`; `place`: where that lies, if not where the error says. */
  malformed(error: unknown, start: number, end: number, place?: number): void {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const { window } = this;
    const index = place ?? error.at;
    const { expected, found } = this.beginsLikeUtf16(start) ? UTF_16 : error;
    const failure = {
      start: window.base + start,
      end: window.base + end,
      at: window.base + (index <= end && index >= start ? index : start),
      expected,
    };
    const truncated = !window.isByLines && window.final && error.at >= window.end;
    const isLast = window.isByLines && window.final && newlineIn(window.buffer, end, window.end) < 0;
    const torn = truncated ? 'record' : isLast ? 'line' : undefined;
    this.tell(failure, found, truncated, this.excerptOf(failure), torn);
  }

  /** Of what is too long nothing is shown: whether it is still at hand depends on the blocks. Offsets of the stream. */
  tooLong(start: number, end: number): void {
    const expected = `a record of at most ${this.limit} bytes`;
    this.tell({ start, end, at: start, expected }, `${end - start} bytes`, false, undefined);
  }

  private tell(
    { start, end, at, expected }: Failure,
    found: string,
    truncated: boolean,
    excerpt: Excerpt | undefined,
    torn?: Malformed['torn'],
  ): void {
    this.account(start, end, 'malformed');
    const { base, lineNumber } = this.window;
    const line = start >= base ? this.window.lineOf(start - base) : lineNumber;
    const binary = start === 0 && excerpt !== undefined ? this.binaryAt(end) : undefined;
    this.sink.malformed({
      ...{ line, offset: start, length: end - start, at, expected, found, truncated },
      ...(binary !== undefined && { binary }),
      ...(excerpt !== undefined && { excerpt }),
      ...(torn !== undefined && { torn }),
    });
  }

  private excerptOf({ start, end, at }: Failure): Excerpt | undefined {
    const { buffer, base } = this.window;
    if (start < base || start === end) return undefined;
    const stretch = buffer.subarray(start - base, end - base);
    return excerptAt(stretch, at - start, Math.min(at - start + 1, end - start));
  }

  /** Of a file whose first line, up to `end`, is no record. */
  private binaryAt(end: number): string | undefined {
    const { buffer, base } = this.window;
    if (this.beginsLikeUtf16(0)) return undefined;
    return binaryForm(buffer.subarray(0, Math.min(end - base, BINARY_HEAD_BYTES)));
  }

  private beginsLikeUtf16(start: number): boolean {
    const { buffer, base, end } = this.window;
    if (base + start > 0 || end < 2) return false;
    const mark = buffer.readUInt16BE(start);
    return mark === 0xfffe || mark === 0xfeff;
  }
}
