/** The journal of `retention apply`: a line of JSON for each run, in a file of the user's. */
import fs from 'node:fs';
import { quote } from '../base/text-safety.ts';

/** One line of JSON, on the disk when the call returns. What it tells is done and signed, so a full disk stops nothing. */
export function appendJournal(file: string | undefined, line: string): boolean {
  if (file === undefined) return true;
  try {
    const descriptor = fs.openSync(file, 'a', 0o644);
    try {
      fs.writeFileSync(descriptor, line);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    process.stderr.write(
      `error: --journal: ${quote(file)} cannot be written: ${code}; what was done is signed in the archive\n`,
    );
    return false;
  }
}
