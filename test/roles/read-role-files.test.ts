/** Files of roles: formats told apart, mistakes with their places, hostile files. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readRoleFiles } from '../../src/roles/read-role-files.ts';
import { decider, problemsOf, tableOf } from './made-tables.ts';

describe('readRoleFiles()', () => {
  test('tells the formats apart by what they hold', () => {
    const rbac = 'kind: ClusterRole\nmetadata: {name: x}\nrules: []\n';
    assert.equal(tableOf('roles: {a: [x]}').format, 'roles');
    assert.equal(tableOf(`kind: Namespace\n---\n${rbac}`).format, 'kubernetes-rbac');
    assert.equal(tableOf('{"UserDetailList": []}').format, 'aws-authorization-details');
    assert.equal(tableOf('{"bindings": [], "etag": "x"}').format, 'gcp-iam');
    assert.equal(tableOf('[{"name": "roles/x", "includedPermissions": ["a.b"]}]').format, 'gcp-iam');
  });

  test('lists all mistakes of our own format with their places', () => {
    const text = [
      'roles:',
      '  clerk: {alow: [x]}',
      '  chief:',
      '    allow:',
      '      - {resources: [a]}',
      '      - {actions: [a], from: yesterday}',
      '      - {actions: [b], from: 2026-02-01, to: 2026-01-01}',
      'users:',
      '  ann: [clark]',
      'conflicts:',
      '  - {name: x, between: {one: [a]}}',
    ].join('\n');
    assert.deepEqual(problemsOf(text), [
      'roles.yaml:2:11: unknown key "alow", did you mean "allow"?, known are allow, deny, from, to',
      'roles.yaml:5:9: a grant needs "actions" or "except-actions"',
      'roles.yaml:6:30: "from" must be a date such as 2026-01-31 or a time with a zone, found "yesterday"',
      'roles.yaml:7:46: "to" must be later than "from": it is the first moment that is not included',
      'roles.yaml:9:9: no role is called "clark", did you mean "clerk"?',
      'roles.yaml:11:5: a conflict needs "between": two sides at least, each a name with its actions, as in {create: [invoice.create], approve: [invoice.approve]}',
    ]);
  });

  test('refuses files of two formats, of none and of an unknown one', () => {
    assert.match(
      problemsOf('roles: {a: [x]}\n---\nkind: Role\nmetadata: {name: x}\n')[0]!,
      /one table is of one format/,
    );
    assert.match(problemsOf('x: 1')[0]!, /none of the formats of roles: roles, kubernetes-rbac/);
    assert.match(
      problemsOf('roles: {a: [x]}', 'kubernetes')[0]!,
      /unknown format of roles "kubernetes", known/,
    );
    assert.match(problemsOf('')[0]!, /holds no roles/);
  });

  test('joins files of one format, and takes conflicts from a file of their own', () => {
    const problems: Parameters<typeof readRoleFiles>[2] = [];
    const table = readRoleFiles(
      undefined,
      [
        { file: 'a.yaml', text: 'roles: {a: [x]}\nusers: {ann: [a]}' },
        { file: 'b.yaml', text: 'roles: {b: [y]}\nusers: {bob: [b]}' },
        { file: 'c.yaml', text: 'conflicts: [{between: {one: [x], two: [y]}}]' },
      ],
      problems,
    );
    assert.ok(table !== undefined);
    const decide = decider(table);
    assert.equal(decide('bob', 'y', 'r').verdict, 'allowed');
    assert.equal(decide('bob', 'x', 'r').verdict, 'denied');
    assert.deepEqual(
      table.conflicts.map(({ name }) => name),
      ['one and two'],
    );
  });

  test('takes the members of groups, which a policy of GCP does not list, from a file of their own', () => {
    const bindings = [{ role: 'roles/x', members: ['group:ops@example.com'] }];
    const policy = JSON.stringify([{ bindings }, { name: 'roles/x', includedPermissions: ['a.b'] }]);
    const verdict = (supplement: string) => {
      const problems: Parameters<typeof readRoleFiles>[2] = [];
      const files = [policy, supplement].map((text, at) => ({ file: `${at}`, text }));
      const table = readRoleFiles(undefined, files, problems);
      assert.ok(table !== undefined, problems.map(({ message }) => message).join());
      const decide = decider(table);
      return ['user:ann@example.com', 'user:bob@example.com'].map(
        (who) => decide(who, 'a.b', 'x', { groups: ['perhaps in a group'] }).verdict,
      );
    };
    assert.deepEqual(verdict('groups: {"group:ops@example.com": {members: ["user:ann@example.com"]}}'), [
      'allowed',
      'undetermined',
    ]);
    assert.deepEqual(verdict('groups: {"group:other@example.com": {members: [x]}}'), [
      'undetermined',
      'undetermined',
    ]);
  });

  test('tells the place of a mistake in JSON, and a key that stands twice', () => {
    assert.match(
      problemsOf('{\n"UserDetailList": [{"UserName": "ann"}]\n}')[0]!,
      /^roles\.yaml:2:21: a user needs an "Arn"/,
    );
    assert.match(
      problemsOf('{"bindings": [],\n "bindings": []}', undefined, 'a.json')[0]!,
      /the key "bindings" stands twice/,
    );
    assert.match(problemsOf('{"bindings": [,]}', undefined, 'a.json')[0]!, /^a\.json:1:15: is no JSON/);
  });

  // The first would be 10^9 grants, which fit no memory.
  test('refuses hostile files before they unfold', () => {
    const verbs = Array.from({ length: 1000 }, (_, at) => `v${at}`);
    const bomb = JSON.stringify({
      kind: 'ClusterRole',
      metadata: { name: 'x' },
      rules: [{ verbs, apiGroups: verbs, resources: verbs }],
    });
    const cases = [
      [bomb, /comes to more than 500000 grants/],
      [`a: &a [x,x]\nb: &b [*a,*a]\nc: [${'*b,'.repeat(10_000)}]`, /./],
      [`${'['.repeat(5000)}${']'.repeat(5000)}`, /./],
      [`roles: {a: [${'x,'.repeat(1_100_000)}]}`, /./],
    ] as const;
    for (const [text, expected] of cases) {
      assert.match(problemsOf(text)[0]!, expected);
    }
  });
});

test('an empty list of patterns is refused with its place: nothing tells whether it means everything or nothing', () => {
  const grant = (members: string) => `roles: {a: {allow: [x]}, b: {deny: [{actions: [x], ${members}}]}}\n`;
  for (const key of ['actions', 'except-actions', 'resources', 'except-resources']) {
    for (const [written, found] of [
      ['[]', 'an empty list'],
      ['null', 'nothing'],
    ]) {
      const text = grant(`${key}: ${written}`).replace(key === 'actions' ? 'actions: [x], ' : '', '');
      assert.match(
        problemsOf(text)[0]!,
        new RegExp(`^roles\\.yaml:1:\\d+: "${key}" must hold one pattern at least, found ${found}`),
      );
    }
  }
  const held = 'roles: {a: {allow: [x]}}\nusers: {bob: {roles: [{role: a, resources: []}]}}\n';
  assert.match(problemsOf(held)[0]!, /^roles\.yaml:2:\d+: "resources" must hold one pattern at least/);
  assert.match(problemsOf(grant('when: null'))[0]!, /"when" must say the condition/);
});
