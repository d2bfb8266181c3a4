/** Fields of a row as bytes whose order is the order of the values: big endian, signs flipped, texts ended by a zero. */

import { type Instant, NANOS_PER_MS } from '../base/instant.ts';
import { decodeUtf8 } from '../base/lexical.ts';

/** Rows lie in chunks, so that nothing is copied as their number grows; a longer row has a chunk of its own. */
export const CHUNK_BITS = 20;
export const CHUNK_BYTES = 1 << CHUNK_BITS;
const FIRST_CHUNK_BYTES = 4096;

/** Added to milliseconds, so that those before 1970 are positive and come first; 0 stays free for "no time". */
const TIME_BIAS = 2 ** 52;
const MAX_MS = TIME_BIAS - 1;

/** A time as milliseconds (7 bytes) and the nanoseconds beyond them (3 bytes). */
export const TIME_BYTES = 10;

/** Writes rows one behind another. Byte by byte: Buffer's own checks cost more than the bytes (measured). */
export class RowWriter {
  chunks: Buffer<ArrayBuffer>[] = [];
  /** Where the row under way begins in the last chunk, and where its next byte goes. */
  begin = 0;
  at = 0;
  /** The last chunk. */
  buffer: Buffer = Buffer.alloc(0);

  /** Begins a row behind the last one, at a whole word, `gap` bytes left free before it. */
  start(gap = 0): this {
    // The zeros between rows are within the chunk, whose length is a whole number of words.
    this.at = (this.at + 3) & ~3;
    this.begin = this.at;
    if (this.at >= CHUNK_BYTES) this.addChunk(gap);
    this.room(gap);
    this.at += gap;
    return this;
  }

  /** The row so far, gap included; a view. */
  row(): Buffer {
    return this.buffer.subarray(this.begin, this.at);
  }

  /** Forgets all rows and their chunks. */
  clear(): void {
    this.chunks = [];
    this.buffer = Buffer.alloc(0);
    this.begin = 0;
    this.at = 0;
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

  /** Fills 4 bytes of the row under way, or of its gap. */
  patch32(at: number, value: number): void {
    const { buffer } = this;
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
  }

  /** A byte offset in a file of up to 256 TiB. */
  uint48(value: number): this {
    this.room(6);
    const high = Math.floor(value / 2 ** 32);
    this.buffer[this.at++] = high >>> 8;
    this.buffer[this.at++] = high;
    this.put32(value);
    return this;
  }

  /** 7 bits a byte, the lowest first: lengths and counts, which are small. Takes no part in the order. */
  varint(value: number): this {
    this.room(8);
    let rest = value;
    while (rest >= 0x80) {
      this.buffer[this.at++] = rest | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.buffer[this.at++] = rest;
    return this;
  }

  private put32(value: number): void {
    this.patch32(this.at, value);
    this.at += 4;
  }

  /** `ms` rounded down, NaN for no time, which comes first; beyond 140,000 years all times are alike. */
  time(ms: number, nanos: number): this {
    this.room(TIME_BYTES);
    const known = !Number.isNaN(ms);
    const biased = known ? Math.max(-MAX_MS, Math.min(ms, MAX_MS)) + TIME_BIAS : 0;
    const high = Math.floor(biased / 2 ** 32);
    const { buffer } = this;
    let { at } = this;
    buffer[at++] = high >>> 16;
    buffer[at++] = high >>> 8;
    buffer[at++] = high;
    this.patch32(at, biased);
    at += 4;
    const rest = known ? nanos : 0;
    buffer[at++] = rest >>> 16;
    buffer[at++] = rest >>> 8;
    buffer[at++] = rest;
    this.at = at;
    return this;
  }

  bytes(value: Uint8Array): this {
    this.room(value.length);
    for (let index = 0; index < value.length; index++) this.buffer[this.at++] = value[index]!;
    return this;
  }

  /** What JSON.stringify makes of the texts, and a zero: a text that takes part in the order. */
  sortedTexts(values: readonly string[]): this {
    let length = 3;
    for (let index = 0; index < values.length; index++) length += values[index]!.length + 3;
    this.room(length);
    const { begin } = this;
    const written = this.at - begin;
    this.buffer[this.at++] = OPEN_BRACKET;
    for (let index = 0; index < values.length; index++) {
      if (index > 0) this.buffer[this.at++] = COMMA;
      if (!this.putPlain(values[index]!)) {
        this.at = this.begin + written;
        return this.sortedText(JSON.stringify(values));
      }
    }
    this.buffer[this.at++] = CLOSE_BRACKET;
    this.buffer[this.at++] = 0;
    return this;
  }

  /** A text in quotes, if it is ASCII and needs no escapes. */
  private putPlain(value: string): boolean {
    const { buffer } = this;
    let { at } = this;
    buffer[at++] = QUOTE;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code < 0x20 || code >= 0x80 || code === QUOTE || code === BACKSLASH) return false;
      buffer[at++] = code;
    }
    buffer[at++] = QUOTE;
    this.at = at;
    return true;
  }

