/**
 * A lossless JSON tree: numbers keep their digits, objects keep every member in its order with its byte span.
 * RFC 8259, strict. The slow path of reading, and the reference that the slot scanner is tested against.
 */
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  decodeString,
  decodeUtf8,
  isWhitespace,
  MAX_DEPTH,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  scanLiteral,
  scanNumber,
  scanString,
  skipWhitespace,
  syntaxError,
} from './lexical.ts';

export type JsonValue = null | boolean | string | JsonNumber | JsonArray | JsonObject;

/** A number as it was written: `1.0`, `-0` and `9223372036854775807` stay themselves. */
export class JsonNumber {
  readonly lexeme: string;
  constructor(lexeme: string) {
    this.lexeme = lexeme;
  }
}

export class JsonArray {
  private known: JsonValue[];
  private rest: (() => JsonValue[]) | undefined;

  /** `rest`: makes the elements that follow, which are then never made where nobody asks for them. */
  constructor(elements: JsonValue[], rest?: () => JsonValue[]) {
    this.known = elements;
    this.rest = rest;
  }

  get elements(): JsonValue[] {
    if (this.rest !== undefined) {
      this.known = [...this.known, ...this.rest()];
      this.rest = undefined;
    }
    return this.known;
  }

  /** At most so many of them. */
  first(count: number): JsonValue[] {
    return (count <= this.known.length ? this.known : this.elements).slice(0, count);
  }
}

/** Byte offsets are from the start of the parsed buffer; [valueStart, valueEnd) is the value as written. */
export type JsonMember = {
  key: string;
  value: JsonValue;
  keyStart: number;
  valueStart: number;
  valueEnd: number;
};

export class JsonObject {
  readonly members: JsonMember[];
  constructor(members: JsonMember[]) {
    this.members = members;
  }

  /** The value of `key`; of repeated keys the last, as `JSON.parse` has it. */
  get(key: string): JsonValue | undefined {
    return this.member(key)?.value;
  }

  member(key: string): JsonMember | undefined {
    return this.members.findLast((member) => member.key === key);
  }

  /** Keys that stand more than once in this object. */
  duplicateKeys(): string[] {
    const seen = new Set<string>();
    const repeated = new Set<string>();
    for (const { key } of this.members) (seen.has(key) ? repeated : seen).add(key);
    return [...repeated];
  }
}

export type ParsedJson = { value: JsonValue; start: number; end: number };

/**
 * The one JSON value in `bytes`, white space around it allowed.
 * @throws {JsonSyntaxError} with the byte offset, what was expected and what was found
 */
export function parseJson(bytes: Uint8Array): JsonValue {
  const { value, end } = parseJsonAt(bytes, 0, bytes.length);
  const rest = skipWhitespace(bytes, end, bytes.length);
  if (rest < bytes.length) throw syntaxError(bytes, rest, bytes.length, 'the end of the record');
  return value;
}

export function parseJsonText(text: string): JsonValue {
  return parseJson(Buffer.from(text));
}

/** The value that begins at or after `start`; `end` in the result is the index after it. */
export function parseJsonAt(bytes: Uint8Array, start: number, limit: number): ParsedJson {
  return new TreeParser(bytes, limit).parse(start);
}

/** Makes the tree of one value of `bytes`, of which nothing counts from `end` on. */
export class TreeParser {
  at = 0;
  readonly bytes: Uint8Array;
  readonly end: number;

  constructor(bytes: Uint8Array, end: number) {
    this.bytes = bytes;
    this.end = end;
  }

  parse(start: number): ParsedJson {
    const from = skipWhitespace(this.bytes, start, this.end);
    this.at = from;
    const value = this.value(0);
    return { value, start: from, end: this.at };
  }

  /** `depth`: of containers around it. */
  value(depth: number): JsonValue {
    const { bytes, end, at } = this;
    const byte = at < end ? bytes[at]! : 0;
    switch (byte) {
      case OPEN_BRACE:
        return this.object(depth + 1);
      case OPEN_BRACKET:
        return this.array(depth + 1);
      case QUOTE:
        return this.string();
      case 0x74:
      case 0x66:
      case 0x6e:
        this.at = scanLiteral(bytes, at, end);
        return byte === 0x6e ? null : byte === 0x74;
      default:
        if (byte !== MINUS && (byte < 0x30 || byte > 0x39)) throw syntaxError(bytes, at, end, 'a value');
        this.at = scanNumber(bytes, at, end);
        return new JsonNumber(decodeUtf8(bytes, at, this.at));
    }
  }

  private string(): string {
    const start = this.at;
    this.at = scanString(this.bytes, start, this.end);
    return decodeString(this.bytes, start + 1, this.at - 1);
  }

  protected array(depth: number): JsonArray {
    const elements: JsonValue[] = [];
    if (!this.opens(CLOSE_BRACKET, depth)) this.addElements(elements, depth);
    return new JsonArray(elements);
  }

