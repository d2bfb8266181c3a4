/**
 * The plain twin of `src/chain/preimage.ts`: what a writer of a profile hashes, spelled out part by part from made values.
 * Nothing of the code under test is used. A part that it does not know is refused by name.
 */
import crypto from 'node:crypto';
import { createRequire } from 'node:module';
import {
  copyOf,
  type MadeObject,
  type MadeValue,
  RFC_8785,
  type Spelling,
  scalarText,
  spell,
  valueAt,
  withoutPaths,
} from './made-value.ts';

/** A part of a profile as this twin reads it: more kinds than `PreimagePart` may have today. */
export type Part = { kind: string } & Record<string, unknown>;

export class CannotMakeError extends Error {
  override readonly name = 'CannotMakeError';
}

/** What a pre-image is made of. */
export type Subject = {
  record: MadeObject;
  /** How the line is spelled: for parts that hash bytes. */
  line: Spelling;
  /** The previous hash without its prefix. */
  previous: string;
  members: { previous: string | null; own: string | null };
};

export function slowPreimage(parts: readonly Part[], subject: Subject): Buffer {
  return Buffer.concat(parts.map((part) => toBytes(writePart(part, subject) ?? '')));
}

function toBytes(piece: string | Buffer): Buffer {
  return typeof piece === 'string' ? Buffer.from(piece) : piece;
}

/** Nothing for what is left out. */
function writePart(part: Part, subject: Subject): string | Buffer | undefined {
  const { record, line, previous } = subject;
  const value = () => valueAt(record, resolve(part.path as string, subject)!);
  switch (part.kind) {
    case 'literal':
      return part.text as string;
    case 'literal-bytes':
      return Buffer.from(part.hex as string, 'hex');
    case 'previous':
      return part.as === 'bytes'
        ? decodeHash(previous || ((part.absent as string) ?? ''))
        : previous || ((part.absent as string) ?? '');
    case 'raw':
      return spell(withoutPaths(record, resolveAll(part.without, subject)), line);
    case 'canonical':
      return spell(jsonSubject(part, subject, RFC_8785), RFC_8785);
    case 'json': {
      const form = part.form as Spelling;
      return spell(jsonSubject(part, subject, form), form);
    }
    case 'field':
      return writeField(part, subject);
    case 'join':
      return writeJoin(part, subject);
    case 'pairs':
      return writePairs(part, subject);
    case 'entries':
      return writeEntries(part, subject);
    case 'length-prefixed': {
      const bytes = slowPreimage(part.parts as Part[], subject);
      return Buffer.concat([wholeNumber(BigInt(bytes.length), part.width as string), bytes]);
    }
    case 'number':
      return wholeNumber(BigInt(scalarText(value()) ?? '0'), part.width as string);
    case 'bytes': {
      const text = scalarText(value()) ?? '';
      if (part.encoding === 'hex' && !/^(?:[0-9a-f]{2})*$/i.test(text))
        throw new CannotMakeError(`${JSON.stringify(text)} is no hex`);
      if (part.encoding === 'uuid') return Buffer.from(text.replaceAll('-', ''), 'hex');
      return Buffer.from(text, part.encoding as 'hex');
    }
    case 'tag':
      return Buffer.from([(value() ?? null) === null ? 0 : 1]);
    case 'hash': {
      const bytes = slowDigest(part.algorithm as string, slowPreimage(part.parts as Part[], subject));
      return part.as === 'bytes' ? bytes : encode(bytes, part.as as string);
    }
    case 'choose':
      return writeCase(part, subject);
    default:
      throw new CannotMakeError(`no plain twin of the part ${part.kind}`);
  }
}

function resolve(path: string, { members }: Subject): string | null {
  return path === '$own' ? members.own : path === '$previous' ? members.previous : path;
}

function resolveAll(paths: unknown, subject: Subject): string[] {
  return ((paths ?? []) as string[]).flatMap((path) => resolve(path, subject) ?? []);
}

/** Hex where it can be hex, for all that is hashed by the profiles is. */
function decodeHash(text: string): Buffer {
  return /^(?:[0-9a-fA-F]{2})*$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
}

