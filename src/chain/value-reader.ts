/** One field of a record by its path, from the lossless tree: a value that is a list stays one. */
import { NotCanonicalizableError } from '../base/canonical-json.ts';
import { JsonObject, type JsonValue } from '../base/json.ts';
import type { Event } from '../model/event.ts';
import { readingsOf } from './json-form.ts';

/** Undefined where the record has no such field, or the path is null. */
export type ValueReader = (event: Event) => JsonValue | undefined;

/** @throws {NotCanonicalizableError} (the reader) for a key on the way that stands twice: which of them was hashed nobody knows */
export function compileValue(path: string | null): ValueReader {
  if (path === null) return () => undefined;
  const readings = readingsOf(path);
  return (event) => {
    if (event.duplicateKeys) throw new NotCanonicalizableError('a key stands twice');
    const record = event.json();
    for (const keys of readings) {
      const value = follow(record, keys);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

function follow(record: JsonValue, keys: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = record;
  for (const key of keys) {
    if (!(value instanceof JsonObject)) return undefined;
    value = value.get(key);
  }
  return value;
}