  /** Those of a list at this depth, from the one at `at` to the last. */
  elementsFrom(at: number, depth: number): JsonValue[] {
    const elements: JsonValue[] = [];
    this.at = at;
    this.addElements(elements, depth);
    return elements;
  }

  /** Until there are so many, or the list has ended. @returns whether it has */
  protected addElements(elements: JsonValue[], depth: number, most = Number.POSITIVE_INFINITY): boolean {
    while (elements.length < most) {
      elements.push(this.value(depth));
      if (this.closesList()) return true;
    }
    return false;
  }

  protected closesList(): boolean {
    return this.closes(CLOSE_BRACKET, '"," or "]"');
  }

  private object(depth: number): JsonObject {
    const members: JsonMember[] = [];
    if (this.opens(CLOSE_BRACE, depth)) return new JsonObject(members);
    for (;;) {
      const keyStart = this.at;
      if (this.bytes[keyStart] !== QUOTE || keyStart >= this.end) throw this.expected('a key in quotes');
      const key = this.string();
      this.skip();
      if (this.at >= this.end || this.bytes[this.at] !== COLON) throw this.expected('":"');
      this.at++;
      this.skip();
      const valueStart = this.at;
      const value = this.value(depth);
      members.push({ key, value, keyStart, valueStart, valueEnd: this.at });
      if (this.closes(CLOSE_BRACE, '"," or "}"')) return new JsonObject(members);
    }
  }

  /** Steps over the opening bracket; true when the collection is empty and was closed. */
  protected opens(close: number, depth: number): boolean {
    if (depth > MAX_DEPTH) throw this.expected(`at most ${MAX_DEPTH} levels of nesting`);
    this.at++;
    this.skip();
    if (this.at >= this.end || this.bytes[this.at] !== close) return false;
    this.at++;
    return true;
  }

  /** Steps over a comma (false) or the closing bracket (true). */
  private closes(close: number, expected: string): boolean {
    this.skip();
    const byte = this.at < this.end ? this.bytes[this.at] : undefined;
    if (byte !== COMMA && byte !== close) throw this.expected(expected);
    this.at++;
    if (byte === close) return true;
    this.skip();
    return false;
  }

  private skip(): void {
    this.at = skipWhitespace(this.bytes, this.at, this.end);
  }

  private expected(what: string): Error {
    return syntaxError(this.bytes, this.at, this.end, what);
  }
}

/** Whether some object in `value` holds one key twice. */
export function hasDuplicateKeys(value: JsonValue): boolean {
  if (value instanceof JsonArray) return value.elements.some(hasDuplicateKeys);
  if (!(value instanceof JsonObject)) return false;
  return value.duplicateKeys().length > 0 || value.members.some((member) => hasDuplicateKeys(member.value));
}

/** Compact JSON in the order and with the digits of the original. */
export function toCompactJson(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.lexeme;
  if (value instanceof JsonArray) return `[${value.elements.map(toCompactJson).join(',')}]`;
  if (value instanceof JsonObject) {
    const members = value.members.map(
      (member) => `${JSON.stringify(member.key)}:${toCompactJson(member.value)}`,
    );
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

/** The same of the value [start, end) that a scanner accepted: without a tree, which takes five times as long (measured), where nothing is escaped. */
export function compactJsonAt(bytes: Uint8Array, start: number, end: number): string {
  let kept: Uint8Array | undefined;
  let length = 0;
  let isInText = false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === BACKSLASH) return toCompactJson(parseJson(bytes.subarray(start, end)));
    if (byte === QUOTE) isInText = !isInText;
    if (!isInText && isWhitespace(byte)) {
      kept ??= Uint8Array.from(bytes.subarray(start, end));
      continue;
    }
    if (kept !== undefined) kept[length] = byte;
    length++;
  }
  return kept === undefined ? decodeUtf8(bytes, start, end) : decodeUtf8(kept, 0, length);
}

/** Plain JavaScript values, for JSON Schema. Numbers become doubles: use only where digits do not matter. */
export function toPlainValue(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return Number(value.lexeme);
  if (value instanceof JsonArray) return value.elements.map(toPlainValue);
  if (value instanceof JsonObject) {
    const plain: Record<string, unknown> = Object.create(null);
    for (const { key, value: member } of value.members) plain[key] = toPlainValue(member);
    return plain;
  }
  return value;
}

/** A scalar as text: digits as written, `true`, `false`; undefined for null, arrays and objects. */
export function toScalarText(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return value instanceof JsonNumber ? value.lexeme : undefined;
}

/** A scalar as text, an object or array as compact JSON; undefined for null. */
export function treeText(value: JsonValue | undefined): string | undefined {
  return value instanceof JsonObject || value instanceof JsonArray
    ? toCompactJson(value)
    : toScalarText(value);
}
