/** What the first records of an unknown log hold: every place a value stands at, and what its values are like. */
import { JsonArray, JsonObject, type JsonValue, toScalarText } from '../../base/json.ts';

/** A place at which records hold scalars: `who.login`, the members of arrays taken together. */
export type Leaf = {
  /** As a mapping writes it. */
  path: string;
  keys: readonly string[];
  /** Records that hold a text there; the empty text and null are none. */
  present: number;
  /** Distinct texts in the order they came, each with its times. */
  values: ReadonlyMap<string, number>;
  /** Whether every value is true or false, as JSON writes them. */
  isBoolean: boolean;
};

/** Beyond, the rest of a record is not looked at: nobody maps the thousandth member by its name. */
const MAX_LEAVES = 500;
const MAX_DEPTH = 8;

/** In the order in which the records first name them. */
export function leavesOf(records: readonly JsonValue[]): Leaf[] {
  const leaves = new Map<string, Leaf & { values: Map<string, number>; lastSeen: number }>();
  for (const [record, value] of records.entries()) {
    walk(value, [], (keys, scalar) => {
      const text = toScalarText(scalar);
      if (text === undefined || text === '') return;
      const path = keys.map((key) => key.replaceAll('.', '\\.')).join('.');
      let leaf = leaves.get(path);
      if (leaf === undefined) {
        if (leaves.size === MAX_LEAVES) return;
        leaf = { path, keys: [...keys], present: 0, values: new Map(), isBoolean: true, lastSeen: -1 };
        leaves.set(path, leaf);
      }
      if (leaf.lastSeen !== record) leaf.present++;
      leaf.lastSeen = record;
      leaf.isBoolean &&= typeof scalar === 'boolean';
      leaf.values.set(text, (leaf.values.get(text) ?? 0) + 1);
    });
  }
  return [...leaves.values()].map(({ lastSeen: _, ...leaf }) => leaf);
}

function walk(value: JsonValue, keys: string[], onScalar: (keys: string[], value: JsonValue) => void): void {
  if (value instanceof JsonArray) {
    for (const element of value.elements) walk(element, keys, onScalar);
  } else if (value instanceof JsonObject) {
    if (keys.length === MAX_DEPTH) return;
    for (const { key, value: member } of value.members) {
      // A mapping has no way to write it.
      if (key !== '' && !key.includes('\\')) walk(member, [...keys, key], onScalar);
    }
  } else if (keys.length > 0) onScalar(keys, value);
}

/** The array of objects under which an export that nobody knows wraps its records: `["data", "rows"]`. */
export function findWrapping(document: JsonValue, keys: readonly string[] = []): string[] | undefined {
  if (!(document instanceof JsonObject) || keys.length > 2) return undefined;
  for (const { key, value } of document.members) {
    const isRecords =
      value instanceof JsonArray &&
      value.elements.length > 1 &&
      value.elements.every((element) => element instanceof JsonObject);
    // A mapping writes the way as one path.
    if (isRecords && key !== '' && !key.includes('.')) return [...keys, key];
  }
  for (const { key, value } of document.members) {
    const deeper = key.includes('.') ? undefined : findWrapping(value, [...keys, key]);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}
