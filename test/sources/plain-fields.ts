/**
 * The slow twin of canonical fields: a record with lists is taken apart into records with one element each, and the field of
 * each is found by what the mapping says, word by word. Tests only.
 */
import { findPlacedValues, findValues } from '../../src/base/field-path.ts';
import { compileGlob } from '../../src/base/glob.ts';
import { JsonArray, JsonNumber, JsonObject, type JsonValue, treeText } from '../../src/base/json.ts';
import { isBlankOutcome } from '../../src/model/blank-text.ts';
import type { AuditField } from '../../src/model/event.ts';
import { type Alternative, isEmpty, type Mapping, toOwnPaths } from '../../src/sources/mapping.ts';

/** The first text at path number `path`. */
export function readMapped(record: JsonValue, mapping: Mapping, path: number): string | undefined {
  return treeText(findValues(record, ...toOwnPaths(mapping, path))[0]);
}

/** `place`: of values of one record, another one for each. */
type Value = { kind: string; text: string; isListed: boolean; place: string };
type Read = (path: number) => Value[];

/** Of each list the element that is looked at. */
export type PlainFacet = ReadonlyMap<JsonArray, number>;

/** One element of each list that the fields lead through and something is read of, in all combinations. */
export function plainFacets(
  record: JsonValue,
  mapping: Mapping,
  fields: readonly AuditField[],
): PlainFacet[] {
  const paths = new Set(fields.flatMap((field) => listedPaths(mapping, field)));
  const found = [...paths].flatMap((path) => findPlacedValues(record, ...toOwnPaths(mapping, path)));
  let facets: PlainFacet[] = [new Map()];
  for (const list of outermostLists(record)) {
    const read = list.elements.flatMap((_, at) =>
      found.some((each) => each.list === list && each.at === at) ? [at] : [],
    );
    if (read.length > 0)
      facets = facets.flatMap((facet) => read.map((at) => new Map([...facet, [list, at]])));
  }
  return facets;
}

function listedPaths(mapping: Mapping, field: AuditField): number[] {
  const alternatives = mapping.fields[field]?.alternatives ?? [];
  const firsts = firstsOf(alternatives);
  return mapping.paths.flatMap((_, path) => (uses(alternatives, path) && !firsts.has(path) ? [path] : []));
}

function firstsOf(alternatives: readonly Alternative[]): Set<number> {
  return new Set(alternatives.flatMap((each) => (each.kind === 'path' && each.first ? [each.path] : [])));
}

/** The texts of a canonical field, with their kinds: of some facets, or of all that the field has. What is computed is there once. */
export function plainValues(
  record: JsonValue,
  mapping: Mapping,
  field: AuditField,
  facets?: readonly PlainFacet[],
): string[] {
  const { alternatives } = mapping.fields[field] ?? { alternatives: [] };
  const firsts = firstsOf(alternatives);
  const isChoice = alternatives.every(isPlain);
  const values = (facets ?? plainFacets(record, mapping, [field])).flatMap((each) => {
    const read: Read = (path) => {
      const found = findPlacedValues(record, ...toOwnPaths(mapping, path));
      const all = found.map((value, index) => ({ ...value, place: `${path} ${index}` }));
      return (firsts.has(path) ? all.slice(0, 1) : all)
        .filter(({ value, list, at }) => {
          const element = list === undefined || firsts.has(path) ? undefined : each.get(list);
          return value !== null && (element === undefined || element === at);
        })
        .map(({ value, list, place }) => ({
          place,
          kind: kindOf(value),
          text: treeText(value)!,
          isListed: list !== undefined && !firsts.has(path),
        }));
    };
    return valuesOf(alternatives, read, isChoice);
  });
  const isListed = facets === undefined && isChoice && values.some((each) => each.isListed);
  const kept = isListed ? values.filter((each) => each.isListed) : values;
  const once = new Map(kept.map((value) => [isChoice ? value.place : value.text, value] as const));
  return [...once.values()].map(({ kind, text }) => `${isChoice ? kind : 'string'} ${text}`);
}

function valuesOf(alternatives: readonly Alternative[], read: Read, isChoice: boolean): Value[] {
  for (const alternative of alternatives) {
    const holds = alternative.guards.every((guard) => {
      const texts = read(guard.path).filter(({ text }) => text !== '');
      if ('absent' in guard) return texts.length === 0;
      return texts.some(({ text }) => guard.globs.some((glob) => compileGlob(glob)(text)));
    });
    const values = holds ? spoken(give(alternative, read)) : [];
    if (values.length > 0) return isChoice ? values : values.map((value) => ({ ...value, kind: 'string' }));
  }
  return [];
}

function give(alternative: Alternative, read: Read): Value[] {
  const own = (text: string): Value => ({ kind: 'string', text, isListed: false, place: '' });
  if (alternative.kind === 'literal') return [own(alternative.value)];
  if (alternative.kind === 'join') {
    const parts = alternative.paths.map((path) => spoken(read(path))).filter(({ length }) => length > 0);
    const joined = parts.reduce<string[]>(
      (starts, texts, index) =>
        index === 0
          ? texts.map(({ text }) => text)
          : starts.flatMap((start) => texts.map(({ text }) => `${start}${alternative.separator}${text}`)),
      [],
    );
    return joined.map(own);
  }
  const values = spoken(read(alternative.path));
  const { translation, whenAbsent } = alternative;
  if (values.length === 0) return whenAbsent === undefined ? [] : [own(whenAbsent)];
  if (translation === undefined) return values;
  return values.map(({ text }) => {
    const entry = translation.entries.find(({ glob }) => compileGlob(glob)(text));
    if (entry !== undefined) return own(entry.value);
    const { otherwise } = translation;
    if (otherwise === undefined) return own(text);
    return own(translation.entries.length > 0 && isBlankOutcome(text) ? '' : otherwise);
  });
}

const spoken = (values: Value[]) => values.filter(({ text }) => !isEmpty(text));

function isPlain(alternative: Alternative): boolean {
  return (
    alternative.kind === 'path' &&
    alternative.guards.length === 0 &&
    !('translation' in alternative) &&
    !('whenAbsent' in alternative)
  );
}

function uses(alternatives: readonly Alternative[], path: number): boolean {
  return alternatives.some(
    (each) =>
      each.guards.some((guard) => guard.path === path) ||
      ('path' in each && each.path === path) ||
      ('paths' in each && each.paths.includes(path)),
  );
}

function outermostLists(value: JsonValue): JsonArray[] {
  if (value instanceof JsonArray) return [value];
  return value instanceof JsonObject ? value.members.flatMap((member) => outermostLists(member.value)) : [];
}

function kindOf(value: JsonValue): string {
  if (value instanceof JsonNumber) return 'number';
  if (value instanceof JsonArray) return 'array';
  if (value instanceof JsonObject) return 'object';
  return typeof value === 'string' ? 'string' : 'boolean';
}
