/** The pre-image: from a record and its previous hash to exactly the bytes or text that its writer hashed. */
import { NotCanonicalizableError, toCanonicalJson } from '../base/canonical-json.ts';
import { findValues } from '../base/field-path.ts';
import type { JsonValue } from '../base/json.ts';
import { COMMA, isWhitespace } from '../base/lexical.ts';
import type { Event, Fields, Slot, Span } from '../model/event.ts';
import { toJsonForm, withoutFields } from './json-form.ts';
import type { ChainMembers, ChainProfile, PreimagePart } from './profile.ts';

/**
 * Bytes are a view that the next call overwrites.
 * @throws {NotCanonicalizableError} for a record that the profile's serializer cannot have written
 */
export type Preimage = (event: Event, previous: string) => Uint8Array | string;

/** Resolves the profile's fields once for a source. */
export function compilePreimage(profile: ChainProfile, members: ChainMembers, fields: Fields): Preimage {
  const parts = profile.preimage.map((part) => compilePart(part, members, fields));
  if (parts.length === 1) return parts[0]!;
  return (event, previous) => {
    const pieces: (Buffer | string)[] = [];
    for (const part of parts) {
      const piece = part(event, previous);
      // Copied at once: the next raw part writes into the same scratch buffer.
      pieces.push(typeof piece === 'string' ? piece : Buffer.from(piece));
    }
    if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('');
    return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
  };
}

function compilePart(part: PreimagePart, members: ChainMembers, fields: Fields): Preimage {
  const resolve = (path: string) =>
    path === '$own' ? members.own : path === '$previous' ? members.previous : path;
  const resolveAll = (paths: readonly string[]) => paths.map(resolve).filter((path) => path !== null);
  switch (part.kind) {
    case 'literal':
      return () => part.text;
    case 'previous':
      return (_, previous) => previous;
    case 'join': {
      const slots = resolveAll(part.fields).map((path) => fields.raw(path));
      return (event) => slots.map((slot) => event.text(slot) ?? '').join(part.separator);
    }
    case 'raw':
      return compileRaw(resolveAll(part.without), fields);
    case 'canonical':
      return compileCanonical(resolveAll(part.without), part.of, fields);
    case 'json': {
      const subject = compileSubject(resolveAll(part.without), part.of);
      return (event) => toJsonForm(subject(event), part.form);
    }
  }
}

function compileSubject(without: readonly string[], of: string | null): (event: Event) => JsonValue {
  return (event) => {
    if (event.duplicateKeys) throw new NotCanonicalizableError('a key stands twice');
    const record = withoutFields(event.json(), without);
    if (of === null) return record;
    const value = findValues(record, of)[0];
    if (value === undefined) throw new NotCanonicalizableError(`the field ${JSON.stringify(of)} is absent`);
    return value;
  };
}

function compileRaw(without: readonly string[], fields: Fields): Preimage {
  if (without.length === 0) return (event) => event.bytes;
  const slots = without.map((path) => fields.raw(path));
  return (event) => bytesWithout(event, slots);
}

/** RFC 8785 text less a member is RFC 8785 text: a record that is canonical already costs two copies. */
function compileCanonical(without: readonly string[], of: string | null, fields: Fields): Preimage {
  const subject = compileSubject(without, of);
  const slow: Preimage = (event) => toCanonicalJson(subject(event));
  if (of !== null) return slow;
  const fast = compileRaw(without, fields);
  const only = without.length === 1 ? fields.raw(without[0]!) : undefined;
  return (event, previous) => {
    const cut = only === undefined ? undefined : event.without?.(only);
    if (cut !== undefined) return cut;
    return (event.canonical && !event.duplicateKeys ? fast : slow)(event, previous);
  };
}

let scratch = new Uint8Array(64 * 1024);

/** Views of the scratch buffer by length: making one for each record took as long as the copy it is for (measured). */
const MAX_VIEWS = 4096;
const views = new Array<Uint8Array | undefined>(MAX_VIEWS).fill(undefined);

function scratchView(length: number): Uint8Array {
  if (length >= MAX_VIEWS) return scratch.subarray(0, length);
  const known = views[length];
  if (known !== undefined) return known;
  const view = scratch.subarray(0, length);
  views[length] = view;
  return view;
}

/** The record's bytes without the members in `slots`; each takes one comma along. */
function bytesWithout(event: Event, slots: readonly Slot[]): Uint8Array {
  const { bytes } = event;
  const { length } = bytes;
  if (scratch.length < length) {
    scratch = new Uint8Array(length * 2);
    views.fill(undefined);
  }
  // One copy whole and one move within it: a copy of each piece would need a view of each, dearer than the copy (measured).
  scratch.set(bytes);
  if (slots.length === 1) {
    const span = event.span(slots[0]!);
    return scratchView(span === undefined || span.keyStart < 0 ? length : cut(bytes, span, NO_SPANS));
  }
  const spans: Span[] = [];
  for (const slot of slots) {
    const span = event.span(slot);
    if (span !== undefined && span.keyStart >= 0) spans.push(span);
  }
  spans.sort((left, right) => left.start - right.start);
  const first = spans.shift();
  return scratchView(first === undefined ? length : cut(bytes, first, spans));
}

const NO_SPANS: readonly Span[] = [];

/** Closes up the scratch buffer, which holds `bytes`, over the members in the spans. @returns the length that is left */
function cut(bytes: Uint8Array, first: Span, others: readonly Span[]): number {
  const { length } = bytes;
  let written = 0;
  let copied = 0;
  for (let index = -1; index < others.length; index++) {
    const span = index < 0 ? first : others[index]!;
    let from = span.keyStart;
    // A member of one that was left out already.
    if (from < copied) continue;
    let until = span.end;
    while (isWhitespace(bytes[until])) until++;
    if (bytes[until] === COMMA) {
      until++;
      while (isWhitespace(bytes[until])) until++;
    } else {
      // The last member of its object: its comma stands before it, if an earlier removal has not taken it along.
      until = span.end;
      while (from > copied && isWhitespace(bytes[from - 1])) from--;
      if (from > copied && bytes[from - 1] === COMMA) {
        from--;
        while (from > copied && isWhitespace(bytes[from - 1])) from--;
      } else if (written > 0 && scratch[written - 1] === COMMA) written--;
    }
    if (written < copied) scratch.copyWithin(written, copied, from);
    written += from - copied;
    copied = until;
  }
  if (written < copied) scratch.copyWithin(written, copied, length);
  return written + length - copied;
}
