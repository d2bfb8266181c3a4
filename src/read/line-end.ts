/** Where the last whole line of a file ends: what stands behind it may still grow. */
import fs from 'node:fs';
import { NEWLINE } from '../base/lexical.ts';

const PIECE_BYTES = 64 * 1024;

/** The offset behind the last newline before `size`; 0 where there is none. Reads backwards, so only the last line. */
export function lastLineEnd(file: string, size: number): number {
  const descriptor = fs.openSync(file, 'r');
  try {
    const block = Buffer.alloc(PIECE_BYTES);
    for (let end = size; end > 0; ) {
      const start = Math.max(0, end - PIECE_BYTES);
      const length = fs.readSync(descriptor, block, 0, end - start, start);
      const newline = block.subarray(0, length).lastIndexOf(NEWLINE);
      if (newline >= 0) return start + newline + 1;
      end = start;
    }
    return 0;
  } finally {
    fs.closeSync(descriptor);
  }
}
