/**
 * Lists of names and values, as APIs write what they have no schema for: `[{"name": "doc_id", "value": "D1"}]`. Rules and mappings
 * name the value by its name, `parameters.doc_id`, so an element is seen as if it had a member of that name as well. Where the
 * elements are the parts of one thing, as in XML that became JSON, what holds the list is seen as if it had these members.
 */
import { JsonArray, type JsonMember, JsonObject, type JsonValue } from '../base/json.ts';

/**
 * Where such a list stands, in which member of an element its name is, and in which of these its value; `beside`: the values are
 * members of what holds the list.
 */
export type NamedMembers = { list: string; name: string; values: readonly string[]; beside?: true };

/** A longer name is none: nobody writes it into a rule. */
const MAX_NAME = 256;

/** Told of each name that was found, with the list's path before it. */
export type OnName = (path: string) => void;

/** The record with those members. What it has itself stays as it is and comes first; the tree that is given is not changed. */
export function withNamedMembers(
  record: JsonValue,
  lists: readonly NamedMembers[],
  onName: OnName = () => {},
): JsonValue {
  return lists.reduce((value, list) => inPath(value, list.list.split('.'), 0, list, onName), record);
}

/** `depth`: of the keys that led to `value`. */
function inPath(
  value: JsonValue,
  keys: readonly string[],
  depth: number,
  list: NamedMembers,
  onName: OnName,
): JsonValue {
  if (value instanceof JsonArray) {
    const isList = depth === keys.length;
    return new JsonArray(
      value.elements.map((element) =>
        isList ? withOwnName(element, list, onName) : inPath(element, keys, depth, list, onName),
      ),
    );
  }
  if (!(value instanceof JsonObject) || depth === keys.length) return value;
  const member = value.member(keys[depth]!);
  if (member === undefined) return value;
  if (list.beside === true && depth === keys.length - 1) return withBeside(value, member.value, list, onName);
  const changed = inPath(member.value, keys, depth + 1, list, onName);
  return new JsonObject(
    value.members.map((each) => (each === member ? { ...member, value: changed } : each)),
  );
}

/** The first of a name counts. One element alone is no list, where XML became JSON. */
function withBeside(holder: JsonObject, named: JsonValue, list: NamedMembers, onName: OnName): JsonObject {
  const elements = named instanceof JsonArray ? named.elements : [named];
  const start = list.list.slice(0, list.list.lastIndexOf('.') + 1);
  const added = new Map<string, JsonMember>();
  for (const element of elements) {
    const member = namedMember(element, list);
    if (member === undefined || added.has(member.key) || holder.member(member.key) !== undefined) continue;
    onName(`${start}${member.key}`);
    added.set(member.key, member);
  }
  return added.size === 0 ? holder : new JsonObject([...holder.members, ...added.values()]);
}

function withOwnName(element: JsonValue, list: NamedMembers, onName: OnName): JsonValue {
  const member = namedMember(element, list);
  if (member === undefined || !(element instanceof JsonObject)) return element;
  if (element.member(member.key) !== undefined) return element;
  onName(`${list.list}.${member.key}`);
  return new JsonObject([...element.members, member]);
}

/** What the element says, as a member of its name. */
function namedMember(element: JsonValue, { name, values }: NamedMembers): JsonMember | undefined {
  if (!(element instanceof JsonObject)) return undefined;
  const key = element.get(name);
  if (typeof key !== 'string' || key === '' || key.length > MAX_NAME) return undefined;
  const member = firstOf(element, values);
  return member && { ...member, key };
}

function firstOf(element: JsonObject, names: readonly string[]): JsonMember | undefined {
  for (const name of names) {
    const member = element.member(name);
    if (member !== undefined) return member;
  }
  return undefined;
}
