/** `rules lint`, `explain`, `coverage` and `convert` as a user's terminal shows them. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-tools-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const run = (...argv: string[]) => commands.run(argv, folder);
const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);

const RULES = `title: Sign-in of ann refused
id: 6f0c0a52-3a8e-4d2b-9c65-0d6f4f6a1e09
level: low
taxonomy: audit
logsource: {product: audit}
detection:
  refusal: {action: user.login, outcome: failure}
  filter_known: {actor|startswith: [svc-, bot-], reason: test}
  condition: refusal and not filter_known
`;

const LOG = `{"time":"2026-03-02T08:00:00Z","id":"ev-1","actor":"ann","action":"user.login","outcome":"failure"}
{"time":"2026-03-02T08:00:10Z","id":"ev-2","actor":"svc-1","action":"user.login","outcome":"failure","reason":"test"}
`;

test('rules explain tells each item, and what was found', async () => {
  write('rules.yaml', RULES);
  write('log.ndjson', LOG);
  const explained = await run(
    'rules',
    'explain',
    'Sign-in of ann refused',
    '-r',
    'rules.yaml',
    '--event',
    'log.ndjson:1',
  );
  assert.equal(explained.exit, 0, explained.stderr);
  assert.match(explained.stdout, /Sign-in of ann refused .*\n {8}matches\n/);
  assert.match(explained.stdout, /true {2}action: "user.login"; found "user.login"/);
  assert.match(explained.stdout, /false reason: "test"; found nothing: the field is absent/);
  const other = await run(
    'rules',
    'explain',
    'Sign-in of ann refused',
    '-r',
    'rules.yaml',
    '--event',
    'log.ndjson:2',
  );
  assert.match(other.stdout, /does not match/);
  assert.match(other.stdout, /true {2}actor\|startswith: "svc-" or "bot-"; found "svc-1"/);
});

test('rules explain says of a correlation what it asks, before its steps', async () => {
  write(
    'counted.yaml',
    `${RULES}---
title: Refused often
id: 6f0c0a52-3a8e-4d2b-9c65-0d6f4f6a1e10
correlation:
  {type: event_count, rules: [6f0c0a52-3a8e-4d2b-9c65-0d6f4f6a1e09], group-by: [actor], timespan: 10m, condition: {gte: 3}}
`,
  );
  write('log.ndjson', LOG);
  const where = ['-r', 'counted.yaml', '--event', 'log.ndjson:1'];
  const { stdout } = await run('rules', 'explain', 'Refused often', ...where);
  assert.match(
    stdout,
    /^rule {4}Refused often \(6f0c0a52-3a8e-4d2b-9c65-0d6f4f6a1e10\), counted\.yaml:\d+\n {8}event_count of "Sign-in of ann refused", for each actor, within 10m, gte 3\n {8}it looks at several events; what one of them is to it, its steps tell:\nevent /,
  );
  assert.match(stdout, /Sign-in of ann refused .*\n {8}matches\n/);
});

test('rules explain tells the members of an array apart', async () => {
  write(
    'members.yaml',
    `title: Privileged container
sigma-version: 3
detection:
  pod:
    spec.containers[any]:
      image|startswith: docker.io/
      ports[all]: {port: 22}
    spec.names[-1]|contains: adm
  condition: pod
`,
  );
  write(
    'pod.ndjson',
    `{"time":"2026-03-02T08:00:00Z","spec":{"names":["a","admin"],"containers":[{"image":"docker.io/a","ports":[{"port":22},{"port":80}]},{"image":"quay.io/b","ports":[]},{"image":"docker.io/c","ports":[{"port":22}]},{"image":"d"},{"image":"e"},{"image":"f"}]}}\n`,
  );
  const { exit, stdout, stderr } = await run(
    'rules',
    'explain',
    'Privileged container',
    '-r',
    'members.yaml',
    '--event',
    'pod.ndjson:1',
  );
  assert.equal(exit, 0, stderr);
  assert.equal(
    stdout.slice(stdout.indexOf('  true  all of')),
    `  true  all of
    true  spec.containers[any]; found 6 members
      false spec.containers[0]
        false all of
          true  image|startswith: "docker.io/"; found "docker.io/a"
          false ports[all]; found 2 members
            true  ports[0]
              true  port: 22; found "22"
            false ports[1]
              false port: 22; found "80"
      false spec.containers[1]
        false all of
          false image|startswith: "docker.io/"; found "quay.io/b"
          false ports[all]; found 0 members
      true  spec.containers[2]
        true  all of
          true  image|startswith: "docker.io/"; found "docker.io/c"
          true  ports[all]; found 1 member
            true  ports[0]
              true  port: 22; found "22"
      false spec.containers[3]
        false all of
          false image|startswith: "docker.io/"; found "d"
          false ports[all]; found 0 members
      and 2 more members
    true  spec.names[-1]; found 2 members
      true  spec.names[-1]
        true  .|contains: "adm"; found "admin"
`,
  );
});

test('rules explain says what it lacks', async () => {
  write('rules.yaml', RULES);
  write('log.ndjson', LOG);
  const explain = (rule: string, event: string) =>
    run('rules', 'explain', rule, '-r', 'rules.yaml', '--event', event);
  const cases: [string, string, RegExp][] = [
    ['Sign-in of ann refused', 'log.ndjson', /expected FILE:LINE or FILE:LINE:OFFSET, found "log.ndjson"/],
    ['Sign-in of ann refused', 'none.ndjson:1', /there is no file "none.ndjson"/],
    ['Sign-in of ann refused', 'log.ndjson:7', /no record begins on line 7/],
    ['no such rule', 'log.ndjson:1', /no rule has the id, name or title "no such rule"/],
  ];
  for (const [rule, event, message] of cases) {
    const { exit, stderr } = await explain(rule, event);
    assert.equal(exit, 2);
    assert.match(stderr, message);
  }
});

test('rules explain finds one of many records on a line by the offset that JSON reports give', async () => {
  write('rules.yaml', RULES);
  const events = ['ann', 'bob', 'cid', 'dan', 'eve'].map(
    (actor, second) =>
      `{"time":"2026-03-02T08:00:0${second}Z","id":"ev-${second}","actor":"${actor}","action":"user.login","outcome":"failure"}`,
  );
  write('array.json', `[${events.join(',')}]`);
  const { stdout: report } = await run(
    'verify',
    'array.json',
    '--no-config',
    '-r',
    'rules.yaml',
    '-f',
    'json',
  );
  const { findings } = JSON.parse(report);
  const places = findings
    .filter(({ rule }: { rule: string }) => rule.startsWith('6f0c0a52'))
    .flatMap(({ place, related = [] }: { place: unknown; related?: unknown[] }) => [place, ...related]);
  const { line, offset } = places.at(-1);
  assert.deepEqual([line, offset], [1, 1 + events.slice(0, 4).join(',').length + 1]);
  const explain = (event: string) =>
    run('rules', 'explain', 'Sign-in of ann refused', '-r', 'rules.yaml', '--event', event);
  const one = await explain(`array.json:1:${offset}`);
  assert.match(one.stdout, new RegExp(`^event {3}array\\.json:1, byte ${offset}, source audit$`, 'm'));
  assert.equal(one.stdout.match(/^event/gm)!.length, 1);
  const all = await explain('array.json:1');
  assert.equal(all.stdout.match(/^event/gm)!.length, 3);
  assert.match(all.stdout, /^2 more records on this line: --event array\.json:1:OFFSET names one, /m);
  const none = await explain('array.json:1:2');
  assert.match(none.stderr, /no record begins on line 1, at byte 2, of "array\.json"/);
});

test('rules lint points at what is wrong, and is silent on the rules that come with the tool', async () => {
  write('rules.yaml', RULES.replace('reason: test', 'reason: No').replace('level: low', 'levle: low'));
  const { exit, stdout } = await run('rules', 'lint', 'rules.yaml');
  assert.equal(exit, 1);
  assert.match(stdout, /^rules\.yaml:3:1: warning\[unknown-key\]: .*did you mean "level"/m);
  assert.match(stdout, /^rules\.yaml:8:\d+: warning\[yaml-trap\]: No is text here/m);
  const shipped = await run('rules', 'lint');
  assert.equal(shipped.exit, 0, shipped.stdout);
});

test('a field that is nearly one of the log source is told by lint, and in a run before every other silent rule', async () => {
  write(
    'typo.yaml',
    'title: Trail deleted\nid: 6f0c0a52-0000-4000-8000-000000000001\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {eventNam: DeleteTrail}, condition: s}\nlevel: high\n',
  );
  const lint = await run('rules', 'lint', 'typo.yaml');
  assert.equal(lint.exit, 1);
  assert.match(
    lint.stdout,
    /^typo\.yaml:4:17: warning\[unknown-field\]: no field of AWS CloudTrail or Elastic Common Schema is called "eventNam", did you mean "eventName"\?$/m,
  );
  const event = {
    eventTime: '2026-03-01T08:00:00Z',
    eventVersion: '1.08',
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'DescribeTrails',
    eventID: 'a-1',
    userIdentity: { type: 'IAMUser', userName: 'ann' },
    awsRegion: 'us-east-1',
    sourceIPAddress: '192.0.2.1',
  };
  write('trail.ndjson', `${JSON.stringify(event)}\n`);
  const verify = (...argv: string[]) => run('verify', 'trail.ndjson', '--no-config', ...argv);
  const { exit, stdout } = await verify('-r', 'typo.yaml');
  // The order of files has `rules/…` before it, and five inert rules are shown.
  const [first = ''] = /^ {2}inert: .*(?:\n {9}.*)*/m.exec(stdout) ?? [];
  assert.match(
    first,
    /Trail deleted .*typo\.yaml\):\s+no\s+record\s+carries\s+eventNam,\s+did\s+you\s+mean\s+"eventName"\?$/,
  );
  assert.match(stdout.replace(/\s+/g, ' '), /clean: 1 record audited, .*; your rule could say nothing $/);
  assert.equal(exit, 0);
  write(
    'sound.yaml',
    fs
      .readFileSync(path.join(folder, 'typo.yaml'), 'utf8')
      .replace('eventNam', 'eventName')
      .replace('0001', '0002'),
  );
  const both = await verify('-r', 'typo.yaml', '-r', 'sound.yaml', '-f', 'markdown');
  assert.match(both.stdout, /; 1 of your 2 rules could say nothing/);
  assert.doesNotMatch((await verify()).stdout, /could say nothing/);
  const { rules } = JSON.parse((await verify('-r', 'typo.yaml', '-f', 'json')).stdout);
  assert.deepEqual(
    rules.filter(({ own }: { own?: true }) => own).map(({ title }: { title: string }) => title),
    ['Trail deleted'],
  );
});

