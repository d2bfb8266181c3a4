/**
 * JSON Canonicalization Scheme, RFC 8785, over the lossless tree.
 * Differs from the npm packages (measured): refuses what JCS cannot carry instead of changing it silently.
 */
import { JsonArray, JsonNumber, type JsonObject, type JsonValue } from './json.ts';

/** JCS has no form for this value; hashing it would let two different records share one hash. */
export class NotCanonicalizableError extends Error {
  override readonly name = 'NotCanonicalizableError';
}

/**
 * The canonical text of `value` (RFC 8785 §3.2).
 * @throws {NotCanonicalizableError} for duplicate keys, lone surrogates and numbers outside the double range
 */
export function toCanonicalJson(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return canonicalString(value);
  if (value instanceof JsonNumber) return canonicalNumber(value.lexeme);
  if (value instanceof JsonArray) return `[${value.elements.map(toCanonicalJson).join(',')}]`;
  return canonicalObject(value);
}

function canonicalObject(object: JsonObject): string {
  const duplicates = object.duplicateKeys();
  if (duplicates.length > 0)
    throw new NotCanonicalizableError(`the key ${JSON.stringify(duplicates[0])} stands twice`);
  // JavaScript compares strings by UTF-16 code units, as §3.2.3 demands.
  const members = object.members.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return `{${members.map(({ key, value }) => `${canonicalString(key)}:${toCanonicalJson(value)}`).join(',')}}`;
}

/** §3.2.2.2: the escapes of ECMAScript's JSON.stringify. */
function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw new NotCanonicalizableError('a string holds a lone surrogate');
  return JSON.stringify(text);
}

/** §3.2.2.3: ECMAScript's Number to String; `-0` becomes `0`. */
export function canonicalNumber(lexeme: string): string {
  const number = Number(lexeme);
  if (!Number.isFinite(number))
    throw new NotCanonicalizableError(`the number ${lexeme} is beyond the double range`);
  return String(number === 0 ? 0 : number);
}
