/** The values of a record that was parsed, as the cursor shows those that the scanner finds: the slow road of both. */
import { findPlacedValues } from '../base/field-path.ts';
import { KIND, type KindCode } from '../base/found-values.ts';
import { JsonArray, JsonNumber, JsonObject, type JsonValue, treeText } from '../base/json.ts';
import type { AuditField, Span } from '../model/event.ts';
import { FACET_BOUNDS, facetsOfPaths, RecordPaths } from './field-elements.ts';
import { listablePathsOf, type Mapping, toOwnPaths } from './mapping.ts';
import { seenRecord } from './seen-record.ts';

export function kindOf(value: JsonValue | undefined): KindCode {
  if (value === undefined) return KIND.missing;
  if (value === null) return KIND.null;
  if (value instanceof JsonNumber) return KIND.number;
  if (value instanceof JsonArray) return KIND.array;
  if (value instanceof JsonObject) return KIND.object;
  return typeof value === 'string' ? KIND.string : KIND.boolean;
}

/** The texts of a canonical field of the record. */
export function auditTexts(record: JsonValue, mapping: Mapping, field: AuditField): string[] {
  const mapped = mapping.fields[field];
  return mapped === undefined
    ? []
    : treePaths(record, mapping)
        .values(mapped)
        .map(({ text }) => text);
}

/** The same of one facet of those that the canonical fields `fields` have. */
export function facetTexts(
  record: JsonValue,
  mapping: Mapping,
  field: AuditField,
  fields: readonly AuditField[],
  facet: number,
): string[] {
  const paths = treePaths(record, mapping);
  const listable = fields.flatMap((each) => listablePathsOf(mapping.fields[each] ?? { alternatives: [] }));
  const { facets } = facetsOfPaths(
    [...new Set(listable)].map((path) => paths.of(path)),
    FACET_BOUNDS,
  );
  const mapped = mapping.fields[field];
  return mapped === undefined ? [] : paths.values(mapped, [facets!.at(facet)]).map(({ text }) => text);
}

/** What stands at the paths of the mapping, as the cursor has it of a record with lists. */
export function treePaths(record: JsonValue, mapping: Mapping): RecordPaths {
  return pathsOfSeen(seenRecord(record, mapping), mapping);
}

/** The same of what the mapping sees of it. */
export function pathsOfSeen(record: JsonValue, mapping: Mapping): RecordPaths {
  const starts = new Map<JsonArray, number>();
  numberElements(record, starts, 0);
  return new RecordPaths((path) =>
    findPlacedValues(record, ...toOwnPaths(mapping, path)).map(({ value, list, at }) => {
      const start = list === undefined ? -1 : starts.get(list)!;
      const element = list === undefined ? -1 : start + at!;
      return { kind: kindOf(value), text: treeText(value) ?? '', list: start, element };
    }),
  );
}

/** Numbers the elements of the outermost arrays, which ascend in the order of the record. @returns the next number */
function numberElements(value: JsonValue, starts: Map<JsonArray, number>, next: number): number {
  if (value instanceof JsonArray) {
    starts.set(value, next);
    return next + value.elements.length;
  }
  if (!(value instanceof JsonObject)) return next;
  return value.members.reduce((after, member) => numberElements(member.value, starts, after), next);
}

/** Of the first member of the record that has one of these names. */
export function treeSpan(record: JsonValue, names: readonly string[]): Span | undefined {
  if (!(record instanceof JsonObject)) return undefined;
  const member = names.map((name) => record.member(name)).find((each) => each !== undefined);
  return member && { keyStart: member.keyStart, start: member.valueStart, end: member.valueEnd };
}
