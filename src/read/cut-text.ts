/**
 * Cuts a log of text into ranges that worker threads read by themselves, where what a line means depends on those before it: a
 * skimmer goes over all lines, and each range begins with what is known there. The bytes are digested on the way.
 */
import fs from 'node:fs';
import { NEWLINE } from '../base/lexical.ts';
import type { TextPlace, TextReader, TextSkimmer } from '../model/text-format.ts';
import { type CutTools, type RangeBytes, readWhole } from './cut-lines.ts';
import { type LineRange, nextTurn, type OnPiece, pieceEnd } from './plain-bytes.ts';
import { decodeText } from './text-records.ts';

/** `from`: where its reader begins, at the range or before. */
export type TextRange = { range: LineRange; from: TextPlace };

/** What a reader may have to read once more before its range: a sixteenth of a range, and two minutes of the busiest servers. */
export const MAX_REPLAY = 1024 * 1024;

/**
 * Yields ranges as `cutLines` does, longer ones where a reader would have too much to read once more. Behind a line that is
 * longer than `longest` nothing is cut: readers may pass over it.
 */
export async function* cutText(
  file: string,
  rangeBytes: RangeBytes,
  { block, checksum }: CutTools,
  onPiece: OnPiece,
  skimmer: TextSkimmer,
  longest: number,
): AsyncGenerator<TextRange, void> {
  const lines = new SkimmedLines(skimmer, longest);
  const descriptor = fs.openSync(file, 'r');
  try {
    let from = skimmer.place;
    let range: LineRange = { start: 0, end: 0, line: 1, checksum: 0 };
    for (let at = 0; ; ) {
      const length = readWhole(descriptor, block, pieceEnd(at, Number.POSITIVE_INFINITY) - at, at);
      if (length === 0) break;
      const piece = block.subarray(0, length);
      onPiece(piece);
      for (let start = 0; start < length; ) {
        const end = lines.take(piece, start, at, range.start + rangeBytes(range.start));
        range.checksum = checksum(piece.subarray(start, end), range.checksum);
        range.end = at + end;
        start = end;
        if (!lines.isCut) continue;
        yield { range, from };
        from = skimmer.place;
        range = { start: range.end, end: range.end, line: lines.line, checksum: 0 };
      }
      at += length;
      await nextTurn();
    }
    if (range.end > range.start) yield { range, from };
  } finally {
    fs.closeSync(descriptor);
  }
}

/** The lines of a file, which comes piece by piece. */
class SkimmedLines {
  private readonly skimmer: TextSkimmer;
  private readonly longest: number;
  /** The beginning of a line that goes on in the next piece. */
  private begun = Buffer.alloc(0);
  /** A line was too long. */
  private isLost = false;
  /** Of the line to come. */
  line = 1;
  /** Whether `take` ended where a range shall. */
  isCut = false;

  constructor(skimmer: TextSkimmer, longest: number) {
    this.skimmer = skimmer;
    this.longest = longest;
  }

  /**
   * Takes the lines of `piece` from `start` on, up to its end or to where a range may end that shall not end before `earliest`.
   * `base`: the offset of the piece in the file, as `earliest` is. @returns the index behind what was taken
   */
  take(piece: Buffer, start: number, base: number, earliest: number): number {
    const { length } = piece;
    this.isCut = false;
    for (let at = start; at < length && !this.isLost; ) {
      let end = at;
      while (end < length && piece[end] !== NEWLINE) end++;
      if (end === length) this.keep(piece.subarray(at));
      else if (this.begun.length > 0) this.endBegun(piece.subarray(at, end), base + at);
      else this.skim(piece, at, end, base + at);
      at = end + 1;
      if (end === length || base + at < earliest || this.isLost) continue;
      this.isCut = base + at - this.skimmer.place.offset <= MAX_REPLAY;
      if (this.isCut) return at;
    }
    return length;
  }

  private keep(part: Buffer): void {
    this.begun = Buffer.concat([this.begun, part]);
    if (this.begun.length > this.longest) this.isLost = true;
  }

  private endBegun(rest: Buffer, offset: number): void {
    const line = Buffer.concat([this.begun, rest]);
    const start = offset - this.begun.length;
    this.begun = Buffer.alloc(0);
    this.skim(line, 0, line.length, start);
  }

  private skim(bytes: Buffer, start: number, end: number, offset: number): void {
    if (end - start > this.longest) this.isLost = true;
    else if (!this.skimmer.passBy(bytes, start, end))
      this.skimmer.line(lineAt(bytes, start, end, offset), offset, this.line);
    this.line++;
  }
}

/** Reads the lines from `from` up to an offset: what `reader` makes of them was told before. @throws as `readToEnd` */
export function replay(file: string, from: TextPlace, until: number, reader: TextReader): void {
  if (from.offset === until) return;
  const bytes = Buffer.allocUnsafe(until - from.offset);
  const descriptor = fs.openSync(file, 'r');
  try {
    // A file that is shorter by now has changed, which its ranges tell.
    const length = readWhole(descriptor, bytes, bytes.length, from.offset);
    for (let at = 0; at < length; ) {
      const newline = bytes.subarray(at, length).indexOf(NEWLINE);
      if (newline < 0) return;
      reader.line(lineAt(bytes, at, at + newline, from.offset + at));
      at += newline + 1;
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

/** `offset`: of the line in its file, whose first may begin with a byte order mark. */
function lineAt(bytes: Buffer, start: number, end: number, offset: number): string {
  const isMarked = offset === 0 && end - start >= 3 && bytes.readUIntBE(start, 3) === BYTE_ORDER_MARK;
  return decodeText(bytes, isMarked ? start + 3 : start, end);
}

const BYTE_ORDER_MARK = 0xefbbbf;
