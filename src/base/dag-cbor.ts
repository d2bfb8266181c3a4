/**
 * DAG-CBOR of a JSON value: the one encoding that has one form for every value (https://ipld.io/specs/codecs/dag-cbor/spec/).
 * Ours because it takes the lossless tree and is at hand without awaiting a package; held against `@ipld/dag-cbor` in test.
 */
import { NotCanonicalizableError } from './canonical-json.ts';
import { JsonArray, JsonNumber, type JsonObject, type JsonValue } from './json.ts';

/** Major types of CBOR, RFC 8949 §3.1. */
const UNSIGNED = 0;
const NEGATIVE = 1;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;

const FALSE = Buffer.of(0xf4);
const TRUE = Buffer.of(0xf5);
const NULL = Buffer.of(0xf6);

/** @throws {NotCanonicalizableError} for duplicate keys, lone surrogates and whole numbers that JavaScript cannot hold */
export function toDagCbor(value: JsonValue): Uint8Array {
  const parts: Uint8Array[] = [];
  append(parts, value);
  return Buffer.concat(parts);
}

function append(parts: Uint8Array[], value: JsonValue): void {
  if (value === null) parts.push(NULL);
  else if (typeof value === 'boolean') parts.push(value ? TRUE : FALSE);
  else if (typeof value === 'string') parts.push(...text(value));
  else if (value instanceof JsonNumber) parts.push(number(value.lexeme));
  else if (value instanceof JsonArray) {
    parts.push(head(ARRAY, value.elements.length));
    for (const element of value.elements) append(parts, element);
  } else appendMap(parts, value);
}

function appendMap(parts: Uint8Array[], object: JsonObject): void {
  const duplicates = object.duplicateKeys();
  if (duplicates.length > 0)
    throw new NotCanonicalizableError(`the key ${JSON.stringify(duplicates[0])} stands twice`);
  const members = object.members.map(({ key, value }) => ({
    key: Buffer.from(key),
    written: text(key),
    value,
  }));
  // "Map keys must be sorted": by length first, then by bytes.
  members.sort((left, right) => left.key.length - right.key.length || left.key.compare(right.key));
  parts.push(head(MAP, members.length));
  for (const { written, value } of members) {
    parts.push(...written);
    append(parts, value);
  }
}

function text(value: string): [Uint8Array, Uint8Array] {
  if (!value.isWellFormed()) throw new NotCanonicalizableError('a string holds a lone surrogate');
  const bytes = Buffer.from(value);
  return [head(TEXT, bytes.length), bytes];
}

function number(lexeme: string): Uint8Array {
  const value = Number(lexeme);
  if (Number.isSafeInteger(value)) return value < 0 ? head(NEGATIVE, -1 - value) : head(UNSIGNED, value);
  if (Number.isInteger(value) || !Number.isFinite(value))
    throw new NotCanonicalizableError(`the number ${lexeme} is beyond what JavaScript writers can hold`);
  const bytes = Buffer.alloc(9);
  bytes[0] = 0xfb;
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** The shortest form of a head, as DAG-CBOR demands. */
function head(major: number, argument: number): Uint8Array {
  const type = major << 5;
  if (argument < 24) return Buffer.of(type | argument);
  if (argument < 0x100) return Buffer.of(type | 24, argument);
  const bytes = Buffer.alloc(argument < 0x10000 ? 3 : argument < 0x1_0000_0000 ? 5 : 9);
  bytes[0] = type | (bytes.length === 3 ? 25 : bytes.length === 5 ? 26 : 27);
  if (bytes.length === 3) bytes.writeUInt16BE(argument, 1);
  else if (bytes.length === 5) bytes.writeUInt32BE(argument, 1);
  else bytes.writeBigUInt64BE(BigInt(argument), 1);
  return bytes;
}
