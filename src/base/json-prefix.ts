/** What is complete of a JSON value whose end lies beyond a window: for looking at the head of a large file. */
import { JsonArray, type JsonMember, JsonObject, type JsonValue, type ParsedJson } from './json.ts';
import { HEAD_ELEMENTS, parseHeadAt } from './json-head.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  decodeString,
  JsonSyntaxError,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  scanString,
  skipWhitespace,
} from './lexical.ts';

/** Containers deeper than this are taken whole or not at all. */
const OPEN_LEVELS = 4;

/** The value at `start` with the members and elements that are complete before `end`; undefined when none is. */
export function completePrefix(bytes: Uint8Array, start: number, end: number): JsonValue | undefined {
  const at = skipWhitespace(bytes, start, end);
  const whole = parseQuietly(bytes, at, end);
  return whole === undefined ? partAt(bytes, at, end, 0) : whole.value;
}

/** The same of a value that is known not to be whole: to find that out takes as long as to read all of it. `level`: of containers around it. */
export function partAt(bytes: Uint8Array, at: number, end: number, level = 0): JsonValue | undefined {
  // Memory beyond the end holds older bytes.
  if (at >= end) return undefined;
  if (level >= OPEN_LEVELS) return undefined;
  if (bytes[at] === OPEN_BRACKET) return arrayPrefix(bytes, at + 1, end, level + 1);
  if (bytes[at] === OPEN_BRACE) return objectPrefix(bytes, at + 1, end, level + 1);
  if (bytes[at] === QUOTE) return textPrefix(bytes, at + 1, end);
  return undefined;
}

function arrayPrefix(bytes: Uint8Array, from: number, end: number, level: number): JsonArray {
  const elements: JsonValue[] = [];
  const at = takeElements(bytes, skipWhitespace(bytes, from, end), end, elements, HEAD_ELEMENTS);
  if (at === undefined) return new JsonArray(elements);
  if (elements.length === 0) {
    const partial = partAt(bytes, at, end, level);
    return new JsonArray(partial === undefined ? [] : [partial]);
  }
  if (elements.length < HEAD_ELEMENTS) return new JsonArray(elements);
  const kept = Uint8Array.prototype.slice.call(bytes, 0, end);
  return new JsonArray(elements, () => {
    const others: JsonValue[] = [];
    takeElements(kept, at, end, others, Number.POSITIVE_INFINITY);
    return others;
  });
}

/**
 * Adds the elements from `from` on that are complete, at most so many.
 * @returns where the next one begins, which may not be complete; undefined where none follows
 */
function takeElements(
  bytes: Uint8Array,
  from: number,
  end: number,
  elements: JsonValue[],
  most: number,
): number | undefined {
  let at = from;
  while (at < end && bytes[at] !== CLOSE_BRACKET) {
    const element = elements.length < most ? parseQuietly(bytes, at, end) : undefined;
    if (element === undefined) return at;
    elements.push(element.value);
    at = skipWhitespace(bytes, element.end, end);
    if (bytes[at] !== COMMA) return undefined;
    at = skipWhitespace(bytes, at + 1, end);
  }
  return undefined;
}

function objectPrefix(bytes: Uint8Array, from: number, end: number, level: number): JsonObject {
  const members: JsonMember[] = [];
  let at = skipWhitespace(bytes, from, end);
  while (at < end && bytes[at] === QUOTE) {
    const keyStart = at;
    const keyEnd = stringEnd(bytes, at, end);
    if (keyEnd === undefined) break;
    const colon = skipWhitespace(bytes, keyEnd, end);
    if (bytes[colon] !== COLON) break;
    const valueStart = skipWhitespace(bytes, colon + 1, end);
    const key = decodeString(bytes, keyStart + 1, keyEnd - 1);
    const whole = parseQuietly(bytes, valueStart, end);
    const value = whole === undefined ? partAt(bytes, valueStart, end, level) : whole.value;
    if (value !== undefined) members.push({ key, value, keyStart, valueStart, valueEnd: whole?.end ?? end });
    if (whole === undefined) break;
    at = skipWhitespace(bytes, whole.end, end);
    if (bytes[at] !== COMMA || bytes[at] === CLOSE_BRACE) break;
    at = skipWhitespace(bytes, at + 1, end);
  }
  return new JsonObject(members);
}

/** As far as it is there, without what may be half a character or escape. */
function textPrefix(bytes: Uint8Array, from: number, end: number): string | undefined {
  for (let until = end; until > Math.max(from, end - LONGEST_CHARACTER); until--) {
    const text = parseQuietly(
      Buffer.concat([bytes.subarray(from - 1, until), Buffer.from('"')]),
      0,
      until - from + 2,
    );
    if (typeof text?.value === 'string') return text.value;
  }
  return undefined;
}

/** `\\ud83d\\ude00`: two escapes that are one. */
const LONGEST_CHARACTER = 12;

function stringEnd(bytes: Uint8Array, at: number, end: number): number | undefined {
  try {
    return scanString(bytes, at, end);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

function parseQuietly(bytes: Uint8Array, at: number, end: number): ParsedJson | undefined {
  try {
    return parseHeadAt(bytes, at, end);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}
