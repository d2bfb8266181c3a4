/** A small file of text in one piece: lists of digests and their like, which are no records. */
import { FILL_BYTES } from './read-window.ts';
import type { ReadTally } from './record-sink.ts';
import type { ByteReader } from './records.ts';

/** Keeps what passes, up to `limit` bytes. */
export class WholeText implements ByteReader {
  private readonly limit: number;
  private readonly kept: Buffer[] = [];
  private bytes = 0;
  private block = Buffer.alloc(0);

  constructor(limit: number) {
    this.limit = limit;
  }

  push(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    if (this.bytes <= this.limit) this.kept.push(Buffer.from(chunk));
  }

  room(): Buffer {
    if (this.block.length === 0) this.block = Buffer.allocUnsafe(FILL_BYTES);
    return this.block;
  }

  filled(bytes: number): void {
    this.push(this.block.subarray(0, bytes));
  }

  finish(): ReadTally {
    const { bytes } = this;
    return {
      bytes,
      recordBytes: bytes,
      malformedBytes: 0,
      framingBytes: 0,
      cutShort: false,
      sawArray: false,
    };
  }

  /** Without a byte order mark. Undefined where the file is longer than the limit, or is no UTF-8. */
  text(): string | undefined {
    if (this.bytes > this.limit) return undefined;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(this.kept));
    } catch {
      return undefined;
    }
  }
}
