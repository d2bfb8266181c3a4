/** Lines that Docker's json-file driver wrapped: `{"log":"{…}\n","stream":"stdout","time":"…"}`. */
import { JsonObject, type JsonValue } from '../base/json.ts';

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
