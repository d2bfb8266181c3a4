/** SHA-256 of a file up to several offsets, in one pass: how it is proven that what was audited before is unchanged. */
import crypto from 'node:crypto';
import fs from 'node:fs';

const BLOCK_BYTES = 1024 * 1024;

/**
 * The digests (hex) of the first `offsets[i]` bytes; undefined where the file is shorter. `offsets` ascend.
 * @throws what the system says when the file cannot be read
 */
export function digestPrefixes(file: string, offsets: readonly number[]): (string | undefined)[] {
  const descriptor = fs.openSync(file, 'r');
  try {
    const hash = crypto.createHash('sha256');
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    let at = 0;
    let ended = false;
    return offsets.map((offset) => {
      while (at < offset && !ended) {
        const length = fs.readSync(descriptor, block, 0, Math.min(BLOCK_BYTES, offset - at), at);
        hash.update(block.subarray(0, length));
        at += length;
        ended = length === 0;
      }
      return at < offset ? undefined : hash.copy().digest('hex');
    });
  } finally {
    fs.closeSync(descriptor);
  }
}