function jsonSubject(part: Part, subject: Subject, form: Spelling): MadeValue {
  const whole = withoutPaths(subject.record, resolveAll(part.without, subject));
  let value: MadeValue = whole;
  if (typeof part.of === 'string') {
    const found = valueAt(whole, part.of);
    if (found === undefined) throw new CannotMakeError(`a record without ${part.of} cannot be hashed`);
    value = found;
  }
  if (part.only !== undefined) value = chosenMembers(part.only as MemberRule[], value as MadeObject, subject);
  if (part.dropNulls === true) value = withoutNulls(value);
  for (const path of (part.stringify ?? []) as string[]) stringifyMembers(value, path, form);
  return value;
}

type MemberRule = {
  key: string;
  value: {
    path?: string;
    format?: Format | null;
    absent?: 'omit' | 'null' | { text: string };
    parts?: Part[];
  };
};

function chosenMembers(rules: readonly MemberRule[], from: MadeObject, subject: Subject): MadeObject {
  const chosen: MadeObject = new Map();
  for (const { key, value: rule } of rules) {
    if (rule.parts !== undefined) {
      chosen.set(key, slowPreimage(rule.parts, subject).toString());
      continue;
    }
    const value = valueAt(from, resolve(rule.path!, subject)!);
    if (value === undefined) {
      if (rule.absent === 'null') chosen.set(key, null);
      else if (typeof rule.absent === 'object') chosen.set(key, rule.absent.text);
    } else chosen.set(key, rule.format == null ? value : formatValue(value, rule.format));
  }
  return chosen;
}

function withoutNulls(value: MadeValue): MadeValue {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!(value instanceof Map)) return value;
  const kept = [...value].filter(([, member]) => member !== null);
  return new Map(kept.map(([key, member]) => [key, withoutNulls(member)]));
}

function stringifyMembers(value: MadeValue, path: string, form: Spelling): void {
  const object = path === '' ? value : valueAt(value as MadeObject, path);
  if (!(object instanceof Map)) return;
  for (const [key, member] of object) {
    if (Array.isArray(member) || member instanceof Map) object.set(key, spell(copyOf(member), form));
  }
}

/** Items of an older form are fields, whose absence is nothing. */
function writeJoin(part: Part, subject: Subject): string {
  const items = part.items as Part[] | undefined;
  const fields = (part.fields ?? []) as string[];
  const texts =
    items === undefined
      ? resolveAll(fields, subject).map((path) => scalarText(valueAt(subject.record, path)) ?? '')
      : items.flatMap((item) => {
          const piece = writePart(item, subject);
          return piece === undefined ? [] : [escapeWith(part.escapes, piece.toString())];
        });
  return texts.join(part.separator as string);
}

function writePairs(part: Part, subject: Subject): string {
  const items = part.items as { key: string; value: Part }[];
  const texts = items.flatMap(({ key, value }) => {
    const piece = writePart(value, subject);
    if (piece === undefined) return [];
    return [key + (part.equals as string) + escapeWith(part.escapes, piece.toString())];
  });
  return texts.join(part.separator as string);
}

function writeEntries(part: Part, subject: Subject): string | undefined {
  const object = valueAt(subject.record, part.of as string);
  if (!(object instanceof Map)) return (part.absent as string | null) ?? undefined;
  let keys = [...object.keys()];
  if (part.sort !== 'none') keys = keys.sort();
  const texts = keys.map((key) => {
    const value = object.get(key)!;
    const text = scalarText(value) ?? spell(value, { item: ',', key: ':' });
    return escapeWith(part.escapes, key) + (part.equals as string) + escapeWith(part.escapes, text);
  });
  const separator = part.separator as string;
  return part.ended === true ? texts.map((text) => text + separator).join('') : texts.join(separator);
}

function escapeWith(escapes: unknown, text: string): string {
  const pairs = (escapes ?? []) as [string, string][];
  return Array.from(text, (char) => pairs.find(([from]) => from === char)?.[1] ?? char).join('');
}

function writeField(part: Part, subject: Subject): string | undefined {
  const value = valueAt(subject.record, resolve(part.path as string, subject) ?? '');
  if (value === undefined) return (part.absent as string | null) ?? undefined;
  if (value === null) return (part.null as string | null) ?? undefined;
  return formatValue(value, part.format as Format);
}

