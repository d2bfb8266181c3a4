/**
 * Cuts a file of lines into ranges that worker threads read by themselves, and digests it on the way: a SHA-256 cannot
 * be made in parts, but it is four times as fast as two threads that scan (measured).
 */
import crypto from 'node:crypto';
import fs from 'node:fs';
import type { Checksum } from '../base/checksum.ts';
import { NEWLINE } from '../base/lexical.ts';
import { type LineRange, nextTurn, type OnPiece, pieceEnd } from './plain-bytes.ts';

export type CutTools = {
  /** Memory of at least one piece (FILL_BYTES) to read into, which nobody else uses while the file is cut. */
  block: Buffer;
  countNewlines(bytes: Buffer): number;
  checksum: Checksum;
};

/** What is known of the whole file once it was read. */
export type CutFile = { bytes: number; sha256: string };

/**
 * Yields ranges of about `rangeBytes` that begin and end with lines, without gaps, in order; then what the file is.
 * `onPiece` is told of all bytes as they pass. @throws what the system says when the file cannot be read
 */
export async function* cutLines(
  file: string,
  rangeBytes: number,
  tools: CutTools,
  onPiece: OnPiece,
): AsyncGenerator<LineRange, CutFile> {
  const { block, countNewlines, checksum } = tools;
  const hash = crypto.createHash('sha256');
  const descriptor = fs.openSync(file, 'r');
  try {
    let at = 0;
    let line = 1;
    let range: LineRange = { start: 0, end: 0, line, checksum: 0 };
    for (;;) {
      const want = pieceEnd(at, Number.POSITIVE_INFINITY) - at;
      const length = readWhole(descriptor, block, want, at);
      if (length === 0) break;
      const piece = block.subarray(0, length);
      hash.update(piece);
      onPiece(piece);
      for (let from = 0; from < length; ) {
        // A range ends behind the first newline at or behind its size; a longer line makes a longer range.
        const earliest = Math.max(from, range.start + rangeBytes - 1 - at);
        const newline = earliest < length ? piece.indexOf(NEWLINE, earliest) : -1;
        const until = newline < 0 ? length : newline + 1;
        const part = piece.subarray(from, until);
        line += countNewlines(part);
        range.checksum = checksum(part, range.checksum);
        range.end = at + until;
        from = until;
        if (newline < 0) continue;
        yield range;
        range = { start: range.end, end: range.end, line, checksum: 0 };
      }
      at += length;
      await nextTurn();
    }
    if (range.end > range.start) yield range;
    return { bytes: at, sha256: hash.digest('hex') };
  } finally {
    fs.closeSync(descriptor);
  }
}

/** `want` bytes, fewer only at the end of the file. */
function readWhole(descriptor: number, block: Buffer, want: number, position: number): number {
  let length = 0;
  while (length < want) {
    const more = fs.readSync(descriptor, block, length, want - length, position + length);
    if (more === 0) break;
    length += more;
  }
  return length;
}
