/** The values of a record that was parsed, as the cursor shows those that the scanner finds: the slow road of both. */
import { KIND, type KindCode } from '../base/found-values.ts';
import {
  JsonArray,
  JsonNumber,
  JsonObject,
  type JsonValue,
  toCompactJson,
  toScalarText,
} from '../base/json.ts';
import type { Span } from '../model/event.ts';

export function kindOf(value: JsonValue | undefined): KindCode {
  if (value === undefined) return KIND.missing;
  if (value === null) return KIND.null;
  if (value instanceof JsonNumber) return KIND.number;
  if (value instanceof JsonArray) return KIND.array;
  if (value instanceof JsonObject) return KIND.object;
  return typeof value === 'string' ? KIND.string : KIND.boolean;
}

/** As `Event.text` gives it. */
export function treeText(value: JsonValue | undefined): string | undefined {
  return value instanceof JsonObject || value instanceof JsonArray
    ? toCompactJson(value)
    : toScalarText(value);
}

/** Of the first member of the record that has one of these names. */
export function treeSpan(record: JsonValue, names: readonly string[]): Span | undefined {
  if (!(record instanceof JsonObject)) return undefined;
  const member = names.map((name) => record.member(name)).find((each) => each !== undefined);
  return member && { keyStart: member.keyStart, start: member.valueStart, end: member.valueEnd };
}
