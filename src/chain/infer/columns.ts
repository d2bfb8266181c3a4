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
  for (const [index, { record }] of samples.entries()) {
    for (const { path, value } of membersOf(record)) {
      let values = columns.get(path);
      if (values === undefined) {
        if (columns.size >= MAX_COLUMNS) continue;
        values = new Array<JsonValue | undefined>(samples.length).fill(undefined);
        columns.set(path, values);
      }
      values[index] = value;
    }
  }
  return [...columns].map(([path, values]) => ({ path, values }));
}

/** Every member of the object, those inside of it behind it. */
function* membersOf(
  object: JsonObject,
  prefix = '',
  depth = 1,
): Generator<{ path: string; value: JsonValue }> {
  for (const { key, value } of object.members) {
    const path = `${prefix}${escapeKey(key)}`;
    yield { path, value };
    if (value instanceof JsonObject && depth < MAX_DEPTH) yield* membersOf(value, `${path}.`, depth + 1);
  }
}

/** Records whose order of members is looked at. */
const MAX_ORDERS = 6;

/** The columns of one record in the order of their members there, then as the first records order them, each order once. */
export function fieldOrders(
  samples: readonly Sample[],
  columns: readonly Column[],
  target: number,
): Column[][] {
  const byPath = new Map(columns.map((column) => [column.path, column]));
  const base = [...membersOf(samples[target]!.record)].flatMap(({ path }) => byPath.get(path) ?? []);
  const orders = new Map([[base.map(({ path }) => path).join('\n'), base]]);
  for (const { record } of samples.slice(0, MAX_ORDERS)) {
    const places = new Map([...membersOf(record)].map(({ path }, place) => [path, place]));
    // One that the record lacks stays behind the one that it follows.
    let place = -1;
    const placed = base.map((column) => {
      place = places.get(column.path) ?? place;
      return { column, place };
    });
    placed.sort((left, right) => left.place - right.place);
    const order = placed.map(({ column }) => column);
    orders.set(order.map(({ path }) => path).join('\n'), order);
  }
  return [...orders.values()];
}

/** A key as a segment of a field path. */
export function escapeKey(key: string): string {
  return key.replaceAll('.', '\\.');
}

export function textAt(column: Column | undefined, index: number): string | undefined {
  return toScalarText(column?.values[index]);
}
