/** A filter whose condition keeps what it describes: the specification's own example does, and means the opposite. */
import { bodyOf, conditionsOf, type LintDefinition } from './lint.ts';

export const filterWithoutNot: LintDefinition = {
  code: 'filter-without-not',
  title: 'filter whose condition has no "not"',
  level: 'warning',
  check(document, report) {
    const { kind, root } = document;
    const body = bodyOf(document);
    // A waiver describes what it covers.
    if (kind !== 'filter' || body === undefined || root.entries.some(({ key }) => key === 'reason')) return;
    for (const { text, ...place } of conditionsOf(body)) {
      if (/^\s*not\b/.test(text)) continue;
      report(
        place,
        `a filter is added to the rule by "and": ${JSON.stringify(text)} keeps only what it describes; to leave that out write "not ${text.includes(' ') ? `(${text})` : text}"`,
      );
    }
  },
};
