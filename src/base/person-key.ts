/** One text for all spellings of a name that a reader takes for one: of separated duties, none makes somebody else of a person. */
import { foldCase } from './fold-case.ts';

const ASCII_ONLY = /^[\u0000-\u007f]*$/;

/** What shows as nothing: of zero width, soft hyphens, marks of direction (Unicode, Default_Ignorable_Code_Point). */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * Without case, white space around it and invisible characters; letters of another width or composition are the same (NFKC).
 * Letters that only look alike stay apart: the `a` of Cyrillic is no `a`.
 */
export function personKey(text: string): string {
  const plain = ASCII_ONLY.test(text) ? text : text.normalize('NFKC').replace(INVISIBLE, '');
  return foldCase(plain.trim());
}
