/** From a pre-image to the text of a hash as a profile writes it: algorithm, key, truncation, encoding. */
import { DIGEST_BYTES, digest, hmac } from '../base/digest.ts';
import type { ChainDigest } from './profile.ts';

/** How many characters a hash of this algorithm has as the profile writes it. */
export function hashLength(form: ChainDigest, algorithm: string): number {
  const bytes = Math.min(form.bytes ?? Number.POSITIVE_INFINITY, DIGEST_BYTES[algorithm]!);
  if (form.encoding === 'base64') return Math.ceil(bytes / 3) * 4;
  return form.encoding === 'base64url' ? Math.ceil((bytes * 4) / 3) : bytes * 2;
}

/**
 * The hash of a pre-image as the profile writes it, by the algorithm whose hashes are `length` characters long, else the
 * first: its value is what was expected. `key` must be given when the profile names one.
 */
export function compileDigest(
  form: ChainDigest,
  key: Uint8Array | undefined,
): (preimage: Uint8Array | string, length: number) => string {
  const byLength: (string | undefined)[] = [];
  for (const algorithm of form.algorithms) byLength[hashLength(form, algorithm)] ??= algorithm;
  const first = form.algorithms[0]!;
  if (form.encoding === 'hex' && form.bytes === null && form.key === null)
    return (preimage, length) => digest(byLength[length] ?? first, preimage, 'hex');
  return (preimage, length) => recordDigest(form, byLength[length] ?? first, key, preimage);
}

/** `key` must be given when the profile names one. */
export function recordDigest(
  form: ChainDigest,
  algorithm: string,
  key: Uint8Array | undefined,
  preimage: Uint8Array | string,
): string {
  if (form.key !== null && key === undefined) throw new Error(`no key for ${form.key}`);
  const encoding = form.encoding === 'HEX' ? 'hex' : form.encoding;
  const whole = form.bytes === null;
  const text =
    key === undefined || form.key === null
      ? digest(algorithm, preimage, whole ? encoding : 'hex')
      : hmac(algorithm, key, preimage, whole ? encoding : 'hex');
  const kept = whole ? text : Buffer.from(text, 'hex').subarray(0, form.bytes!).toString(encoding);
  return form.encoding === 'HEX' ? kept.toUpperCase() : kept;
}

/** The hash without its prefix. */
export function stripPrefix(strip: readonly string[], text: string): string {
  for (const prefix of strip) if (text.startsWith(prefix)) return text.slice(prefix.length);
  return text;
}
