/**
 * The pre-image: from a record and its previous hash to exactly the bytes or text that its writer hashed.
 * Over 250 lines: parts hold parts, so their compilers call each other.
 */
import { NotCanonicalizableError, toCanonicalJson } from '../base/canonical-json.ts';
import { digest, digestBytes } from '../base/digest.ts';
import { JsonObject } from '../base/json.ts';
import type { Event, Fields } from '../model/event.ts';
import { toBytes, toLengthBytes, toNumberBytes } from './byte-parts.ts';
import { compileConditions } from './conditions.ts';
import { compileEscapes } from './escapes.ts';
import { sortMembers, toJsonForm } from './json-form.ts';
import { compileSubject } from './json-subject.ts';
import type { FieldPart, PreimagePart } from './preimage-part.ts';
import type { ChainMembers, ChainProfile } from './profile.ts';
import { compileRaw } from './raw-bytes.ts';
import { compileFormat, encodeBytes, textOf } from './value-format.ts';
import { compileValue } from './value-reader.ts';

/**
 * Bytes are a view that the next call overwrites.
 * @throws {NotCanonicalizableError} for a record that the profile's serializer cannot have written
 */
export type Preimage = (event: Event, previous: string) => Uint8Array | string;

/** As a pre-image; undefined where the part is left out. */
type Part = (event: Event, previous: string) => Uint8Array | string | undefined;

/** What parts are bound to: the names of the chain's members and the fields of a source. */
type Binding = {
  resolve: (path: string) => string | null;
  fields: Fields;
  encoding: ChainProfile['digest']['encoding'];
  /** Whether the profile is for records of any kind. */
  isGeneric: boolean;
};

/** Resolves the profile's fields once for a source. */
export function compilePreimage(
  profile: ChainProfile,
  members: ChainMembers,
  fields: Fields,
  parts = profile.preimage,
): Preimage {
  const resolve = (path: string) =>
    path === '$own' ? members.own : path === '$previous' ? members.previous : path;
  const isGeneric = profile.when.length === 0;
  return compileParts(parts, { resolve, fields, encoding: profile.digest.encoding, isGeneric });
}

function compileParts(list: readonly PreimagePart[], binding: Binding): Preimage {
  const parts = list.map((part) => compilePart(part, binding));
  const [only] = parts;
  if (parts.length === 1 && isAlwaysThere(list[0]!)) return only as Preimage;
  return (event, previous) => {
    const pieces: (Buffer | string)[] = [];
    let isText = true;
    for (const part of parts) {
      const piece = part(event, previous);
      if (typeof piece === 'string') pieces.push(piece);
      else if (piece !== undefined) {
        isText = false;
        // Copied at once: the next raw part writes into the same scratch buffer.
        pieces.push(Buffer.from(piece));
      }
    }
    if (isText) return pieces.join('');
    return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
  };
}

/** The most frequent parts, which come first on the fast road. */
function isAlwaysThere({ kind }: PreimagePart): boolean {
  return kind === 'raw' || kind === 'canonical' || kind === 'json' || kind === 'join';
}

function compilePart(part: PreimagePart, binding: Binding): Part {
  const { resolve, fields } = binding;
  const resolveAll = (paths: readonly string[]) => paths.map(resolve).filter((path) => path !== null);
  switch (part.kind) {
    case 'literal':
      return () => part.text;
    case 'literal-bytes': {
      const bytes = Buffer.from(part.hex, 'hex');
      return () => bytes;
    }
    case 'previous':
      return compilePrevious(part, binding);
    case 'raw':
      return compileRaw(resolveAll(part.without), fields);
    case 'canonical':
      return compileCanonical(part, binding);
    case 'json': {
      const subject = compileSubject(part, part.form, binding, compileText);
      return (event, previous) => toJsonForm(subject(event, previous), part.form);
    }
    case 'field':
      return compileField(part, binding);
    case 'join':
      return compileJoin(part, binding);
    case 'pairs':
      return compilePairs(part, binding);
    case 'entries':
      return compileEntries(part, binding);
    case 'length-prefixed': {
      const content = compileParts(part.parts, binding);
      return (event, previous) => {
        const piece = content(event, previous);
        const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
        return Buffer.concat([toLengthBytes(bytes.length, part.width), bytes]);
      };
    }
    case 'number': {
      const value = compileValue(resolve(part.path));
      return (event) => toNumberBytes(value(event), part.width, part.path);
    }
    case 'bytes': {
      const value = compileValue(resolve(part.path));
      return (event) => {
        const found = value(event);
        return found === undefined || found === null ? '' : toBytes(textOf(found), part.encoding, part.path);
      };
    }
    case 'tag': {
      const value = compileValue(resolve(part.path));
      const [absent, present] = [Buffer.of(0), Buffer.of(1)];
      return (event) => ((value(event) ?? null) === null ? absent : present);
    }
    case 'hash': {
      const content = compileParts(part.parts, binding);
      const { algorithm, as } = part;
      if (as === 'hex') return (event, previous) => digest(algorithm, content(event, previous), as);
      return (event, previous) => {
        const bytes = digestBytes(algorithm, content(event, previous));
        return as === 'bytes' ? bytes : encodeBytes(bytes, as);
      };
    }
    case 'choose': {
      const cases = part.cases.map(({ when, parts }) => ({
        holds: compileConditions(when),
        parts: compileParts(parts, binding),
      }));
      return (event, previous) => {
        for (const { holds, parts } of cases) if (holds(event)) return parts(event, previous);
        throw new NotCanonicalizableError('the record is of none of the kinds that the profile knows');
      };
    }
  }
}

