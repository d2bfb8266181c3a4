/** Tables of roles in rule files: written inline, or named by the file that holds them, relative to the rule file. */
import path from 'node:path';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { ShapeReader } from '../base/yaml-shape.ts';
import type { Problem } from '../model/problem.ts';
import { parseRoleTable, TABLE_KEYS } from '../roles/parse-role-table.ts';
import { readRoleFiles } from '../roles/read-role-files.ts';
import type { RoleTable } from '../roles/role-table.ts';
import { readText } from './yaml-file.ts';

const FILE_KEYS = ['file', 'format'];

/** Undefined when something is wrong, and `problems` say what. */
export function readRoles(ruleFile: string, table: ShapeReader, problems: Problem[]): RoleTable | undefined {
  const isNamed = table.get('file') !== undefined;
  const known: readonly string[] = isNamed ? FILE_KEYS : TABLE_KEYS;
  const before = problems.length;
  for (const entry of table.map.entries) {
    if (known.includes(entry.key)) continue;
    table.problem(entry, `a table of roles has no ${quote(entry.key)} here${didYouMean(entry.key, known)}`);
  }
  if (!isNamed) {
    const roles = parseRoleTable(ruleFile, table);
    return problems.length > before ? undefined : roles;
  }
  const files = table.texts('file').flatMap((name) => {
    const file = path.resolve(path.dirname(ruleFile), name);
    const text = readText(file, problems);
    return text === undefined ? [] : [{ file, text }];
  });
  if (problems.length > before) return undefined;
  return readRoleFiles(table.text('format'), files, problems);
}
