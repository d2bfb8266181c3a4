/** Fields of a row as bytes whose order is the order of the values: big endian, signs flipped, texts ended by a zero. */

import { decodeUtf8 } from '../base/lexical.ts';

/** 48 bits: a byte offset or a position in a file of up to 256 TiB. */
const UINT48_BYTES = 6;

export class RowWriter {
  private buffer = Buffer.alloc(1024);
  private at = 0;

  start(): this {
    this.at = 0;
    return this;
  }

  /** The row so far; a view that the next `start` overwrites. */
  row(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  uint8(value: number): this {
    this.room(1);
    this.buffer[this.at++] = value;
    return this;
  }

  uint16(value: number): this {
    this.room(2);
    this.buffer[this.at++] = value >>> 8;
    this.buffer[this.at++] = value;
    return this;
  }

  uint32(value: number): this {
    this.room(4);
    this.put32(value);
    return this;
  }

  uint48(value: number): this {
    this.room(UINT48_BYTES);
    const high = Math.floor(value / 2 ** 32);
    this.buffer[this.at++] = high >>> 8;
    this.buffer[this.at++] = high;
    this.put32(value);
    return this;
  }

  /** Byte by byte: Buffer's own checks cost more than the bytes (measured). */
  private put32(value: number): void {
    const { buffer, at } = this;
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
    this.at = at + 4;
  }

  /** Signed, so that negative instants (before 1970) come first. */
  instant(value: bigint): this {
    this.room(8);
    this.at = this.buffer.writeBigUInt64BE(BigInt.asUintN(64, value ^ (1n << 63n)), this.at);
    return this;
  }

  bytes(value: Uint8Array): this {
    this.room(value.length);
    for (let index = 0; index < value.length; index++) this.buffer[this.at++] = value[index]!;
    return this;
  }

  /** A text that takes part in the order; it must hold no NUL. */
  sortedText(value: string): this {
    this.room(value.length * 3 + 1);
    this.at += this.put(value, this.at);
    return this.uint8(0);
  }

  /** A text behind its length, or undefined. */
  text(value: string | undefined): this {
    if (value === undefined) return this.uint32(0);
    this.room(value.length * 3 + 4);
    const length = this.put(value, this.at + 4);
    this.uint32(length + 1);
    this.at += length;
    return this;
  }

  /** UTF-8 of `value` at `at`; its length. Short ASCII, which most values are, is cheaper byte by byte (measured). */
  private put(value: string, at: number): number {
    if (value.length > 64) return this.buffer.write(value, at);
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) return this.buffer.write(value, at);
      this.buffer[at + index] = code;
    }
    return value.length;
  }

  private room(bytes: number): void {
    while (this.at + bytes > this.buffer.length)
      this.buffer = Buffer.concat([this.buffer], this.buffer.length * 2);
  }
}

export class RowReader {
  private buffer: Buffer = Buffer.alloc(0);
  private at = 0;

  start(row: Buffer): this {
    this.buffer = row;
    this.at = 0;
    return this;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.at;
  }

  uint8(): number {
    return this.buffer[this.at++]!;
  }

  uint16(): number {
    this.at += 2;
    return this.buffer.readUInt16BE(this.at - 2);
  }

  uint32(): number {
    this.at += 4;
    return this.buffer.readUInt32BE(this.at - 4);
  }

  uint48(): number {
    this.at += UINT48_BYTES;
    return this.buffer.readUIntBE(this.at - UINT48_BYTES, UINT48_BYTES);
  }

  instant(): bigint {
    this.at += 8;
    return BigInt.asIntN(64, this.buffer.readBigUInt64BE(this.at - 8) ^ (1n << 63n));
  }

  bytes(length: number): Buffer {
    this.at += length;
    return this.buffer.subarray(this.at - length, this.at);
  }

  sortedText(): string {
    const end = this.buffer.indexOf(0, this.at);
    const text = this.buffer.toString('utf8', this.at, end);
    this.at = end + 1;
    return text;
  }

  text(): string | undefined {
    const length = this.uint32();
    if (length === 0) return undefined;
    this.at += length - 1;
    return decodeUtf8(this.buffer, this.at - length + 1, this.at);
  }
}
