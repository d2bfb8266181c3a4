/** Fields as items of a list, and how languages write their values when they are no JSON: times, truth values, nothing. */
import { JsonArray, JsonObject, type JsonValue } from '../../base/json.ts';
import type { CandidateParts, PartDocument } from './candidate.ts';
import { type Column, textAt } from './columns.ts';
import type { Link } from './find-chains.ts';
import { type JsonFormDocument, toPart } from './json-forms.ts';
import type { Item } from './listed-fields.ts';

/** What is done to values of each kind; a kind that is not named is written as it stands. `none`: for null and absent. */
export type FieldStyle = { time?: unknown; boolean?: unknown; none?: string; text?: unknown };

const digits = (count: number, zone: string, separator = 'T') => ({
  time: { digits: count, zone, separator },
});

/** As written first; then what one language does to all values, then single formats. */
export const FIELD_STYLES: readonly FieldStyle[] = [
  {},
  { time: 'python-isoformat', boolean: 'python-bool', none: 'None' },
  { time: 'python-str-datetime', boolean: 'python-bool', none: 'None' },
  { time: 'javascript-iso', none: 'null' },
  { boolean: 'bit' },
  { time: 'go-rfc3339nano' },
  { time: 'dotnet-o' },
  { time: 'dotnet-o-offset' },
  { time: 'java-instant' },
  { time: 'rust-chrono-rfc3339' },
  { time: { epoch: 'ms' } },
  { time: { epoch: 's' } },
  { time: { epoch: 'us' } },
  { time: { epoch: 'ns' } },
  { time: digits(0, 'Z') },
  { time: digits(6, 'Z') },
  { time: digits(6, '+00:00') },
  { time: digits(0, '+00:00') },
  { time: digits(0, 'none', ' ') },
  { time: digits(6, 'none', ' ') },
  { time: digits(3, 'none', ' ') },
];

/** Scalars as the style writes them; objects and arrays in their common forms. In file order. `containers`: `toContainers()`. */
export function toItems(
  parts: CandidateParts,
  link: Link,
  columns: readonly Column[],
  style: FieldStyle,
  containers: ReadonlyMap<string, readonly Item[]>,
): Item[] {
  return columns.flatMap((column): Item[] => {
    const value = column.values[link.index];
    const { path } = column;
    if (isContainer(value)) return [...(containers.get(path) ?? [])];
    const format = formatFor(value, style);
    const none = value === null && style.none !== undefined ? { 'if-null': style.none } : {};
    if (format !== undefined || value === null) {
      const part = { field: { name: path, ...(format !== undefined && { format }), ...none } };
      const text = parts.write(part, link)?.toString();
      if (text !== undefined && text !== (textAt(column, link.index) ?? ''))
        return [{ path, text, part: { part } }];
    }
    return [{ path, text: textAt(column, link.index) ?? '', part: { field: path } }];
  });
}

/** Whether the style changes the text of some item. */
export function changesItems(items: readonly Item[], plain: readonly Item[]): boolean {
  return items.some(({ text }, index) => text !== plain[index]?.text);
}

export function isContainer(value: unknown): boolean {
  return value instanceof JsonObject || value instanceof JsonArray;
}

const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;

function formatFor(value: JsonValue | undefined, style: FieldStyle): unknown {
  if (typeof value === 'boolean') return style.boolean;
  return typeof value === 'string' && TIME.test(value) ? style.time : undefined;
}

/** Objects and arrays that are listed beside other fields: more of them are no list that somebody wrote down. */
const MAX_CONTAINERS = 8;

/** Objects and arrays as items, each in the forms that differ for it; they are the same in every style. */
export function toContainers(
  parts: CandidateParts,
  link: Link,
  columns: readonly Column[],
  forms: readonly JsonFormDocument[],
): Map<string, readonly Item[]> {
  const paths = columns.filter(({ values }) => isContainer(values[link.index])).map(({ path }) => path);
  const items = new Map<string, readonly Item[]>();
  for (const path of paths.slice(0, MAX_CONTAINERS)) {
    const written = new Map<string, PartDocument>();
    for (const form of forms) {
      if (form.kind === 'raw') continue;
      const part = toPart(form, { of: path });
      const text = parts.write(part, link)?.toString();
      if (text !== undefined && !written.has(text)) written.set(text, part);
    }
    items.set(
      path,
      [...written].map(([text, part]) => ({ path, text, part: { part } })),
    );
  }
  return items;
}
