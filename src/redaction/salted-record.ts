/**
 * Records whose fields are committed to one by one: a value and its salt can be taken away, and what vouches for the record
 * still does. After SD-JWT (RFC 9901): a digest is SHA-256 over base64url of the JSON array of salt, name and value, where
 * the name is a pointer to a value that holds no others: as in RFC 6901, but `#0` is an element and `0` a key, for a list must
 * not pass for an object. `docs/why/salted-fields.md` says why so.
 */
import crypto from 'node:crypto';
import {
  hasDuplicateKeys,
  JsonArray,
  type JsonMember,
  JsonObject,
  type JsonValue,
  toCompactJson,
} from '../base/json.ts';
import { compareText, quote } from '../base/text-safety.ts';

/** The member that a salted record has beside its own. */
export const SALTED_MEMBER = '_salted';

/** Holds the text of a record that cannot be salted field by field: no object, a key twice, a key of ours. */
export const WHOLE_MEMBER = '_record';

/** Holds, in base64, the bytes of a line that is no text (UTF-8). */
export const BYTES_MEMBER = '_bytes';

const OUR_MEMBERS: readonly string[] = [SALTED_MEMBER, WHOLE_MEMBER, BYTES_MEMBER];

/** The key that stands alone in an object where an element of an array was: the others keep their numbers. RFC 9901 section 4.2.4.2. */
const GAP_KEY = '...';

/** Bytes; RFC 9901 section 9.3 asks for 128 bits. */
export const SALT_BYTES = 16;
const SALT_FORM = /^[A-Za-z0-9_-]{22}$/;
const DIGEST_FORM = /^[A-Za-z0-9_-]{43}$/;

export type Field = { pointer: string; value: JsonValue };

export type SaltedRecord = {
  /** Without the member that holds the salts; gaps stand where elements were. */
  record: JsonObject;
  /** By pointer. */
  salts: Map<string, string>;
  /** Digests of what was taken away, in the order of code units. */
  erased: string[];
};

/** The record is not what `saltRecord` or `eraseFields` write. */
export class SaltedRecordFault extends Error {
  override readonly name = 'SaltedRecordFault';
}

/** A record as it is salted for the first time: the line it is stored as, without its end. */
export type Salted = { line: string; salted: SaltedRecord };

/**
 * `record`: undefined where the text is no JSON. `newSalt` gives 22 characters of base64url, never the same twice. The
 * line keeps the white space and the escapes of the text, so that chains over raw bytes can be audited until a field goes.
 */
export function saltRecord(record: JsonValue | undefined, text: string, newSalt: () => string): Salted {
  if (record === undefined || !isSaltable(record) || !isCompact(record, text.length)) {
    const whole = withSalts(new JsonObject([toMember(WHOLE_MEMBER, text)]), newSalt);
    return { line: formatSalted(whole), salted: whole };
  }
  const salted = withSalts(record, newSalt);
  const isBare = text.startsWith('{') && text.endsWith('}');
  const line = isBare ? `${text.slice(0, -1)},${formatHeld(salted)}}` : formatSalted(salted);
  return { line, salted };
}

/** For a line whose bytes are no UTF-8. */
export function saltBytes(bytes: Uint8Array, newSalt: () => string): Salted {
  const base64 = Buffer.from(bytes).toString('base64');
  const salted = withSalts(new JsonObject([toMember(BYTES_MEMBER, base64)]), newSalt);
  return { line: formatSalted(salted), salted };
}

function withSalts(record: JsonObject, newSalt: () => string): SaltedRecord {
  const salts = new Map(fieldsOf(record).map(({ pointer }) => [pointer, newSalt()]));
  return { record, salts, erased: [] };
}

/** Characters of all pointers, per character of the record: deep nesting must not make a line a thousand times longer. */
const MAX_POINTER_RATIO = 8;

function isCompact(record: JsonObject, length: number): boolean {
  let characters = 0;
  for (const { pointer } of fieldsOf(record)) {
    characters += pointer.length;
    if (characters > MAX_POINTER_RATIO * length + 1024) return false;
  }
  return true;
}

function isSaltable(record: JsonValue): record is JsonObject {
  if (!(record instanceof JsonObject) || record.members.length === 0) return false;
  if (OUR_MEMBERS.some((key) => record.get(key) !== undefined)) return false;
  return !hasDuplicateKeys(record) && !hasGapKey(record);
}

