/** Kubernetes RBAC as its authorizer has it, audit events as requests, and the sample log of liggitt/audit2rbac. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { AccessLedger } from '../../src/roles/access-ledger.ts';
import { kubernetesAccess } from '../../src/roles/kubernetes-access.ts';
import { suggestRole } from '../../src/roles/suggest-role.ts';
import { UsedRequests } from '../../src/roles/used-requests.ts';
import { sharedData } from '../support/shared-data.ts';
import { valuesOf } from './access-values.ts';
import { decider, tableOf } from './made-tables.ts';

const clusterRole = (name: string, rules: string, more = '') =>
  `---\nkind: ClusterRole\nmetadata: {name: ${name}}\nrules: [${rules}]\n${more}`;
const clusterBinding = (role: string, ...subjects: string[]) =>
  `---\nkind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {kind: ClusterRole, name: ${role}}\nsubjects: [${subjects}]\n`;
const binding = (namespace: string, kind: string, role: string, ...subjects: string[]) =>
  `---\nkind: RoleBinding\nmetadata: {name: b, namespace: ${namespace}}\nroleRef: {kind: ${kind}, name: ${role}}\nsubjects: [${subjects}]\n`;
const ann = '{kind: User, name: ann}';

describe('readKubernetesRbac()', () => {
  const verdicts = (
    text: string,
    requests: readonly (readonly [action: string, resource: string])[],
    subject = 'ann',
  ) => {
    const decide = decider(tableOf(text));
    return requests.map(([action, resource]) => decide(subject, action, resource).verdict === 'allowed');
  };

  test('grants resources without their subresources, a subresource of all, or all', () => {
    const asked = [
      ['get core pods', 'default/x'],
      ['get core pods/log', 'default/x'],
      ['get apps deployments/scale', 'default/x'],
    ] as const;
    const roles = (resources: string, groups = '"*"') =>
      clusterRole('r', `{verbs: [get], apiGroups: [${groups}], resources: [${resources}]}`) +
      clusterBinding('r', ann);
    assert.deepEqual(verdicts(roles('pods'), asked), [true, false, false]);
    assert.deepEqual(verdicts(roles('"*/scale"'), asked), [false, false, true]);
    assert.deepEqual(verdicts(roles('"*"'), asked), [true, true, true]);
    assert.deepEqual(verdicts(roles('"*"', '""'), asked), [true, true, false]);
    // No pattern to the authorizer: a star counts alone, or before a subresource.
    assert.deepEqual(verdicts(roles('"pods/*", "po*"'), asked), [false, false, false]);
  });

  test('grants named resources alone, and never what has no name', () => {
    const text =
      clusterRole(
        'r',
        '{verbs: [get, list, create], apiGroups: [""], resources: [secrets], resourceNames: [db]}',
      ) + clusterBinding('r', ann);
    const asked = [
      ['get core secrets', 'default/db'],
      ['get core secrets', 'default/web'],
      ['list core secrets', 'default/'],
    ] as const;
    assert.deepEqual(verdicts(text, asked), [true, false, false]);
  });

  test('grants paths, in cluster roles that are bound to the cluster', () => {
    const role = clusterRole('r', '{verbs: [get], nonResourceURLs: [/metrics, "/logs/*"]}');
    const asked = [
      ['get /metrics', '/'],
      ['get /metrics/x', '/'],
      ['get /logs/x/y', '/'],
      ['post /metrics', '/'],
    ] as const;
    assert.deepEqual(verdicts(role + clusterBinding('r', ann), asked), [true, false, true, false]);
    assert.deepEqual(verdicts(role + binding('default', 'ClusterRole', 'r', ann), asked), [
      false,
      false,
      false,
      false,
    ]);
  });

  test('does not take the right on all paths for one on resources, nor the reverse', () => {
    const paths = clusterRole('r', '{verbs: ["*"], nonResourceURLs: ["*"]}') + clusterBinding('r', ann);
    const resources =
      clusterRole('r', '{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}') + clusterBinding('r', ann);
    const asked = [
      ['get core pods', 'default/x'],
      ['get /healthz', '/'],
    ] as const;
    assert.deepEqual(verdicts(paths, asked), [false, true]);
    assert.deepEqual(verdicts(resources, asked), [true, false]);
  });

  test('holds a binding to its namespace, and a role to its own', () => {
    const rule = '{verbs: [get], apiGroups: [""], resources: [pods]}';
    const asked = [
      ['get core pods', 'web/x'],
      ['get core pods', 'db/x'],
      ['get core pods', '/x'],
    ] as const;
    assert.deepEqual(verdicts(clusterRole('r', rule) + binding('web', 'ClusterRole', 'r', ann), asked), [
      true,
      false,
      false,
    ]);
    const role = `---\nkind: Role\nmetadata: {name: r, namespace: web}\nrules: [${rule}]\n`;
    assert.deepEqual(verdicts(role + binding('web', 'Role', 'r', ann), asked), [true, false, false]);
    // A binding in another namespace names another role.
    assert.equal(
      decider(tableOf(role + binding('db', 'Role', 'r', ann)))('ann', 'get core pods', 'db/x').verdict,
      'undetermined',
    );
  });

  test('knows service accounts, groups and the superusers', () => {
    const rule = '{verbs: [get], apiGroups: [""], resources: [pods]}';
    const text =
      clusterRole('r', rule) +
      clusterBinding('r', '{kind: ServiceAccount, name: sa, namespace: web}', '{kind: Group, name: ops}');
    const decide = decider(tableOf(text));
    assert.equal(decide('system:serviceaccount:web:sa', 'get core pods', 'x/y').verdict, 'allowed');
    assert.equal(decide('ann', 'get core pods', 'x/y', { groups: ['ops'] }).verdict, 'allowed');
    assert.equal(decide('ann', 'get core pods', 'x/y').verdict, 'denied');
    assert.equal(decide('ann', 'delete core nodes', '/y', { groups: ['system:masters'] }).verdict, 'allowed');
  });

  test('leaves nodes, and roles that are bound and not in the file, undetermined', () => {
    const decide = decider(tableOf(clusterBinding('gone', ann)));
    assert.deepEqual(decide('ann', 'get core pods', 'x/y').reasons, [
      '"ClusterRole gone" is bound, and not in the file',
    ]);
    assert.equal(decide('system:node:n1', 'get core pods', 'x/y').verdict, 'undetermined');
    assert.equal(
      decider(tableOf(clusterBinding('cluster-admin', ann)))('ann', 'get core pods', 'x/y').verdict,
      'allowed',
    );
  });

  test('puts roles together by their labels, through several steps and around a cycle', () => {
    const part = (name: string, label: string, rules: string, selects = '') =>
      `---\nkind: ClusterRole\nmetadata: {name: ${name}, labels: {to: ${label}}}\nrules: [${rules}]\n${
        selects === ''
          ? ''
          : `aggregationRule: {clusterRoleSelectors: [{matchExpressions: [{key: to, operator: In, values: [${selects}]}]}]}\n`
      }`;
    const rule = (resource: string) => `{verbs: [get], apiGroups: [""], resources: [${resource}]}`;
    const text =
      part('leaf', 'middle', rule('pods')) +
      part('middle', 'top', rule('secrets'), 'middle, top') +
      part('top', 'middle', '', 'top') +
      clusterBinding('top', ann);
    const asked = [
      ['get core pods', 'x/y'],
      ['get core secrets', 'x/y'],
    ] as const;
    // What is written beside a selector is overwritten by the cluster.
    assert.deepEqual(verdicts(text, asked), [true, false]);
  });
});

