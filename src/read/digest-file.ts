/** The digests of a file and its size, as it is now: how a file that is read whole is proven to be the one audited before. */
import crypto from 'node:crypto';
import fs from 'node:fs';

/** A named pipe in the place of a file must not hold the process until somebody writes to it. Windows has no such flag. */
const READ_AT_ONCE = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0);

const BLOCK_BYTES = 1024 * 1024;

/** A whole file. @throws what the system says */
export function readAtOnce(file: string): Buffer {
  const descriptor = fs.openSync(file, READ_AT_ONCE);
  try {
    return fs.readFileSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Of its first `most` bytes, or all. Undefined where the system does not let it be read. */
export function digestFile(
  file: string,
  most = Number.POSITIVE_INFINITY,
): { bytes: number; sha256: string } | undefined {
  const read = digestsOf(file, ['sha256'], most);
  return read && { bytes: read.bytes, sha256: read.digests.sha256! };
}

/** By several algorithms at once, lower-case hex. Undefined where the system does not let it be read. */
export function digestsOf(
  file: string,
  algorithms: readonly string[],
  most = Number.POSITIVE_INFINITY,
): { bytes: number; digests: Record<string, string> } | undefined {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, READ_AT_ONCE);
  } catch {
    return undefined;
  }
  try {
    const hashes = algorithms.map((algorithm) => [algorithm, crypto.createHash(algorithm)] as const);
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    let bytes = 0;
    for (let length = -1; length !== 0; bytes += length) {
      length = fs.readSync(descriptor, block, 0, Math.min(BLOCK_BYTES, most - bytes), bytes);
      for (const [, hash] of hashes) hash.update(block.subarray(0, length));
    }
    const digests = hashes.map(([algorithm, hash]) => [algorithm, hash.digest('hex')] as const);
    return { bytes, digests: Object.fromEntries(digests) };
  } catch {
    return undefined;
  } finally {
    fs.closeSync(descriptor);
  }
}
