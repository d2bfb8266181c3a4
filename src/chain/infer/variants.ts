/** Neighbors of a pre-image that fits some records: other forms of its JSON, other words for nothing. */
import type { PartDocument } from './candidate.ts';
import { JSON_FORMS, toPart } from './json-forms.ts';
import type { Hit } from './search.ts';

/** What stands in a list for a field that is null or absent, beside nothing. */
const NONE_WORDS = ['None', 'null', '-', 'N/A'] as const;

/** What stands in a picked object for a member that the record lacks, and for the previous hash of the first one; undefined: it is left out. */
const ABSENT_MEMBERS: readonly (readonly [absent: null | undefined, previous: null | '' | undefined])[] = [
  [null, ''],
  [null, null],
  [undefined, ''],
  [undefined, null],
  [null, undefined],
];

export function* variantsOf(hit: Hit): Generator<Hit> {
  for (const form of JSON_FORMS) {
    let changes = false;
    const parts = mapParts(hit.parts, (part) => {
      const subject = subjectOf(part);
      if (subject === undefined || (form.kind === 'raw' && subject.of !== undefined)) return part;
      changes = true;
      return toPart(form, subject);
    });
    if (changes) yield { ...hit, parts };
  }
  for (const word of NONE_WORDS) {
    yield {
      ...hit,
      parts: mapFields(hit.parts, (name) => ({ field: { name, 'if-null': word, absent: '' } })),
    };
    yield { ...hit, parts: mapFields(hit.parts, (name) => ({ field: { name, absent: word } })) };
  }
  for (const [absent, previous] of ABSENT_MEMBERS) {
    let changes = false;
    const parts = mapParts(hit.parts, (part) => {
      const picked = withAbsent(part, absent, previous);
      if (picked === undefined) return part;
      changes = true;
      return picked;
    });
    if (changes) yield { ...hit, parts };
  }
  // Left out, and its separator with it.
  yield { ...hit, parts: mapFields(hit.parts, (name) => ({ field: { name, absent: null } })) };
}

/** Undefined where the part picks no members. */
function withAbsent(part: PartDocument, absent: unknown, previous: unknown): PartDocument | undefined {
  if (typeof part === 'string') return undefined;
  const kind = 'canonical' in part ? 'canonical' : 'json';
  const options = part[kind] as { only?: readonly unknown[] } | undefined;
  if (options?.only === undefined) return undefined;
  const only = options.only.map((rule) => {
    const member = typeof rule === 'string' ? { key: rule } : (rule as { key: string; field?: string });
    const word = 'field' in member && member.field === '$previous' ? previous : absent;
    return word === undefined ? rule : { ...member, absent: word };
  });
  return { [kind]: { ...options, only } };
}

type Subject = { without?: readonly string[]; of?: string };

/** Undefined where the part is no JSON, or picks its members. */
function subjectOf(part: PartDocument): Subject | undefined {
  if (typeof part === 'string') return undefined;
  const options = (part.canonical ?? part.json ?? part.raw) as (Subject & { only?: unknown }) | undefined;
  if (options === undefined || options.only !== undefined) return undefined;
  return {
    ...(options.without !== undefined && { without: options.without }),
    ...(options.of !== undefined && { of: options.of }),
  };
}

function mapParts(parts: readonly PartDocument[], map: (part: PartDocument) => PartDocument): PartDocument[] {
  return parts.map((part) => {
    const inner = innerParts(part);
    if (inner === undefined) return map(part);
    return { [inner.kind]: { ...inner.options, parts: mapParts(inner.parts, map) } };
  });
}

function innerParts(part: PartDocument) {
  if (typeof part === 'string') return undefined;
  const kind = 'hash' in part ? 'hash' : 'length-prefixed';
  const options = part[kind] as { parts: PartDocument[] } | undefined;
  return options === undefined ? undefined : { kind, options, parts: options.parts };
}

/** Replaces fields that are written as they stand, in lists too; not those of the chain. */
function mapFields(parts: readonly PartDocument[], map: (name: string) => PartDocument): PartDocument[] {
  const toItem = (item: unknown) => (typeof item === 'string' && !item.startsWith('$') ? map(item) : item);
  return mapParts(parts, (part) => {
    if (typeof part === 'string') return part;
    if (typeof part.field === 'string' && !part.field.startsWith('$')) return map(part.field);
    const join = part.join as { fields: unknown[] } | undefined;
    if (join !== undefined) return { join: { ...join, fields: join.fields.map(toItem) } };
    const pairs = part.pairs as { fields: Record<string, unknown>[] } | undefined;
    if (pairs === undefined) return part;
    const fields = pairs.fields.map((pair) =>
      Object.fromEntries(Object.entries(pair).map(([key, item]) => [key, toItem(item)])),
    );
    return { pairs: { ...pairs, fields } };
  });
}
