/** Values that make little sense with their modifiers: null in a list, "all" of one, stars where the modifier has them. */

import type { YamlEntry } from '../base/yaml-tree.ts';
import { bodyOf, itemsOf, type LintDefinition, type Report, valuesOf } from './lint.ts';

export const oddValue: LintDefinition = {
  code: 'odd-value',
  title: 'value that makes little sense with its modifiers',
  level: 'warning',
  check(document, report) {
    const body = bodyOf(document);
    if (body === undefined) return;
    for (const { entry } of itemsOf(body)) checkItem(entry, report);
  },
};

function checkItem(entry: YamlEntry, report: Report): void {
  const [, ...modifiers] = entry.key.split('|');
  const values = valuesOf(entry.value);
  if (modifiers.includes('all') && values.length === 1)
    report(entry, `"${entry.key}" asks for all of one value; the modifier "all" needs several`);
  if (values.length > 1) {
    for (const value of values)
      if (value.kind === 'null')
        report(
          value,
          'null beside other values is no Sigma 2.1; write a selection of its own for it',
          'note',
        );
  }
  for (const value of values) {
    if (value.kind !== 'text') continue;
    const [first, last] = [value.text.startsWith('*'), /(?<!\\)\*$/.test(value.text)];
    if (
      (modifiers.includes('contains') && (first || last)) ||
      (modifiers.includes('endswith') && first) ||
      (modifiers.includes('startswith') && last)
    )
      report(
        value,
        `the star at the edge of ${JSON.stringify(value.text)} is in the modifier already`,
        'note',
      );
  }
}