describe('kubernetesAccess', () => {
  const event = {
    stage: 'ResponseComplete',
    verb: 'get',
    requestURI: '/api/v1/namespaces/web/pods/x?watch=1',
    user: { username: 'ann', groups: ['system:authenticated'] },
    objectRef: { resource: 'pods', namespace: 'web', name: 'x', apiVersion: 'v1' },
    responseStatus: { code: 200 },
  };
  const read = (changes: object) =>
    kubernetesAccess.read(valuesOf(kubernetesAccess, 'kubernetes', { ...event, ...changes }));
  const only = (changes: object) => {
    const { requests } = read(changes);
    assert.equal(requests.length, 1);
    return requests[0]!;
  };

  test('reads verb, group, resource, subresource, namespace and name', () => {
    assert.deepEqual(only({}), {
      subject: 'ann',
      groups: ['system:authenticated'],
      action: 'get core pods',
      resource: 'web/x',
      recorded: 'allowed',
    });
    const scale = {
      objectRef: { ...event.objectRef, apiGroup: 'apps', resource: 'deployments', subresource: 'scale' },
    };
    assert.equal(only(scale).action, 'get apps deployments/scale');
    const old = {
      objectRef: { resource: 'deployments', apiVersion: 'extensions/v1beta1', namespace: 'web' },
    };
    assert.equal(only(old).action, 'get extensions deployments');
    assert.deepEqual(
      [only({ objectRef: null, requestURI: '/metrics?x' }).action, only({ objectRef: null }).resource],
      ['get /metrics', '/'],
    );
  });

  test('leaves out the name of what is created: it was not asked for', () => {
    assert.equal(only({ verb: 'create' }).resource, 'web/');
    assert.equal(
      only({ verb: 'create', objectRef: { ...event.objectRef, subresource: 'exec' } }).resource,
      'web/x',
    );
    assert.equal(only({ verb: 'deletecollection' }).resource, 'web/');
  });

  test('asks twice where somebody acts as another', () => {
    const { requests } = read({ impersonatedUser: { username: 'bob', groups: ['ops'] } });
    assert.deepEqual(
      requests.map(({ subject, groups, action, resource }) => [subject, groups, action, resource]),
      [
        ['ann', ['system:authenticated'], 'impersonate core users', '/bob'],
        ['bob', ['ops'], 'get core pods', 'web/x'],
      ],
    );
    const account = read({ impersonatedUser: { username: 'system:serviceaccount:web:sa' } }).requests;
    assert.deepEqual(
      [account[0]!.action, account[0]!.resource],
      ['impersonate core serviceaccounts', 'web/sa'],
    );
    assert.deepEqual(account[1]!.groups, [
      'system:authenticated',
      'system:serviceaccounts',
      'system:serviceaccounts:web',
    ]);
  });

  test('takes a refused impersonation for what it is', () => {
    const message =
      'users "bob" is forbidden: User "ann" cannot impersonate resource "users" in API group "" at the cluster scope';
    const { action, resource, recorded } = only({ responseStatus: { code: 403, message } });
    assert.deepEqual([action, resource, recorded], ['impersonate core users', '/bob', 'denied']);
  });

  test("takes the authorizer's word before the answer, which admission may give", () => {
    const said = (decision: string | undefined, code: number, message?: string) => {
      const annotations = decision === undefined ? {} : { 'authorization.k8s.io/decision': decision };
      return only({ annotations, responseStatus: { code, message } }).recorded;
    };
    assert.equal(said('allow', 403), 'allowed');
    assert.equal(said('forbid', 403), 'denied');
    assert.equal(
      said(undefined, 403, 'pods is forbidden: User "ann" cannot list pods in the namespace "web"'),
      'denied',
    );
    assert.equal(said(undefined, 403, 'pods "x" is forbidden: exceeded quota'), undefined);
    assert.equal(said(undefined, 404), 'allowed');
    assert.equal(said(undefined, 429), undefined);
    assert.equal(said(undefined, 503), undefined);
  });

  test('judges no request before its answer, and none without a user', () => {
    assert.deepEqual(read({ stage: 'RequestReceived' }), { requests: [] });
    assert.match(read({ responseStatus: { code: 401 } }).skip!, /not authenticated/);
    assert.match(read({ user: {} }).skip!, /no user/);
    assert.match(read({ verb: 'get core pods\nx' }).skip!, /that can be read/);
  });
});

