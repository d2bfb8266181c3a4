/**
 * The slow twin of canonical fields: a record with lists is taken apart into records with one element each, and the field of
 * each is found by what the mapping says, word by word. Tests only.
 */
import { findPlacedValues, findValues } from '../../src/base/field-path.ts';
import { compileGlob } from '../../src/base/glob.ts';
import { JsonArray, JsonNumber, JsonObject, type JsonValue } from '../../src/base/json.ts';
import { isBlankOutcome } from '../../src/model/blank-text.ts';
import type { AuditField } from '../../src/model/event.ts';
import { type Alternative, isEmpty, type Mapping, toOwnPaths } from '../../src/sources/mapping.ts';
import { treeText } from '../../src/sources/tree-values.ts';

/** The first text at path number `path`. */
export function readMapped(record: JsonValue, mapping: Mapping, path: number): string | undefined {
  return treeText(findValues(record, ...toOwnPaths(mapping, path))[0]);
}

type Value = { kind: string; text: string; isListed: boolean };
type Read = (path: number) => Value[];

/** The distinct texts of a canonical field, with their kinds. */
export function plainValues(record: JsonValue, mapping: Mapping, field: AuditField): string[] {
  const { alternatives } = mapping.fields[field] ?? { alternatives: [] };
  const names = (path: number) => toOwnPaths(mapping, path);
  const used = mapping.paths.map((_, path) => path).filter((path) => uses(alternatives, path));
  const firsts = new Set(
    alternatives.flatMap((each) => (each.kind === 'path' && each.first ? [each.path] : [])),
  );
  const lists = outermostLists(record).filter((list) =>
    used.some(
      (path) =>
        !firsts.has(path) && findPlacedValues(record, ...names(path)).some((found) => found.list === list),
    ),
  );
  const places = lists.flatMap((list) => list.elements.map((_, at) => ({ list, at })));
  const isChoice = alternatives.every(isPlain);
  const values = (places.length === 0 ? [undefined] : places).flatMap((place) => {
    const read: Read = (path) => {
      const [first] = findPlacedValues(record, ...names(path));
      if (firsts.has(path)) {
        if (first === undefined || first.value === null) return [];
        return [{ kind: kindOf(first.value), text: treeText(first.value)!, isListed: false }];
      }
      const all = findPlacedValues(record, ...names(path));
      const inList = all.some(({ list }) => list === place?.list && list !== undefined);
      const wanted = inList ? place : all[0];
      return all
        .filter(({ value, list, at }) => value !== null && list === wanted?.list && at === wanted?.at)
        .map(({ value, list }) => ({
          kind: kindOf(value),
          text: treeText(value)!,
          isListed: list !== undefined,
        }));
    };
    // An element that nothing is read of says nothing.
    const isSeen =
      place === undefined ||
      used.some((path) =>
        findPlacedValues(record, ...names(path)).some(
          ({ list, at }) => !firsts.has(path) && list === place.list && at === place.at,
        ),
      );
    return isSeen ? valuesOf(alternatives, read, isChoice) : [];
  });
  const kept =
    isChoice && values.some(({ isListed }) => isListed) ? values.filter((each) => each.isListed) : values;
  return [...new Set(kept.map(({ kind, text }) => `${isChoice ? kind : 'string'} ${text}`))];
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
  const own = (text: string): Value => ({ kind: 'string', text, isListed: false });
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
