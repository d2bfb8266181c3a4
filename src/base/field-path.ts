/**
 * Field names of rules and mappings: `userIdentity.type`, `annotations.authorization\.k8s\.io/decision`.
 * A dot may separate levels or belong to a key (`@timestamp`, `kubernetes.audit`): exports differ, so both are sought.
 */
import { JsonArray, JsonObject, type JsonValue } from './json.ts';

/** At most 8 segments are tried in all groupings (128 ways); longer names only as written. */
const MAX_GROUPED_SEGMENTS = 8;

/** The segments of a name; `\.` is a dot that belongs to its segment. */
export function parseFieldPath(name: string): string[] {
  return name.split(/(?<!\\)\./).map((segment) => segment.replaceAll('\\.', '.'));
}

/**
 * Every way to read a name as a list of keys, the longest literal first key first:
 * `a.b.c` → `a.b.c` · `a.b` `c` · `a` `b.c` · `a` `b` `c`. The first way that finds more than nulls wins.
 */
export function fieldPathReadings(name: string): string[][] {
  const segments = parseFieldPath(name);
  if (segments.length > MAX_GROUPED_SEGMENTS) return [segments];
  return groupings(segments);
}

function groupings(segments: string[]): string[][] {
  if (segments.length === 0) return [[]];
  const ways: string[][] = [];
  for (let taken = segments.length; taken >= 1; taken--) {
    const first = segments.slice(0, taken).join('.');
    for (const rest of groupings(segments.slice(taken))) ways.push([first, ...rest]);
  }
  return ways;
}

/**
 * The values under the first of `names` that finds more than nulls, else under the first that finds any: an export with a
 * column for every name of a field leaves those empty that it does not use. Arrays on the way, and an array at the end,
 * give one value a member. The plain reference for what the slot scanner extracts in one pass.
 */
export function findValues(record: JsonValue, ...names: readonly string[]): JsonValue[] {
  return findPlacedValues(record, ...names).map(({ value }) => value);
}

/** `list`: the outermost array on the way to the value, `at`: which element of it leads there. Absent where none does. */
export type PlacedValue = { value: JsonValue; list?: JsonArray; at?: number };

/** As `findValues`, with where they stand. */
export function findPlacedValues(record: JsonValue, ...names: readonly string[]): PlacedValue[] {
  let nulls: PlacedValue[] = [];
  const keys = record instanceof JsonObject ? keysOf(record) : undefined;
  for (const name of names) {
    for (const reading of knownReadings(name)) {
      if (keys !== undefined && !keys.has(reading[0]!)) continue;
      const values = collect(record, reading, 0);
      if (values.some(({ value }) => value !== null)) return values;
      if (nulls.length === 0) nulls = values;
    }
  }
  return nulls;
}

/** A mapping asks for hundreds of names of each record, most of which begin nowhere. */
const KEYS = new WeakMap<JsonObject, ReadonlySet<string>>();

function keysOf(record: JsonObject): ReadonlySet<string> {
  let keys = KEYS.get(record);
  if (keys === undefined) {
    keys = new Set(record.members.map(({ key }) => key));
    KEYS.set(record, keys);
  }
  return keys;
}

/** Names are those of mappings and rules, thus few; should they be many, the memory begins anew. */
const READINGS = new Map<string, string[][]>();
const MAX_READINGS = 1 << 14;

function knownReadings(name: string): readonly string[][] {
  let readings = READINGS.get(name);
  if (readings === undefined) {
    if (READINGS.size >= MAX_READINGS) READINGS.clear();
    readings = fieldPathReadings(name);
    READINGS.set(name, readings);
  }
  return readings;
}

function collect(value: JsonValue, keys: readonly string[], depth: number): PlacedValue[] {
  if (value instanceof JsonArray) {
    if (depth === keys.length && value.elements.length === 0) return [{ value }];
    return value.elements.flatMap((element, at) =>
      collect(element, keys, depth).map((found) => ({ ...found, list: value, at })),
    );
  }
  if (depth === keys.length) return [{ value }];
  if (!(value instanceof JsonObject)) return [];
  const member = value.get(keys[depth]!);
  return member === undefined ? [] : collect(member, keys, depth + 1);
}
