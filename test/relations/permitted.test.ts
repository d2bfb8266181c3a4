/** `permitted`: its verdicts one by one, and all of them against a twin that goes through every mark for every question. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Mark } from '../../src/model/mark.ts';
import type { Coverage, Judgement } from '../../src/model/relation.ts';
import type { Correlation } from '../../src/model/rule.ts';
import { permitted } from '../../src/relations/permitted.ts';
import type { RoleTable } from '../../src/roles/role-table.ts';
import { tableOf } from '../roles/made-tables.ts';
import { rounds } from '../support/rounds.ts';
import { correlationOf, second } from './made-marks.ts';

const TABLE = `
roles:
  clerk: [invoice.read, invoice.create]
  chief: {allow: [{actions: [invoice.approve, invoice.create], resources: ["/eu/*"]}], deny: [invoice.delete]}
  guest: {allow: [{actions: [invoice.read], when: accompanied}]}
users: {ann: [clerk], bob: [clerk, chief], cid: [guest], dee: [clerk]}
conflicts:
  - {name: pay alone, between: {create: [invoice.create], approve: [invoice.approve]}, per: resource}
`;

function rule(
  table: RoleTable,
  extra: Record<string, unknown> = {},
  more: Partial<Correlation> = {},
): Correlation {
  const { timespan: _, ...correlation } = correlationOf({
    title: 'Roles are kept',
    type: 'permitted',
    extra: { table: 'roles', ...extra },
    tables: { roles: { name: 'roles', title: 'Roles', file: 'roles.yaml', line: 1, rows: [], roles: table } },
    taxonomies: ['audit'],
  });
  return { ...correlation, ...more };
}

type Deed = [
  at: number | undefined,
  who: string,
  action: string,
  resource?: string | undefined,
  decision?: string,
];

function toMarks(deeds: readonly Deed[]): Mark[] {
  return deeds.map(([at, who, action, resource, decision = 'allowed'], index) => ({
    step: 0,
    time: at === undefined ? undefined : second(at),
    place: { file: 'a.ndjson', line: index + 1, offset: index * 100, length: 90 },
    identity: `a:${index + 1}`,
    subject: who,
    values: [who, action, resource, decision === '' ? undefined : decision, undefined],
  }));
}

const COVERED: Coverage = { from: second(0), until: second(100) };

function judge(
  deeds: readonly Deed[],
  extra: Record<string, unknown> = {},
  coverage: Coverage | 'none' = COVERED,
  table = tableOf(TABLE),
) {
  const relation = permitted.compile(rule(table, extra), assert.fail);
  assert.ok(relation !== undefined);
  return [...relation.judge([], toMarks(deeds), coverage === 'none' ? undefined : coverage)];
}

const brief = (judgements: readonly Judgement[]) =>
  judgements.map(
    ({ verdict, code, count, subject, message }) =>
      `${verdict} ${code} ${count} ${subject ?? '-'}: ${message}`,
  );

describe('permitted', () => {
  test('is silent where roles allow what was done', () => {
    assert.deepEqual(
      judge([
        [1, 'ann', 'invoice.read', '/eu/1'],
        [2, 'bob', 'invoice.approve', '/eu/1'],
      ]),
      [],
    );
  });

  test('tells access that no role allows, once for each subject, action and resource', () => {
    const found = judge([
      [1, 'ann', 'invoice.approve', '/eu/1'],
      [2, 'ann', 'invoice.approve', '/eu/1'],
      [3, 'ann', 'invoice.approve', '/us/1'],
      [4, 'bob', 'invoice.delete', '/eu/1'],
    ]);
    assert.deepEqual(brief(found), [
      'violation shadow-access 2 ann: roles are kept: "ann" was allowed "invoice.approve" on "/eu/1", 2 times from 1970-01-01T00:00:01Z until 1970-01-01T00:00:02Z, which no role in "roles.yaml" allows',
      'violation shadow-access 1 ann: roles are kept: "ann" was allowed "invoice.approve" on "/us/1", which no role in "roles.yaml" allows',
      'violation shadow-access 1 bob: roles are kept: "bob" was allowed "invoice.delete" on "/eu/1", which "roles.yaml" forbids',
    ]);
    assert.deepEqual([found[0]!.place.line, found[0]!.related.map(({ line }) => line)], [1, [2]]);
  });

  test('tells what was refused: as an attempt where roles agree, as a disagreement where they allow it', () => {
    assert.deepEqual(
      brief(
        judge([
          [1, 'ann', 'invoice.approve', '/eu/1', 'denied'],
          [2, 'ann', 'invoice.read', '/eu/1', 'denied'],
        ]),
      ),
      [
        'violation denied-attempt 1 ann: roles are kept: "ann" was refused "invoice.approve" on "/eu/1"',
        'violation decision-disagreement 1 ann: roles are kept: "ann" was refused "invoice.read" on "/eu/1", which "roles.yaml" allows',
      ],
    );
    assert.equal(judge([[1, 'ann', 'invoice.approve', '/eu/1', 'denied']])[0]!.severity, 'informational');
  });

  test('leaves undetermined what the roles cannot decide, and what the log does not tell', () => {
    assert.deepEqual(
      brief(
        judge([
          [1, 'cid', 'invoice.read', '/eu/1'],
          [2, 'ann', 'invoice.approve', '/eu/1', ''],
          [3, 'bob', 'invoice.approve', undefined],
        ]),
      ),
      [
        'undetermined shadow-access 1 ann: roles are kept: "ann" asked for "invoice.approve" on "/eu/1"; whether "roles.yaml" allows it cannot be told: the log does not tell whether it was allowed',
        'undetermined shadow-access 1 bob: roles are kept: "bob" asked for "invoice.approve"; whether "roles.yaml" allows it cannot be told: the event does not tell the resource as the roles name it',
        'undetermined shadow-access 1 cid: roles are kept: "cid" asked for "invoice.read" on "/eu/1"; whether "roles.yaml" allows it cannot be told: the roles say: when "accompanied"',
      ],
    );
  });

  test('tells who the roles do not know, once for each action', () => {
    const found = judge([
      [1, 'eve', 'invoice.read', '/eu/1'],
      [2, 'eve', 'invoice.approve', '/eu/2'],
      [2, 'eve', 'invoice.read', '/eu/7'],
      [3, 'fay', 'invoice.read', '/eu/1', 'denied'],
    ]);
    assert.deepEqual(brief(found), [
      'violation unknown-subject 1 eve: roles are kept: "eve", whom "roles.yaml" does not know, was allowed "invoice.approve" on "/eu/2"',
      'violation unknown-subject 2 eve: roles are kept: "eve", whom "roles.yaml" does not know, was allowed "invoice.read" on "/eu/1" and on other resources, 2 times from 1970-01-01T00:00:01Z until 1970-01-01T00:00:02Z',
      'violation denied-attempt 1 fay: roles are kept: "fay" was refused "invoice.read" on "/eu/1"',
    ]);
  });

  test('is another finding where somebody unknown did something else', () => {
    const identities = (...deeds: Deed[]) =>
      judge(deeds).map(({ identity }) => JSON.stringify(identity.slice(0, 4)));
    const [help] = identities([1, 'eve', 'help.read', 'faq']);
    assert.deepEqual(identities([9, 'eve', 'help.read', 'faq']), [help]);
    for (const other of [
      [1, 'eve', 'payment.release', 'faq'],
      [1, 'eve', 'help.read', 'acct-999'],
    ] as Deed[])
      assert.notDeepEqual(identities(other), [help]);
    const both = identities([1, 'eve', 'help.read', 'faq'], [2, 'eve', 'help.read', 'acct-999']);
    assert.equal(both.length, 1);
    assert.notDeepEqual(both, [help]);
  });

  test('tells who did both sides of a conflict on one resource, and not who did them on two', () => {
    const pay = (created: string | undefined, approved: string | undefined) =>
      judge([
        [1, 'bob', 'invoice.create', created],
        [2, 'bob', 'invoice.approve', approved],
      ]).filter(({ code }) => code === 'conflicting-duties');
    assert.deepEqual(brief(pay('/eu/1', '/eu/1')), [
      'violation conflicting-duties 2 bob: "bob" carried out both sides of "pay alone" on "/eu/1": create by "invoice.create" (1 time) and approve by "invoice.approve" (1 time)',
    ]);
    assert.deepEqual(pay('/eu/1', '/eu/2'), []);
    assert.deepEqual(
      pay(undefined, '/eu/2').map(({ verdict }) => verdict),
      ['undetermined'],
    );
    assert.deepEqual(
      pay(undefined, undefined).map(({ verdict }) => verdict),
      ['undetermined'],
    );
  });

  test('does not count what was refused as a side of a conflict', () => {
    const deeds: Deed[] = [
      [1, 'bob', 'invoice.create', '/eu/1'],
      [2, 'bob', 'invoice.approve', '/eu/1', 'denied'],
    ];
    assert.deepEqual(
      judge(deeds).map(({ code }) => code),
      ['decision-disagreement'],
    );
  });

  test('cannot tell a conflict of what the log does not tell the outcome of', () => {
    const found = judge([
      [1, 'bob', 'invoice.create', '/eu/1', ''],
      [2, 'bob', 'invoice.approve', '/eu/1'],
    ]).filter(({ code }) => code === 'conflicting-duties');
    assert.deepEqual(brief(found), [
      'undetermined conflicting-duties 2 bob: "bob" carried out both sides of "pay alone" on "/eu/1": create by "invoice.create" (1 time) and approve by "invoice.approve" (1 time); the log does not tell of each whether it was carried out',
    ]);
  });

  test('tells grants that nobody used, only where the log would show it', () => {
    const unused = (deeds: readonly Deed[], coverage: Coverage | 'none' = COVERED) =>
      brief(judge(deeds, { unused: 'report' }, coverage).filter(({ code }) => code === 'unused-grant'));
    assert.deepEqual(
      unused([
        [1, 'ann', 'invoice.read', '/eu/1'],
        [2, 'eve', 'invoice.create', '/eu/1', 'denied'],
      ]),
      [
        'violation unused-grant 1 clerk: nobody who holds "clerk" used "invoice.create" from 1970-01-01T00:00:00Z until 1970-01-01T00:01:40Z: 1 of 2 grants',
        'violation unused-grant 1 chief: nobody who holds "chief" used "invoice.create" from 1970-01-01T00:00:00Z until 1970-01-01T00:01:40Z: 1 of 2 grants',
        'undetermined unused-grant 1 chief: whether "invoice.approve" of "chief" was used cannot be told: nobody did this in the log, so that it may not show such actions',
        'violation unused-grant 1 guest: nobody who holds "guest" used "invoice.read" from 1970-01-01T00:00:00Z until 1970-01-01T00:01:40Z: 1 of 1 grant',
        'violation unused-grant 3 -: 3 holders of roles did nothing that the log shows: "bob", "cid", "dee"',
      ],
    );
    const uncovered = judge([[undefined, 'ann', 'invoice.read', '/eu/1']], { unused: 'report' }, 'none');
    assert.ok(
      uncovered.every(({ verdict }) => verdict === 'undetermined'),
      brief(uncovered).join('\n'),
    );
    const otherLog = judge(
      [
        [1, 'ann', 'invoice.read', '/eu/1'],
        [2, 'ann', 'invoice.create', '/eu/1'],
      ],
      { unused: 'report' },
      {
        ...COVERED!,
        steps: [undefined],
      },
    );
    assert.ok(otherLog.every(({ code, verdict }) => code !== 'unused-grant' || verdict === 'undetermined'));
  });

  test('calls nothing unused that did not hold while the log was written', () => {
    const dated = tableOf(`
roles:
  old: {allow: [a], to: 1970-01-01}
  reader: {allow: [b, {actions: [c], from: 2026-01-01}]}
  other: [b]
users: {ann: [reader], bob: [{role: other, from: 2026-01-01}], cid: [old]}
`);
    const deeds: Deed[] = [
      [1, 'ann', 'b', 'x'],
      [2, 'ann', 'a', 'x', 'denied'],
      [3, 'ann', 'c', 'x', 'denied'],
    ];
    const found = judge(deeds, { unused: 'report' }, COVERED, dated);
    assert.deepEqual(
      found.map(({ code }) => code),
      ['denied-attempt', 'denied-attempt'],
    );
  });

  test('judges nothing by itself where there was no event', () => {
    const relation = permitted.compile(rule(tableOf(TABLE), { unused: 'report' }), assert.fail)!;
    const said = [...relation.judgeNothing!(undefined)];
    assert.ok(
      said.length > 0 && said.every(({ verdict }) => verdict === 'undetermined'),
      brief(said).join('\n'),
    );
  });

  test('takes an event that several rules match once', () => {
    const [mark] = toMarks([[1, 'ann', 'invoice.approve', '/eu/1']]);
    const both = rule(
      tableOf(TABLE),
      {},
      {
        rules: ['a', 'b'],
        steps: { rules: [0, 1] },
        groupBy: [[], []],
        taxonomies: ['audit', 'audit'],
      },
    );
    const relation = permitted.compile(both, assert.fail)!;
    assert.deepEqual(
      [...relation.judge([], [mark!, { ...mark!, step: 1 }], COVERED)].map(({ count }) => count),
      [1],
    );
  });

  test('asks for the fields that the rule names, and those of the canon', () => {
    const values = (extra: Record<string, unknown>) => {
      const [input] = permitted.compile(rule(tableOf(TABLE), extra), assert.fail)!.inputs;
      return { names: input!.values.map(({ taxonomy, name }) => `${taxonomy}:${name}`), lists: input!.lists };
    };
    assert.deepEqual(values({}), {
      names: ['audit:actor', 'audit:action', 'audit:target', 'audit:decision', 'audit:outcome'],
      lists: undefined,
    });
    assert.deepEqual(values({ subject: 'who', groups: 'who.groups', recorded: 'answer' }), {
      names: ['raw:who', 'audit:action', 'audit:target', 'raw:answer', 'audit:outcome', 'raw:who.groups'],
      lists: [5],
    });
  });

  test('says all that is wrong with a rule', () => {
    const problems = (
      extra: Record<string, unknown>,
      more: Partial<Correlation> = {},
      table = tableOf(TABLE),
    ) => {
      const said: string[] = [];
      assert.equal(
        permitted.compile(rule(table, extra, more), (message) => said.push(message)),
        undefined,
      );
      return said;
    };
    assert.deepEqual(problems({ table: undefined }), [
      '"permitted" needs a "table": the name of a table of roles',
    ]);
    assert.deepEqual(problems({ table: 'rols' }), ['no table is called "rols", did you mean "roles"?']);
    assert.deepEqual(problems({ table: 'constructor' }), ['no table is called "constructor"']);
    assert.deepEqual(
      problems(
        { subjekt: 'x', unused: 'yes', action: 1 },
        { groupNames: ['actor'], timespan: 1n, condition: { gt: 1 } },
      ),
      [
        '"permitted" has no key "subjekt", did you mean "subject"?',
        '"action" must be the name of a field, found "1"',
        '"unused" must be report or ignore, found "yes"',
        '"permitted" takes no "group-by": each subject is judged on its own',
        '"permitted" takes no "timespan": each request is judged by its own time',
        '"permitted" takes no "condition": the table is the condition',
      ],
    );
    assert.match(
      problems({ subject: 'who' }, {}, tableOf('{"bindings": []}'))[0]!,
      /"subject" is for our own tables/,
    );
  });
});

/** Who may do what, by name: the twin knows no patterns, roles or indexes. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  ann: ['a on x', 'a on y', 'b on x', 'b on y'],
  bob: ['b on x', 'c on x'],
  cid: [],
};
const TWIN_TABLE = `
roles:
  both: [a, b]
  x: {allow: [{actions: [b, c], resources: [x]}]}
users: {ann: [both], bob: [x], cid: []}
conflicts:
  - {name: a and b, between: {a: [a], b: [b]}}
`;

const deeds = fc.array(
  fc.tuple(
    fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined, freq: 8 }),
    fc.constantFrom('ann', 'bob', 'cid', 'eve'),
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.constantFrom('x', 'y'),
    fc.constantFrom('allowed', 'allowed', 'denied', ''),
  ),
  { maxLength: 14 },
) as fc.Arbitrary<Deed[]>;

/** Each line a judgement: code, verdict, who, what, how often. */
function twin(all: readonly Deed[]): string[] {
  const said = new Map<string, number>();
  const add = (line: string) => said.set(line, (said.get(line) ?? 0) + 1);
  for (const [, who, action, resource, decision] of all) {
    const may = MAY[who]?.includes(`${action} on ${resource}`) ?? false;
    const what = `${who} ${action} ${resource}`;
    if (decision === 'denied')
      add(may ? `decision-disagreement violation ${what}` : `denied-attempt violation ${what}`);
    else if (!may && decision === '') add(`shadow-access undetermined ${what}`);
    else if (!may)
      add(
        MAY[who] === undefined
          ? `unknown-subject violation ${who} ${action}`
          : `shadow-access violation ${what}`,
      );
  }
  for (const who of ['ann', 'bob', 'cid', 'eve']) {
    // Of a side that is told as allowed, what is not told does not count.
    const did = (wanted: string) => {
      const own = all.filter(([, other, action]) => other === who && action === wanted);
      const sure = own.filter(([, , , , decision]) => decision === 'allowed').length;
      return { sure: sure > 0, count: sure || own.filter(([, , , , decision]) => decision === '').length };
    };
    const [a, b] = [did('a'), did('b')];
    const verdict = a.sure && b.sure ? 'violation' : 'undetermined';
    if (a.count > 0 && b.count > 0) said.set(`conflicting-duties ${verdict} ${who}`, a.count + b.count);
  }
  return [...said].map(([line, count]) => `${line} ${count}`).sort();
}

test('permitted says what going through every mark says, on made logs', () => {
  const relation = permitted.compile(rule(tableOf(TWIN_TABLE)), assert.fail)!;
  fc.assert(
    fc.property(deeds, (drawn) => {
      const marks = toMarks(drawn).sort((left, right) =>
        left.time === right.time
          ? 0
          : left.time === undefined
            ? -1
            : right.time === undefined
              ? 1
              : left.time < right.time
                ? -1
                : 1,
      );
      const judgements = [...relation.judge([], marks, COVERED)];
      const lines = judgements.map(({ code, verdict, subject, count, identity }) => {
        const what =
          code === 'conflicting-duties'
            ? subject
            : code === 'unknown-subject'
              ? `${subject} ${identity[2]}`
              : `${subject} ${identity[2]} ${identity[3]}`;
        return `${code} ${verdict} ${what} ${count}`;
      });
      assert.deepEqual(lines.sort(), twin(drawn));
      // Each fingerprint is of one judgement alone.
      assert.equal(
        new Set(judgements.map(({ code, identity }) => JSON.stringify([code, identity]))).size,
        judgements.length,
      );
    }),
    { numRuns: rounds(500, 10_000) },
  );
});
