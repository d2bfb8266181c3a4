/**
 * Lists of names and values, as APIs write what they have no schema for: `[{"name": "doc_id", "value": "D1"}]`. Such a list is one
 * object, so what holds it is seen as if it had a member for each: `parameters.doc_id`, a key with a dot, which field paths find; or
 * `doc_id` itself, where the list is what became of XML. The list stays beside it.
 */
import { groupBy } from '../base/group-by.ts';
import { JsonArray, type JsonMember, JsonObject, type JsonValue } from '../base/json.ts';
import { changeAt } from './members-at.ts';

/**
 * Where such a list stands, in which member of an element its name is, and in which of these its value; `beside`: the values are
 * found where the list is, without its name.
 */
export type NamedMembers = { list: string; name: string; values: readonly string[]; beside?: true };

/** A longer name is none: nobody writes it into a rule. */
const MAX_NAME = 256;

/** The record with those members; itself where it has no such list. */
export function withNamedMembers(record: JsonValue, lists: readonly NamedMembers[]): JsonValue {
  return lists.reduce(
    (value, list) => changeAt(value, list.list, (member) => [member, ...membersOf(member, list)]),
    record,
  );
}

/** One element alone is no list, where XML became JSON. */
function membersOf(holder: JsonMember, list: NamedMembers): JsonMember[] {
  const elements = holder.value instanceof JsonArray ? holder.value.elements : [holder.value];
  const members = elements.flatMap((element) => namedMember(element, list) ?? []);
  // Nothing is lost of a name that stands twice.
  return [...groupBy(members, ({ key }) => key).values()].map(([first, ...more]) => ({
    ...first!,
    key: list.beside === true ? first!.key : `${holder.key}.${first!.key}`,
    value: more.length === 0 ? first!.value : new JsonArray([first!, ...more].map(({ value }) => value)),
  }));
}

/** What the element says, as a member of its name. */
export function namedMember(element: JsonValue, { name, values }: NamedMembers): JsonMember | undefined {
  if (!(element instanceof JsonObject)) return undefined;
  const key = element.get(name);
  if (typeof key !== 'string' || key === '' || key.length > MAX_NAME) return undefined;
  const members = values.flatMap((each) => element.member(each) ?? []);
  // Exports with a column for each type leave the others empty.
  const member = members.find(({ value }) => value !== null && value !== '') ?? members[0];
  return member && { ...member, key };
}
