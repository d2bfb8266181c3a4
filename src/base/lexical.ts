/**
 * The lexical rules of JSON (RFC 8259) over bytes: strings, numbers, literals, white space.
 * Shared by the tree parser (`json.ts`) and the slot scanner (`read/scanner.ts`), so that both accept the same texts.
 */

/** Deeper than any audit log we know (CloudTrail: 20 levels), shallow enough for recursion everywhere. */
export const MAX_DEPTH = 1000;

/** Why a text is not JSON: where, what was expected, what stands there. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  /** Byte offset from the start of the buffer that was parsed. */
  readonly at: number;
  readonly expected: string;
  readonly found: string;

  constructor(at: number, expected: string, found: string) {
    super(`expected ${expected}, found ${found}`);
    this.at = at;
    this.expected = expected;
    this.found = found;
  }
}

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const MINUS = 0x2d;
export const NEWLINE = 0x0a;

/** 1 for the bytes that end the run of plain ASCII inside a string: quote, backslash, control, non-ASCII. */
export const STRING_STOP: Uint8Array = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  STRING_STOP[byte] = byte < 0x20 || byte === QUOTE || byte === BACKSLASH || byte >= 0x80 ? 1 : 0;
}

export function isWhitespace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09;
}

export function skipWhitespace(bytes: Uint8Array, at: number, end: number): number {
  let index = at;
  while (index < end && isWhitespace(bytes[index])) index++;
  return index;
}

/** The byte at `at` in words, for messages. Never echoes control bytes. */
function describeByte(bytes: Uint8Array, at: number, end: number): string {
  if (at >= end) return 'the end of the record';
  const byte = bytes[at]!;
  if (byte === NEWLINE || byte === 0x0d) return 'the end of the line';
  if (byte > 0x20 && byte < 0x7f) return `"${String.fromCharCode(byte)}"`;
  return `byte 0x${byte.toString(16).padStart(2, '0')}`;
}

export function syntaxError(bytes: Uint8Array, at: number, end: number, expected: string): JsonSyntaxError {
  return new JsonSyntaxError(at, expected, describeByte(bytes, at, end));
}

function isHexDigit(byte: number | undefined): boolean {
  return (
    byte !== undefined &&
    ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66))
  );
}

/** Length of the UTF-8 sequence at `at` (2 to 4), or 0 when the bytes are not UTF-8 (RFC 3629 table). */
export function utf8Length(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  const second = at + 1 < end ? bytes[at + 1]! : 0;
  if (first >= 0xc2 && first <= 0xdf) return (second & 0xc0) === 0x80 ? 2 : 0;
  const third = at + 2 < end ? bytes[at + 2]! : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80;
    const high = first === 0xed ? 0x9f : 0xbf;
    return second >= low && second <= high && (third & 0xc0) === 0x80 ? 3 : 0;
  }
  const fourth = at + 3 < end ? bytes[at + 3]! : 0;
  if (first >= 0xf0 && first <= 0xf4) {
    const low = first === 0xf0 ? 0x90 : 0x80;
    const high = first === 0xf4 ? 0x8f : 0xbf;
    return second >= low && second <= high && (third & 0xc0) === 0x80 && (fourth & 0xc0) === 0x80 ? 4 : 0;
  }
  return 0;
}

/**
 * Index after the closing quote of the string whose opening quote is at `at`.
 * @throws {JsonSyntaxError}
 */
export function scanString(bytes: Uint8Array, at: number, end: number): number {
  let index = at + 1;
  for (;;) {
    while (index < end && STRING_STOP[bytes[index]!] === 0) index++;
    if (index >= end) throw syntaxError(bytes, index, end, 'a closing quote');
    const byte = bytes[index]!;
    if (byte === QUOTE) return index + 1;
    if (byte === BACKSLASH) index = scanEscape(bytes, index, end);
    else if (byte < 0x20)
      throw syntaxError(bytes, index, end, 'a closing quote or an escaped control character');
    else {
      const length = utf8Length(bytes, index, end);
      if (length === 0) throw syntaxError(bytes, index, end, 'UTF-8 text');
      index += length;
    }
  }
}

