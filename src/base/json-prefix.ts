/** What is complete of a JSON value whose end lies beyond a window: for looking at the head of a large file. */
import { JsonArray, type JsonMember, JsonObject, type JsonValue, type ParsedJson } from './json.ts';
import { HEAD_ELEMENTS, KeptBytes, parseHeadAt } from './json-head.ts';
import {
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
  const reader = new PrefixReader(bytes, end, new KeptBytes(bytes, end));
  const at = skipWhitespace(bytes, start, end);
  const whole = reader.whole(at);
  return whole === undefined ? reader.partAt(at, 0) : whole.value;
}

/** The same of a value that is known not to be whole: to find that out takes as long as to read all of it. `source`: as for `parseHeadAt`. */
export function partAt(bytes: Uint8Array, at: number, end: number, source: KeptBytes): JsonValue | undefined {
  return new PrefixReader(bytes, end, source).partAt(at, 0);
}

class PrefixReader {
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private readonly source: KeptBytes;

  constructor(bytes: Uint8Array, end: number, source: KeptBytes) {
    this.bytes = bytes;
    this.end = end;
    this.source = source;
  }

  /** Undefined for what is not whole, or no JSON. */
  whole(at: number): ParsedJson | undefined {
    return quietly(() => parseHeadAt(this.bytes, at, this.end, this.source));
  }

  /** `level`: of containers around it. */
  partAt(at: number, level: number): JsonValue | undefined {
    // Memory beyond the end holds older bytes.
    if (at >= this.end || level >= OPEN_LEVELS) return undefined;
    switch (this.bytes[at]) {
      case OPEN_BRACKET:
        return this.arrayFrom(at + 1, level + 1);
      case OPEN_BRACE:
        return this.objectFrom(at + 1, level + 1);
      case QUOTE:
        return this.textFrom(at + 1);
      default:
        return undefined;
    }
  }

  private arrayFrom(from: number, level: number): JsonArray {
    const { elements, next } = this.elementsFrom(skipWhitespace(this.bytes, from, this.end), HEAD_ELEMENTS);
    if (next === undefined) return new JsonArray(elements);
    if (elements.length === HEAD_ELEMENTS) {
      const { source, end } = this;
      const later = new PrefixReader(source.kept, end, source);
      return new JsonArray(elements, () => later.elementsFrom(next).elements);
    }
    // Of the first element alone a part is worth anything.
    const partial = elements.length === 0 ? this.partAt(next, level) : undefined;
    return new JsonArray(partial === undefined ? elements : [partial]);
  }

  /** Elements that are complete, at most so many; `next`: where another begins, unless none follows. */
  private elementsFrom(
    from: number,
    most = Number.POSITIVE_INFINITY,
  ): { elements: JsonValue[]; next?: number } {
    const { bytes, end } = this;
    const elements: JsonValue[] = [];
    let at = from;
    while (at < end && bytes[at] !== CLOSE_BRACKET) {
      const element = elements.length < most ? this.whole(at) : undefined;
      if (element === undefined) return { elements, next: at };
      elements.push(element.value);
      at = skipWhitespace(bytes, element.end, end);
      if (bytes[at] !== COMMA) break;
      at = skipWhitespace(bytes, at + 1, end);
    }
    return { elements };
  }

  private objectFrom(from: number, level: number): JsonObject {
    const { bytes, end } = this;
    const members: JsonMember[] = [];
    let at = skipWhitespace(bytes, from, end);
    while (at < end && bytes[at] === QUOTE) {
      const keyStart = at;
      const keyEnd = quietly(() => scanString(bytes, keyStart, end));
      if (keyEnd === undefined) break;
      const colon = skipWhitespace(bytes, keyEnd, end);
      if (bytes[colon] !== COLON) break;
      const valueStart = skipWhitespace(bytes, colon + 1, end);
      const key = decodeString(bytes, keyStart + 1, keyEnd - 1);
      const whole = this.whole(valueStart);
      const value = whole === undefined ? this.partAt(valueStart, level) : whole.value;
      if (value !== undefined)
        members.push({ key, value, keyStart, valueStart, valueEnd: whole?.end ?? end });
      if (whole === undefined) break;
      at = skipWhitespace(bytes, whole.end, end);
      if (bytes[at] !== COMMA) break;
      at = skipWhitespace(bytes, at + 1, end);
    }
    return new JsonObject(members);
  }

  /** As far as it is there, without what may be half a character or escape. */
  private textFrom(from: number): string | undefined {
    const { bytes, end } = this;
    for (let until = end; until > Math.max(from, end - LONGEST_CHARACTER); until--) {
      const quoted = Buffer.concat([bytes.subarray(from - 1, until), Buffer.from('"')]);
      const text = quietly(() => parseHeadAt(quoted, 0, quoted.length));
      if (typeof text?.value === 'string') return text.value;
    }
    return undefined;
  }
}

/** `\\ud83d\\ude00`: two escapes that are one. */
const LONGEST_CHARACTER = 12;

function quietly<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}
