/** A file without compression, read straight into the reader's memory: all of it, or the lines of a stretch. */
import fs from 'node:fs';
import type { Checksum } from '../base/checksum.ts';
import { FILL_BYTES } from './read-window.ts';
import type { ByteReader, RecordReader } from './records.ts';

/** Bytes between two turns of the event loop, so that Ctrl-C and messages are heard: some 30 ms of scanning. */
const TURN_BYTES = 16 * 1024 * 1024;

/** Told of each piece that was read, before it is scanned. */
export type OnPiece = (piece: Buffer) => void;

/** Awaited between two pieces: whoever takes the records may have fallen behind. */
export type Pause = () => Promise<void>;

/** Reads from the descriptor's position to its end. @throws what the system says when it cannot be read */
export async function readToEnd(
  descriptor: number,
  reader: ByteReader,
  onPiece: OnPiece,
  pause: Pause = nextTurn,
): Promise<void> {
  for (let sinceTurn = 0; ; ) {
    const room = reader.room();
    const length = fs.readSync(descriptor, room);
    if (length === 0) return;
    onPiece(room.subarray(0, length));
    reader.filled(length);
    sinceTurn += length;
    if (sinceTurn < TURN_BYTES) continue;
    sinceTurn = 0;
    await pause();
  }
}

/** Some lines of a file, by bytes from its beginning. `checksum`: of what the one who cut the file saw there. */
export type LineRange = { start: number; end: number; line: number; checksum: number };

/** The file holds other bytes now than when it was cut into ranges. */
export const CHANGED = 'changed while it was read';

/** Reads one range. Returns CHANGED where the bytes are not those of `range.checksum`. @throws as `readToEnd` */
export function readRange(
  file: string,
  range: LineRange,
  reader: RecordReader,
  checksum: Checksum,
  onPiece: OnPiece,
): typeof CHANGED | undefined {
  const descriptor = fs.openSync(file, 'r');
  try {
    let sum = 0;
    for (let at = range.start; at < range.end; ) {
      const room = reader.room().subarray(0, pieceEnd(at, range.end) - at);
      let length = 0;
      while (length < room.length) {
        const more = fs.readSync(descriptor, room, length, room.length - length, at + length);
        if (more === 0) return CHANGED;
        length += more;
      }
      sum = checksum(room, sum);
      onPiece(room);
      reader.filled(length);
      at += length;
    }
    return sum === range.checksum ? undefined : CHANGED;
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Where the piece that begins at `at` ends: checksums are made over pieces, and both readers must cut alike. */
export function pieceEnd(at: number, end: number): number {
  return Math.min(end, at - (at % FILL_BYTES) + FILL_BYTES);
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
