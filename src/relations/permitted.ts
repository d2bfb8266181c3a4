/** `permitted`: each mark's subject, action and resource must be allowed by a table of roles. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { FieldRef, Mark, MarkInput } from '../model/mark.ts';
import { titleInMessage } from '../model/message.ts';
import type { Coverage, Group, Judgement, Relation, RelationDefinition } from '../model/relation.ts';
import { type Correlation, resolveField } from '../model/rule.ts';
import { AccessLedger } from '../roles/access-ledger.ts';
import { type AccessFields, accessReader, CANONICAL_FIELDS } from '../roles/access-readers.ts';
import type { AccessReader } from '../roles/logged-access.ts';
import type { RoleTable } from '../roles/role-table.ts';
import { coverageOfAll } from './coverage.ts';
import { isSameEvent } from './episode.ts';
import { PERMITTED_FINDINGS } from './permitted-findings.ts';
import { toJudgements } from './permitted-judgements.ts';

const FIELD_KEYS = ['subject', 'action', 'resource', 'groups', 'recorded'] as const;
const EXTRA_KEYS: readonly string[] = ['table', 'unused', ...FIELD_KEYS];

export const permitted = {
  type: 'permitted',
  title: 'access held to a table of roles',
  findings: PERMITTED_FINDINGS,
  compile(correlation, problem) {
    const table = tableOf(correlation, problem);
    const problems = mistakesOf(correlation, table);
    problems.forEach(problem);
    if (table === undefined || problems.length > 0) return undefined;
    return toRelation(correlation, table);
  },
} satisfies RelationDefinition;

function tableOf({ extra, tables }: Correlation, problem: (message: string) => void): RoleTable | undefined {
  const { table: name } = extra;
  if (typeof name !== 'string')
    return void problem('"permitted" needs a "table": the name of a table of roles');
  const table = Object.hasOwn(tables, name) ? tables[name] : undefined;
  if (table === undefined)
    return void problem(`no table is called ${quote(name)}${didYouMean(name, Object.keys(tables))}`);
  if (table.roles === undefined) return void problem(`the table ${quote(name)} holds no roles`);
  return table.roles as RoleTable;
}

function mistakesOf(correlation: Correlation, table: RoleTable | undefined): string[] {
  const { extra, timespan, fields, groupNames, condition, message } = correlation;
  const { unused } = extra;
  return [
    ...Object.keys(extra).flatMap((key) =>
      EXTRA_KEYS.includes(key) ? [] : [`"permitted" has no key ${quote(key)}${didYouMean(key, EXTRA_KEYS)}`],
    ),
    ...FIELD_KEYS.flatMap((key) =>
      extra[key] === undefined || typeof extra[key] === 'string'
        ? []
        : [`${quote(key)} must be the name of a field, found ${quote(JSON.stringify(extra[key]))}`],
    ),
    ...(unused === undefined || unused === 'report' || unused === 'ignore'
      ? []
      : [
          `"unused" must be report or ignore, found ${quote(typeof unused === 'string' ? unused : JSON.stringify(unused))}`,
        ]),
    ...(groupNames.length === 0
      ? []
      : ['"permitted" takes no "group-by": each subject is judged on its own']),
    ...(timespan === undefined
      ? []
      : ['"permitted" takes no "timespan": each request is judged by its own time']),
    ...(Object.keys(condition).length === 0
      ? []
      : ['"permitted" takes no "condition": the table is the condition']),
    ...(fields === undefined ? [] : ['"permitted" takes no "field", but "subject", "action" and "resource"']),
    ...(message === undefined
      ? []
      : ['"permitted" takes no "message": it says who did what, and what the roles say']),
    ...(table === undefined || table.format === 'roles'
      ? []
      : FIELD_KEYS.filter((key) => extra[key] !== undefined).map(
          (key) =>
            `${quote(key)} is for our own tables: one of ${table.format} is held to the fields of its own log`,
        )),
  ];
}

function toRelation(correlation: Correlation, table: RoleTable): Relation {
  const inputs = correlation.rules.map((detection, step): MarkInput => {
    const { fields } = accessReader(table.format, fieldsOf(correlation, step));
    const lists = fields.flatMap(({ list }, index) => (list === true ? [index] : []));
    return {
      detection,
      groupBy: [],
      values: fields.map(({ field }) => field),
      ...(lists.length > 0 && { lists }),
      ...(table.format === 'roles' && { each: [...fields.keys()].filter((index) => !lists.includes(index)) }),
    };
  });
  const reader = accessReader(table.format, fieldsOf(correlation, 0));
  const told = {
    rule: titleInMessage(correlation.title),
    table,
    unused: correlation.extra.unused === 'report',
  };
  const judge = (marks: Iterable<Mark>, coverage: Coverage) =>
    judgeMarks(table, reader, marks, told, coverage, correlation.rules);
  return {
    inputs,
    judge: (_group: Group, marks, coverage) => judge(marks, coverage),
    judgeNothing: (coverage) => judge([], coverage),
  };
}

function fieldsOf(correlation: Correlation, step: number): AccessFields {
  const named = (key: (typeof FIELD_KEYS)[number]): FieldRef | undefined => {
    const name = correlation.extra[key];
    return typeof name === 'string' ? resolveField(correlation, name, step) : undefined;
  };
  const groups = named('groups');
  return {
    subject: named('subject') ?? CANONICAL_FIELDS.subject,
    action: named('action') ?? CANONICAL_FIELDS.action,
    resource: named('resource') ?? CANONICAL_FIELDS.resource,
    recorded: named('recorded') ?? CANONICAL_FIELDS.recorded,
    ...(groups !== undefined && { groups }),
  };
}

function* judgeMarks(
  table: RoleTable,
  reader: AccessReader,
  marks: Iterable<Mark>,
  told: { rule: string; table: RoleTable; unused: boolean },
  coverage: Coverage,
  steps: readonly string[],
): Generator<Judgement> {
  const ledger = new AccessLedger(table, reader);
  let last: Mark | undefined;
  for (const mark of marks) {
    // An event that several rules match is one; the marks of one rule are of several subjects, actions or resources.
    if (last !== undefined && isSameEvent(last, mark) && last.step !== mark.step) continue;
    ledger.add(mark.values, mark);
    last = mark;
  }
  // Silence of a source that is not in the log proves nothing, nor does that of one which lacks a file.
  const known = coverageOfAll(coverage, steps.keys());
  yield* toJudgements(ledger.summary(known), { ...told, coverage: known });
}
