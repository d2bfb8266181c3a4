/** How a record becomes one line of a segment: the bytes that were read, wherever they fit on a line. */
import { isWhitespace, NEWLINE, QUOTE, scanString } from '../base/lexical.ts';

const RETURN = 0x0d;

/**
 * The line of one JSON record. Bytes that hold no line break are the line. Those of a pretty-printed record lose the
 * white space outside its strings; its strings and the digits of its numbers stay as they were written. A record has
 * line breaks outside its strings only (RFC 8259 section 7), so nothing of a value is lost.
 */
export function toRecordLine(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(NEWLINE) && !bytes.includes(RETURN)) return bytes;
  const line = Buffer.alloc(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at]!;
    const end = byte === QUOTE ? scanString(bytes, at, bytes.length) : at + 1;
    if (!isWhitespace(byte)) {
      line.set(bytes.subarray(at, end), length);
      length += end - at;
    }
    at = end;
  }
  return line.subarray(0, length);
}

/** A stretch that is no JSON, line by line as it stands, so that the audit of the archive finds the same lines malformed. */
export function* malformedLines(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, from);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(from, end);
    if (line.some((byte) => !isWhitespace(byte))) yield line;
    from = end + 1;
  }
}
