/** Selections that no condition names: written for something, and without effect. */
import { bodyOf, conditionsOf, type LintDefinition, NOT_SELECTIONS } from './lint.ts';

export const unusedSelection: LintDefinition = {
  code: 'unused-selection',
  title: 'selection that the condition does not name',
  level: 'warning',
  check(document, report) {
    const body = bodyOf(document);
    if (body === undefined) return;
    const words = conditionsOf(body).flatMap(({ text }) => text.match(/[^\s()|]+/g) ?? []);
    for (const entry of body.entries) {
      if (NOT_SELECTIONS.has(entry.key) || words.some((word) => names(word, entry.key))) continue;
      report(entry, `the selection "${entry.key}" is not named in the condition, and has no effect`);
    }
  },
};

/** `them` is all but those that begin with an underscore; `sel*` those of that form. */
function names(word: string, selection: string): boolean {
  if (word === 'them') return !selection.startsWith('_');
  if (!word.includes('*')) return word === selection;
  const parts = word.split('*');
  let at = 0;
  for (const [index, part] of parts.entries()) {
    const found = index === 0 ? (selection.startsWith(part) ? 0 : -1) : selection.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return parts.at(-1) === '' || selection.endsWith(parts.at(-1)!);
}