  /** A text that takes part in the order; it must hold no NUL. */
  sortedText(value: string): this {
    this.room(value.length * 3 + 1);
    this.at += this.put(value, this.at);
    return this.uint8(0);
  }

  /** A text behind its length and one, or undefined. */
  text(value: string | undefined): this {
    if (value === undefined) return this.uint8(0);
    const { length } = value;
    if (length < SHORT_TEXT) {
      // One byte of length while all is ASCII.
      this.room(length + 1);
      const { buffer } = this;
      let at = this.at;
      buffer[at++] = length + 1;
      let index = 0;
      for (; index < length; index++) {
        const code = value.charCodeAt(index);
        if (code >= 0x80) break;
        buffer[at++] = code;
      }
      if (index === length) {
        this.at = at;
        return this;
      }
    }
    this.varint(Buffer.byteLength(value) + 1);
    this.room(length * 3);
    this.at += this.buffer.write(value, this.at);
    return this;
  }

  /** UTF-8 of `value` at `at`; its length. Short ASCII, which most values are, is cheaper byte by byte (measured). */
  private put(value: string, at: number): number {
    if (value.length >= SHORT_TEXT) return this.buffer.write(value, at);
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) return this.buffer.write(value, at);
      this.buffer[at + index] = code;
    }
    return value.length;
  }

  private room(bytes: number): void {
    if (this.at + bytes > this.buffer.length) this.addChunk(bytes);
  }

  /** A new chunk, to whose front the row under way moves. */
  private addChunk(bytes: number): void {
    const soFar = this.buffer.subarray(this.begin, this.at);
    const size = Math.min(Math.max(this.buffer.length * 2, FIRST_CHUNK_BYTES), CHUNK_BYTES);
    const needed = soFar.length + bytes;
    const chunk = Buffer.alloc(needed <= size ? size : Math.max(CHUNK_BYTES, (needed * 2 + 3) & ~3));
    chunk.set(soFar);
    this.chunks.push(chunk);
    this.buffer = chunk;
    this.begin = 0;
    this.at = soFar.length;
  }
}

/** Below this length a text's length takes one byte, and its bytes are put one by one. */
const SHORT_TEXT = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;

/** Reads a row's fields in the order they were written. */
export class RowReader {
  private buffer: Uint8Array = new Uint8Array(0);
  private at = 0;
  /** ASCII texts by a hash of their bytes, and those bytes. */
  private readonly known: string[] = new Array(KNOWN_TEXTS).fill('');
  private readonly knownBytes = new Uint8Array(KNOWN_TEXTS * SHORT_TEXT);

  start(buffer: Uint8Array, at = 0): this {
    this.buffer = buffer;
    this.at = at;
    return this;
  }

  /** The index in the buffer of the byte to read next. */
  get position(): number {
    return this.at;
  }

  uint8(): number {
    return this.buffer[this.at++]!;
  }

  uint16(): number {
    const { buffer, at } = this;
    this.at = at + 2;
    return (buffer[at]! << 8) | buffer[at + 1]!;
  }

  uint32(): number {
    const { buffer, at } = this;
    this.at = at + 4;
    return buffer[at]! * 2 ** 24 + ((buffer[at + 1]! << 16) | (buffer[at + 2]! << 8) | buffer[at + 3]!);
  }

