/** Writes generated data into the cache of the bench, once, and finds places in what was written. */
import fs from 'node:fs';
import path from 'node:path';

const WRITE_BYTES = 4 * 1024 * 1024;
const READ_BYTES = 4 * 1024 * 1024;
const NEWLINE = 10;
/** Of one UTF-16 code unit. */
const MAX_UTF8_BYTES = 3;

/** Writes one line an event to `file`, unless it is there already: its name says what it holds. */
export function writeLines(file: string, events: Iterable<string>): void {
  if (fs.existsSync(file)) return;
  whole(file, (descriptor) => {
    // One buffer, written to at once: a long text put together first spent half the time in the garbage collector.
    const block = Buffer.allocUnsafe(WRITE_BYTES);
    let at = 0;
    for (const event of events) {
      if (at + event.length * MAX_UTF8_BYTES + 1 > WRITE_BYTES) {
        fs.writeSync(descriptor, block, 0, at);
        at = 0;
      }
      at += block.write(event, at);
      block[at++] = NEWLINE;
    }
    fs.writeSync(descriptor, block, 0, at);
  });
}

/** Lets `write` fill a temporary file beside `file`, and gives it its name when it is complete. */
export function whole(file: string, write: (descriptor: number) => void): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  const descriptor = fs.openSync(temporary, 'w');
  try {
    write(descriptor);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  } finally {
    fs.closeSync(descriptor);
  }
  fs.renameSync(temporary, file);
}

/**
 * The byte offsets at which each `every`-th line begins, from 0, and the end of the file last.
 * The last part may hold fewer lines.
 */
export function lineOffsets(file: string, every: number): number[] {
  const descriptor = fs.openSync(file, 'r');
  const block = Buffer.alloc(READ_BYTES);
  const offsets = [0];
  let base = 0;
  let lines = 0;
  for (;;) {
    const length = fs.readSync(descriptor, block, 0, READ_BYTES, base);
    if (length === 0) break;
    const data = block.subarray(0, length);
    for (let at = data.indexOf(NEWLINE); at >= 0; at = data.indexOf(NEWLINE, at + 1)) {
      if (++lines % every === 0) offsets.push(base + at + 1);
    }
    base += length;
  }
  fs.closeSync(descriptor);
  if (offsets.at(-1) !== base) offsets.push(base);
  return offsets;
}