/** What is left of an object could look like a gap. */
function hasGapKey(value: JsonValue): boolean {
  if (value instanceof JsonArray) return value.elements.some(hasGapKey);
  if (!(value instanceof JsonObject)) return false;
  return value.members.some((member) => member.key === GAP_KEY || hasGapKey(member.value));
}

/** Where all elements went, the list goes too: one of gaps alone is a member that nothing vouches for. */
function hasGapsAlone(value: JsonValue): boolean {
  if (value instanceof JsonArray)
    return (value.elements.length > 0 && value.elements.every(isGap)) || value.elements.some(hasGapsAlone);
  return value instanceof JsonObject && value.members.some((member) => hasGapsAlone(member.value));
}

function hasGap(value: JsonValue): boolean {
  if (value instanceof JsonArray) return value.elements.some((element) => isGap(element) || hasGap(element));
  return value instanceof JsonObject && value.members.some((member) => hasGap(member.value));
}

/** @throws {SaltedRecordFault} */
export function parseSalted(value: JsonValue): SaltedRecord {
  if (!(value instanceof JsonObject)) throw new SaltedRecordFault('expected an object');
  if (hasDuplicateKeys(value)) throw new SaltedRecordFault('expected every key once');
  const held = value.get(SALTED_MEMBER);
  if (!(held instanceof JsonObject))
    throw new SaltedRecordFault(`expected the member ${quote(SALTED_MEMBER)}`);
  const other = held.members.find(({ key }) => key !== 'salts' && key !== 'erased');
  if (other !== undefined)
    throw new SaltedRecordFault(`expected salts and erased, found ${quote(other.key)}`);
  const salts = held.get('salts') ?? new JsonObject([]);
  const erased = held.get('erased') ?? new JsonArray([]);
  if (!(salts instanceof JsonObject)) throw new SaltedRecordFault('expected salts by pointer');
  if (!(erased instanceof JsonArray)) throw new SaltedRecordFault('expected a list of digests');
  return {
    record: new JsonObject(value.members.filter(({ key }) => key !== SALTED_MEMBER)),
    salts: new Map(salts.members.map(({ key, value: salt }) => [key, textOf(salt, SALT_FORM, 'a salt')])),
    erased: erased.elements.map((digest) => textOf(digest, DIGEST_FORM, 'a digest')),
  };
}

function textOf(value: JsonValue, form: RegExp, what: string): string {
  if (typeof value === 'string' && form.test(value)) return value;
  throw new SaltedRecordFault(`expected ${what}, found ${quote(toCompactJson(value).slice(0, 80))}`);
}

/**
 * The digests that the leaf of the record is made of, 32 bytes each, in ascending order: so that none tells which field it
 * stands for. As many as the record had fields, whatever was taken away.
 * @throws {SaltedRecordFault} for a field without a salt, a salt without a field, or a digest twice
 */
export function commitments({ record, salts, erased }: SaltedRecord): Buffer[] {
  const fields = fieldsOf(record);
  const digests = [...erased];
  for (const field of fields) {
    const salt = salts.get(field.pointer);
    if (salt === undefined)
      throw new SaltedRecordFault(`${quote(field.pointer)} has no salt: nothing vouches for it`);
    digests.push(fieldDigest(salt, field));
  }
  if (salts.size !== fields.length) {
    const known = new Set(fields.map(({ pointer }) => pointer));
    const stray = [...salts.keys()].find((pointer) => !known.has(pointer));
    throw new SaltedRecordFault(`${quote(stray ?? '')} has a salt and no value`);
  }
  const sorted = digests.map((digest) => Buffer.from(digest, 'base64url')).sort(Buffer.compare);
  if (erased.length === 0 && hasGap(record))
    throw new SaltedRecordFault('an element was taken away without its digest');
  if (hasGapsAlone(record)) throw new SaltedRecordFault('a list holds nothing but gaps');
  const twice = sorted.findIndex((digest, index) => index > 0 && digest.equals(sorted[index - 1]!));
  if (twice >= 0) throw new SaltedRecordFault('expected every digest once');
  return sorted;
}

