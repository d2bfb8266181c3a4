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
  /** Whether it lies within the objects of a list: then a record may have several. */
  inList: boolean;
};

/** Beyond, the rest of a record is not looked at: nobody maps the thousandth member by its name. */
const MAX_LEAVES = 500;
const MAX_DEPTH = 8;

/** In the order in which the records first name them. */
export function leavesOf(records: readonly JsonValue[]): Leaf[] {
  const leaves = new Map<string, Leaf & { values: Map<string, number>; lastSeen: number }>();
  for (const [record, value] of records.entries()) {
    walk(value, [], false, (keys, scalar, inList) => {
      const text = toScalarText(scalar);
      if (text === undefined || text === '') return;
      const path = keys.map((key) => key.replaceAll('.', '\\.')).join('.');
      let leaf = leaves.get(path);
      if (leaf === undefined) {
        if (leaves.size === MAX_LEAVES) return;
        leaf = {
          path,
          keys: [...keys],
          present: 0,
          values: new Map(),
          isBoolean: true,
          inList,
          lastSeen: -1,
        };
        leaves.set(path, leaf);
      }
      if (leaf.lastSeen !== record) leaf.present++;
      leaf.lastSeen = record;
      leaf.isBoolean &&= typeof scalar === 'boolean';
      leaf.inList ||= inList;
      leaf.values.set(text, (leaf.values.get(text) ?? 0) + 1);
    });
  }
  return [...leaves.values()].map(({ lastSeen: _, ...leaf }) => leaf);
}

type OnScalar = (keys: readonly string[], value: JsonValue, inList: boolean) => void;

function walk(value: JsonValue, keys: readonly string[], inList: boolean, onScalar: OnScalar): void {
  if (value instanceof JsonArray) {
    for (const element of value.elements)
      walk(element, keys, inList || element instanceof JsonObject, onScalar);
  } else if (value instanceof JsonObject) {
    if (keys.length === MAX_DEPTH) return;
    for (const { key, value: member } of value.members) {
      // A mapping has no way to write it.
      if (key !== '' && !key.includes('\\')) walk(member, [...keys, key], inList, onScalar);
    }
  } else if (keys.length > 0) onScalar(keys, value, inList);
}

/** Deeper, an export has no list of its records. */
const MAX_WRAPPERS = 3;

/** The ways to lists of objects in documents, each of which may wrap the records of an export: `["data", "rows"]`. */
export function listsOf(documents: readonly JsonValue[]): string[][] {
  const ways = new Map<string, string[]>();
  const find = (value: JsonValue, keys: readonly string[]): void => {
    if (!(value instanceof JsonObject) || keys.length === MAX_WRAPPERS) return;
    for (const { key, value: member } of value.members) {
      // A mapping writes the way as one path.
      if (key === '' || /[.\\]/.test(key)) continue;
      const way = [...keys, key];
      if (!(member instanceof JsonArray)) find(member, way);
      else if (member.elements.some((element) => element instanceof JsonObject)) ways.set(way.join('.'), way);
    }
  };
  for (const document of documents) find(document, []);
  return [...ways.values()];
}

/** What the documents hold at the end of that way; nothing of those that have no list there. */
export function elementsOf(documents: readonly JsonValue[], way: readonly string[]): JsonValue[] {
  return documents.flatMap((document) => {
    let value: JsonValue | undefined = document;
    for (const key of way) value = value instanceof JsonObject ? value.get(key) : undefined;
    return value instanceof JsonArray ? value.elements : [];
  });
}
