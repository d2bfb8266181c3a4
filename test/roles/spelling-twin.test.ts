/** Another spelling of a name: no denial and no conflict of duties is evaded by it, and a grant that it misses is told. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AccessLedger } from '../../src/roles/access-ledger.ts';
import { accessReader } from '../../src/roles/access-readers.ts';
import { decider, tableOf } from './made-tables.ts';

const TABLE = tableOf(`roles:
  chief: { allow: [{ actions: ["invoice.*"], except-resources: ["/secret/*"] }], deny: [{ actions: [invoice.delete] }] }
users: { dan: [chief] }
`);

describe('a request in another spelling', () => {
  const decide = decider(TABLE);

  test('does not evade what is forbidden', () => {
    assert.equal(decide('dan', 'invoice.delete', '/x').verdict, 'denied');
    for (const action of ['invoice.DELETE', 'invoice.delete ', 'invoice.del\u200bete']) {
      const { verdict, reasons } = decide('dan', action, '/x');
      assert.equal(verdict, 'undetermined', action);
      assert.match(reasons.join(), /do not allow it where case/);
    }
    assert.equal(decide('dan', 'invoice.read', '/Secret/1').verdict, 'undetermined');
    assert.equal(decide('dan', 'invoice.read', '/secret/1').verdict, 'denied');
  });

  test('does not evade it where the roles themselves are in another one', () => {
    const shouted = decider(tableOf('roles: {a: {allow: ["*"], deny: [Invoice.Delete]}}\nusers: {dan: [a]}'));
    assert.equal(shouted('dan', 'invoice.delete', '/x').verdict, 'undetermined');
    assert.equal(shouted('dan', 'invoice.read', '/x').verdict, 'allowed');
  });

  test('is not allowed by a grant, and told to be near one', () => {
    for (const [subject, action] of [
      ['dan', 'Invoice.Read'],
      ['Dan', 'invoice.read'],
    ] as const) {
      const { verdict, reasons } = decide(subject, action, '/x');
      assert.equal(verdict, 'denied');
      assert.match(reasons.join(), /allow it where case/);
    }
    assert.deepEqual(decide('dan', 'payment.release', '/x').reasons, []);
  });

  test('is another one to Kubernetes, AWS and Google Cloud, each by its own rules', () => {
    const rbac = `kind: ClusterRole
metadata: {name: r}
rules: [{apiGroups: [""], resources: [Pods], verbs: [get]}]
---
kind: ClusterRoleBinding
metadata: {name: b}
subjects: [{kind: User, name: ann}]
roleRef: {kind: ClusterRole, name: r}
`;
    const { verdict, reasons } = decider(tableOf(rbac))('ann', 'get core pods', 'web/p');
    assert.deepEqual([verdict, reasons], ['denied', []]);
  });
});

test('one person in two spellings carries out both sides of a conflict', () => {
  const table = tableOf(`roles: {clerk: ["*"]}
users: {dan: [clerk], Dan: [clerk]}
conflicts: [{name: pay alone, between: {create: [invoice.create], approve: [invoice.approve]}}]
`);
  const ledger = new AccessLedger(table, accessReader('roles'));
  const place = { file: 'log', line: 1, offset: 0, length: 1 };
  for (const [subject, action] of [
    ['dan', 'invoice.create'],
    ['Dan ', 'invoice.APPROVE'],
    ['eve', 'invoice.approve'],
  ])
    ledger.add([subject, action, 'i-1', 'allowed', 'success'], { time: 0n, place });
  assert.deepEqual(
    ledger.summary(undefined).conflicts.map(({ subject, deeds }) => [subject, deeds.map(({ as }) => as)]),
    [['dan', [undefined, 'Dan ']]],
  );
});
