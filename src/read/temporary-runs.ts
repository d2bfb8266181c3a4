/** Sorted runs of rows on disk, for what does not fit in memory. Rows are log data: the folder is the user's alone and goes with the run. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const READ_BYTES = 256 * 1024;
const LENGTH_BYTES = 4;

/** One run: rows in ascending order, each behind its length (32 bits, big endian). */
export type Run = { file: string };

export class TemporaryRuns {
  private folder: string | undefined;
  private count = 0;

  /** Writes rows in the order given. */
  write(rows: Iterable<Uint8Array>): Run {
    this.folder ??= this.makeFolder();
    const file = path.join(this.folder, `run-${this.count++}`);
    const descriptor = fs.openSync(file, 'wx', 0o600);
    try {
      writeRows(descriptor, rows);
    } finally {
      fs.closeSync(descriptor);
    }
    return { file };
  }

  /** The rows of a run; each is a view that stays valid. */
  *read(run: Run): Generator<Buffer> {
    const descriptor = fs.openSync(run.file, 'r');
    try {
      let pending: Buffer = Buffer.alloc(0);
      for (;;) {
        const block = Buffer.alloc(READ_BYTES);
        const length = fs.readSync(descriptor, block);
        if (length === 0) break;
        pending =
          pending.length === 0
            ? block.subarray(0, length)
            : Buffer.concat([pending, block.subarray(0, length)]);
        let at = 0;
        while (pending.length - at >= LENGTH_BYTES) {
          const end = at + LENGTH_BYTES + pending.readUInt32BE(at);
          if (end > pending.length) break;
          yield pending.subarray(at + LENGTH_BYTES, end);
          at = end;
        }
        pending = pending.subarray(at);
      }
      if (pending.length > 0) throw new Error(`the temporary run ${run.file} ends inside a row`);
    } finally {
      fs.closeSync(descriptor);
    }
  }

  /** Removes everything; also called when the process ends early. */
  dispose(): void {
    if (this.folder !== undefined) fs.rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
    process.removeListener('exit', this.onExit);
  }

  private readonly onExit = () => this.dispose();

  private makeFolder(): string {
    process.once('exit', this.onExit);
    return fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-'));
  }
}

function writeRows(descriptor: number, rows: Iterable<Uint8Array>): void {
  let parts: Uint8Array[] = [];
  let size = 0;
  const flush = () => {
    const block = Buffer.concat(parts);
    for (let at = 0; at < block.length; ) at += fs.writeSync(descriptor, block, at);
    parts = [];
    size = 0;
  };
  for (const row of rows) {
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(row.length);
    parts.push(length, row);
    size += LENGTH_BYTES + row.length;
    if (size > READ_BYTES) flush();
  }
  flush();
}
