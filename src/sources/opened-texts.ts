/** Texts that are JSON, as tables and exports write what got no column of its own: `"AuditData": "{\"Operation\": …}"`. */
import { findValues } from '../base/field-path.ts';
import { JsonArray, type JsonMember, JsonObject, type JsonValue, parseJsonText } from '../base/json.ts';
import { JsonSyntaxError } from '../base/lexical.ts';
import { changeAt } from './members-at.ts';

/** The record whose members at the paths are what their texts say. A text that is no object or list of JSON stays one. */
export function withOpenedTexts(record: JsonValue, paths: readonly string[]): JsonValue {
  return paths.reduce((value, path) => changeAt(value, path, (member) => [opened(member)]), record);
}

/** The record with the members of the first of the texts that is an object; of a key in both that of the text counts. */
export function withInnerRecord(record: JsonValue, paths: readonly string[]): JsonValue {
  if (!(record instanceof JsonObject)) return record;
  for (const path of paths) {
    const [text, ...more] = findValues(record, path);
    const inner = typeof text === 'string' && more.length === 0 ? structureOf(text) : undefined;
    if (!(inner instanceof JsonObject)) continue;
    const own = new Set(inner.members.map(({ key }) => key));
    return new JsonObject([...record.members.filter(({ key }) => !own.has(key)), ...inner.members]);
  }
  return record;
}

function opened(member: JsonMember): JsonMember {
  if (member.value instanceof JsonArray) {
    const { elements } = member.value;
    const values = elements.map((each) => (typeof each === 'string' ? (structureOf(each) ?? each) : each));
    const isSame = values.every((value, at) => value === elements[at]);
    return isSame ? member : { ...member, value: new JsonArray(values) };
  }
  const value = typeof member.value === 'string' ? structureOf(member.value) : undefined;
  return value === undefined ? member : { ...member, value };
}

function structureOf(text: string): JsonObject | JsonArray | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return parseJsonText(text) as JsonObject | JsonArray;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}
