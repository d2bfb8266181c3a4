/** Zstandard frames without compression (RFC 8878 §3.1.1): Node writes its own only from 22.15 on. Tests only. */

/** §3.1.1.2.4: a block holds at most 128 KiB. */
const MAX_BLOCK = 128 * 1024;

/** One frame: magic number, single-segment header with the content's size, raw blocks. */
export function toStoredZstd(content: Uint8Array): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  header.writeUInt32LE(content.length, 5);
  const parts: Uint8Array[] = [header];
  for (let from = 0; from === 0 || from < content.length; from += MAX_BLOCK) {
    const block = content.subarray(from, from + MAX_BLOCK);
    const isLast = from + MAX_BLOCK >= content.length;
    const word = Buffer.alloc(3);
    word.writeUIntLE(block.length * 8 + (isLast ? 1 : 0), 0, 3);
    parts.push(word, block);
  }
  return Buffer.concat(parts);
}
