/** Trees of records with other members at a path; the tree that is given is not changed. */
import { JsonArray, type JsonMember, JsonObject, type JsonValue } from '../base/json.ts';

/** Itself to leave it as it is; what comes beside it has other keys. */
export type ChangeMember = (member: JsonMember) => readonly JsonMember[];

/**
 * The record with what `change` makes of each member that stands at the path, in every element of lists on the way; the record
 * itself where that is nothing new. A dot of the path may separate two keys or belong to one, as in a row of a table. Of a key that
 * would stand twice the holder's own member stays.
 */
export function changeAt(record: JsonValue, path: string, change: ChangeMember): JsonValue {
  let beginnings = BEGINNINGS.get(path);
  if (beginnings === undefined) {
    beginnings = beginningsOf(path.split('.'));
    BEGINNINGS.set(path, beginnings);
  }
  return inKeys(record, beginnings, change);
}

/** What a key may be that begins the path, by the number of its segments, and for each how it goes on; the last is all of it. */
type Beginning = { key: string; rest: readonly Beginning[] };

/** By path: those of mappings, which are few. */
const BEGINNINGS = new Map<string, readonly Beginning[]>();

function beginningsOf(segments: readonly string[]): Beginning[] {
  return segments.map((_, at) => ({
    key: segments.slice(0, at + 1).join('.'),
    rest: beginningsOf(segments.slice(at + 1)),
  }));
}

function inKeys(value: JsonValue, beginnings: readonly Beginning[], change: ChangeMember): JsonValue {
  if (value instanceof JsonArray) {
    const elements = value.elements.map((element) => inKeys(element, beginnings, change));
    return elements.every((element, at) => element === value.elements[at]) ? value : new JsonArray(elements);
  }
  if (!(value instanceof JsonObject)) return value;
  // Most records have none of the members: nothing is made for them.
  let changed: (readonly JsonMember[])[] | undefined;
  for (let at = 0; at < value.members.length; at++) {
    const member = value.members[at]!;
    const beginning = beginningOf(member.key, beginnings);
    if (beginning === undefined) continue;
    const members = changeMember(member, beginning, change);
    if (members.length === 1 && members[0] === member) continue;
    changed ??= value.members.map((each) => [each]);
    changed[at] = members;
  }
  if (changed === undefined) return value;
  const own = new Set(value.members.map(({ key }) => key));
  return new JsonObject(
    changed.flatMap((members, at) =>
      members.filter(({ key }) => key === value.members[at]!.key || !own.has(key)),
    ),
  );
}

/** A mapping asks for dozens of paths, each of all members: a closure for each took a sixth of a run (measured). */
function beginningOf(key: string, beginnings: readonly Beginning[]): Beginning | undefined {
  for (let index = 0; index < beginnings.length; index++)
    if (beginnings[index]!.key === key) return beginnings[index];
  return undefined;
}

function changeMember(member: JsonMember, { rest }: Beginning, change: ChangeMember): readonly JsonMember[] {
  if (rest.length === 0) return change(member);
  const value = inKeys(member.value, rest, change);
  return value === member.value ? [member] : [{ ...member, value }];
}
