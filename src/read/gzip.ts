/**
 * Gzip members (RFC 1952) around Node's raw inflate. Node's own gunzip drops what a block held before an error
 * and does not say how much trailing data it ignored; an audit needs both.
 */
import zlib from 'node:zlib';
import { type CompressedProblem, PROBLEMS } from './compressed.ts';
import { crc32 } from './crc32.ts';

/** Fed in small pieces, so that an error loses at most one piece. */
const PIECE_BYTES = 16 * 1024;
const TRAILER_BYTES = 8;

/** Yields the decoded bytes; returns what was wrong at the end, if anything. */
export async function* readGzip(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, CompressedProblem | undefined> {
  const input = new ByteQueue(source);
  for (let member = 0; ; member++) {
    const header = await readHeader(input);
    if (header === 'end') return member === 0 ? PROBLEMS.truncated : undefined;
    if (header === 'truncated') return PROBLEMS.truncated;
    if (header === 'other') return member === 0 ? PROBLEMS.corrupt('no gzip header') : PROBLEMS.trailing;
    const problem = yield* readMember(input);
    if (problem !== undefined) return problem;
  }
}

async function* readMember(input: ByteQueue): AsyncGenerator<Uint8Array, CompressedProblem | undefined> {
  const inflate = zlib.createInflateRaw({ chunkSize: 256 * 1024 });
  const decoded: Buffer[] = [];
  let ended = false;
  let failure: Error | undefined;
  let settle = () => {};
  inflate.on('data', (chunk: Buffer) => decoded.push(chunk));
  inflate.on('end', () => {
    ended = true;
    settle();
  });
  inflate.on('error', (error) => {
    failure = error;
    settle();
  });
  let crc = 0;
  let size = 0;
  let fed = 0;
  while (!ended && failure === undefined) {
    const piece = await input.take(PIECE_BYTES);
    if (piece.length === 0) break;
    await new Promise<void>((resolve) => {
      settle = resolve;
      inflate.write(piece, () => resolve());
    });
    fed += piece.length;
    if (ended) input.putBack(piece.subarray(piece.length - (fed - inflate.bytesWritten)));
    for (const chunk of decoded.splice(0)) {
      crc = crc32(chunk, crc);
      size += chunk.length;
      yield chunk;
    }
  }
  inflate.destroy();
  if (failure !== undefined) return PROBLEMS.corrupt(failure.message);
  if (!ended) return PROBLEMS.truncated;
  const trailer = await input.take(TRAILER_BYTES);
  if (trailer.length < TRAILER_BYTES) return PROBLEMS.truncated;
  const view = new DataView(trailer.buffer, trailer.byteOffset, TRAILER_BYTES);
  if (view.getUint32(0, true) !== crc) return PROBLEMS.corrupt('the checksum does not match');
  if (view.getUint32(4, true) !== size % 2 ** 32) return PROBLEMS.corrupt('the size does not match');
  return undefined;
}

/** Steps over one member header: 10 bytes, then the optional extra field, name, comment and header checksum. */
async function readHeader(input: ByteQueue): Promise<'member' | 'end' | 'truncated' | 'other'> {
  const fixed = await input.take(10);
  if (fixed.length === 0) return 'end';
  if (fixed[0] !== 0x1f || (fixed.length > 1 && fixed[1] !== 0x8b) || (fixed.length > 2 && fixed[2] !== 8))
    return 'other';
  if (fixed.length < 10) return 'truncated';
  const flags = fixed[3]!;
  if (flags & 4) {
    const length = await input.take(2);
    if (length.length < 2) return 'truncated';
    const extra = length[0]! + length[1]! * 256;
    if ((await input.take(extra)).length < extra) return 'truncated';
  }
  for (const flag of [8, 16]) {
    if (flags & flag && !(await skipText(input))) return 'truncated';
  }
  if (flags & 2 && (await input.take(2)).length < 2) return 'truncated';
  return 'member';
}

/** A zero-terminated text of at most 64 KiB (the format sets no bound). */
async function skipText(input: ByteQueue): Promise<boolean> {
  for (let length = 0; length < 65_536; length++) {
    const byte = await input.take(1);
    if (byte.length === 0) return false;
    if (byte[0] === 0) return true;
  }
  return false;
}

/** Blocks of bytes, taken in pieces of the wanted size. */
class ByteQueue {
  private readonly iterator: AsyncIterator<Uint8Array>;
  private block: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.iterator = source[Symbol.asyncIterator]();
  }

  /** Exactly `length` bytes, fewer only at the end of the input. */
  async take(length: number): Promise<Uint8Array> {
    while (this.block.length < length) {
      const next = await this.iterator.next();
      if (next.done === true) break;
      this.block = this.block.length === 0 ? next.value : Buffer.concat([this.block, next.value]);
    }
    const piece = this.block.subarray(0, length);
    this.block = this.block.subarray(piece.length);
    return piece;
  }

  putBack(piece: Uint8Array): void {
    this.block = this.block.length === 0 ? piece : Buffer.concat([piece, this.block]);
  }
}
