/** Counts records the plain way, with `JSON.parse` alone: the independent judge of what the reader hands out. Tests only. */
import { gunzipSync } from 'node:zlib';

/** How a text was counted; `mixed`: some lines are JSON and some are not. */
export type PlainCount = { layout: 'document' | 'lines' | 'mixed'; records: number; malformed: number };

/** Where exports keep an array of records inside one object, as the documentation of their makers has it. */
const WRAPPERS = [
  ['Records'],
  ['records'],
  ['items'],
  ['value'],
  ['entries'],
  ['hits', 'hits'],
  ['data', 'events'],
];

/** Counts one file: the whole as one JSON text if it is one, else its lines. */
export function countPlainly(stored: Uint8Array): PlainCount {
  const bytes = stored[0] === 0x1f && stored[1] === 0x8b ? gunzipSync(stored) : Buffer.from(stored);
  const whole = recordsIn(bytes);
  if (whole !== undefined) return { layout: 'document', records: whole, malformed: 0 };
  let records = 0;
  let malformed = 0;
  for (const line of linesOf(bytes)) {
    if (line.toString().trim() === '') continue;
    const found = recordsIn(line);
    if (found === undefined) malformed++;
    else records += found;
  }
  return { layout: malformed === 0 ? 'lines' : 'mixed', records, malformed };
}

function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, from);
    const end = newline < 0 ? bytes.length : newline;
    yield bytes.subarray(from, end);
    from = end + 1;
  }
}

/** RFC 8259 §8.1: UTF-8 or no JSON; the decoder also drops a byte order mark. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Undefined: the bytes are no JSON. */
function recordsIn(bytes: Uint8Array): number | undefined {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined;
  }
  if (Array.isArray(value)) return value.length;
  const wrapped = WRAPPERS.map((keys) => follow(value, keys)).find((inner) => Array.isArray(inner));
  return wrapped === undefined ? 1 : (wrapped as unknown[]).length;
}

function follow(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
    value,
  );
}

/** Rows of a table as text behind its header (RFC 4180): a newline within quotes ends none, blank lines are none. */
export function countRows(stored: Uint8Array): number {
  let rows = 0;
  let isQuoted = false;
  let isBlank = true;
  for (const char of Buffer.from(stored).toString('latin1')) {
    if (char === '"') isQuoted = !isQuoted;
    if (char === '\n' && !isQuoted) {
      if (!isBlank) rows++;
      isBlank = true;
    } else if (char.trim() !== '') isBlank = false;
  }
  return rows + (isBlank ? 0 : 1) - 1;
}
