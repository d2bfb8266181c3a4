/** `gt: {table: quotas, match: {tenant: tenant}, value: units}`: the limit that a dated table holds for a group at a time. */
import { compareBigints, formatInstant, type Instant } from '../base/instant.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { type Amount, parseAmount } from '../licenses/contract/amount.ts';
import type { Group } from '../model/relation.ts';
import type { Correlation, TableLimit } from '../model/rule.ts';

/** From included, to excluded. */
type DatedLimit = { limit: Amount; from: Instant | undefined; to: Instant | undefined };

/** Rows times the combinations of their texts: a row of three columns with a thousand texts each would be a billion. */
const MAX_KEYS = 100_000;

type LimitAt = (group: Group) => (time: Instant) => Amount | undefined;

/** Undefined with the reasons told, each with the place of the table. */
export function compileTableLimit(
  { groupNames }: Pick<Correlation, 'groupNames'>,
  { table, match, value }: TableLimit,
  problem: (message: string) => void,
): LimitAt | undefined {
  const where = `the table ${quote(table.name)} (${table.file}:${table.line})`;
  const columns = [...new Set(table.rows.flatMap((row) => Object.keys(row.columns)))];
  let broken = false;
  const tell = (message: string) => {
    broken = true;
    problem(message);
  };
  for (const column of [...Object.keys(match), value]) {
    if (!columns.includes(column))
      tell(`${where} has no column ${quote(column)}${didYouMean(column, columns)}`);
  }
  for (const name of Object.values(match)) {
    if (!groupNames.includes(name))
      tell(`"match" names ${quote(name)}, which is not in "group-by"${didYouMean(name, groupNames)}`);
  }
  if (broken) return undefined;
  const byKey = new Map<string, DatedLimit[]>();
  let keys = 0;
  for (const [index, row] of table.rows.entries()) {
    const texts = row.columns[value] ?? [];
    const limit = texts.length === 1 ? parseAmount(texts[0]!) : undefined;
    if (limit === undefined) {
      const found = texts.length === 0 ? 'nothing' : texts.map(quote).join(', ');
      tell(`row ${index + 1} of ${where} must hold one number as ${quote(value)}, found ${found}`);
      continue;
    }
    const lists = Object.keys(match).map((column) => row.columns[column] ?? []);
    keys += lists.reduce((product, list) => product * list.length, 1);
    if (keys > MAX_KEYS) {
      tell(`${where} holds more than ${MAX_KEYS} combinations to match`);
      return undefined;
    }
    const empty = Object.keys(match).find((_, at) => lists[at]!.length === 0);
    if (empty !== undefined) tell(`row ${index + 1} of ${where} has no ${quote(empty)} to match`);
    for (const key of combinations(lists))
      addRow(byKey, JSON.stringify(key), { limit, from: row.from, to: row.to });
  }
  for (const [key, rows] of byKey) {
    rows.sort((left, right) => compareStarts(left.from, right.from));
    for (const [index, row] of rows.entries()) {
      const next = rows[index + 1];
      if (next === undefined || (row.to !== undefined && next.from !== undefined && row.to <= next.from))
        continue;
      tell(`${where} holds two rows at one time${named(match, key)}, from ${startOf(next)} on`);
      break;
    }
  }
  if (broken) return undefined;
  const positions = Object.values(match).map((name) => groupNames.indexOf(name));
  return (group) => {
    const rows = byKey.get(JSON.stringify(positions.map((position) => group[position]))) ?? [];
    let known: DatedLimit | undefined;
    return (time) => {
      if (known === undefined || !isInForce(known, time)) known = rows.find((row) => isInForce(row, time));
      return known?.limit;
    };
  };
}

function addRow(byKey: Map<string, DatedLimit[]>, key: string, row: DatedLimit): void {
  const rows = byKey.get(key);
  if (rows === undefined) byKey.set(key, [row]);
  else rows.push(row);
}

function* combinations(lists: readonly (readonly string[])[]): Generator<string[]> {
  const [first, ...rest] = lists;
  if (first === undefined) return yield [];
  for (const tail of combinations(rest)) for (const text of new Set(first)) yield [text, ...tail];
}

function isInForce({ from, to }: DatedLimit, time: Instant): boolean {
  return (from === undefined || from <= time) && (to === undefined || time < to);
}

function compareStarts(left: Instant | undefined, right: Instant | undefined): number {
  if (left === undefined || right === undefined)
    return Number(left !== undefined) - Number(right !== undefined);
  return compareBigints(left, right);
}

function startOf({ from }: DatedLimit): string {
  return from === undefined ? 'the beginning' : formatInstant(from);
}

function named(match: TableLimit['match'], key: string): string {
  const values = JSON.parse(key) as string[];
  return Object.keys(match)
    .map((column, index) => `${index === 0 ? ' for' : ' and'} ${column} ${quote(values[index]!)}`)
    .join('');
}