test('rules coverage lists the actions that no rule looks at', async () => {
  write(
    'rules.yaml',
    `${RULES}---\ntitle: Strange address\nid: 0a6f7c8e-6c0d-4f0e-9d3e-52a6c6a3b7f2\ntaxonomy: audit\ndetection: {s: {ip|cidr: 198.51.100.0/24}, condition: s}\n`,
  );
  write(
    'log.ndjson',
    `${LOG}{"time":"2026-03-02T08:00:20Z","id":"ev-3","actor":"ann","action":"file.read","outcome":"success"}\n`,
  );
  const { exit, stdout } = await run(
    'rules',
    'coverage',
    '--no-builtin-rules',
    '-r',
    'rules.yaml',
    'log.ndjson',
  );
  assert.equal(exit, 1);
  assert.match(stdout, /^3 events of 2 actions; no rule looks at 1 event of 1 action$/m);
  assert.match(stdout, /^ +1 {2}file\.read \(audit\)$/m);
  assert.match(stdout, /^1 rule of audit about every action alike/m);
  assert.match(stdout, /Strange address: no record carries ip/);
  const json = await run(
    'rules',
    'coverage',
    '--no-builtin-rules',
    '-r',
    'rules.yaml',
    '--format',
    'json',
    'log.ndjson',
  );
  assert.deepEqual(JSON.parse(json.stdout).actions, [
    { source: 'audit', action: 'user.login', events: 2, rules: 1 },
    { source: 'audit', action: 'file.read', events: 1, rules: 0 },
  ]);
});

