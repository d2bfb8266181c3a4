/** Whether an object has an array where a wrapper has its records. */
import { skipJson } from '../base/json-head.ts';
import {
  COLON,
  COMMA,
  decodeString,
  JsonSyntaxError,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  scanString,
  skipWhitespace,
} from '../base/lexical.ts';

/**
 * By any of several members of one name: what a window shows of them must not decide. The object at `start` need not be whole:
 * what of it lies before `end`, and before whatever is no JSON, tells. Nothing behind the array is looked at.
 */
export function leadsToArray(
  bytes: Uint8Array,
  start: number,
  end: number,
  keys: readonly string[],
): boolean {
  try {
    return leads(bytes, start, end, keys, 0);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

/** `depth`: of objects around it. @throws {JsonSyntaxError} where something stands that is not whole, or no JSON */
function leads(
  bytes: Uint8Array,
  start: number,
  end: number,
  keys: readonly string[],
  depth: number,
): boolean {
  const isLast = depth === keys.length - 1;
  let at = skipWhitespace(bytes, start + 1, end);
  while (at < end && bytes[at] === QUOTE) {
    const keyEnd = scanString(bytes, at, end);
    const colon = skipWhitespace(bytes, keyEnd, end);
    const value = skipWhitespace(bytes, colon + 1, end);
    if (value >= end || bytes[colon] !== COLON) return false;
    const isOnTheWay = decodeString(bytes, at + 1, keyEnd - 1) === keys[depth];
    if (isOnTheWay && isLast && bytes[value] === OPEN_BRACKET) return true;
    const isInner = isOnTheWay && !isLast && bytes[value] === OPEN_BRACE;
    if (isInner && leads(bytes, value, end, keys, depth + 1)) return true;
    at = skipWhitespace(bytes, skipJson(bytes, value, end), end);
    if (at >= end || bytes[at] !== COMMA) return false;
    at = skipWhitespace(bytes, at + 1, end);
  }
  return false;
}