/** The record without the fields that `isErased` names, and how many those are. Nothing of them is left in the line but digests. */
export function eraseFields(
  { record, salts, erased }: SaltedRecord,
  isErased: (field: Field) => boolean,
): { line: string; count: number; digests: string[] } {
  const gone = new Map<string, string>();
  for (const field of fieldsOf(record)) {
    const salt = salts.get(field.pointer);
    if (salt === undefined) throw new SaltedRecordFault(`${quote(field.pointer)} has no salt`);
    if (isErased(field)) gone.set(field.pointer, fieldDigest(salt, field));
  }
  const rest = without(record, '', gone) ?? new JsonObject([]);
  const line = formatSalted({
    record: rest as JsonObject,
    salts: new Map([...salts].filter(([pointer]) => !gone.has(pointer))),
    erased: [...erased, ...gone.values()].sort(compareText),
  });
  return { line, count: gone.size, digests: [...gone.values()].sort(compareText) };
}

/** What is left of a value; undefined where that is nothing. */
function without(
  value: JsonValue,
  pointer: string,
  gone: ReadonlyMap<string, string>,
): JsonValue | undefined {
  if (gone.has(pointer)) return undefined;
  if (value instanceof JsonArray && value.elements.length > 0) {
    const elements = value.elements.map((element, index) => {
      const rest = without(element, `${pointer}/#${index}`, gone);
      return rest === undefined ? GAP : rest;
    });
    return elements.every(isGap) ? undefined : new JsonArray(elements);
  }
  if (value instanceof JsonObject && value.members.length > 0) {
    const members = value.members.flatMap((member) => {
      const rest = without(member.value, `${pointer}/${escapeKey(member.key)}`, gone);
      return rest === undefined ? [] : [{ ...member, value: rest }];
    });
    return members.length === 0 ? undefined : new JsonObject(members);
  }
  return value;
}

/** Scalars, empty arrays and empty objects, in the order of the record. */
export function fieldsOf(record: JsonValue): Field[] {
  const fields: Field[] = [];
  const walk = (value: JsonValue, pointer: string) => {
    if (value instanceof JsonArray && value.elements.length > 0) {
      for (const [index, element] of value.elements.entries())
        if (!isGap(element)) walk(element, `${pointer}/#${index}`);
    } else if (value instanceof JsonObject && value.members.length > 0) {
      for (const member of value.members) walk(member.value, `${pointer}/${escapeKey(member.key)}`);
    } else if (pointer !== '') fields.push({ pointer, value });
  };
  walk(record, '');
  return fields;
}

function fieldDigest(salt: string, { pointer, value }: Field): string {
  const disclosure = `[${JSON.stringify(salt)},${JSON.stringify(pointer)},${toCompactJson(value)}]`;
  const encoded = Buffer.from(disclosure).toString('base64url');
  return crypto.hash('sha256', encoded, 'base64url');
}

/** The line of a salted record, without its end, as compact JSON. */
function formatSalted(salted: SaltedRecord): string {
  const text = toCompactJson(salted.record);
  return `${text.slice(0, -1)}${salted.record.members.length > 0 ? ',' : ''}${formatHeld(salted)}}`;
}

/** The member that holds the salts; it comes last in a line. */
function formatHeld({ salts, erased }: SaltedRecord): string {
  const held = [
    toMember('salts', new JsonObject([...salts].map(([pointer, salt]) => toMember(pointer, salt)))),
    ...(erased.length > 0 ? [toMember('erased', new JsonArray([...erased]))] : []),
  ];
  return `"${SALTED_MEMBER}":${toCompactJson(new JsonObject(held))}`;
}

const GAP = new JsonObject([toMember(GAP_KEY, '')]);

function isGap(value: JsonValue): boolean {
  return (
    value instanceof JsonObject &&
    value.members.length === 1 &&
    value.members[0]!.key === GAP_KEY &&
    value.members[0]!.value === ''
  );
}

function toMember(key: string, value: JsonValue): JsonMember {
  return { key, value, keyStart: 0, valueStart: 0, valueEnd: 0 };
}

function escapeKey(key: string): string {
  const escaped = key.replaceAll('~', '~0').replaceAll('/', '~1');
  return escaped.startsWith('#') ? `~2${escaped.slice(1)}` : escaped;
}
