/** Tables of roles from text, and requests made by hand. Tests only. */
import assert from 'node:assert/strict';
import { formatProblem } from '../../src/model/problem.ts';
import { type Decision, Evaluator } from '../../src/roles/evaluator.ts';
import { readRoleFiles } from '../../src/roles/read-role-files.ts';
import type { RoleTable } from '../../src/roles/role-table.ts';

export function tableOf(text: string, format?: string): RoleTable {
  const problems: Parameters<typeof readRoleFiles>[2] = [];
  const table = readRoleFiles(format, [{ file: 'roles.yaml', text }], problems);
  assert.ok(table !== undefined, problems.map(formatProblem).join('\n'));
  return table;
}

/** What is wrong with a text, as a user sees it. */
export function problemsOf(text: string, format?: string, file = 'roles.yaml'): string[] {
  const problems: Parameters<typeof readRoleFiles>[2] = [];
  assert.equal(readRoleFiles(format, [{ file, text }], problems), undefined);
  return problems.map(formatProblem);
}

/** `decide('ann', 'read', '/x')` against a table. */
export function decider(table: RoleTable) {
  const evaluator = new Evaluator(table);
  return (
    subject: string,
    action: string,
    resource?: string,
    { groups = [], time = '2026-01-01T00:00:00Z' }: { groups?: string[]; time?: string | undefined } = {},
  ): Decision =>
    evaluator.decide(
      { subject, groups, action, resource },
      time === '' ? undefined : BigInt(Date.parse(time)) * 1_000_000n,
    );
}
