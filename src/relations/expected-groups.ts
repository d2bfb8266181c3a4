/** `expected: {table: hosts, match: {host: host}}`: the groups that a table says should be in the log, and when. */
import type { Instant } from '../base/instant.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { groupKey, type Stretch } from '../model/relation.ts';
import type { Correlation, Table, TableRow } from '../model/rule.ts';
import { showValue } from './extra-keys.ts';

/** `periods` are apart from each other, in order of time. */
export type ExpectedGroup = { group: readonly string[]; periods: readonly Stretch[] };

export type ExpectedGroups = { table: Table; byKey: ReadonlyMap<string, ExpectedGroup> };

/** Beyond every instant that a log can name. */
const FOREVER: Stretch = { from: -(2n ** 80n), until: 2n ** 80n };

/** Undefined when the key is not given, or wrong, which is then told. */
export function parseExpected(
  correlation: Correlation,
  problem: (message: string) => void,
): ExpectedGroups | undefined {
  const { extra, tables, groupNames } = correlation;
  const { expected } = extra;
  if (expected === undefined) return undefined;
  const { table: name, match, ...others } = isRecord(expected) ? expected : {};
  if (typeof name !== 'string' || !isRecord(match) || Object.keys(others).length > 0) {
    problem(`"expected" must be like {table: hosts, match: {host: host}}, found ${showValue(expected)}`);
    return undefined;
  }
  const table = Object.hasOwn(tables, name) ? tables[name] : undefined;
  if (table === undefined) {
    problem(`no table has the name ${quote(name)}${didYouMean(name, Object.keys(tables))}`);
    return undefined;
  }
  const columns = parseColumns(match, table, groupNames, problem);
  return columns && { table, byKey: groupsOf(table.rows, columns) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** For each group-by field the column that holds its values. */
function parseColumns(
  match: Record<string, unknown>,
  { name, rows }: Table,
  groupNames: readonly string[],
  problem: (message: string) => void,
): string[] | undefined {
  const known = new Set(rows.flatMap(({ columns }) => Object.keys(columns)));
  const before = new Map<unknown, string>();
  let sound = groupNames.length > 0;
  if (!sound) problem('"expected" needs "group-by": the fields that tell its groups apart');
  const refuse = (message: string) => {
    sound = false;
    problem(message);
  };
  for (const [column, field] of Object.entries(match)) {
    if (!known.has(column))
      refuse(`the table ${quote(name)} has no column ${quote(column)}${didYouMean(column, known)}`);
    if (typeof field !== 'string' || !groupNames.includes(field)) {
      const hint = typeof field === 'string' ? didYouMean(field, groupNames) : '';
      refuse(`"match" must name fields of "group-by", found ${showValue(field)}${hint}`);
    } else if (before.has(field)) refuse(`"match" names ${quote(field)} twice`);
    before.set(field, column);
  }
  for (const field of groupNames) {
    if (!before.has(field)) refuse(`"match" has no column for ${quote(field)} of "group-by"`);
  }
  return sound ? groupNames.map((field) => before.get(field)!) : undefined;
}

function groupsOf(rows: readonly TableRow[], columns: readonly string[]): Map<string, ExpectedGroup> {
  const found = new Map<string, { group: readonly string[]; periods: Stretch[] }>();
  for (const row of rows) {
    const period = periodOf(row);
    for (const group of product(columns.map((column) => row.columns[column] ?? []))) {
      const key = groupKey(group);
      const known = found.get(key);
      if (known === undefined) found.set(key, { group, periods: [period] });
      else known.periods.push(period);
    }
  }
  for (const expected of found.values()) expected.periods = unite(expected.periods);
  return found;
}

/** `from` is included, `to` is not. */
function periodOf({ from, to }: TableRow): Stretch {
  return { from: from ?? FOREVER.from, until: to === undefined ? FOREVER.until : to - 1n };
}

function product(lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>(
    (groups, list) => groups.flatMap((group) => list.map((value) => [...group, value])),
    [[]],
  );
}

function unite(periods: readonly Stretch[]): Stretch[] {
  const united: Stretch[] = [];
  for (const { from, until } of [...periods].sort((a, b) => compareInstants(a.from, b.from))) {
    if (until < from) continue;
    const last = united.at(-1);
    if (last === undefined || from > last.until + 1n) united.push({ from, until });
    else if (until > last.until) last.until = until;
  }
  return united;
}

function compareInstants(left: Instant, right: Instant): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** What two stretches have in common. */
export function overlap(left: Stretch, right: Stretch | undefined): Stretch | undefined {
  if (right === undefined) return undefined;
  const from = left.from > right.from ? left.from : right.from;
  const until = left.until < right.until ? left.until : right.until;
  return from <= until ? { from, until } : undefined;
}