const demo = sharedData('k8s-audit2rbac');
const labelled = sharedData('panther-analysis');

describe('the sample log of audit2rbac', { skip: demo === undefined && 'no sample data' }, () => {
  const events = () =>
    readFileSync(`${demo}/testdata/demo.log`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { timestamp: string });
  const manifests = readFileSync(new URL('data/demo-rbac.yaml', import.meta.url), 'utf8');

  const suggest = (subject: string, withDenied: boolean, wideVerbs: boolean) => {
    const used = new UsedRequests(subject, withDenied);
    for (const event of events())
      used.add(kubernetesAccess.read(valuesOf(kubernetesAccess, 'kubernetes', event)));
    return suggestRole('kubernetes-rbac', subject, used.sorted(), { wideVerbs });
  };

  const ledgerOf = (text: string, from = '') => {
    const ledger = new AccessLedger(tableOf(text), kubernetesAccess);
    for (const [index, event] of events().entries()) {
      if (event.timestamp < from) continue;
      const place = { file: 'demo.log', line: index + 1, offset: index, length: 1 };
      const time = BigInt(Date.parse(event.timestamp)) * 1_000_000n;
      ledger.add(valuesOf(kubernetesAccess, 'kubernetes', event), { time, place });
    }
    return ledger.summary({ from: 0n, until: 2n ** 62n });
  };

  test('suggestRole() writes the role that its README documents for alice', () => {
    const text = suggest('alice', true, true);
    assert.match(
      text,
      /^kind: Role\nmetadata:\n {2}name: "audit-check:alice"\n {2}namespace: "ns1"\nrules:$/m,
    );
    const rules = /rules:\n((?:(?:- | {2}).*\n)*)/.exec(text)![1];
    assert.equal(
      rules,
      '- apiGroups: [""]\n  resources: ["configmaps", "pods", "secrets"]\n  verbs: ["get", "list", "watch"]\n',
    );
    assert.match(
      text,
      /^kind: RoleBinding$[\s\S]*^- apiGroup: rbac\.authorization\.k8s\.io\n {2}kind: User\n {2}name: "alice"$/m,
    );
    assert.equal((text.match(/^kind:/gm) ?? []).length, 2);
  });

  test('suggestRole() writes roles that allow all that was allowed, and no more', () => {
    const discovery = manifests.split('\n---\n').slice(0, 2).join('\n---\n');
    const roles = ['bob', 'system:serviceaccount:ns1:sa1'].map((subject) => suggest(subject, false, false));
    const { counts, allowed, requests } = ledgerOf(
      [discovery, ...roles].join('\n---\n'),
      '2017-09-11T20:01:50Z',
    );
    assert.deepEqual(counts, {
      outside: 0,
      'unknown-subject': 0,
      denied: 4,
      disagreement: 0,
      undetermined: 0,
    });
    assert.deepEqual([allowed, requests], [54, 58]);
  });

  test('every recorded decision agrees with ours from when the roles of the file were in force', () => {
    const { counts, requests, allowed } = ledgerOf(manifests, '2017-09-11T20:01:50Z');
    assert.deepEqual(counts, {
      outside: 0,
      'unknown-subject': 0,
      denied: 4,
      disagreement: 0,
      undetermined: 0,
    });
    assert.deepEqual([requests, allowed], [58, 54]);
  });

  test('what was refused before that is told as a disagreement, and nothing is outside', () => {
    const { counts, entries } = ledgerOf(manifests);
    assert.deepEqual([counts.outside, counts.disagreement], [0, 5]);
    assert.deepEqual(
      entries
        .filter(({ kind }) => kind === 'disagreement')
        .map(({ subject, action, resource, count }) => [subject, action, resource, count]),
      [
        ['bob', 'list core pods', 'default/', 2],
        ['system:serviceaccount:ns1:sa1', 'list core pods', '/', 1],
        ['system:serviceaccount:ns1:sa1', 'list core pods', 'default/', 2],
      ],
    );
  });
});

test('the decisions that EKS recorded in its annotations agree with ours, whatever was answered', {
  skip: labelled === undefined && 'no sample data',
}, () => {
  const events = readFileSync(`${labelled}/by-logtype/Amazon.EKS.Audit.ndjson`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((event) => JSON.stringify(event).includes('authorization.k8s.io/decision'));
  assert.equal(events.length, 3);
  const text =
    clusterRole(
      '"system:coredns"',
      '{verbs: [list, watch], apiGroups: [discovery.k8s.io], resources: [endpointslices]}',
    ) + clusterBinding('"system:coredns"', '{kind: ServiceAccount, name: coredns, namespace: kube-system}');
  const decide = decider(tableOf(text));
  for (const event of events) {
    const [request] = kubernetesAccess.read(valuesOf(kubernetesAccess, 'kubernetes', event)).requests;
    const { subject, groups, action, resource, recorded } = request!;
    assert.equal(recorded, 'allowed');
    assert.equal(
      decide(subject, action, resource, { groups: [...groups] }).verdict,
      recorded,
      `${subject} ${action}`,
    );
  }
});
