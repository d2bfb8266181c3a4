/** Reports go to stdout or to files; a file is written under a temporary name and renamed, so that nobody reads half of one. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { isSystemError } from '../base/system-error.ts';

export function writeFileWhole(place: string, text: string | Uint8Array): void {
  const stats = fs.statSync(place, { throwIfNoEntry: false });
  // A pipe or device cannot be replaced, only written to; a link stays a link.
  if (stats !== undefined && !stats.isFile()) return void fs.writeFileSync(place, text);
  const file = stats === undefined ? place : fs.realpathSync(place);
  const temporary = path.join(
    path.dirname(file),
    `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  try {
    const descriptor = fs.openSync(temporary, 'wx', 0o644);
    try {
      fs.writeFileSync(descriptor, text);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    // The system names no file where the write of an open one fails.
    if (isSystemError(error)) error.path = place;
    throw error;
  }
}

/** Resolves when the text has left the process: a pipe may take it in parts, or be closed, which is its reader's right. */
export function writeStream(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error && !(isSystemError(error) && error.code === 'EPIPE')) reject(error);
      else resolve();
    });
  });
}
