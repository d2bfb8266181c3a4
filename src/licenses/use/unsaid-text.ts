/** Texts that stand where a person, host or session should, and say that it was not recorded: they name none. */
import { EMPTY_FORM, isBlankText, MAX_PLACEHOLDER } from '../../model/blank-text.ts';

/** The longest word that says so has nine letters, so most names are told by their ends. */
const LONGEST_WORD = 9;

export function isUnsaid(text: string): boolean {
  const { length } = text;
  if (length > LONGEST_WORD && isPlain(text.charCodeAt(0)) && isPlain(text.charCodeAt(length - 1)))
    return false;
  // Of a path or an address `*`, `/` and `::` would say something.
  return isBlankText(text) || (length <= MAX_PLACEHOLDER && EMPTY_FORM.test(text));
}

/** A letter or digit of ASCII. */
function isPlain(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
