/** The bytes of a file of lines while it is cut: their digests up to some offsets, and the lines in them. */
import crypto from 'node:crypto';
import { NEWLINE } from '../base/lexical.ts';
import { isSystemError } from '../base/system-error.ts';
import { type CutTools, cutLines, type LineStretch } from '../read/cut-lines.ts';
import { CHANGED, type LineRange, type OnPiece } from '../read/plain-bytes.ts';
import { AlteredSince, StateRefusal } from './run-state.ts';
import { rangeBytesFor, type Sizes } from './tasks.ts';

/** Plain data. `line`: the first behind the bytes that are `known`. `covered`: bytes that the next state speaks for. */
export type DigestOrder = {
  fileIndex: number;
  file: string;
  known: { bytes: number; sha256: string; line: number } | undefined;
  covered: number;
  size: number;
};

/** What is known of a file when all its bytes were read. `line`: the first behind what the next state covers. */
export type DigestedFile = { fileIndex: number; sha256: string; coveredSha256: string; line: number };

/** The ranges of what is not known yet. `onPiece`: told of all bytes, or of those alone where the others are not read. */
export async function* newRanges(
  { file, known, covered, size }: DigestOrder,
  sizes: Sizes,
  tools: CutTools,
  onPiece?: OnPiece,
): AsyncGenerator<LineRange, void> {
  const stretch: LineStretch = {
    from: { offset: known?.bytes ?? 0, line: known?.line ?? 1 },
    until: size,
    stop: covered,
    known: onPiece === undefined,
  };
  try {
    yield* cutLines(file, rangeBytesFor({ bytes: size }, sizes), tools, onPiece ?? (() => {}), stretch);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new StateRefusal(`${file} cannot be read: ${error.code}`);
  }
}

export class DigestedBytes {
  private readonly order: DigestOrder;
  private readonly tools: CutTools;
  private readonly hash = crypto.createHash('sha256');
  private bytes = 0;
  private line: number;
  private coveredSha256 = '';

  constructor(order: DigestOrder, tools: CutTools) {
    this.order = order;
    this.tools = tools;
    this.line = order.known?.line ?? 1;
    this.mark(NEWLINE);
  }

  /** @throws {StateRefusal} as soon as what was audited before turns out to be other bytes now */
  readonly add = (piece: Buffer): void => {
    const { known, covered } = this.order;
    const before = known?.bytes ?? 0;
    const ends = [before, covered].map((offset) => offset - this.bytes);
    let from = 0;
    for (const end of [...ends.filter((at) => at > 0 && at <= piece.length), piece.length]) {
      if (end <= from) continue;
      const part = piece.subarray(from, end);
      this.hash.update(part);
      if (this.bytes >= before && this.bytes < covered) this.line += this.tools.countNewlines(part);
      this.bytes += part.length;
      from = end;
      this.mark(part.at(-1));
    }
  };

  private mark(lastByte: number | undefined): void {
    const { file, known, covered } = this.order;
    if (known !== undefined && this.bytes === known.bytes && this.digest() !== known.sha256)
      throw new AlteredSince(`${file} is not what it was: its first ${known.bytes} bytes changed`);
    if (this.bytes !== covered) return;
    // It was found by another look at the file, a moment ago.
    if (lastByte !== NEWLINE) throw new StateRefusal(`${file} ${CHANGED}`);
    this.coveredSha256 = this.digest();
  }

  /** @throws {StateRefusal} where the file is shorter than it was when it was found */
  end(): DigestedFile {
    const { file, fileIndex, size } = this.order;
    if (this.bytes !== size) throw new StateRefusal(`${file} ${CHANGED}`);
    const { coveredSha256, line } = this;
    return { fileIndex, sha256: this.digest(), coveredSha256, line };
  }

  private digest(): string {
    return this.hash.copy().digest('hex');
  }
}
