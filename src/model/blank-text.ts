/** Texts that stand where a value should: what exports write for "not recorded". */

/** Longer ones are nobody's placeholder; the bound keeps a megabyte of text from being lowered and matched. */
export const MAX_PLACEHOLDER = 100;

/**
 * No letter and no digit: `-`, `?`, `***`, a space of no width, and the letters that nobody sees (the fillers of Hangul).
 * A bare `0` says something: user id 0 is root.
 */
export const EMPTY_FORM = /^[\p{P}\p{S}\p{Z}\p{C}\p{Default_Ignorable_Code_Point}]*$/u;

/** What paths, patterns and addresses are called that have neither: the root, everything, any address. */
const NAMES: ReadonlySet<string> = new Set(['/', '*', '::']);

const WORDS: ReadonlySet<string> = new Set(['n/a', 'null', 'none', 'nil', 'undefined', 'unknown']);

/** Whether an action, a target or an address says nothing. */
export function isBlankText(text: string): boolean {
  if (text.length > MAX_PLACEHOLDER) return false;
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/^[([{<]+|[)\]}>]+$/g, '');
  return WORDS.has(plain) || (EMPTY_FORM.test(plain) && !NAMES.has(plain));
}

/** Whether an outcome says nothing: `unknown` says that the writer does not know, as ECS and OCSF have it. */
export function isBlankOutcome(text: string): boolean {
  return isBlankText(text) && text.trim().toLowerCase() !== 'unknown';
}
