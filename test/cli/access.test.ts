/** `audit-check access` as a terminal shows it: tables, formats, exit codes, suggestions, hostile logs. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { CommandLine, runWithInput } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-access-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

function write(name: string, text: string): string {
  fs.writeFileSync(path.join(folder, name), text);
  return name;
}

const access = (...argv: string[]) => commands.run(['access', '--no-config', ...argv], folder);

type Event = {
  actor: string;
  action: string;
  target?: string;
  outcome?: string;
  decision?: string;
  groups?: string[];
};

function log(name: string, ...events: Event[]): string {
  const lines = events.map((event, index) =>
    JSON.stringify({
      time: `2026-03-02T08:0${index % 10}:00Z`,
      id: `e${index}`,
      outcome: 'success',
      ...event,
    }),
  );
  return write(name, `${lines.join('\n')}\n`);
}

write(
  'roles.yaml',
  `roles: {clerk: [invoice.read, invoice.create], chief: {allow: [{actions: ["invoice.*"], resources: ["/eu/*"]}]}}
users: {ann: [clerk], bob: [chief]}
groups: {finance: {members: [cid], roles: [clerk]}}
conflicts: [{name: pay alone, between: {create: [invoice.create], approve: [invoice.approve]}}]
`,
);

log(
  'log.ndjson',
  { actor: 'ann', action: 'invoice.read', target: '/eu/1' },
  { actor: 'ann', action: 'invoice.delete', target: '/eu/1' },
  { actor: 'bob', action: 'invoice.create', target: '/eu/2' },
  { actor: 'bob', action: 'invoice.approve', target: '/eu/2' },
  { actor: 'cid', action: 'invoice.approve', target: '/eu/2', outcome: 'failure', decision: 'denied' },
  { actor: 'eve', action: 'invoice.read', target: '/us/9' },
  { actor: 'bob', action: 'invoice.read', target: '/eu/3', outcome: 'failure', decision: 'denied' },
);

describe('access', () => {
  test('prints roles, users, what is outside, conflicts, refusals and sums that tie out', async () => {
    const { exit, stdout, stderr } = await access('log.ndjson', '--roles', 'roles.yaml');
    assert.equal(stderr, '');
    assert.equal(exit, 1);
    assert.equal(
      stdout,
      `Roles
  role   holders  granted  used  unused  unknown  requests
  clerk        2        2     1       1        0         1
  chief        1        1     1       0        0         2

Users
  user  granted  used  not used  within  outside  denied  disagree  undetermined
  ann         2     1         1       1        1       0         0             0
  bob         1     1         0       2        0       0         1             0
  cid         2     0         2       0        0       1         0             0
  eve         0     0         0       0        1       0         0             0

Outside: allowed in the log, and by no role
  ann: 1 request
    invoice.delete on /eu/1, 1 time, first log.ndjson:2, 2026-03-02T08:01:00Z

Unknown: allowed in the log, to somebody the roles do not know
  eve: 1 request
    invoice.read on /us/9, 1 time, first log.ndjson:6, 2026-03-02T08:05:00Z

Conflicting duties
  bob: both sides of pay alone
    create: invoice.create, 1 time, first log.ndjson:3
    approve: invoice.approve, 1 time, first log.ndjson:4

Disagreements: refused in the log, allowed by the roles
  bob: 1 request
    invoice.read on /eu/3, 1 time, first log.ndjson:7, 2026-03-02T08:06:00Z

Denied attempts
  cid: 1 request
    invoice.approve on /eu/2, 1 time, first log.ndjson:5, 2026-03-02T08:04:00Z

Unused: granted, and used by nobody
  clerk: invoice.create

Summary
  roles     roles.yaml (roles)
  files     1 file
  period    2026-03-02T08:00:00Z to 2026-03-02T08:06:00Z
  records   7 = 7 events of the logs that these roles are for + 0 of others
  requests  7 = 3 within + 1 outside + 1 of unknown users + 1 denied + 1 disagreeing + 0 undetermined
`,
    );
  });

  test('says the same as JSON and CSV', async () => {
    const json = await access('log.ndjson', '--roles', 'roles.yaml', '--format', 'json');
    const report = JSON.parse(json.stdout) as Record<
      string,
      { kind?: string; role?: string; use?: string }[]
    > & {
      counts: object;
      requests: number;
      allowed: number;
    };
    assert.deepEqual([report.requests, report.allowed], [7, 3]);
    assert.deepEqual(
      report.entries!.map(({ kind }) => kind),
      ['outside', 'unknown-subject', 'denied', 'disagreement'],
    );
    const csv = await access('log.ndjson', '--roles', 'roles.yaml', '--format', 'csv');
    const rows = csv.stdout.split('\r\n');
    assert.equal(
      rows[0],
      'row,name,action,resource,holders,granted,used,unused,unknown_use,allowed,outside,denied,disagreements,undetermined,count,first,last,place,reasons',
    );
    assert.equal(rows[1], 'role,clerk,,,2,2,1,1,0,1,,,,,,,,,');
    assert.ok(
      rows.includes(
        'outside,ann,invoice.delete,/eu/1,,,,,,,,,,,1,2026-03-02T08:01:00Z,2026-03-02T08:01:00Z,log.ndjson:2,',
      ),
    );
    assert.ok(rows.includes('unused-grant,clerk,invoice.create,*,,,,,,,,,,,,,,,'));
    assert.ok(rows.every((row) => row === '' || row.split(',').length === 19));
    assert.deepEqual([json.exit, csv.exit], [1, 1]);
  });

  test('exits 0 within the roles, 3 where something cannot be told or nothing was read', async () => {
    log('fine.ndjson', { actor: 'ann', action: 'invoice.read', target: '/eu/1' });
    assert.equal((await access('fine.ndjson', '--roles', 'roles.yaml')).exit, 0);
    log('open.ndjson', { actor: 'ann', action: 'invoice.delete', target: '/x', outcome: 'failure' });
    const open = await access('open.ndjson', '--roles', 'roles.yaml');
    assert.equal(open.exit, 3);
    assert.match(open.stdout, /the log does not tell whether it was allowed/);
    write('broken.ndjson', '{"time":"2026-03-02T08:00:00Z"');
    assert.equal((await access('broken.ndjson', 'fine.ndjson', '--roles', 'roles.yaml')).exit, 3);
    write('rbac.yaml', 'kind: ClusterRole\nmetadata: {name: x}\nrules: []\n');
    const other = await access('fine.ndjson', '--roles', 'rbac.yaml');
    assert.equal(other.exit, 3);
    assert.match(other.stdout, /records {3}1 = 0 events of the logs that these roles are for \+ 1 of others/);
  });

  test('exits 3 where requests were not judged, and names them', async () => {
    const fine = { actor: 'ann', action: 'invoice.read', target: '/eu/1' };
    log('two.ndjson', fine, { actor: 'mallory', action: 'payment.release' });
    const lines = fs.readFileSync(path.join(folder, 'two.ndjson'), 'utf8');
    write('malformed.ndjson', lines.replace(/\}\n$/, '\n'));
    const malformed = await access('malformed.ndjson', '--roles', 'roles.yaml', '--source', 'audit');
    assert.equal(malformed.exit, 3);
    assert.match(malformed.stdout, /malformed\.ndjson: 1 record cannot be read/);

    const nameless = [{ ...fine, actor: null }, { actor: 'mallory' }] as unknown as Event[];
    log('nameless.ndjson', fine, ...nameless);
    const named = await access('nameless.ndjson', '--roles', 'roles.yaml', '--source', 'audit');
    assert.equal(named.exit, 3);
    assert.match(named.stdout, /1 not judged: the event names no subject, first nameless\.ndjson:2/);
    assert.match(named.stdout, /1 not judged: the event names no action, first nameless\.ndjson:3/);

    write('unmapped.ndjson', '{"when":"2026-11-10T08:01:00Z","who":"mallory","did":"payment.release"}\n');
    const unmapped = await access('fine.ndjson', 'unmapped.ndjson', '--roles', 'roles.yaml');
    assert.equal(unmapped.exit, 3);
    assert.match(unmapped.stdout, /unmapped\.ndjson: .*no mapping/);

    const csv = await access(
      'nameless.ndjson',
      'malformed.ndjson',
      '--roles',
      'roles.yaml',
      '--source',
      'audit',
      '--format',
      'csv',
    );
    assert.match(csv.stdout, /^not-judged,.*,nameless\.ndjson:2,the event names no subject\r$/m);
    assert.match(csv.stdout, /^open-file,malformed\.ndjson,.*,1 record cannot be read\r$/m);
  });

  test('exits 3 where an event lists more groups than are read', async () => {
    const event = (auditID: string, username: string, verb: string, groups: string[]) => ({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      auditID,
      stage: 'ResponseComplete',
      requestURI: '/api/v1/namespaces/web/pods/p',
      verb,
      user: { username, groups: ['system:authenticated', ...groups] },
      objectRef: { resource: 'pods', namespace: 'web', name: 'p', apiVersion: 'v1' },
      responseStatus: { code: 200 },
      requestReceivedTimestamp: '2026-11-10T08:00:00.000000Z',
      stageTimestamp: '2026-11-10T08:00:00.100000Z',
      annotations: { 'authorization.k8s.io/decision': 'allow' },
    });
    const many = Array.from({ length: 1000 }, (_, index) => `g${index}`);
    const events = [event('1', 'ann', 'get', []), event('2', 'mallory', 'delete', many)];
    write('many-groups.ndjson', `${events.map((each) => JSON.stringify(each)).join('\n')}\n`);
    const subject = { kind: 'User', name: 'ann', apiGroup: 'rbac.authorization.k8s.io' };
    const reader = { kind: 'Role', metadata: { name: 'reader', namespace: 'web' } };
    const items = [
      { ...reader, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
      {
        kind: 'RoleBinding',
        metadata: { name: 'b', namespace: 'web' },
        subjects: [subject],
        roleRef: { kind: 'Role', name: 'reader', apiGroup: 'rbac.authorization.k8s.io' },
      },
    ];
    write('reader.yaml', JSON.stringify({ kind: 'List', apiVersion: 'v1', items }));
    const { exit, stdout } = await access('many-groups.ndjson', '--roles', 'reader.yaml');
    assert.equal(exit, 3);
    assert.match(stdout, /1 not judged: the event lists more groups or resources than are read, first many/);
  });

  test('leaves out refused events that name nobody', async () => {
    const refused = { actor: null, action: 'x', outcome: 'failure', decision: 'denied' } as unknown as Event;
    log('refused.ndjson', { actor: 'ann', action: 'invoice.read', target: '/eu/1' }, refused);
    const { exit, stdout } = await access('refused.ndjson', '--roles', 'roles.yaml');
    assert.equal(exit, 0);
    assert.match(stdout, /1 not judged: the event names no subject, and was refused$/m);
  });

  test('counts a record that stands in two files once', async () => {
    fs.copyFileSync(path.join(folder, 'fine.ndjson'), path.join(folder, 'again.ndjson'));
    const { stdout } = await access('fine.ndjson', 'again.ndjson', '--roles', 'roles.yaml');
    assert.match(stdout, /requests {2}1 = 1 within/);
  });

  test('leaves out what lies outside --since and --until', async () => {
    const { stdout } = await access(
      'log.ndjson',
      '--roles',
      'roles.yaml',
      '--since',
      '2026-03-02T08:02:00Z',
      '--until',
      '2026-03-02T08:04:00Z',
    );
    assert.match(stdout, /requests {2}2 = 2 within/);
  });

  test('suggests a role with which the log is within the roles', async () => {
    const { stdout, exit } = await access('log.ndjson', '--roles-format', 'roles', '--suggest', 'bob');
    assert.equal(exit, 0);
    assert.equal(
      stdout,
      `roles:
  "used by bob":
    allow:
      - actions: ["invoice.approve", "invoice.create"]
        resources: ["/eu/2"]
users:
  "bob": ["used by bob"]
`,
    );
    write('suggested.yaml', stdout);
    const again = await access('log.ndjson', '--roles', 'suggested.yaml', '--format', 'json');
    const { subjects } = JSON.parse(again.stdout) as {
      subjects: { subject: string; counts: object; allowed: number }[];
    };
    const bob = subjects.find(({ subject }) => subject === 'bob')!;
    assert.deepEqual(
      [bob.allowed, bob.counts],
      [2, { outside: 0, 'unknown-subject': 0, denied: 1, disagreement: 0, undetermined: 0 }],
    );
  });

  test('says beside a suggestion for what it may lack something', async () => {
    write('torn.ndjson', `${fs.readFileSync(path.join(folder, 'log.ndjson'), 'utf8')}{"time": \n`);
    const { stdout, stderr, exit } = await access(
      'torn.ndjson',
      '--roles-format',
      'roles',
      '--suggest',
      'bob',
    );
    assert.equal(exit, 3);
    assert.match(stdout, /^roles:/);
    assert.match(stderr, /^the role may lack what was not read: torn\.ndjson: 1 record cannot be read$/m);
  });

  test('says what is wrong with arguments and roles, all at once', async () => {
    write('wrong.yaml', 'roles: {a: [x]}\nusers: {ann: [b]}\n');
    const { exit, stdout, stderr } = await access(
      'nowhere.ndjson',
      '--roles',
      'wrong.yaml',
      '--source',
      'cloudtrial',
    );
    assert.equal(exit, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^error: wrong\.yaml:2:15: no role is called "b"/m);
    assert.match(stderr, /^error: nowhere\.ndjson: there is no such file/m);
    assert.match(stderr, /did you mean "cloudtrail"/);
    assert.match((await access('log.ndjson')).stderr, /name a file of roles with --roles/);
    assert.match(
      (await access('log.ndjson', '--suggest', 'ann')).stderr,
      /needs --roles-format, known are roles, kubernetes-rbac/,
    );
    assert.match(
      (await access('log.ndjson', '--suggest', 'ann', '--roles-format', 'rbac')).stderr,
      /unknown format of roles "rbac"/,
    );
    assert.equal((await access('log.ndjson', '--roles', 'gone.yaml')).exit, 2);
  });

  test('moves no cursor and starts no formula, whatever a log holds', async () => {
    const evil = 'x\u001b[2J\u202e\r\n"=cmd()';
    log(
      'evil.ndjson',
      { actor: `=HYPERLINK("x")`, action: evil, target: '@x' },
      { actor: 'ann', action: evil, target: evil },
      { actor: '__proto__', action: 'constructor', target: 'toString', decision: '__proto__' },
    );
    for (const format of ['text', 'json', 'csv']) {
      const { stdout } = await access('evil.ndjson', '--roles', 'roles.yaml', '--format', format);
      assert.doesNotMatch(
        stdout.replaceAll('\r\n', '\n'),
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/,
        format,
      );
      if (format === 'csv') assert.doesNotMatch(stdout, /(?:^|,)"?[=+@-]/m);
    }
    const { stdout } = await access('evil.ndjson', '--roles-format', 'roles', '--suggest', 'ann');
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
    write('evil-roles.yaml', stdout);
    const again = await access('evil.ndjson', '--roles', 'evil-roles.yaml', '--format', 'json');
    assert.equal((JSON.parse(again.stdout) as { allowed: number }).allowed, 1);
  });

  test('reads standard input', () => {
    const input = fs.readFileSync(path.join(folder, 'fine.ndjson'));
    const { stdout, exit } = runWithInput(
      ['access', '--no-config', '-', '--roles', 'roles.yaml'],
      folder,
      input,
    );
    assert.equal(exit, 0);
    assert.match(stdout, /requests {2}1 = 1 within/);
  });

  test('explains itself', async () => {
    const { stdout, exit } = await commands.run(['access', '--help'], folder);
    assert.equal(exit, 0);
    for (const said of [
      '--roles <file>',
      '--suggest <user>',
      'kubectl get roles',
      'get-account-authorization-details',
      'Exit codes:',
    ])
      assert.ok(stdout.includes(said), said);
    // The table in the help is one that can be used.
    const example = /Our own YAML:\n((?: {2}.*\n)+)/.exec(stdout)![1]!.replaceAll(/^ {2}/gm, '');
    write('help.yaml', example);
    assert.equal((await access('fine.ndjson', '--roles', 'help.yaml')).exit, 0);
  });
});

describe('records that were not read as one event each', () => {
  const read = (id: string, rest = '') =>
    `{"time":"2026-03-02T08:00:00Z","id":"${id}","actor":"ann","action":"invoice.read"${rest},"outcome":"success","decision":"allowed"}`;
  const cases: [name: string, text: string, said: RegExp][] = [
    [
      'beside.json',
      `{"items":[${read('e1')}],"more":[${read('e2')}]}`,
      /unread-member: "more" stands beside/,
    ],
    ['key.ndjson', read('e1', ',"action":"invoice.read"'), /duplicate-key: .* found "action"/],
    ['nested.ndjson', `${read('e1')}\n{"Records":[${read('e2')}]}\n`, /nested-records: .* found "Records"/],
  ];
  for (const [name, text, said] of cases)
    test(`${name} leaves the answer open, and says why`, async () => {
      write(name, text);
      for (const format of ['text', 'json', 'csv']) {
        const { exit, stdout } = await access('--roles', 'roles.yaml', '--format', format, name);
        assert.equal(exit, 3, stdout);
        if (format !== 'json') assert.match(stdout.replaceAll('""', '"'), said);
        else assert.match(stdout, /"misread": \[\n {4}\{/);
      }
    });
});

test('records of several events are summed up as records, also where their times are one', async () => {
  const several = (id: string) =>
    `{"time":"2026-03-02T08:00:00Z","id":"${id}","actor":"ann","action":"invoice.read","target":["/eu/1","/eu/2"],"outcome":"success","decision":"allowed"}\n`;
  write('several-1.ndjson', several('e1') + several('e2'));
  write('several-2.ndjson', several('e3'));
  const { stdout } = await access('--roles', 'roles.yaml', 'several-1.ndjson', 'several-2.ndjson');
  assert.match(
    stdout,
    / {2}records {3}3 = 3 of the logs that these roles are for, with 6 events, \+ 0 of others\n/,
  );
});
