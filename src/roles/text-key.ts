/** One text of several, such that no two lists share it: each with its length before it. Half the time of JSON (measured). */
export function textKey(...parts: readonly (string | undefined)[]): string {
  let key = '';
  for (const part of parts) key += part === undefined ? '-' : `${part.length}:${part}`;
  return key;
}
