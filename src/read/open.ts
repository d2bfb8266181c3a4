/** One input from its first stored byte to its last decoded one: magic number, digest, bounds. */
import crypto from 'node:crypto';
import fs, { createReadStream } from 'node:fs';
import { isSystemError } from '../base/system-error.ts';
import { formatNumber } from '../base/text-safety.ts';
import type { Limits } from '../model/request.ts';
import { readEncrypted } from './age.ts';
import { type CompressedProblem, type Compression, detectCompression } from './compressed.ts';
import { STDIN } from './discover.ts';
import { readGzip } from './gzip.ts';
import { type Pause, readToEnd } from './plain-bytes.ts';
import type { ReadHead, ReadTally, RecordSink } from './record-sink.ts';
import { type ByteReader, RecordReader } from './records.ts';
import { decodeSmallGzip, SMALL_STORED_BYTES } from './small-gzip.ts';
import type { TextLogs } from './text-records.ts';
import { readZstd } from './zstd.ts';

const BLOCK_BYTES = 1024 * 1024;
/** Of a compressed file at a time. */
const STORED_BYTES = 64 * 1024;
const MAGIC_BYTES = 4;
/** Below this, no ratio of decoded to stored bytes is suspicious. */
const INFLATION_FREE_BYTES = 64 * 1024 * 1024;

export type ReadOutcome = ReadTally & {
  storedBytes: number;
  /** Of the stored bytes; null when they were not read to the end. */
  sha256: string | null;
  /** Of the decoded bytes, as far as they could be decoded; null where that was not to the end, or nobody asked. */
  decodedSha256: string | null;
  compression: Compression;
  /** Damage to the compressed stream. */
  problem: CompressedProblem | undefined;
  /** The operating system's word for why the file could not be read (`EACCES`), if so. */
  failure: string | undefined;
};

export type ReadOptions = {
  /** Whether the decoded bytes of a compressed file are digested too; of others they are the stored ones. */
  digestsDecoded?: boolean;
  /** Up to which a gzip file is decoded at once; the answer does not depend on it. */
  smallBytes?: number | undefined;
  pause?: Pause;
  /** Of age: the file is a segment that was compressed and then encrypted. */
  identities?: readonly string[] | undefined;
  /** What the reader is given in the place of the decoded bytes: the file has lines with more in them than records. */
  lines?: LineFilter | undefined;
};

/** Takes decoded blocks and gives others, for each as many lines as have ended. */
export type LineFilter = { push(block: Uint8Array): Uint8Array; end(): Uint8Array };

