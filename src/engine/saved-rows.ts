/** Files of rows that a run of the program saved for the next: each run adds one of a kind, until they become one. */

/** Files of one kind; a merge of more holds too many of them open. */
export const MAX_SAVED = 16;

/** The files saved as `kind-0`, `kind-1`, …, in their order. */
export function savedUnder(kind: string, files: Readonly<Record<string, string>>): string[] {
  const found: string[] = [];
  for (let file = files[`${kind}-0`]; file !== undefined; file = files[`${kind}-${found.length}`])
    found.push(file);
  return found;
}

/** The names for `savedUnder`. */
export function toSaved(kind: string, files: readonly string[]): Record<string, string> {
  return Object.fromEntries(files.map((file, index) => [`${kind}-${index}`, file]));
}
