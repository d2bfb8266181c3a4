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
 * @throws {NotCanonicalizableError} for duplicate keys, lone surrogates and numbers that no double holds
 */
export function toCanonicalJson(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return canonicalString(value);
  if (value instanceof JsonNumber) return carriedNumber(value.lexeme);
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

/**
 * From 2^53 on doubles leave whole numbers out (§3.2.2.3, RFC 7493 §2.2): another number would have the hash of the one
 * that is written for it. Below, only digits behind the seventeenth are lost.
 */
function carriedNumber(lexeme: string): string {
  const text = canonicalNumber(lexeme);
  if (text === lexeme || Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER) return text;
  const digits = digitsOf(lexeme);
  // The shortest digits of the double, or all of them.
  if (digits === digitsOf(text) || digits === digitsOf(String(BigInt(Number(text))))) return text;
  throw new NotCanonicalizableError(`the number ${lexeme} has digits that no double holds`);
}

/** The significant ones: of two spellings of one double they are the same where both are the same number. */
function digitsOf(lexeme: string): string {
  const [mantissa = ''] = lexeme.replace('-', '').split(/e/i);
  return mantissa.replace('.', '').replace(/^0+/, '').replace(/0+$/, '');
}

/** §3.2.2.3: ECMAScript's Number to String; `-0` becomes `0`. */
export function canonicalNumber(lexeme: string): string {
  const number = Number(lexeme);
  if (!Number.isFinite(number))
    throw new NotCanonicalizableError(`the number ${lexeme} is beyond the double range`);
  return String(number === 0 ? 0 : number);
}
