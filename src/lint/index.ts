/** The lints, as a listing of this folder, and what they say of a rule file. */
import { parseYaml } from '../base/yaml-tree.ts';
import { filterWithoutNot } from './filter-without-not.ts';
import { identity } from './identity.ts';
import type { KnownFieldsOf, Lint, LintDefinition, LintDocument } from './lint.ts';
import { oddValue } from './odd-value.ts';
import { portability } from './portability.ts';
import { unknownField } from './unknown-field.ts';
import { unknownKey } from './unknown-key.ts';
import { unusedSelection } from './unused-selection.ts';
import { yamlTrap } from './yaml-trap.ts';

export const LINTS: readonly LintDefinition[] = [
  filterWithoutNot,
  identity,
  oddValue,
  portability,
  unknownField,
  unknownKey,
  unusedSelection,
  yamlTrap,
];

const KINDS = ['detection', 'correlation', 'filter', 'table'] as const;

/** In the order of the file. What cannot be read as a rule at all is for the parser to say. */
export function lintRuleFile(
  file: string,
  text: string,
  knownFieldsOf: KnownFieldsOf = () => undefined,
): Lint[] {
  const lints: Lint[] = [];
  for (const { root } of parseYaml(file, text).documents) {
    if (root.kind !== 'map') continue;
    const kind = KINDS.find((each) => root.entries.some(({ key }) => key === each));
    const document: LintDocument = { file, root, kind };
    for (const { code, level, check } of LINTS)
      check(
        document,
        ({ line, column }, message, own = level) =>
          lints.push({ file, line, column, code, level: own, message }),
        knownFieldsOf,
      );
  }
  return lints.sort((left, right) => left.line - right.line || left.column - right.column);
}
