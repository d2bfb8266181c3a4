/** JSON text that is safe to print: what could move a cursor or hide text stands as a `\u` escape, and no value changes. */

/**
 * JSON.stringify (ES2019) escapes C0 controls, quotes and lone surrogates, but lets through DEL, C1 controls, bidirectional
 * and invisible formatting, and line separators. After it, a raw newline can only be indentation.
 */
const INVISIBLE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

export function toEscapedJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(INVISIBLE, toEscapes);
}

/** Two escapes for a character beyond the Basic Multilingual Plane (RFC 8259 §7). */
function toEscapes(char: string): string {
  let escapes = '';
  for (let unit = 0; unit < char.length; unit++) {
    escapes += `\\u${char.charCodeAt(unit).toString(16).padStart(4, '0')}`;
  }
  return escapes;
}
