/** `*` (any run) and `?` (one character) patterns as used in mappings, contracts and rules. Case matters. */

/** One place of a pattern: a character, or one of the two wildcards. */
export type GlobUnit = string | typeof ANY_RUN | typeof ANY_CHARACTER;

export const ANY_RUN = Symbol('*');
export const ANY_CHARACTER = Symbol('?');

const WILDCARDS: Readonly<Record<string, GlobUnit>> = { '*': ANY_RUN, '?': ANY_CHARACTER };

/** A test for `pattern`, linear in the text's length for each star. `?` is one UTF-16 unit. */
export function compileGlob(pattern: string): (text: string) => boolean {
  // The most frequent by far.
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  const units = pattern.split('').map((character) => WILDCARDS[character] ?? character);
  return (text) => matchesGlob(units, text);
}

/** `characters` is a string, or the list of its code points. Backtracks to the last star only: at worst units × characters steps. */
export function matchesGlob(units: readonly GlobUnit[], characters: ArrayLike<string>): boolean {
  let unit = 0;
  let character = 0;
  let star = -1;
  let resume = 0;
  while (character < characters.length) {
    const wanted = units[unit];
    if (wanted === ANY_RUN) {
      star = unit++;
      resume = character;
    } else if (wanted === ANY_CHARACTER || (wanted !== undefined && wanted === characters[character])) {
      unit++;
      character++;
    } else if (star >= 0) {
      unit = star + 1;
      character = ++resume;
    } else return false;
  }
  while (units[unit] === ANY_RUN) unit++;
  return unit === units.length;
}
