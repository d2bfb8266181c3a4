/** What may stand in the text formats of c2sp.org: strict base64, key names, decimal numbers, UTF-8 without control characters. */

const MAX_UINT64 = 2n ** 64n - 1n;

/** Every `White_Space` character of Unicode, and the controls that a line must not have. */
const NO_KEY_NAME = /[\s\u0085+\u0000-\u001f\u007f]/u;

export function isKeyName(name: string): boolean {
  return name !== '' && !NO_KEY_NAME.test(name) && name.isWellFormed();
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/** RFC 4648 section 4 with padding; undefined for any other spelling of the same bytes. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** Undefined for leading zeros, signs and what is above 2^64 - 1. */
export function parseDecimal(text: string): bigint | undefined {
  if (!/^(?:0|[1-9][0-9]{0,19})$/.test(text)) return undefined;
  const number = BigInt(text);
  return number <= MAX_UINT64 ? number : undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined for what is no UTF-8, or holds a control character below U+0020 other than newline. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const text = utf8.decode(bytes);
    return /[\u0000-\u0009\u000b-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
