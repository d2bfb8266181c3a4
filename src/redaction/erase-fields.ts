/** Takes fields out of a salted record: the values, their keys and their salts go, their digests stay. */
import { JsonArray, JsonObject, type JsonValue } from '../base/json.ts';
import { compareText, quote } from '../base/text-safety.ts';
import {
  escapeKey,
  type Field,
  fieldDigest,
  fieldsOf,
  formatSalted,
  GAP,
  isGap,
  type SaltedRecord,
  SaltedRecordFault,
} from './salted-record.ts';

/** The record without the fields that `isErased` names, and how many those are. Nothing of them is left in the line but digests. */
export function eraseFields(
  { record, salts, erased }: SaltedRecord,
  isErased: (field: Field) => boolean,
): { line: string; count: number; digests: string[] } {
  const gone = new Map<string, string>();
  for (const field of fieldsOf(record)) {
    const salt = salts.get(field.pointer);
    if (salt === undefined) throw new SaltedRecordFault(`${quote(field.pointer)} has no salt`);
    if (isErased(field)) gone.set(field.pointer, fieldDigest(salt, field));
  }
  const rest = without(record, '', gone) ?? new JsonObject([]);
  const line = formatSalted({
    record: rest as JsonObject,
    salts: new Map([...salts].filter(([pointer]) => !gone.has(pointer))),
    erased: [...erased, ...gone.values()].sort(compareText),
  });
  return { line, count: gone.size, digests: [...gone.values()].sort(compareText) };
}

/** What is left of a value; undefined where that is nothing. */
function without(
  value: JsonValue,
  pointer: string,
  gone: ReadonlyMap<string, string>,
): JsonValue | undefined {
  if (gone.has(pointer)) return undefined;
  if (value instanceof JsonArray && value.elements.length > 0) {
    const elements = value.elements.map((element, index) => {
      const rest = without(element, `${pointer}/#${index}`, gone);
      return rest === undefined ? GAP : rest;
    });
    return elements.every(isGap) ? undefined : new JsonArray(elements);
  }
  if (value instanceof JsonObject && value.members.length > 0) {
    const members = value.members.flatMap((member) => {
      const rest = without(member.value, `${pointer}/${escapeKey(member.key)}`, gone);
      return rest === undefined ? [] : [{ ...member, value: rest }];
    });
    return members.length === 0 ? undefined : new JsonObject(members);
  }
  return value;
}