/** Index after the escape whose backslash is at `at`. */
export function scanEscape(bytes: Uint8Array, at: number, end: number): number {
  const kind = at + 1 < end ? bytes[at + 1]! : 0;
  switch (kind) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // slash
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 2;
    case 0x75: // u
      for (let digit = at + 2; digit < at + 6; digit++) {
        if (digit >= end || !isHexDigit(bytes[digit]))
          throw syntaxError(bytes, digit, end, 'four hexadecimal digits');
      }
      return at + 6;
    default:
      throw syntaxError(bytes, at + 1, end, 'one of "\\/bfnrtu after a backslash');
  }
}

/**
 * Index after the number that begins at `at`.
 * @throws {JsonSyntaxError} for leading zeros, a bare minus, a missing fraction or exponent digit
 */
export function scanNumber(bytes: Uint8Array, at: number, end: number): number {
  let index = at;
  if (bytes[index] === MINUS) index++;
  const first = index < end ? bytes[index]! : 0;
  if (first === 0x30) index++;
  else if (first >= 0x31 && first <= 0x39) index = scanDigits(bytes, index, end);
  else throw syntaxError(bytes, index, end, index > at ? 'a digit after the minus sign' : 'a value');
  if (index < end && bytes[index] === 0x2e) index = scanDigits(bytes, index + 1, end);
  if (index < end && (bytes[index] === 0x65 || bytes[index] === 0x45)) {
    index++;
    if (index < end && (bytes[index] === 0x2b || bytes[index] === MINUS)) index++;
    index = scanDigits(bytes, index, end);
  }
  return index;
}

function scanDigits(bytes: Uint8Array, at: number, end: number): number {
  let index = at;
  while (index < end && bytes[index]! >= 0x30 && bytes[index]! <= 0x39) index++;
  if (index === at) throw syntaxError(bytes, index, end, 'a digit');
  return index;
}

const LITERALS: Record<number, string> = { 116: 'true', 102: 'false', 110: 'null' };

/** Index after `true`, `false` or `null` at `at`. */
export function scanLiteral(bytes: Uint8Array, at: number, end: number): number {
  // Memory beyond the end holds older bytes.
  const word = at < end ? LITERALS[bytes[at]!] : undefined;
  if (word === undefined) throw syntaxError(bytes, at, end, 'a value');
  for (let index = 0; index < word.length; index++) {
    if (at + index >= end || bytes[at + index] !== word.charCodeAt(index)) {
      throw syntaxError(bytes, at + index, end, `"${word}"`);
    }
  }
  return at + word.length;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Below this length a look at every byte is cheaper than TextDecoder (measured). */
const SHORT_TEXT = 256;

/** The bytes [start, end) as text; they must have passed `scanString`. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT_TEXT) return utf8.decode(bytes.subarray(start, end));
  for (let index = start; index < end; index++) {
    if (bytes[index]! >= 0x80) return utf8.decode(bytes.subarray(start, end));
  }
  return asciiText(bytes, start, end);
}

/** `latin1Slice` is what `toString('latin1')` ends in, without its checks: half the time for short texts (measured). */
type Latin1Buffer = Buffer & { latin1Slice(start: number, end: number): string };

/** The bytes [start, end), of which all are ASCII, as text. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (buffer as Latin1Buffer).latin1Slice(start, end);
}

/** The value of a JSON string whose content (between the quotes) is [start, end). Lone surrogates stay as they are. */
export function decodeString(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT_TEXT) {
    const text = utf8.decode(bytes.subarray(start, end));
    return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
  }
  let isEscaped = false;
  let isAscii = true;
  for (let index = start; index < end; index++) {
    const byte = bytes[index]!;
    if (byte === BACKSLASH) isEscaped = true;
    else if (byte >= 0x80) isAscii = false;
  }
  const text = isAscii ? asciiText(bytes, start, end) : utf8.decode(bytes.subarray(start, end));
  // The engine's own reader takes a fifteenth of the time of a replacement by pattern (measured).
  return isEscaped ? (JSON.parse(`"${text}"`) as string) : text;
}