/** Drives `reader` over the whole of `file`. Never throws for what is wrong with the input. */
export async function readInput(
  file: string,
  reader: ByteReader,
  limits: Limits,
  onBytes: (storedBytes: number) => void,
  { digestsDecoded = false, smallBytes = SMALL_STORED_BYTES, pause, identities, lines }: ReadOptions = {},
): Promise<ReadOutcome> {
  const stored = new StoredBytes(file, onBytes);
  let compression: Compression = 'none';
  let problem: CompressedProblem | undefined;
  const decoded = digestsDecoded ? crypto.createHash('sha256') : undefined;
  const push = (bytes: Uint8Array): void => {
    decoded?.update(bytes);
    reader.push(lines === undefined ? bytes : lines.push(bytes));
  };
  try {
    const head = await stored.head();
    compression = identities === undefined ? detectCompression(head) : 'zstd';
    const members = compression === 'gzip' ? stored.decodeSmall(smallBytes, limits.decodedBytes) : undefined;
    if (members !== undefined) for (const member of members) push(member);
    else if (compression !== 'none') {
      const blocks = decoderOf(compression, identities)(stored);
      problem = await decode(blocks, push, stored, limits, pause);
    } else if (stored.descriptor === undefined)
      for await (const block of stored) {
        reader.push(block);
        await pause?.();
      }
    else {
      reader.push(stored.takeHead());
      await readToEnd(stored.descriptor, reader, stored.count, pause);
      stored.ended = true;
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    stored.failure = error.code;
  } finally {
    await stored.close();
  }
  if (lines !== undefined) reader.push(lines.end());
  const tally = reader.finish();
  const sha256 = stored.failure === undefined && stored.ended ? stored.digest() : null;
  const isWhole = stored.failure === undefined && problem?.code !== 'decompression-limit';
  const decodedSha256 =
    compression === 'none' ? sha256 : isWhole && decoded !== undefined ? decoded.digest('hex') : null;
  const { failure } = stored;
  return { ...tally, storedBytes: stored.bytes, sha256, decodedSha256, compression, problem, failure };
}

/** Thrown through the reader once it knows what the head of the file says. */
class EnoughSeen extends Error {}

/**
 * Looks at the beginning of a file only, as `RecordSink.begin` does; undefined where it cannot be read or ends before
 * anything could be decided.
 */
export async function readHead(
  file: string,
  limits: Limits,
  begin: RecordSink['begin'],
  texts?: TextLogs,
): Promise<{ head: ReadHead; compression: Compression } | undefined> {
  const stored = new StoredBytes(file, () => {});
  let compression: Compression = 'none';
  const blocks = async function* () {
    compression = detectCompression(await stored.head());
    yield* compression === 'none' ? stored : decoderOf(compression)(stored);
  };
  try {
    const head = await headOf(blocks(), limits, begin, texts);
    return head && { head, compression };
  } finally {
    await stored.close();
  }
}

/** As `readHead`, of blocks that somebody decoded; no more are asked for than it takes. */
export async function headOf(
  blocks: AsyncIterable<Uint8Array>,
  limits: Limits,
  begin: RecordSink['begin'],
  texts?: TextLogs,
): Promise<ReadHead | undefined> {
  let wrapper: readonly string[] | undefined;
  const enough = () => {
    throw new EnoughSeen();
  };
  const sink: RecordSink = {
    begin: (documents, text, lines) => {
      wrapper = begin(documents, text, lines);
      return enough();
    },
    scan: enough,
    record: enough,
    malformed: enough,
  };
  const reader = new RecordReader(sink, { recordLimit: limits.recordBytes, texts });
  try {
    for await (const block of blocks) reader.push(block);
    reader.finish();
  } catch (error) {
    if (error instanceof EnoughSeen) return reader.head && { ...reader.head, wrapper };
    if (!isSystemError(error)) throw error;
  }
  return undefined;
}

async function decode(
  blocks: ReturnType<typeof readGzip>,
  push: (bytes: Uint8Array) => void,
  stored: StoredBytes,
  limits: Limits,
  pause: Pause | undefined,
): Promise<CompressedProblem | undefined> {
  let bytes = 0;
  for (;;) {
    const next = await blocks.next();
    if (next.done === true) {
      // Whatever the decoder left unread still belongs to the digest of the file.
      await stored.drain();
      return next.value;
    }
    bytes += next.value.length;
    const message = limitPassed(bytes, stored.bytes, limits);
    if (message !== undefined) {
      await blocks.return(undefined);
      return { code: 'decompression-limit', message };
    }
    push(next.value);
    await pause?.();
  }
}

function decoderOf(compression: 'gzip' | 'zstd', identities?: readonly string[]) {
  if (identities !== undefined)
    return (source: AsyncIterable<Uint8Array>) => readEncrypted(source, identities);
  return compression === 'gzip' ? readGzip : readZstd;
}

function limitPassed(decoded: number, stored: number, limits: Limits): string | undefined {
  const most = formatNumber(limits.decodedBytes);
  if (decoded > limits.decodedBytes) return `expected at most ${most} decoded bytes, found more`;
  if (decoded <= INFLATION_FREE_BYTES || decoded <= stored * limits.inflation) return undefined;
  const found = `${formatNumber(decoded)} or more from ${formatNumber(stored)}`;
  return `expected at most ${formatNumber(limits.inflation)} decoded bytes a stored one, found ${found}`;
}

/**
 * The decoded bytes of a file, without digest or bounds: for a second look at one that was read within them.
 * Returns what was wrong with it, if anything.
 */
export async function* decodedBlocks(
  file: string,
  identities?: readonly string[],
  lines?: LineFilter,
): AsyncGenerator<Uint8Array, CompressedProblem | undefined> {
  if (lines !== undefined) {
    const blocks = decodedBlocks(file, identities);
    for await (const block of blocks) yield lines.push(block);
    yield lines.end();
    return undefined;
  }
  const stored = new StoredBytes(file, () => {});
  try {
    const head = await stored.head();
    const compression = identities === undefined ? detectCompression(head) : 'zstd';
    if (compression !== 'none') return yield* decoderOf(compression, identities)(stored);
    yield* stored;
    return undefined;
  } finally {
    await stored.close();
  }
}

/** The stored bytes of a file or of standard input, counted and digested as they pass. */
class StoredBytes implements AsyncIterable<Uint8Array> {
  bytes = 0;
  ended = false;
  failure: string | undefined;
  /** Of a regular file; its position stands behind what was handed out. */
  descriptor: number | undefined;
  /** As it was when the file was opened. */
  private size = 0;
  private pending: Uint8Array = new Uint8Array(0);
  private stream: AsyncIterator<Uint8Array> | undefined;
  private readonly file: string;
  private readonly hash = crypto.createHash('sha256');
  private readonly onBytes: (storedBytes: number) => void;

  constructor(file: string, onBytes: (storedBytes: number) => void) {
    this.file = file;
    this.onBytes = onBytes;
  }

  /** At least the four bytes that a magic number needs, if there are as many; they are handed out again. */
  async head(): Promise<Uint8Array> {
    this.open();
    while (this.pending.length < MAGIC_BYTES) {
      const block = await this.read();
      if (block === undefined) break;
      this.pending = this.pending.length === 0 ? block : Buffer.concat([this.pending, block]);
    }
    return this.pending;
  }

  takeHead(): Uint8Array {
    const head = this.pending;
    this.pending = new Uint8Array(0);
    return head;
  }

  /**
   * All that a small sound gzip file holds, counted and digested; undefined for every other, of which nothing more
   * was read then. After `head`.
   */
  decodeSmall(smallBytes: number, mostDecoded: number): Uint8Array[] | undefined {
    if (this.descriptor === undefined || this.size > smallBytes) return undefined;
    const head = this.pending;
    const rest = Buffer.allocUnsafe(Math.max(0, this.size - head.length) + 1);
    const length = fs.readSync(this.descriptor, rest, 0, rest.length, head.length);
    // It has grown or shrunk: whoever reads to the end will see where that is.
    if (head.length + length !== this.size) return undefined;
    const whole = length === 0 ? head : Buffer.concat([head, rest.subarray(0, length)]);
    const members = decodeSmallGzip(whole, mostDecoded);
    if (members === undefined) return undefined;
    this.takeHead();
    if (length > 0) this.count(whole.subarray(head.length));
    this.ended = true;
    return members;
  }

  private open(): void {
    if (this.file === STDIN) {
      this.stream = process.stdin[Symbol.asyncIterator]();
      return;
    }
    // Without O_NONBLOCK a named pipe would hold the thread until somebody writes: only files are opened here.
    const stats = fs.statSync(this.file);
    this.size = stats.size;
    if (stats.isFile()) this.descriptor = fs.openSync(this.file, 'r');
    else this.stream = createReadStream(this.file, { highWaterMark: BLOCK_BYTES })[Symbol.asyncIterator]();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const head = this.takeHead();
    if (head.length > 0) yield head;
    for (let block = await this.read(); block !== undefined; block = await this.read()) yield block;
  }

  private async read(): Promise<Uint8Array | undefined> {
    const block = this.stream === undefined ? this.readFile() : (await this.stream.next()).value;
    if (block === undefined) this.ended = true;
    else this.count(block);
    return block;
  }

  /** A block of its own each time: decoders keep views. Small, because most compressed files of a folder are. */
  private readFile(): Uint8Array | undefined {
    const block = Buffer.allocUnsafe(STORED_BYTES);
    const length = fs.readSync(this.descriptor!, block);
    return length === 0 ? undefined : block.subarray(0, length);
  }

  /** Counts and digests what somebody read. */
  readonly count = (block: Uint8Array): void => {
    this.bytes += block.length;
    this.hash.update(block);
    this.onBytes(block.length);
  };

  async drain(): Promise<void> {
    while (!this.ended) await this.read();
  }

  /** Lets go of the file, also where reading stops early. */
  async close(): Promise<void> {
    if (this.descriptor !== undefined) fs.closeSync(this.descriptor);
    else if (!this.ended && this.failure === undefined) await this.stream?.return?.();
  }

  digest(): string {
    return this.hash.digest('hex');
  }
}
