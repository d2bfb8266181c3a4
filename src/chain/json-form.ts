/** JSON as other serializers write it: key order, separators and ASCII escaping are options, digits stay as written. */
import { NotCanonicalizableError } from '../base/canonical-json.ts';
import { fieldPathReadings } from '../base/field-path.ts';
import { JsonArray, JsonNumber, JsonObject, type JsonValue } from '../base/json.ts';
import { compareText } from '../base/text-safety.ts';

export const KEY_ORDERS = ['none', 'code-point', 'utf16'] as const;
type KeyOrder = (typeof KEY_ORDERS)[number];

/** Python's `json.dumps` by default: no sorting, `, ` between items, `: ` after keys, ASCII. */
export type JsonForm = { sort: KeyOrder; item: string; key: string; ascii: boolean };

/** @throws {NotCanonicalizableError} for duplicate keys: no serializer writes them, so none can have been hashed */
export function toJsonForm(value: JsonValue, form: JsonForm): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return formString(value, form);
  if (value instanceof JsonNumber) return value.lexeme;
  if (value instanceof JsonArray) {
    return `[${value.elements.map((element) => toJsonForm(element, form)).join(form.item)}]`;
  }
  const repeated = value.duplicateKeys()[0];
  if (repeated !== undefined)
    throw new NotCanonicalizableError(`the key ${JSON.stringify(repeated)} stands twice`);
  const members = form.sort === 'none' ? value.members : value.members.toSorted(memberOrder(form.sort));
  const texts = members.map(
    (member) => `${formString(member.key, form)}${form.key}${toJsonForm(member.value, form)}`,
  );
  return `{${texts.join(form.item)}}`;
}

/** Python escapes all but space to tilde, so DEL too; digits of the escape in lower case. */
function formString(text: string, form: JsonForm): string {
  const json = JSON.stringify(text);
  if (!form.ascii) return json;
  return json.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function memberOrder(order: KeyOrder): (left: { key: string }, right: { key: string }) => number {
  if (order === 'utf16') return (left, right) => compareText(left.key, right.key);
  return (left, right) => compareCodePoints(left.key, right.key);
}

/** UTF-8 keeps the order of code points, UTF-16 does not beyond U+FFFF. */
function compareCodePoints(left: string, right: string): number {
  if (!/[\ud800-\udfff]/.test(left + right)) return compareText(left, right);
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** The record without the fields of these names; a name is read as field paths are: `a.b` may be one key or two. */
export function withoutFields(record: JsonValue, names: readonly string[]): JsonValue {
  let rest = record;
  for (const name of names) {
    for (const reading of fieldPathReadings(name)) {
      const next = withoutPath(rest, reading, 0);
      if (next === rest) continue;
      rest = next;
      break;
    }
  }
  return rest;
}

function withoutPath(value: JsonValue, keys: readonly string[], at: number): JsonValue {
  if (!(value instanceof JsonObject)) return value;
  const key = keys[at]!;
  if (at === keys.length - 1) {
    const members = value.members.filter((member) => member.key !== key);
    return members.length === value.members.length ? value : new JsonObject(members);
  }
  let changed = false;
  const members = value.members.map((member) => {
    if (member.key !== key) return member;
    const rest = withoutPath(member.value, keys, at + 1);
    if (rest === member.value) return member;
    changed = true;
    return { ...member, value: rest };
  });
  return changed ? new JsonObject(members) : value;
}
