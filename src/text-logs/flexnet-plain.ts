/**
 * The plainest lines of a FlexNet debug log, and nearly all of one that is not verbose: `9:05:00 (daemon) OUT: "feature"
 * user@host` with nothing but blanks behind, read from their bytes. All others go to `parseHead` and `Message`.
 */
import { LICENSE_WORDS } from './flexnet-message.ts';

/** What stands between time and feature, ` (daemon) OUT: "`, and what the record has there: there are few of them. */
type PlainOpening = { line: Uint8Array; daemon: string; record: Uint8Array };

/** Openings that are sought one by one. */
const MAX_OPENINGS = 64;
const LONGEST_OPENING = 128;
const OPENING = new RegExp(`^ \\(([\\w.+-]{1,64})\\) ?(${LICENSE_WORDS.join('|')}): *"$`);

const TAB = 0x09;
const BLANK = 0x20;
const QUOTE = 0x22;
const OPEN_PARENTHESIS = 0x28;
const ZERO = 0x30;
const COLON = 0x3a;
const AT = 0x40;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CARRIAGE_RETURN = 0x0d;

/** One object for the life of a reader: its fields are of the line that was read last. */
export class PlainLine {
  /** From midnight. */
  seconds = 0;
  /** [start, end) of the time of day in the line: `9:05:00` or `09:05:00`. */
  clockStart = 0;
  clockEnd = 0;
  opening!: PlainOpening;
  featureStart = 0;
  featureEnd = 0;
  userStart = 0;
  userEnd = 0;
  hostStart = 0;
  hostEnd = 0;
  private readonly openings: PlainOpening[] = [];

  /** False where [start, end) of `bytes` is no plain line. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    return (
      this.readHead(bytes, start, end) &&
      this.readFeature(bytes, this.clockEnd + this.opening.line.length, end) &&
      this.readUser(bytes, this.featureEnd + 1, end) &&
      this.readHost(bytes, this.userEnd + 1, end)
    );
  }

  /** The same as far as the first quote: whether a line about a license begins as a plain one. */
  readHead(bytes: Uint8Array, start: number, end: number): boolean {
    return this.readClock(bytes, start, end) && this.readOpening(bytes, this.clockEnd, end);
  }

  private readClock(bytes: Uint8Array, start: number, end: number): boolean {
    // The shortest time, and one byte more.
    if (end - start < 10) return false;
    let at = start;
    while (at < start + 2 && bytes[at] === BLANK) at++;
    this.clockStart = at;
    const first = bytes[at]! - ZERO;
    let hour = first;
    if (bytes[++at] !== COLON) hour = twoDigits(first, bytes[at++]! - ZERO);
    const minute = twoDigits(bytes[at + 1]! - ZERO, bytes[at + 2]! - ZERO);
    const second = twoDigits(bytes[at + 4]! - ZERO, bytes[at + 5]! - ZERO);
    if (bytes[at] !== COLON || bytes[at + 3] !== COLON || !(first >= 0 && first <= 9)) return false;
    this.clockEnd = at + 6;
    this.seconds = hour * 3600 + minute * 60 + second;
    return hour <= 23 && minute <= 59 && second <= 60;
  }

  private readOpening(bytes: Uint8Array, start: number, end: number): boolean {
    const { openings } = this;
    for (let index = 0; index < openings.length; index++) {
      const opening = openings[index]!;
      if (!beginsWith(bytes, start, end, opening.line)) continue;
      this.opening = opening;
      return true;
    }
    return openings.length < MAX_OPENINGS && this.learnOpening(bytes, start, end);
  }

  private learnOpening(bytes: Uint8Array, start: number, end: number): boolean {
    const reach = bytes.subarray(start, Math.min(end, start + LONGEST_OPENING));
    // A copy: of a Buffer even `slice` is a view.
    const line = Buffer.from(reach.subarray(0, reach.indexOf(QUOTE) + 1));
    const match = OPENING.exec(line.toString('latin1'));
    if (match === null) return false;
    const [, daemon, word] = match;
    const record = Buffer.from(`","event":"${word}","daemon":"${daemon}","feature":"`);
    this.opening = { line, daemon: daemon!, record };
    this.openings.push(this.opening);
    return true;
  }

  private readFeature(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end && (GOES_ON[bytes[at]!]! & IN_FEATURE) !== 0) at++;
    this.featureStart = start;
    this.featureEnd = at;
    return at > start && at < end && bytes[at] === QUOTE;
  }

  private readUser(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end && isBlank(bytes[at]!)) at++;
    this.userStart = at;
    while (at < end && (GOES_ON[bytes[at]!]! & IN_USER) !== 0) at++;
    this.userEnd = at;
    return at > this.userStart && at < end && bytes[at] === AT;
  }

  private readHost(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end && (GOES_ON[bytes[at]!]! & IN_HOST) !== 0) at++;
    this.hostStart = start;
    this.hostEnd = at;
    let last = end;
    if (last > at && bytes[last - 1] === CARRIAGE_RETURN) last--;
    while (at < last && isBlank(bytes[at]!)) at++;
    return at === last && this.hostEnd > start;
  }
}

function twoDigits(tens: number, ones: number): number {
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function beginsWith(bytes: Uint8Array, start: number, end: number, head: Uint8Array): boolean {
  if (head.length > end - start) return false;
  let index = 0;
  // Those of one daemon differ in their words alone.
  while (index < head.length && bytes[start + index] === head[index]) index++;
  return index === head.length;
}

const IN_FEATURE = 1;
const IN_USER = 2;
const IN_HOST = 4;
/** By byte in which texts it goes on: with the hash of two lanes in repeats.ts a tenth of reading a line (measured). */
const GOES_ON = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (!isPlain(byte)) return 0;
  const endsUser = byte === AT || byte === OPEN_PARENTHESIS || byte === OPEN_BRACKET || byte === BLANK;
  const endsHost = byte === AT || byte === COLON || byte === BLANK;
  return IN_FEATURE | (endsUser ? 0 : IN_USER) | (endsHost ? 0 : IN_HOST);
});

/** Stands in JSON as it is. */
function isPlain(byte: number): boolean {
  return byte >= BLANK && byte < 0x7f && byte !== QUOTE && byte !== BACKSLASH;
}

function isBlank(byte: number): boolean {
  return byte === BLANK || byte === TAB;
}