const OLD_RULES = `title: Many refusals
taxonomy: audit
logsource: {product: audit}
detection:
  refusal: {outcome: failure}
  timeframe: 5m
  condition: refusal | count() by actor > 2
`;

const PANTHER_RULE = `AnalysisType: rule
Filename: refusal.py
RuleID: Refusal
LogTypes: [Okta.SystemLog]
Severity: High
Tests:
  - {Name: one, ExpectedResult: true, Log: {eventType: user.session.start}}
`;

test('rules convert prints documents that run, and names what it leaves to people', async () => {
  write('old.yaml', OLD_RULES);
  write('panther.yml', PANTHER_RULE);
  const { exit, stdout, stderr } = await run('rules', 'convert', 'old.yaml', 'panther.yml');
  assert.equal(exit, 0, stderr);
  assert.match(
    stdout,
    /^name: many_refusals$[\s\S]*^ {2}type: event_count$[\s\S]*^---\n# The condition is Python/m,
  );
  assert.equal(
    stderr,
    'note: panther.yml:1:1: the condition in "refusal.py" is Python and was not converted: write it as "detection"\n',
  );
  write('new.yaml', (await run('rules', 'convert', 'old.yaml')).stdout);
  const lint = await run('rules', 'lint', 'new.yaml');
  assert.equal(lint.exit, 0, lint.stdout);
});

