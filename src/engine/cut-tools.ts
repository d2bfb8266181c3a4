/** What cutting files into ranges of lines needs: the kernel's memory and counting, or plain ones. */
import { plainChecksum } from '../base/checksum.ts';
import { NEWLINE } from '../base/lexical.ts';
import type { CutTools } from '../read/cut-lines.ts';
import { loadKernel } from '../read/kernel/load-kernel.ts';
import { FILL_BYTES } from '../read/read-window.ts';

export function cutTools(): CutTools {
  const kernel = loadKernel();
  if (kernel !== undefined) {
    const { block, checksum } = kernel;
    return { block, checksum, countNewlines: (bytes) => kernel.countNewlines(bytes) };
  }
  return { block: Buffer.alloc(FILL_BYTES), checksum: plainChecksum, countNewlines: plainNewlines };
}

function plainNewlines(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === NEWLINE) count++;
  return count;
}
