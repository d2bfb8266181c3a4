/** Reads what `row-writer.ts` wrote, field by field; texts that were met before come out as the same strings. */

import { type Instant, NANOS_PER_MS } from '../base/instant.ts';
import { decodeUtf8 } from '../base/lexical.ts';
import { SIGN, SUBJECT } from './row-marks.ts';
import { SHORT_TEXT, TIME_BIAS, TIME_BYTES } from './row-writer.ts';

/** Reads a row's fields in the order they were written. */
export class RowReader {
  private buffer: Uint8Array = new Uint8Array(0);
  private at = 0;
  /** Of the last `texts`: which of them are several values; undefined where none is. */
  several: number[] | undefined;
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

  /** A text that hardly ever comes twice. */
  uniqueText(): string | undefined {
    const length = this.varint();
    if (length === 0) return undefined;
    this.at += length - 1;
    return decodeUtf8(this.buffer, this.at - length + 1, this.at);
  }

  /**
   * So many texts; SUBJECT stands for `subject`, and where SEVERAL stands before one is told in `several`. Of the fields that a
   * rule names most are absent.
   */
  texts(count: number, subject: string | undefined): (string | undefined)[] {
    const texts = new Array<string | undefined>(count);
    const { buffer } = this;
    let { at } = this;
    this.several = undefined;
    for (let index = 0; index < count; index++) {
      const first = buffer[at]!;
      if (first === 0) {
        at++;
        texts[index] = undefined;
      } else if (first >= SIGN && buffer[at + 1] === 0) {
        this.at = at + 2;
        texts[index] = first === SUBJECT[0] ? subject : this.severalTexts(index);
        at = this.at;
      } else {
        this.at = at;
        texts[index] = this.text();
        at = this.at;
      }
    }
    this.at = at;
    return texts;
  }

  private severalTexts(index: number): string | undefined {
    this.several ??= [];
    this.several.push(index);
    return this.text();
  }

  /** Passes over a text. */
  skipText(): void {
    const first = this.buffer[this.at]!;
    if (first === 0) this.at++;
    else if (first <= SHORT_TEXT) this.at += first;
    else {
      const length = this.varint();
      this.at += length - 1;
    }
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
