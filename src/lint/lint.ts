/** What a lint of rule files is, and the words its members share. */
import type { YamlEntry, YamlMap, YamlNode } from '../base/yaml-tree.ts';

/** `error`: the rule does not mean what it says. `warning`: it probably does not. `note`: worth knowing. */
export type LintLevel = 'error' | 'warning' | 'note';

export type Lint = {
  file: string;
  line: number;
  column: number;
  /** The member that speaks. */
  code: string;
  level: LintLevel;
  message: string;
};

/** One document of a rule file as it is written. */
export type LintDocument = {
  file: string;
  root: YamlMap;
  kind: 'detection' | 'correlation' | 'filter' | 'table' | undefined;
};

export type LintPlace = { line: number; column: number };

export type Report = (place: LintPlace, message: string, level?: LintLevel) => void;

/** The field names that are known where a rule document looks, and of whom they are; undefined where nobody knows. */
export type KnownFieldsOf = (
  root: YamlMap,
) => { names: ReadonlySet<string>; titleOf(name: string): string } | undefined;

/** A member of `src/lint/`. */
export type LintDefinition = {
  code: string;
  /** What it looks for, for `list` and the docs. */
  title: string;
  level: LintLevel;
  check(document: LintDocument, report: Report, knownFieldsOf: KnownFieldsOf): void;
};

export function entryOf(map: YamlMap, key: string): YamlEntry | undefined {
  return map.entries.find((entry) => entry.key === key);
}

/** Every `field|modifiers: values` entry of the selections below `map`, and the selection that it stands in. */
export function* itemsOf(map: YamlMap): Generator<{ selection: string; entry: YamlEntry }> {
  for (const { key, value } of map.entries) {
    if (NOT_SELECTIONS.has(key)) continue;
    for (const part of value.kind === 'list' ? value.items : [value]) {
      if (part.kind !== 'map') continue;
      for (const entry of part.entries) yield { selection: key, entry };
    }
  }
}

/** Keys of `detection:` and `filter:` that are no selections. */
export const NOT_SELECTIONS: ReadonlySet<string> = new Set(['condition', 'timeframe', 'rules']);

/** The map that holds the selections and the condition. */
export function bodyOf({ root, kind }: LintDocument): YamlMap | undefined {
  if (kind !== 'detection' && kind !== 'filter') return undefined;
  const body = entryOf(root, kind)?.value;
  return body?.kind === 'map' ? body : undefined;
}

export function valuesOf(node: YamlNode): readonly YamlNode[] {
  return node.kind === 'list' ? node.items : [node];
}

/** The condition's texts. */
export function conditionsOf(body: YamlMap): { text: string; line: number; column: number }[] {
  const node = entryOf(body, 'condition')?.value;
  if (node === undefined) return [];
  return valuesOf(node).flatMap((each) =>
    each.kind === 'text' ? [{ text: each.text, line: each.line, column: each.column }] : [],
  );
}
