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
  if (text.length > MAX_PLACEHOLDER || !mayBeBlank(text)) return false;
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/^[([{<]+|[)\]}>]+$/g, '');
  return WORDS.has(plain) || (EMPTY_FORM.test(plain) && !NAMES.has(plain));
}

/**
 * False where the first letter or digit of ASCII begins none of the words above, as in nearly all texts: to trim, lower and match
 * each took a twentieth of judging the log of a license server (measured).
 */
function mayBeBlank(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= DIGIT_0 && code <= DIGIT_9) return false;
    const letter = code | LOWER;
    if (letter >= LETTER_A && letter <= LETTER_Z) return letter === LETTER_N || letter === LETTER_U;
  }
  return true;
}

/** What a capital letter of ASCII lacks to be a small one; no other character becomes a letter by it. */
const LOWER = 0x20;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const LETTER_A = 0x61;
const LETTER_N = 0x6e;
const LETTER_U = 0x75;
const LETTER_Z = 0x7a;

/** Whether an outcome says nothing: `unknown` says that the writer does not know, as ECS and OCSF have it. */
export function isBlankOutcome(text: string): boolean {
  return isBlankText(text) && text.trim().toLowerCase() !== 'unknown';
}
