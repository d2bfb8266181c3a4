/** Standard output that its reader closes, or that cannot be written. */
import { EXIT } from './exit-codes.ts';

/** `audit-check … | head` closes the pipe early; that is the reader's right. A full disk is not. */
export function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`error: the report could not be written to standard output: ${error.code}\n`);
  process.exit(EXIT.incomplete);
}