function compilePrevious(
  { as, absent = '' }: Extract<PreimagePart, { kind: 'previous' }>,
  { encoding }: Binding,
): Part {
  if (as === undefined) {
    if (absent === '') return (_, previous) => previous;
    return (_, previous) => (previous === '' ? absent : previous);
  }
  const form = encoding === 'HEX' ? 'hex' : encoding;
  return (_, previous) => toBytes(previous === '' ? absent : previous, form, '$previous');
}

/** As text: a part of JSON cannot hold bytes. */
function compileText(
  parts: readonly PreimagePart[],
  binding: Binding,
): (event: Event, previous: string) => string {
  const content = compileParts(parts, binding);
  return (event, previous) => {
    const piece = content(event, previous);
    return typeof piece === 'string' ? piece : Buffer.from(piece).toString();
  };
}

/** RFC 8785 text less a member is RFC 8785 text: a record that is canonical already costs two copies. */
function compileCanonical(part: Extract<PreimagePart, { kind: 'canonical' }>, binding: Binding): Part {
  const subject = compileSubject(part, 'canonical', binding, compileText);
  const slow: Preimage = (event, previous) => toCanonicalJson(subject(event, previous));
  const isWhole = part.of === null && part.only === undefined;
  if (!isWhole || part.dropNulls === true || part.stringify !== undefined) return slow;
  const without = part.without.map(binding.resolve).filter((path) => path !== null);
  const fast = compileRaw(without, binding.fields);
  const only = without.length === 1 ? binding.fields.raw(without[0]!) : undefined;
  return (event, previous) => {
    const cut = only === undefined ? undefined : event.without?.(only);
    if (cut !== undefined) return cut;
    return event.canonical && !event.duplicateKeys ? fast(event) : slow(event, previous);
  };
}

function compileField(part: FieldPart, { resolve }: Binding): Part {
  const value = compileValue(resolve(part.path));
  const format = compileFormat(part.format, part.path);
  const absent = part.absent ?? undefined;
  const none = part.null ?? undefined;
  return (event) => {
    const found = value(event);
    if (found === undefined) return absent;
    return found === null ? none : format(found);
  };
}

function compileJoin(part: Extract<PreimagePart, { kind: 'join' }>, binding: Binding): Part {
  const plain = toPlainSlots(part, binding);
  if (plain !== undefined) return plain;
  const items = part.items.map((item) => compilePart(item, binding));
  const escaped = compileEscapes(part.escapes);
  return (event, previous) => {
    const pieces: (string | Uint8Array)[] = [];
    for (const item of items) {
      const piece = item(event, previous);
      if (piece === undefined) continue;
      if (pieces.length > 0) pieces.push(part.separator);
      pieces.push(typeof piece === 'string' ? escaped(piece) : Buffer.from(piece));
    }
    if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('');
    return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
  };
}

/** How many fields of a join are had ready from every record of a log, before it is known to have the chain. */
const MAX_SLOTS = 8;

/**
 * Scalars as written, an absent one as nothing, have a fast road: without a tree. Only for profiles that say nothing of what
 * their records carry: those for one product would have their fields sought in every log.
 */
function toPlainSlots(
  { items, escapes, separator }: Extract<PreimagePart, { kind: 'join' }>,
  { resolve, fields, isGeneric }: Binding,
): Part | undefined {
  if (!isGeneric || escapes.length > 0 || items.length > MAX_SLOTS) return undefined;
  const slots: number[] = [];
  for (const item of items) {
    if (item.kind !== 'field' || item.format.kind !== 'text') return undefined;
    const path = resolve(item.path);
    if (path === null || item.absent !== '' || item.null !== '') return undefined;
    slots.push(fields.raw(path));
  }
  return (event) => {
    let text = '';
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index]!;
      if (event.size(slot) > 1)
        throw new NotCanonicalizableError('a field that is hashed as one value has several');
      const value = event.text(slot) ?? '';
      text = index === 0 ? value : text + separator + value;
    }
    return text;
  };
}

function compilePairs(part: Extract<PreimagePart, { kind: 'pairs' }>, binding: Binding): Part {
  const escaped = compileEscapes(part.escapes);
  const items = part.items.map(({ key, value }) => ({
    start: escaped(key) + part.equals,
    value: compilePart(value, binding),
  }));
  return (event, previous) => {
    const pairs: string[] = [];
    for (const { start, value } of items) {
      const piece = value(event, previous);
      if (piece !== undefined)
        pairs.push(start + escaped(typeof piece === 'string' ? piece : Buffer.from(piece).toString()));
    }
    return pairs.join(part.separator);
  };
}

function compileEntries(part: Extract<PreimagePart, { kind: 'entries' }>, { resolve }: Binding): Part {
  const value = compileValue(resolve(part.of));
  const escaped = compileEscapes(part.escapes);
  const absent = part.absent ?? undefined;
  return (event) => {
    const object = value(event);
    if ((object ?? null) === null) return absent;
    if (!(object instanceof JsonObject))
      throw new NotCanonicalizableError(`the field ${JSON.stringify(part.of)} is no object`);
    if (object.members.length === 0) return absent;
    const pairs = sortMembers(object.members, part.sort).map(
      (member) => escaped(member.key) + part.equals + escaped(textOf(member.value)),
    );
    return part.ended ? pairs.map((pair) => pair + part.separator).join('') : pairs.join(part.separator);
  };
}
