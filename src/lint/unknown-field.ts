/** Fields that are nearly one of the log source: a rule may name any field, and one that is misspelled never matches. */
import { nearField } from '../base/near-field.ts';
import { bodyOf, itemsOf, type LintDefinition } from './lint.ts';

export const unknownField: LintDefinition = {
  code: 'unknown-field',
  title: 'field that is nearly one of the log source',
  level: 'warning',
  check(document, report, knownFieldsOf) {
    const body = bodyOf(document);
    const known = body === undefined ? undefined : knownFieldsOf(document.root);
    if (body === undefined || known === undefined) return;
    for (const { entry } of itemsOf(body)) {
      const [name = ''] = entry.key.split('|');
      // Of `ports[any]` the members have names of their own.
      const meant = name.includes('[') ? undefined : nearField(name, known.names);
      if (meant !== undefined)
        report(entry, `no field of ${known.titleOf(meant)} is called "${name}", did you mean "${meant}"?`);
    }
  },
};
