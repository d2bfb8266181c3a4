/** Simple (1:1) Unicode case folding without a locale, as ECMAScript's `iu` expressions compare (CaseFolding.txt, C and S). */

const ASCII_ONLY = /^[\u0000-\u007f]*$/;

/** Folds of the code points seen so far; at most as many entries as there are letters outside ASCII. */
const folds = new Map<string, string>();

/** Two texts differ only in case exactly when their folds are equal: `K` (Kelvin) is `k`, `ß` is not `ss`, `ı` is not `i`. */
export function foldCase(text: string): string {
  if (ASCII_ONLY.test(text)) return text.toLowerCase();
  let folded = '';
  for (const char of text) folded += foldCharacter(char);
  return folded;
}

function foldCharacter(char: string): string {
  if (char <= '\u007f') return char.toLowerCase();
  let fold = folds.get(char);
  if (fold === undefined) {
    fold = toFold(char);
    folds.set(char, fold);
  }
  return fold;
}

/** The candidate is the lower case of the upper case; the expression engine, which holds the table, accepts or refuses it. */
function toFold(char: string): string {
  const upper = single(char.toUpperCase()) ?? char;
  const candidate = single(upper.toLowerCase()) ?? upper;
  if (candidate === char || !candidate.isWellFormed()) return char;
  const code = char.codePointAt(0)!.toString(16);
  return new RegExp(`^\\u{${code}}$`, 'iu').test(candidate) ? candidate : char;
}

function single(text: string): string | undefined {
  return [...text].length === 1 ? text : undefined;
}
