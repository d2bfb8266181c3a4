/**
 * Salted lines as the audit reads them: without what salting put into them, so that an event is the same as in the
 * original. Only segments that a signed manifest calls salted are read that way; in any other file `_salted` is a member
 * like others, and hides nothing.
 */
import { JsonObject, parseJsonText } from '../base/json.ts';
import { JsonSyntaxError, NEWLINE } from '../base/lexical.ts';
import { BYTES_MEMBER, SALTED_MEMBER, WHOLE_MEMBER } from './salted-record.ts';

/**
 * Between an unescaped comma or brace and an unescaped colon these bytes can only be a key, and the keys that the member
 * holds are pointers, which begin with `/`, or `salts` and `erased`: so the last one in a line is ours.
 */
const HELD = Buffer.from(`"${SALTED_MEMBER}":{`);
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const WHOLE = [WHOLE_MEMBER, BYTES_MEMBER].map((key) => Buffer.from(`{"${key}":"`));

/** Takes the blocks of a segment and gives the lines that were collected, ended as they were. */
export class PlainLines {
  private rest: Uint8Array = new Uint8Array(0);

  push(block: Uint8Array): Uint8Array {
    const end = block.lastIndexOf(NEWLINE);
    if (end < 0) {
      this.rest = Buffer.concat([this.rest, block]);
      return new Uint8Array(0);
    }
    const lines = Buffer.concat([this.rest, block.subarray(0, end + 1)]);
    this.rest = block.slice(end + 1);
    return toPlain(lines);
  }

  /** What stands behind the last newline. */
  end(): Uint8Array {
    const { rest } = this;
    this.rest = new Uint8Array(0);
    return toPlain(Buffer.from(rest));
  }
}

function toPlain(lines: Buffer): Uint8Array {
  const plain: Uint8Array[] = [];
  for (let start = 0; start < lines.length; ) {
    const newline = lines.indexOf(NEWLINE, start);
    const end = newline < 0 ? lines.length : newline;
    plain.push(...plainLine(lines.subarray(start, end)));
    if (newline >= 0) plain.push(lines.subarray(newline, newline + 1));
    start = end + 1;
  }
  return Buffer.concat(plain);
}

/** A line that was not salted stays as it is: the audit of the archive calls it broken. */
function plainLine(line: Buffer): Uint8Array[] {
  if (WHOLE.some((head) => line.subarray(0, head.length).equals(head))) {
    const whole = wholeOf(line);
    if (whole !== undefined) return [whole];
  }
  const at = line.lastIndexOf(HELD);
  const before = line[at - 1];
  if (at < 1 || line.at(-1) !== CLOSE_BRACE || (before !== COMMA && before !== OPEN_BRACE)) return [line];
  return [line.subarray(0, before === COMMA ? at - 1 : at), line.subarray(-1)];
}

/** The line that was kept as one text, or its bytes. */
function wholeOf(line: Buffer): Uint8Array | undefined {
  try {
    const record = parseJsonText(line.toString());
    if (!(record instanceof JsonObject) || record.get(SALTED_MEMBER) === undefined) return undefined;
    const text = record.get(WHOLE_MEMBER);
    const base64 = record.get(BYTES_MEMBER);
    const bytes =
      typeof text === 'string'
        ? Buffer.from(text)
        : Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64');
    return bytes.includes(NEWLINE) ? undefined : bytes;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}
