/** Whether a text has the form of a hash: its prefix, its encoding and how many bytes it stands for. */

/** `any` where the digits do not tell: all of them decimal, or none of `+/-_` in them. */
export type HashText = { prefix: string; digits: string; encodings: readonly HashEncoding[]; bytes: number };
type HashEncoding = 'hex' | 'HEX' | 'base64' | 'base64url';

/** `sha256:`, `SHA-512=`, `0x`, and the `$4$` of Odoo. */
const PREFIX = /^(?:[A-Za-z][A-Za-z0-9-]{1,11}[:=]|0x|\$[0-9]{1,2}\$)/;

/** SHA-1 to SHA-512, and truncations in use: 8 bytes in receipts of Austrian cash registers, 16 and 24 in home-grown logs. */
const DIGEST_SIZES: ReadonlySet<number> = new Set([8, 10, 12, 16, 20, 24, 28, 32, 48, 64]);

const MAX_HASH_TEXT = 160;

export function toHashText(text: string): HashText | undefined {
  if (text.length < 11 || text.length > MAX_HASH_TEXT) return undefined;
  const prefix = PREFIX.exec(text)?.[0] ?? '';
  return (
    parseDigits(prefix, text.slice(prefix.length)) ?? (prefix === '' ? undefined : parseDigits('', text))
  );
}

function parseDigits(prefix: string, digits: string): HashText | undefined {
  if (digits.length % 2 === 0 && /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(digits)) {
    const bytes = digits.length / 2;
    const encodings: HashEncoding[] = /[a-f]/.test(digits)
      ? ['hex']
      : /[A-F]/.test(digits)
        ? ['HEX']
        : ['hex', 'HEX'];
    // Sixteen hexadecimal digits are eight bytes, never twelve in base64: ids of traces are.
    return DIGEST_SIZES.has(bytes) ? { prefix, digits, encodings, bytes } : undefined;
  }
  const base64 = /^[A-Za-z0-9+/]+={0,2}$/.test(digits) && digits.length % 4 === 0;
  const base64url = /^[A-Za-z0-9_-]+$/.test(digits) && digits.length % 4 !== 1;
  if (!base64 && !base64url) return undefined;
  const bytes = Math.floor((digits.replace(/=+$/, '').length * 3) / 4);
  // Words are letters alone; a digest of this many bytes is not, but once in thousands.
  if (!DIGEST_SIZES.has(bytes) || !/[0-9]/.test(digits) || !/[A-Z]/.test(digits)) return undefined;
  const encodings: HashEncoding[] = [];
  if (base64) encodings.push('base64');
  if (base64url) encodings.push('base64url');
  return { prefix, digits, encodings, bytes };
}
