/** The characters that `windash` takes for one another, as Windows commands do: hyphen, slash, en and em dash, horizontal bar. */

export const DASHES = '-/\u2013\u2014\u2015';
export const DASH = new RegExp(`[${DASHES}]`, 'g');

/** One spelling for all dashes: a value that holds many is compared once, not in 5^n spellings. */
export function foldDashes(text: string): string {
  return text.replace(DASH, '-');
}