test('rules convert writes files into a folder, whole or not at all', async () => {
  fs.mkdirSync(path.join(folder, 'before', 'sub'), { recursive: true });
  write('before/old.yaml', OLD_RULES);
  write('before/sub/new.yaml', RULES);
  write('before/sub/policy.yml', PANTHER_RULE.replace('rule', 'policy'));
  const { exit, stdout, stderr } = await run('rules', 'convert', 'before', '-o', 'after');
  assert.equal(exit, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^note: before\/sub\/new\.yaml: holds nothing to convert$/m);
  assert.match(stderr, /^cannot convert: before\/sub\/policy\.yml:1:1: the analysis "policy" judges/m);
  assert.deepEqual(fs.readdirSync(path.join(folder, 'after')), ['old.yaml']);
  const itself = await run('rules', 'convert', 'before/old.yaml', '-o', 'before');
  assert.equal(itself.exit, 1);
  assert.match(itself.stderr, /would be written over itself/);
  assert.equal(fs.readFileSync(path.join(folder, 'before/old.yaml'), 'utf8'), OLD_RULES);
  const twice = await run('rules', 'convert', 'before/old.yaml', 'before', '-o', 'other');
  assert.match(twice.stderr, /would be written to "other\/old\.yaml", where "before\/old\.yaml" is written/);
  const absent = await run('rules', 'convert', 'nowhere.yaml');
  assert.equal(absent.exit, 2);
});

test('rules match is incomplete where a rule is in error, or none ran', async () => {
  const rule = (id: string, product: string, condition: string) =>
    `title: ${id}\nid: ${id}\nlogsource: {product: ${product}}\ndetection:\n  s: {actor: nobody}\n  condition: ${condition}\n`;
  write('log.ndjson', LOG);
  const match = (...rules: string[]) => {
    write('matched.yaml', rules.join('---\n'));
    return run('rules', 'match', '--no-builtin-rules', '-r', 'matched.yaml', 'log.ndjson');
  };
  const clean = await match(rule('one', 'audit', 's'));
  assert.deepEqual([clean.exit, clean.stderr], [0, '']);
  const refused = await match(rule('one', 'audit', 's'), rule('two', 'audit', 't'));
  assert.equal(refused.exit, 3);
  assert.match(refused.stderr, /matched\.yaml:8: the condition names "t", which is no selection/);
  const partly = await match(rule('one', 'audit', 's'), rule('two', 'zeek', 's'));
  assert.equal(partly.exit, 0);
  assert.match(partly.stderr, /1 of 2 rules ran, the others are for log sources that no file is of/);
  assert.equal((await match(rule('two', 'zeek', 's'))).exit, 3);
});

