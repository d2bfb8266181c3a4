/**
 * Log text is hostile: it may carry terminal escapes, bidirectional overrides (CVE-2021-42574) or a megabyte on one line.
 * Everything that comes from a log passes here before it reaches a message.
 */

import { sha256Hex } from './digest.ts';

/** C0 and C1 controls, DEL, bidirectional and zero-width formatting, line and paragraph separators, lone surrogates. */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** `text` with every character that could move a cursor or hide text written as `\u{…}`. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`);
}

/** At most `limit` characters, the cut marked. Never splits a surrogate pair. */
export function truncate(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text
    .slice(0, limit - 1)
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`;
}

/** `json` with the same characters as JSON escapes: it says the same, and moves no cursor where it is shown. */
export function escapeJson(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Characters of a value in a message, as they are shown: a SHA-512 digest in hexadecimal digits is whole. */
const MAX_QUOTED = 160;
/** Of those of a value that is cut, and hexadecimal digits of its digest. */
const QUOTED_OF_CUT = 80;
const DIGITS = 32;

/**
 * A value of the log in a message: quoted, escaped, at most some 160 characters. Two values do not read the same, for whoever accepts
 * what is shown must not accept what is not: behind the beginning of a long one stand its length and a digest.
 */
export function quote(text: string): string {
  const whole = text.length > MAX_QUOTED ? undefined : escapeQuoted(text);
  if (whole !== undefined && whole.length <= MAX_QUOTED) return `"${whole}"`;
  let shown = '';
  for (const character of text) {
    const next = escapeQuoted(character);
    if (shown.length + next.length > QUOTED_OF_CUT) break;
    shown += next;
  }
  const bytes = Buffer.from(text, text.isWellFormed() ? 'utf8' : 'utf16le');
  // Outside the quotes, where no value can write.
  return `"${shown}…" (${count(text.length, 'character')}, sha256 ${sha256Hex(bytes).slice(0, DIGITS)})`;
}

/** Backslashes before what is, or could be, an escape of ours are doubled; others are as they are, as in `C:\Users`. */
const BEFORE_ESCAPE = new RegExp(`\\\\+(?=u\\{|"|$|${UNSAFE.source})`, 'g');

function escapeQuoted(text: string): string {
  return escapeControls(text.replace(BEFORE_ESCAPE, '$&$&')).replaceAll('"', '\\"');
}

/** `1 record`, `3 records`, `1,234 records`. */
export function count(amount: number | bigint, singular: string, plural = `${singular}s`): string {
  return `${formatNumber(amount)} ${amount === 1 || amount === 1n ? singular : plural}`;
}

/** Thousands by comma, whatever the locale. */
export function formatNumber(amount: number | bigint): string {
  return groupThousands(String(amount));
}

/** The same for numbers that may have a fraction: thousands are marked before the point only. */
export function formatDecimal(amount: number): string {
  const text = String(amount);
  // `1e+21`, `NaN`: as they are.
  if (!/^-?\d+(?:\.\d+)?$/.test(text)) return text;
  const [whole = '', fraction] = text.split('.');
  return fraction === undefined ? groupThousands(whole) : `${groupThousands(whole)}.${fraction}`;
}

function groupThousands(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Order of UTF-16 code units: the same on every machine, which `localeCompare` is not. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
