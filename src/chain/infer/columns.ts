/** Sample records as columns: for each field path what every record holds there. */
import { JsonObject, type JsonValue, parseJson, toScalarText } from '../../base/json.ts';

export type Sample = { bytes: Uint8Array; record: JsonObject };

/** By record; undefined where it lacks the field. */
export type Column = { path: string; values: readonly (JsonValue | undefined)[] };

/** Deeper members are hashed with the object that holds them. */
const MAX_DEPTH = 4;
/** A record of more fields is one of a snapshot rather than of a log; the first ones are looked at. */
const MAX_COLUMNS = 256;

/** The records among the texts that are objects, without key repeated at the top; others can belong to no chain. */
export function toSamples(records: readonly Uint8Array[]): Sample[] {
  return records.flatMap((bytes) => {
    const record = parseJson(bytes);
    return record instanceof JsonObject && record.duplicateKeys().length === 0 ? [{ bytes, record }] : [];
  });
}

/** Every member of every object in file order of its first appearance: `chain`, `chain.previous_hash`, `actor`. */
export function toColumns(samples: readonly Sample[]): Column[] {
  const columns = new Map<string, (JsonValue | undefined)[]>();
  const walk = (object: JsonObject, prefix: string, depth: number, index: number) => {
    for (const { key, value } of object.members) {
      const path = `${prefix}${escapeKey(key)}`;
      let values = columns.get(path);
      if (values === undefined) {
        if (columns.size >= MAX_COLUMNS) continue;
        values = new Array<JsonValue | undefined>(samples.length).fill(undefined);
        columns.set(path, values);
      }
      values[index] = value;
      if (value instanceof JsonObject && depth < MAX_DEPTH) walk(value, `${path}.`, depth + 1, index);
    }
  };
  for (const [index, { record }] of samples.entries()) walk(record, '', 1, index);
  return [...columns].map(([path, values]) => ({ path, values }));
}

/** A key as a segment of a field path. */
export function escapeKey(key: string): string {
  return key.replaceAll('.', '\\.');
}

export function textAt(column: Column | undefined, index: number): string | undefined {
  return toScalarText(column?.values[index]);
}
