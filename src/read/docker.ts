/** Lines that Docker's json-file driver wrapped: `{"log":"{…}\n","stream":"stdout","time":"…"}`. */
import { JsonObject, type JsonValue } from '../base/json.ts';

/** The text inside, or undefined when `document` is no such line or wraps no JSON object. */
export function unwrapDocker(document: JsonValue): string | undefined {
  if (!(document instanceof JsonObject)) return undefined;
  const { members } = document;
  const log = document.get('log');
  const known = members.every(
    ({ key }) => key === 'log' || key === 'stream' || key === 'time' || key === 'attrs',
  );
  if (!known || typeof log !== 'string' || typeof document.get('stream') !== 'string') return undefined;
  return log.trimStart().startsWith('{') ? log : undefined;
}
