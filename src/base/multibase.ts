/** The two spellings of bytes that decentralized identifiers use: base58btc, and base32 without padding (multibase draft). */

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Conversion takes the square of the length: keys and hashes have 90 characters at most. */
const MAX_BASE58 = 512;

export function toBase58(bytes: Uint8Array): string {
  let value = BigInt(`0x00${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; value > 0n; value /= 58n) text = BASE58[Number(value % 58n)] + text;
  return BASE58[0]!.repeat(leadingZeros(bytes)) + text;
}

/** Undefined for what is no base58btc, or longer than any key. */
export function fromBase58(text: string): Uint8Array | undefined {
  if (text.length > MAX_BASE58) return undefined;
  let value = 0n;
  for (const char of text) {
    const digit = BASE58.indexOf(char);
    if (digit < 0) return undefined;
    value = value * 58n + BigInt(digit);
  }
  const hex = value === 0n ? '' : value.toString(16);
  const zeros = /^1*/.exec(text)![0].length;
  return Buffer.concat([Buffer.alloc(zeros), Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')]);
}

function leadingZeros(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.length : first;
}

/** RFC 4648 §6 in lower case, without padding. */
export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    pending = ((pending << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(pending >> (bits - 5)) & 31];
  }
  return bits === 0 ? text : text + BASE32[(pending << (5 - bits)) & 31];
}

/**
 * The bytes of a text that is exactly how its encoding writes them: no line break, no padding where there is none, no
 * stray bits. Otherwise one signature would have many spellings, and a record could be changed without breaking it.
 */
export function fromStrictText(
  text: string,
  encoding: 'hex' | 'HEX' | 'base64' | 'base64url',
): Uint8Array | undefined {
  const upper = encoding === 'HEX';
  const bytes = Buffer.from(text, encoding === 'HEX' ? 'hex' : encoding);
  const written = bytes.toString(encoding === 'HEX' ? 'hex' : encoding);
  return (upper ? written.toUpperCase() : written) === text ? bytes : undefined;
}
