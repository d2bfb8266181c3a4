/** One input from its first stored byte to its last decoded one: magic number, digest, bounds. */
import crypto from 'node:crypto';
import { createReadStream } from 'node:fs';
import { formatNumber } from '../base/text-safety.ts';
import type { Limits } from '../model/request.ts';
import { type CompressedProblem, type Compression, detectCompression } from './compressed.ts';
import { STDIN } from './discover.ts';
import { readGzip } from './gzip.ts';
import type { ReadTally, RecordReader } from './records.ts';
import { readZstd } from './zstd.ts';

const BLOCK_BYTES = 1024 * 1024;
/** Below this, no ratio of decoded to stored bytes is suspicious. */
const INFLATION_FREE_BYTES = 64 * 1024 * 1024;

export type ReadOutcome = ReadTally & {
  storedBytes: number;
  /** Of the stored bytes; null when they were not read to the end. */
  sha256: string | null;
  compression: Compression;
  /** Damage to the compressed stream. */
  problem: CompressedProblem | undefined;
  /** The operating system's word for why the file could not be read (`EACCES`), if so. */
  failure: string | undefined;
};

/** Drives `reader` over the whole of `file`. Never throws for what is wrong with the input. */
export async function readInput(
  file: string,
  reader: RecordReader,
  limits: Limits,
  onBytes: (storedBytes: number) => void,
): Promise<ReadOutcome> {
  const stored = new StoredBytes(file, onBytes);
  let compression: Compression = 'none';
  let problem: CompressedProblem | undefined;
  try {
    const blocks = stored[Symbol.asyncIterator]();
    const head = await firstBlock(blocks);
    compression = detectCompression(head);
    const rest = { [Symbol.asyncIterator]: () => prepend(head, blocks) };
    if (compression === 'none') for await (const block of rest) reader.push(block);
    else
      problem = await decode(
        compression === 'gzip' ? readGzip(rest) : readZstd(rest),
        reader,
        stored,
        limits,
      );
  } catch (error) {
    if (!isSystemError(error)) throw error;
    stored.failure = error.code;
  } finally {
    await stored.close();
  }
  const tally = reader.finish();
  const sha256 = stored.failure === undefined && stored.ended ? stored.digest() : null;
  return { ...tally, storedBytes: stored.bytes, sha256, compression, problem, failure: stored.failure };
}

async function decode(
  decoded: AsyncGenerator<Uint8Array, CompressedProblem | undefined>,
  reader: RecordReader,
  stored: StoredBytes,
  limits: Limits,
): Promise<CompressedProblem | undefined> {
  let bytes = 0;
  for (;;) {
    const next = await decoded.next();
    if (next.done === true) {
      // Whatever the decoder left unread still belongs to the digest of the file.
      await stored.drain();
      return next.value;
    }
    bytes += next.value.length;
    const message = limitPassed(bytes, stored.bytes, limits);
    if (message !== undefined) {
      await decoded.return(undefined);
      return { code: 'decompression-limit', message };
    }
    reader.push(next.value);
  }
}

function limitPassed(decoded: number, stored: number, limits: Limits): string | undefined {
  const most = formatNumber(limits.decodedBytes);
  if (decoded > limits.decodedBytes) return `expected at most ${most} decoded bytes, found more`;
  if (decoded <= INFLATION_FREE_BYTES || decoded <= stored * limits.inflation) return undefined;
  const found = `${formatNumber(decoded)} or more from ${formatNumber(stored)}`;
  return `expected at most ${formatNumber(limits.inflation)} decoded bytes a stored one, found ${found}`;
}

/** The decoded bytes of a file, without digest or bounds: for a second look at one that was read within them. */
export async function* decodedBlocks(file: string): AsyncGenerator<Uint8Array, void> {
  const stored = new StoredBytes(file, () => {});
  try {
    const blocks = stored[Symbol.asyncIterator]();
    const head = await firstBlock(blocks);
    const compression = detectCompression(head);
    const rest = { [Symbol.asyncIterator]: () => prepend(head, blocks) };
    if (compression === 'gzip') yield* readGzip(rest);
    else if (compression === 'zstd') yield* readZstd(rest);
    else yield* rest;
  } finally {
    await stored.close();
  }
}

/** The stored bytes of a file or of standard input, counted and digested as they pass. */
class StoredBytes implements AsyncIterable<Uint8Array> {
  bytes = 0;
  ended = false;
  failure: string | undefined;
  private readonly hash = crypto.createHash('sha256');
  private readonly stream: AsyncIterator<Uint8Array>;
  private readonly onBytes: (storedBytes: number) => void;

  constructor(file: string, onBytes: (storedBytes: number) => void) {
    const stream = file === STDIN ? process.stdin : createReadStream(file, { highWaterMark: BLOCK_BYTES });
    this.stream = stream[Symbol.asyncIterator]();
    this.onBytes = onBytes;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.next(), return: async () => ({ done: true, value: undefined }) };
  }

  private async next(): Promise<IteratorResult<Uint8Array>> {
    const result = await this.stream.next();
    if (result.done === true) {
      this.ended = true;
      return result;
    }
    this.bytes += result.value.length;
    this.hash.update(result.value);
    this.onBytes(result.value.length);
    return result;
  }

  async drain(): Promise<void> {
    while (!this.ended) await this.next();
  }

  /** Lets go of the file where reading stops early. */
  async close(): Promise<void> {
    if (!this.ended && this.failure === undefined) await this.stream.return?.();
  }

  digest(): string {
    return this.hash.digest('hex');
  }
}

/** At least the four bytes that a magic number needs, if there are as many. */
async function firstBlock(blocks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < 4) {
    const next = await blocks.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

async function* prepend(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function isSystemError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}