export type Format = { kind: string } & Record<string, unknown>;

function formatValue(value: MadeValue, format: Format): string {
  const text = scalarText(value) ?? spell(value, { item: ',', key: ':' });
  switch (format.kind) {
    case 'text':
      return text;
    case 'boolean':
      return (text === 'true' ? format.true : format.false) as string;
    case 'decimal': {
      const [whole = '', fraction = ''] = text.split('.');
      const places = format.places as number;
      return places === 0 ? whole : `${whole}.${fraction.padEnd(places, '0')}`;
    }
    case 'encoded':
      return encode(Buffer.from(text), format.encoding as string);
    case 'epoch':
      return epochOf(text, format.unit as string);
    case 'time':
      return timeOf(text, format);
    default:
      throw new CannotMakeError(`no plain twin of the format ${format.kind}`);
  }
}

/** A made time is a date, `T`, a clock, some digits of a second and `Z` or nothing. */
const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:?\d{2}|)$/;

function timeOf(text: string, format: Format): string {
  const [, date = '', clock = '', written = '', zone = ''] = TIME.exec(text) ?? [];
  if (date === '') throw new CannotMakeError(`${JSON.stringify(text)} is no made time`);
  const digits = written.padEnd(9, '0');
  const trimmed = digits.replace(/0+$/, '');
  const rule = format.fraction as number | string;
  let fraction = rule === 'python' ? (/^0{6}/.test(digits) ? '' : digits.slice(0, 6)) : trimmed;
  if (rule === 'grouped') fraction = digits.replace(/(000)+$/, '');
  if (typeof rule === 'number') fraction = digits.slice(0, rule);
  const marks: Record<string, string> = { none: '', 'as-written': zone, offset: zone.replace('Z', '+00:00') };
  const mark = marks[format.zone as string] ?? format.zone;
  return `${date}${format.separator}${clock}${fraction === '' ? '' : `.${fraction}`}${mark}`;
}

function epochOf(text: string, unit: string): string {
  const [, date = '', clock = '', written = ''] = TIME.exec(text) ?? [];
  if (date === '') return text;
  const seconds = Date.parse(`${date}T${clock}Z`) / 1000;
  const places = { s: 0, ms: 3, us: 6, ns: 9 }[unit];
  if (places === undefined) throw new CannotMakeError(`no plain twin of the unit ${unit}`);
  return String(seconds) + written.padEnd(9, '0').slice(0, places);
}

function wholeNumber(value: bigint, width: string): Buffer {
  const bytes = { u8: 1, u16be: 2, u32be: 4, u64be: 8 }[width];
  if (bytes === undefined) throw new CannotMakeError(`no plain twin of the width ${width}`);
  return Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex');
}

type Condition = { field: string; equals: readonly string[] | null; orNull?: true };

export function holds({ field, equals, orNull }: Condition, record: MadeObject): boolean {
  const value = valueAt(record, field);
  if (equals === null) return value !== undefined && (value !== null || orNull === true);
  return equals.includes(scalarText(value) ?? '\u0000');
}

function writeCase(part: Part, subject: Subject): Buffer {
  const cases = part.cases as { when: Condition[]; parts: Part[] }[];
  const fitting = cases.find(({ when }) => when.every((condition) => holds(condition, subject.record)));
  if (fitting === undefined) throw new CannotMakeError('the record fits no case');
  return slowPreimage(fitting.parts, subject);
}

export function encode(bytes: Buffer, encoding: string): string {
  if (encoding === 'HEX') return bytes.toString('hex').toUpperCase();
  return bytes.toString(encoding as 'hex' | 'base64' | 'base64url');
}

const require = createRequire(import.meta.url);

export function slowDigest(algorithm: string, bytes: Buffer, key?: Uint8Array): Buffer {
  if (algorithm === 'blake3') {
    const { blake3 } = require('@noble/hashes/blake3.js') as typeof import('@noble/hashes/blake3.js');
    return Buffer.from(blake3(bytes));
  }
  const digest = key === undefined ? crypto.createHash(algorithm) : crypto.createHmac(algorithm, key);
  return digest.update(bytes).digest();
}
