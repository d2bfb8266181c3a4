/** The SHA-256 of a file and its size, as it is now: how a file that is read whole is proven to be the one audited before. */
import crypto from 'node:crypto';
import fs from 'node:fs';

const BLOCK_BYTES = 1024 * 1024;

/** Undefined where the system does not let it be read. */
export function digestFile(file: string): { bytes: number; sha256: string } | undefined {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    const hash = crypto.createHash('sha256');
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    let bytes = 0;
    for (let length = -1; length !== 0; bytes += length) {
      length = fs.readSync(descriptor, block, 0, BLOCK_BYTES, bytes);
      hash.update(block.subarray(0, length));
    }
    return { bytes, sha256: hash.digest('hex') };
  } catch {
    return undefined;
  } finally {
    fs.closeSync(descriptor);
  }
}
