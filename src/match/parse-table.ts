/** `table:` documents: facts that rules look up (administrators, quotas, approvers), dated where they change. */
import { type Instant, MOMENT_WORDS, parseMoment } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import { describe, type ShapeReader, scalarText } from '../base/yaml-shape.ts';
import type { YamlMap, YamlNode } from '../base/yaml-tree.ts';
import type { RuleHead, Table, TableRow } from '../model/rule.ts';

/** Columns that say when a row holds. */
const DATES = ['from', 'to'] as const;

/** The column of a row that is written as one bare value. */
const BARE_COLUMN = 'value';

/** Reads a table of roles, written inline or named by a file; undefined when something is wrong, which it has then told. */
export type ReadRoles = (table: ShapeReader) => unknown;

/** Undefined when nothing of it can be used; every mistake is told through `reader`. */
export function parseTable(
  head: RuleHead,
  reader: ShapeReader,
  readRoles: ReadRoles | undefined,
): Table | undefined {
  const node = reader.get('table')!;
  const { title, file, line } = head;
  if (head.effective !== undefined)
    reader.problem(
      reader.get('effective')!,
      'a table takes no "effective": its rows, or the grants of its roles, have "from" and "to"',
    );
  const table = { name: head.name ?? head.id, title, file, line, rows: [] };
  if (node.kind === 'map' && readRoles !== undefined) {
    const roles = readRoles(reader.shape('table')!);
    return roles === undefined ? undefined : { ...table, roles };
  }
  if (node.kind !== 'list') {
    reader.problem(node, `"table" must be a list of rows or a table of roles, found ${describe(node)}`);
    return undefined;
  }
  return { ...table, rows: node.items.flatMap((item) => parseRow(item, reader) ?? []) };
}

function parseRow(node: YamlNode, reader: ShapeReader): TableRow | undefined {
  if (node.kind === 'map') return parseColumns(node, reader);
  const text = scalarText(node);
  if (text !== undefined) return { columns: { [BARE_COLUMN]: [text] } };
  reader.problem(node, `a row of a table must be a map or one value, found ${describe(node)}`);
  return undefined;
}

function parseColumns(map: YamlMap, reader: ShapeReader): TableRow | undefined {
  const columns: Record<string, readonly string[]> = Object.create(null);
  const row: TableRow = { columns };
  for (const { key, value } of map.entries) {
    const date = DATES.find((each) => each === key);
    if (date !== undefined) {
      const instant = readMoment(key, value, reader);
      if (instant !== undefined) row[date] = instant;
      continue;
    }
    const texts = textsOf(value);
    if (texts === undefined)
      reader.problem(value, `${quote(key)} must hold one value or a list of them, found ${describe(value)}`);
    else columns[key] = texts;
  }
  if (row.from !== undefined && row.to !== undefined && row.from >= row.to)
    reader.problem(map, 'a row must begin before it ends, found "from" at or after "to"');
  return row;
}

function textsOf(node: YamlNode): string[] | undefined {
  if (node.kind === 'null') return [];
  const texts = (node.kind === 'list' ? node.items : [node]).map(scalarText);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** The moment under `key`; what is none is a problem at its place. */
export function readMoment(key: string, node: YamlNode, reader: ShapeReader): Instant | undefined {
  const text = scalarText(node);
  const instant = text === undefined ? undefined : parseMoment(text);
  if (instant === undefined)
    reader.problem(node, `${quote(key)} must be ${MOMENT_WORDS}, found ${describe(node)}`);
  return instant;
}
