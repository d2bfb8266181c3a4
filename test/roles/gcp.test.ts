/** IAM policies of Google Cloud as roles, audit entries as requests, and real entries. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { AccessLedger } from '../../src/roles/access-ledger.ts';
import { gcpAccess } from '../../src/roles/gcp-access.ts';
import type { LoggedRequest } from '../../src/roles/logged-access.ts';
import { sharedData } from '../support/shared-data.ts';
import { valuesOf } from './access-values.ts';
import { decider, tableOf } from './made-tables.ts';

const VIEWER = { name: 'roles/viewer', includedPermissions: ['a.things.get'] };

function entry(
  principalEmail: string | undefined,
  authorizationInfo: readonly object[],
  status: object = {},
): object {
  return {
    logName: 'x',
    protoPayload: { methodName: 'm', authenticationInfo: { principalEmail }, authorizationInfo, status },
  };
}

function requestsOf(...parts: Parameters<typeof entry>): readonly LoggedRequest[] {
  return gcpAccess.read(valuesOf(gcpAccess, 'gcp', entry(...parts))).requests;
}

describe('readGcpIam()', () => {
  const decide = (
    bindings: readonly object[],
    email: string,
    permission = 'a.things.get',
    resource = 'projects/p',
  ) => {
    const table = tableOf(JSON.stringify([{ bindings, version: 3 }, VIEWER]));
    const [request] = requestsOf(email, [{ permission, resource, granted: true }]);
    const { subject, groups, action } = request!;
    return decider(table)(subject, action, resource, { groups: [...groups] });
  };

  test('grants to users, service accounts, domains and everybody, whatever the case of an address', () => {
    const to = (member: string, email: string) =>
      decide([{ role: 'roles/viewer', members: [member] }], email).verdict;
    assert.equal(to('user:Ann@example.com', 'ann@Example.com'), 'allowed');
    assert.equal(to('user:ann@example.com', 'bob@example.com'), 'undetermined');
    assert.equal(to('serviceAccount:x@p.iam.gserviceaccount.com', 'x@p.iam.gserviceaccount.com'), 'allowed');
    assert.equal(to('domain:example.com', 'bob@example.com'), 'allowed');
    assert.equal(to('domain:example.com', 'bob@evil-example.com'), 'undetermined');
    assert.equal(to('allAuthenticatedUsers', 'bob@example.org'), 'allowed');
    assert.equal(to('deleted:user:ann@example.com?uid=1', 'ann@example.com'), 'undetermined');
  });

  test('says why it is undetermined: conditions, groups, undefined roles, policies elsewhere', () => {
    const elsewhere =
      'a policy of the organization, of a folder or of the resource may grant it; the file does not hold them all';
    const members = ['user:ann@example.com'];
    const condition = { title: 'office hours', expression: 'x' };
    assert.deepEqual(decide([{ role: 'roles/viewer', members, condition }], 'ann@example.com').reasons, [
      elsewhere,
      'an IAM condition decides ("office hours")',
    ]);
    assert.deepEqual(decide([{ role: 'roles/editor', members }], 'ann@example.com').reasons, [
      elsewhere,
      'no file defines the permissions of "roles/editor"',
    ]);
    assert.deepEqual(
      decide([{ role: 'roles/viewer', members: ['group:g@example.com'] }], 'ann@example.com').reasons,
      [elsewhere, 'the file does not tell who is in "group:g@example.com"'],
    );
  });

  test('denies for sure only where the policies reach up to the organization', () => {
    const policy = (resource: string, member: string) => ({
      resource: `//cloudresourcemanager.googleapis.com/${resource}`,
      policy: { bindings: [{ role: 'roles/viewer', members: [member] }] },
    });
    const all = [
      policy('organizations/1', 'user:ann@example.com'),
      policy('projects/p', 'user:bob@example.com'),
      VIEWER,
    ];
    const whole = decider(tableOf(JSON.stringify(all)));
    assert.equal(whole('user:ann@example.com', 'a.things.get', 'projects/q/things/1').verdict, 'allowed');
    assert.equal(whole('user:bob@example.com', 'a.things.get', 'projects/p/things/1').verdict, 'allowed');
    assert.equal(whole('user:bob@example.com', 'a.things.get', 'projects/q/things/1').verdict, 'denied');
    assert.equal(whole('user:bob@example.com', 'a.things.get', undefined).verdict, 'undetermined');
  });
});

describe('gcpAccess', () => {
  test('makes a request of each permission, with its own answer', () => {
    const infos = [
      { permission: 'a.x', resource: 'projects/p/x/1', granted: true },
      { permission: 'a.y', resource: '123456', granted: true },
      { permission: 'a.z', resource: 'projects/_/buckets/b' },
    ];
    assert.deepEqual(
      requestsOf('ann@example.com', infos, { code: 7 }).map(
        ({ action, resource, shownResource, recorded }) => [action, resource, shownResource, recorded],
      ),
      [
        ['a.x', 'projects/p/x/1', undefined, 'allowed'],
        ['a.y', undefined, '123456', 'allowed'],
        ['a.z', undefined, 'projects/_/buckets/b', 'denied'],
      ],
    );
    // Left out means false; the status does not agree.
    assert.equal(requestsOf('ann@example.com', [{ permission: 'a.x' }])[0]!.recorded, undefined);
  });

  test('says what is not judged', () => {
    const skip = (...parts: Parameters<typeof entry>) =>
      gcpAccess.read(valuesOf(gcpAccess, 'gcp', entry(...parts))).skip;
    assert.match(skip('ann@example.com', [])!, /no permission/);
    assert.match(skip('ann@example.com', [{ resource: 'projects/p', granted: true }])!, /no permission/);
    const isOpen = (...parts: Parameters<typeof entry>) =>
      gcpAccess.read(valuesOf(gcpAccess, 'gcp', entry(...parts))).isOpen;
    assert.deepEqual([isOpen('ann@example.com', []), isOpen(undefined, [])], [true, undefined]);
    const inGke = { permission: 'io.k8s.core.v1.pods.create', granted: true };
    assert.equal(requestsOf('ann@example.com', [inGke, { permission: 'a.x', granted: true }]).length, 1);
    assert.match(skip(undefined, [{ permission: 'a.x', granted: true }])!, /no principal/);
    assert.match(
      skip('ann@example.com', [{ permission: 'io.k8s.core.v1.pods.create', granted: true }])!,
      /Kubernetes/,
    );
  });
});

const labelled = sharedData('panther-analysis/by-logtype/GCP.AuditLog.ndjson');
const cloudEvents = sharedData('gcp-cloudevents/testdata/google/events/cloud/audit/v1');
const isThere = labelled !== undefined && cloudEvents !== undefined;

test('real entries tie out against a policy of a project', { skip: !isThere && 'no sample data' }, () => {
  const table = tableOf(readFileSync(new URL('data/project-policy.json', import.meta.url), 'utf8'));
  const ledger = new AccessLedger(table, gcpAccess);
  const records = [
    ...readFileSync(labelled!, 'utf8').trim().split('\n'),
    ...readdirSync(cloudEvents!).map((file) => readFileSync(`${cloudEvents}/${file}`, 'utf8')),
  ].map((text) => JSON.parse(text) as object);
  for (const [index, record] of records.entries()) {
    const place = { file: 'x', line: index + 1, offset: index, length: 1 };
    ledger.add(valuesOf(gcpAccess, 'gcp', record), { time: 0n, place });
  }
  const { requests, allowed, counts, entries } = ledger.summary({ from: 0n, until: 2n ** 62n });
  assert.equal(requests, allowed + Object.values(counts).reduce((sum, each) => sum + each, 0));
  assert.deepEqual([counts.outside, counts['unknown-subject'], counts.disagreement], [0, 0, 0]);
  assert.ok(allowed >= 12 && counts.denied === 3, `${allowed} allowed, ${counts.denied} denied`);
  // Whatever the log says was granted, no role of the file contradicts.
  for (const { kind, reasons } of entries) if (kind === 'undetermined') assert.ok(reasons.length > 0);
});
