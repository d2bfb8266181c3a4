/** Whether bytes are one DER value (X.690) of honest size and depth, told before any library recurses into them. */
import { formatNumber } from '../base/text-safety.ts';
import { AttestationFaultError } from './judgement.ts';

/** A timestamp token with a chain of RSA-4096 certificates has about 10 kB; certificates have less. */
export const MAX_DER_BYTES = 256 * 1024;

/** Tokens of real authorities nest 14 deep, octet strings counted (measured on openssl and Sigstore's authority). */
const MAX_DER_DEPTH = 40;

const OCTET_STRING = 0x04;

/**
 * @param what names the value in messages: `the token`, `a certificate`
 * @throws {AttestationFaultError} of what is truncated, followed by other bytes, not DER, too large or too deep
 */
export function requireDer(bytes: Uint8Array, what: string): void {
  if (bytes.length > MAX_DER_BYTES)
    throw new AttestationFaultError(
      'oversized-attestation',
      `${what} has ${formatNumber(bytes.length)} bytes, at most ${formatNumber(MAX_DER_BYTES)} are read`,
    );
  const end = walk(bytes, 0, bytes.length, 1, what);
  if (end < bytes.length)
    throw malformed(
      `${what} is followed by ${formatNumber(bytes.length - end)} bytes that belong to nothing`,
    );
}

/** The end of the value that begins at `at`. Octet strings are entered where they hold DER, as parsers do. */
function walk(bytes: Uint8Array, at: number, limit: number, depth: number, what: string): number {
  if (depth > MAX_DER_DEPTH)
    throw new AttestationFaultError(
      'oversized-attestation',
      `${what} is nested deeper than ${MAX_DER_DEPTH} levels`,
    );
  const tag = bytes[at];
  if (tag === undefined || at + 1 >= limit) throw malformed(`${what} is cut off at byte ${at}`);
  if ((tag & 0x1f) === 0x1f) throw malformed(`${what} has a tag of several bytes at byte ${at}`);
  const { length, start } = lengthAt(bytes, at + 1, limit, what);
  const end = start + length;
  if (end > limit)
    throw malformed(`${what} is cut off: the value at byte ${at} should end at ${end}, there are ${limit}`);
  if ((tag & 0x20) !== 0) {
    for (let child = start; child < end; ) child = walk(bytes, child, end, depth + 1, what);
  } else if (tag === OCTET_STRING && length > 0) {
    enter(bytes, start, end, depth + 1, what);
  }
  return end;
}

function enter(bytes: Uint8Array, start: number, end: number, depth: number, what: string): void {
  try {
    for (let child = start; child < end; ) child = walk(bytes, child, end, depth, what);
  } catch (error) {
    if (error instanceof AttestationFaultError && error.code === 'malformed-attestation') return;
    throw error;
  }
}

function lengthAt(
  bytes: Uint8Array,
  at: number,
  limit: number,
  what: string,
): { length: number; start: number } {
  const first = bytes[at]!;
  if (first < 0x80) return { length: first, start: at + 1 };
  const size = first & 0x7f;
  if (size === 0) throw malformed(`${what} has an indefinite length at byte ${at}, which DER forbids`);
  if (size > 4 || at + 1 + size > limit) throw malformed(`${what} is cut off at byte ${at}`);
  let length = 0;
  for (let index = 1; index <= size; index++) length = length * 256 + bytes[at + index]!;
  if (length < 0x80 || (size > 1 && bytes[at + 1] === 0))
    throw malformed(`${what} has a length in more bytes than needed at byte ${at}, which DER forbids`);
  return { length, start: at + 1 + size };
}

/** The values inside a constructed value, each with its tag and length; of bytes that `requireDer` has let pass. */
export function derChildren(value: Uint8Array): Uint8Array[] {
  const { start } = lengthAt(value, 1, value.length, 'the value');
  const children: Uint8Array[] = [];
  for (let at = start; at < value.length; ) {
    const { length, start: content } = lengthAt(value, at + 1, value.length, 'the value');
    children.push(value.subarray(at, content + length));
    at = content + length;
  }
  return children;
}

/** The content of one value, without its tag and length. */
export function derContent(value: Uint8Array): Uint8Array {
  return value.subarray(lengthAt(value, 1, value.length, 'the value').start);
}

function malformed(message: string): AttestationFaultError {
  return new AttestationFaultError('malformed-attestation', message);
}
