/** The SHA-256 of what a compressed file holds: for one whose bytes turned out to be vouched for after it was read. */
import crypto from 'node:crypto';
import { isSystemError } from '../base/system-error.ts';
import { decodedBlocks } from './open.ts';

/** Lower-case hex; undefined where the system does not let it be read. */
export async function digestDecoded(file: string): Promise<string | undefined> {
  const hash = crypto.createHash('sha256');
  try {
    for await (const block of decodedBlocks(file)) hash.update(block);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return undefined;
  }
  return hash.digest('hex');
}
