/** Lines that Docker's json-file driver wrapped: `{"log":"{…}\n","stream":"stdout","time":"…"}`. */
import { JsonObject, type JsonValue, parseJsonAt } from '../base/json.ts';
import { JsonSyntaxError } from '../base/lexical.ts';

/** The text inside, or undefined when `document` is no such line or wraps no JSON object. */
export function unwrapDocker(document: JsonValue): string | undefined {
  if (!(document instanceof JsonObject)) return undefined;
  const { members } = document;
  const log = document.get('log');
  // Nothing may hide beside the log: no second log, no structure in the attributes.
  const known = members.every(
    ({ key, value }) =>
      key === 'log' || key === 'stream' || key === 'time' || (key === 'attrs' && isFlat(value)),
  );
  if (document.duplicateKeys().length > 0) return undefined;
  if (!known || typeof log !== 'string' || typeof document.get('stream') !== 'string') return undefined;
  return log.trimStart().startsWith('{') ? log : undefined;
}

/** Docker writes labels and environment variables, which are texts. */
function isFlat(attributes: JsonValue): boolean {
  return (
    attributes instanceof JsonObject && attributes.members.every(({ value }) => typeof value === 'string')
  );
}

/** The text inside the line that `bytes` are, as `unwrapDocker`. */
export function dockerText(bytes: Uint8Array): string | undefined {
  const document = parseQuietly(bytes);
  return document === undefined ? undefined : unwrapDocker(document);
}

/** Undefined for what is no JSON. */
export function parseQuietly(bytes: Uint8Array): JsonValue | undefined {
  try {
    return parseJsonAt(bytes, 0, bytes.length).value;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}
