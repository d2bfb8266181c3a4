/** Keywords: a value sought in every scalar of the record. Keys are not looked at; numbers and booleans count as written. */
import { JsonArray, JsonNumber, JsonObject, type JsonValue } from '../base/json.ts';
import type { Event, ValueKind } from '../model/event.ts';
import type { ValueTest } from './modifiers.ts';

/** With `all`, each keyword must occur somewhere; without, one of them. The slow path: it needs the whole record. */
export function matchKeywords(tests: readonly ValueTest[], all: boolean): (event: Event) => boolean {
  return (event) => {
    const record = event.seen();
    if (!all) return someScalar(record, (text, kind) => tests.some((test) => test(text, kind)));
    return tests.every((test) => someScalar(record, test));
  };
}

/** Depth is bounded by the parser (MAX_DEPTH of base/lexical.ts). */
function someScalar(value: JsonValue, test: ValueTest): boolean {
  if (value === null) return false;
  if (value instanceof JsonArray) return value.elements.some((element) => someScalar(element, test));
  if (value instanceof JsonObject) return value.members.some((member) => someScalar(member.value, test));
  const [text, kind] = toScalar(value);
  return test(text, kind);
}

function toScalar(value: string | boolean | JsonNumber): [string, ValueKind] {
  if (value instanceof JsonNumber) return [value.lexeme, 'number'];
  return [String(value), typeof value === 'string' ? 'string' : 'boolean'];
}
