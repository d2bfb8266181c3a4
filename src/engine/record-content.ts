/** What a record says, whatever way it is written: exports of one event differ in white space, order of members and escapes. */
import crypto from 'node:crypto';
import { JsonArray, JsonNumber, type JsonValue, parseJson } from '../base/json.ts';
import { JsonSyntaxError } from '../base/lexical.ts';

/** Of SHA-256: 128 bits, so that nobody can craft a record that passes for another. */
export const CONTENT_BYTES = 16;

/** Of the bytes as they stand. */
export function digestBytes(bytes: Uint8Array): Buffer {
  return crypto.hash('sha256', bytes, 'buffer').subarray(0, CONTENT_BYTES);
}

/**
 * What of a record is compared: of one that carries another as text not how its export wraps it, for others have it by itself.
 */
export type ContentOf = (record: JsonValue) => JsonValue;

/**
 * The same for all spellings of one JSON value, and for no two values. Numbers of two notations are two values, `403` and `4.03e2`:
 * rules and mappings read them by their digits. What is no JSON has one spelling.
 */
export function digestContent(bytes: Uint8Array, contentOf: ContentOf = (record) => record): Buffer {
  try {
    return digestBytes(Buffer.from(spellAlike(contentOf(parseJson(bytes)))));
  } catch (error) {
    if (error instanceof JsonSyntaxError) return digestBytes(bytes);
    throw error;
  }
}

/**
 * One text for all spellings of `value`. As RFC 8785 has it but for what that refuses or changes: numbers stay as they are written, a
 * key that stands twice stays twice, in its order, and lone surrogates stay escaped.
 */
function spellAlike(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.lexeme;
  if (value instanceof JsonArray) return `[${value.elements.map(spellAlike).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = value.members.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return `{${members.map(({ key, value }) => `${JSON.stringify(key)}:${spellAlike(value)}`).join(',')}}`;
}
