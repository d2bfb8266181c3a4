/** JSON as other serializers write it: key order, separators, escapes and numbers are options; by default digits stay as written. */
import { NotCanonicalizableError } from '../base/canonical-json.ts';
import { fieldPathReadings } from '../base/field-path.ts';
import { JsonArray, type JsonMember, JsonNumber, JsonObject, type JsonValue } from '../base/json.ts';
import { compareText } from '../base/text-safety.ts';
import { formatNumberAs, type NumberStyle } from './json-number.ts';

export const KEY_ORDERS = ['none', 'code-point', 'utf16'] as const;
export type KeyOrder = (typeof KEY_ORDERS)[number];

/** Python's `json.dumps` by default: no sorting, `, ` between items, `: ` after keys, ASCII. */
export type JsonForm = {
  sort: KeyOrder;
  item: string;
  key: string;
  ascii: boolean;
  /** PHP: `/` is written `\/`. */
  slash?: boolean;
  /** Go's encoding/json: `<`, `>`, `&`, U+2028 and U+2029 are escaped. */
  html?: boolean;
  /** Digits as written where it is not given. */
  numbers?: NumberStyle;
  /** PHP's JSON_FORCE_OBJECT: arrays as objects with the keys 0, 1, 2 … */
  forceObject?: boolean;
};

/** @throws {NotCanonicalizableError} for duplicate keys: no serializer writes them, so none can have been hashed */
export function toJsonForm(value: JsonValue, form: JsonForm): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return formString(value, form);
  if (value instanceof JsonNumber)
    return form.numbers === undefined ? value.lexeme : formatNumberAs(form.numbers, value.lexeme);
  if (value instanceof JsonArray) {
    const { elements } = value;
    if (form.forceObject !== true)
      return `[${elements.map((element) => toJsonForm(element, form)).join(form.item)}]`;
    return `{${elements.map((element, index) => `"${index}"${form.key}${toJsonForm(element, form)}`).join(form.item)}}`;
  }
  const repeated = value.duplicateKeys()[0];
  if (repeated !== undefined)
    throw new NotCanonicalizableError(`the key ${JSON.stringify(repeated)} stands twice`);
  const members = sortMembers(value.members, form.sort);
  let text = '';
  for (const member of members) {
    const item = `${formString(member.key, form)}${form.key}${toJsonForm(member.value, form)}`;
    text = text === '' ? item : text + form.item + item;
  }
  return `{${text}}`;
}

/** What JSON escapes, and what some serializers escape beyond: DEL and everything that is not ASCII, slashes and markup. */
const UNUSUAL = /["\\\u0000-\u001f\u007f-\uffff]/;
const UNUSUAL_OR_MARKUP = /["\\\u0000-\u001f/<>&\u007f-\uffff]/;

/** The digits of an escape in lower case. */
function formString(text: string, form: JsonForm): string {
  // Of a chain under an unknown profile every text of every record is written five times.
  const unusual = form.slash === true || form.html === true ? UNUSUAL_OR_MARKUP : UNUSUAL;
  if (!unusual.test(text)) return `"${text}"`;
  let json = JSON.stringify(text);
  if (form.slash === true) json = json.replaceAll('/', '\\/');
  if (form.html === true) json = json.replace(/[<>&\u2028\u2029]/g, escapeUnit);
  if (!form.ascii) return json;
  // Python escapes all but space to tilde. PHP, the one that escapes slashes, leaves DEL.
  return json.replace(form.slash === true ? /[\u0080-\uffff]/g : /[\u007f-\uffff]/g, escapeUnit);
}

function escapeUnit(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

type MemberOrder = (left: JsonMember, right: JsonMember) => number;

/** Most writers of sorted JSON have sorted it already. */
function inOrder(members: JsonMember[], order: MemberOrder): JsonMember[] {
  for (let index = 1; index < members.length; index++) {
    if (order(members[index - 1]!, members[index]!) > 0) return members.toSorted(order);
  }
  return members;
}

const BY_UNITS: MemberOrder = (left, right) => compareText(left.key, right.key);
const BY_CODE_POINTS: MemberOrder = (left, right) => compareCodePoints(left.key, right.key);

function memberOrder(order: KeyOrder): MemberOrder {
  return order === 'utf16' ? BY_UNITS : BY_CODE_POINTS;
}

/** The members in the order of a form. */
export function sortMembers(members: JsonMember[], order: KeyOrder): JsonMember[] {
  return order === 'none' ? members : inOrder(members, memberOrder(order));
}

/** UTF-16 keeps the order of code points but for pairs of surrogates, which come after all single units. */
function compareCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    if (left.charCodeAt(index) === right.charCodeAt(index)) continue;
    // The texts may differ in the second half of a pair.
    const start = index > 0 && isFirstOfPair(left.charCodeAt(index - 1)) ? index - 1 : index;
    return (
      left.codePointAt(start)! - right.codePointAt(start)! ||
      left.codePointAt(index)! - right.codePointAt(index)!
    );
  }
  return left.length - right.length;
}

function isFirstOfPair(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** The record without the fields of these names; a name is read as field paths are: `a.b` may be one key or two. */
export function withoutFields(record: JsonValue, names: readonly string[]): JsonValue {
  let rest = record;
  for (const name of names) {
    for (const reading of readingsOf(name)) {
      const next = withoutPath(rest, reading, 0);
      if (next === rest) continue;
      rest = next;
      break;
    }
  }
  return rest;
}

/** By name; the names are those of profiles. */
const knownReadings = new Map<string, string[][]>();

export function readingsOf(name: string): string[][] {
  let readings = knownReadings.get(name);
  if (readings === undefined) {
    readings = fieldPathReadings(name);
    knownReadings.set(name, readings);
  }
  return readings;
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