test('rules match names what it could not read', async () => {
  write('broken.ndjson', `${LOG}{"actor":\n`);
  write('packed.zip', Buffer.from('504b0304140000000000', 'hex').toString('latin1'));
  const of = (file: string) => run('rules', 'match', '--no-builtin-rules', '-r', 'matched.yaml', file);
  write(
    'matched.yaml',
    'title: one\nid: one\nlogsource: {product: audit}\ndetection:\n  s: {actor: nobody}\n  condition: s\n',
  );
  const broken = await of('broken.ndjson');
  assert.deepEqual(
    [broken.exit, broken.stderr],
    [3, 'warning: "broken.ndjson" holds 1 record that cannot be read\n'],
  );
  const packed = await of('packed.zip');
  assert.equal(packed.exit, 3);
  assert.match(packed.stderr, /^warning: "packed.zip" was not read: .*ZIP/);
  // No match in a log that somebody emptied is no answer, and in `[]` it is.
  const ungated = (file: string) =>
    run('rules', 'match', '--no-builtin-rules', '-r', 'matched.yaml', '--ignore-logsource', file);
  write('emptied.ndjson', '');
  const emptied = await ungated('emptied.ndjson');
  assert.deepEqual([emptied.exit, emptied.stderr], [3, 'warning: "emptied.ndjson" is empty\n']);
  write('none.json', '[]');
  const none = await ungated('none.json');
  assert.deepEqual([none.exit, none.stderr], [0, '']);
});

test('rules behind links are read once, and a file that is no UTF-8 is refused with its line', async () => {
  const rule = (id: string) =>
    `title: ${id}\nid: ${id}\nlogsource: {product: audit}\ndetection:\n  s: {actor: ann}\n  condition: s\n`;
  const link = (target: string, name: string) => fs.symlinkSync(target, path.join(folder, name));
  const match = () => run('rules', 'match', '--no-builtin-rules', '-r', 'linked', 'log.ndjson');
  write('log.ndjson', LOG);
  for (const name of ['linked', 'linked/..v1', 'elsewhere']) fs.mkdirSync(path.join(folder, name));
  write('linked/..v1/one.yml', rule('one'));
  write('elsewhere/two.yml', rule('two'));
  // As Kubernetes mounts a ConfigMap.
  link('..v1', 'linked/..data');
  link('..data/one.yml', 'linked/one.yml');
  link('../elsewhere/two.yml', 'linked/two.yml');
  const read = await match();
  assert.deepEqual([read.exit, read.stderr], [1, '']);
  assert.deepEqual([...read.stdout.matchAll(/"rule":"(\w+)"/g)].map(([, id]) => id).sort(), ['one', 'two']);
  link('../elsewhere', 'linked/more');
  link('nowhere.yml', 'linked/gone.yml');
  write('linked/latin.yml', rule('latin'));
  fs.appendFileSync(
    path.join(folder, 'linked/latin.yml'),
    Buffer.from('author: J\u00e9r\u00f4me\n', 'latin1'),
  );
  const refused = await match();
  assert.equal(refused.exit, 2);
  assert.match(refused.stderr, /linked\/gone\.yml: it is a link that leads nowhere/);
  assert.match(refused.stderr, /linked\/more: it is a link to another folder/);
  assert.match(refused.stderr, /linked\/latin\.yml:7:1: this line is not UTF-8/);
});