  uint48(): number {
    return this.uint16() * 2 ** 32 + this.uint32();
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.buffer[this.at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  time(): Instant | undefined {
    const { buffer, at } = this;
    const high = (buffer[at]! << 16) | (buffer[at + 1]! << 8) | buffer[at + 2]!;
    this.at = at + 3;
    const biased = high * 2 ** 32 + this.uint32();
    const nanos = (buffer[at + 7]! << 16) | (buffer[at + 8]! << 8) | buffer[at + 9]!;
    this.at = at + TIME_BYTES;
    return biased === 0 ? undefined : toInstant(biased - TIME_BIAS, nanos);
  }

  /** A copy. */
  bytes(length: number): Buffer {
    this.at += length;
    return Buffer.from(this.buffer.subarray(this.at - length, this.at));
  }

  sortedText(): string {
    const end = this.buffer.indexOf(0, this.at);
    const text = decodeUtf8(this.buffer, this.at, end);
    this.at = end + 1;
    return text;
  }

  /** A text that hardly ever comes twice. */
  uniqueText(): string | undefined {
    const length = this.varint();
    if (length === 0) return undefined;
    this.at += length - 1;
    return decodeUtf8(this.buffer, this.at - length + 1, this.at);
  }

  /** A text as logs repeat them: the same string as the last time, where it is found again. */
  text(): string | undefined {
    const { buffer } = this;
    const first = buffer[this.at]!;
    if (first === 0) {
      this.at++;
      return undefined;
    }
    if (first > SHORT_TEXT) return this.uniqueText();
    const at = this.at + 1;
    const length = first - 1;
    this.at = at + length;
    if (length === 0) return '';
    // Two bytes a step: it is the multiplications, one after another, that take the time.
    let hash = length ^ (buffer[this.at - 1]! << 16);
    for (let index = at; index < this.at - 1; index += 2) {
      hash = Math.imul(hash ^ buffer[index]! ^ (buffer[index + 1]! << 8), 0x9e3779b1);
    }
    hash = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1);
    const slot = hash >>> KNOWN_SHIFT;
    const { known, knownBytes } = this;
    const from = slot * SHORT_TEXT;
    if (known[slot]!.length === length) {
      let index = 0;
      // Against bytes, not the string: asking that for its characters takes three times as long (measured).
      while (index < length && knownBytes[from + index] === buffer[at + index]) index++;
      if (index === length) return known[slot];
    }
    const text = decodeUtf8(buffer, at, this.at);
    if (text.length !== length) return text;
    known[slot] = text;
    for (let index = 0; index < length; index++) knownBytes[from + index] = buffer[at + index]!;
    return text;
  }
}

const KNOWN_BITS = 12;
const KNOWN_TEXTS = 2 ** KNOWN_BITS;
const KNOWN_SHIFT = 32 - KNOWN_BITS;

const SPLIT = 2 ** 21;
const words = new Int32Array(2);
const nanosOfWords = new BigInt64Array(words.buffer);

/** The instant of milliseconds and nanoseconds; by halves in doubles, since each bigint operation allocates (5 × faster, measured). */
function toInstant(ms: number, nanos: number): Instant {
  if (!(ms > -MAX_PLAIN_MS && ms < MAX_PLAIN_MS && LITTLE_ENDIAN))
    return BigInt(ms) * NANOS_PER_MS + BigInt(nanos);
  const upper = Math.floor(ms / SPLIT);
  // The instant is upperNanos × 2^21 + lowerNanos, and both are exact.
  const upperNanos = upper * 1_000_000;
  const lowerNanos = (ms - upper * SPLIT) * 1_000_000 + nanos;
  const high = Math.floor(upperNanos / 2048);
  const low = (upperNanos - high * 2048) * SPLIT + lowerNanos;
  words[0] = low;
  words[1] = high + Math.floor(low / 2 ** 32);
  return nanosOfWords[0]!;
}

/** Nanoseconds of more would not fit in 64 bits: the years 1678 to 2262. */
const MAX_PLAIN_MS = 9_223_372_036_854;
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
