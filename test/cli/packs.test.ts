/** `--pack`, `list packs`, `list controls`, `explain CONTROL`: as a user meets them, mistakes too. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { CommandLine } from '../support/command-line.ts';

const command = new CommandLine();
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-packs-'));
after(() => {
  command.close();
  fs.rmSync(home, { recursive: true, force: true });
});

const event = (day: string, action: string) =>
  `${JSON.stringify({ timestamp: `${day}T08:00:00Z`, user_id: 'ann', action, outcome: 'success', ip: '10.0.0.1', target: 'bob' })}\n`;
fs.writeFileSync(
  path.join(home, 'log.ndjson'),
  event('2026-01-01', 'user.created') + event('2026-01-02', 'doc.read'),
);
fs.writeFileSync(
  path.join(home, 'own.yaml'),
  'title: Ours\nversion: "1"\neffective: 2020-01-01\nurl: https://example.org\ncontrols:\n  - { id: A.1, title: Data is read, strength: partial, checks: [{ present: data_read }] }\n',
);

const run = (...args: string[]) => command.run(args, home);

async function verify(...args: string[]): Promise<Report> {
  const { exit, stdout, stderr } = await run('verify', 'log.ndjson', '--format', 'json', ...args);
  assert.equal(stderr, '');
  assert.ok(exit === 0 || exit === 1, `exit ${exit}`);
  return JSON.parse(stdout) as Report;
}

test('packs are asked for by name, by path and joined by commas, and judged in that order', async () => {
  const { packs = [], controls = [], rules } = await verify('--pack', 'gdpr,cis-8', '--pack', './own.yaml');
  assert.deepEqual(
    packs.map(({ name }) => name),
    ['gdpr', 'cis-8', 'own'],
  );
  assert.deepEqual(
    packs.map(({ name }) => controls.filter(({ pack }) => pack === name).length),
    [9, 15, 1],
  );
  assert.equal(controls.find(({ pack }) => pack === 'own')?.status, 'passed');
  assert.equal(rules.find(({ title }) => title === 'Data read')?.matches, 1);
});

test('without a pack nothing of packs is in the report', async () => {
  const { packs, controls, rules } = await verify();
  assert.deepEqual([packs, controls], [undefined, undefined]);
  assert.ok(!rules.some(({ title }) => title === 'Data read'));
});

test('classes of events are counted across runs with --state as in one', async () => {
  const args = ['--pack', 'cis-8'];
  const first = path.join(home, 'log.ndjson');
  const whole = fs.readFileSync(first, 'utf8');
  const lines = whole.split(/(?<=\n)/);
  fs.writeFileSync(first, lines[0]!);
  await verify(...args, '--state', 'state');
  fs.writeFileSync(first, whole);
  const resumed = await verify(...args, '--state', 'state');
  assert.deepEqual(resumed, await verify(...args));
});

test('the configuration names packs and how long logs are kept', async () => {
  fs.writeFileSync(
    path.join(home, 'audit-check.yaml'),
    'packs: [gdpr, own.yaml]\nkeep: { maximum: 30 days }\n',
  );
  try {
    const { controls = [] } = await verify();
    const { status, checks } = controls.find(({ control }) => control === '5(1)(e)')!;
    assert.equal(status, 'undetermined', 'without --now');
    assert.match(checks.map(({ asks }) => asks).join(), /30 days/);
    assert.ok(controls.some(({ pack }) => pack === 'own'));
    const unjudged = async (config: string) => {
      fs.writeFileSync(path.join(home, 'audit-check.yaml'), config);
      const { notices } = await verify();
      return notices.flatMap(({ code, message }) =>
        code === 'unjudged-keep' ? [/"(.*?)"/.exec(message)![1]] : [],
      );
    };
    assert.deepEqual(await unjudged('packs: [gdpr]\nkeep: { maximum: 30 days }\n'), []);
    assert.deepEqual(await unjudged('packs: [gdpr]\nkeep: { minimum: 30 days }\n'), ['keep.minimum']);
    assert.deepEqual(await unjudged('packs: [nist-800-53r5]\nkeep: { minimum: 30 days }\n'), []);
    const both = 'keep: { minimum: 30 days, maximum: 1 year }\n';
    assert.deepEqual(await unjudged(both), ['keep.minimum', 'keep.maximum']);
    fs.writeFileSync(path.join(home, 'audit-check.yaml'), 'packs: [gdrp]\nkeep: { maximum: long }\n');
    const { exit, stderr } = await run('verify', 'log.ndjson');
    assert.equal(exit, 2);
    assert.match(stderr, /unknown pack "gdrp", did you mean "gdpr"/);
    assert.match(stderr, /keep\.maximum: expected an age/);
    const contrary = 'keep: { minimum: 1 year, maximum: 365 days }\n';
    fs.writeFileSync(path.join(home, 'audit-check.yaml'), contrary);
    const refused = await run('verify', 'log.ndjson');
    assert.equal(refused.exit, 2);
    assert.match(refused.stderr, /never before the minimum of "1 year", found "365 days"/);
  } finally {
    fs.rmSync(path.join(home, 'audit-check.yaml'));
  }
});

test('every mistake in an own pack is told with its place', async () => {
  fs.writeFileSync(
    path.join(home, 'wrong.yaml'),
    'title: Ours\nversion: "1"\neffective: 2020-01-01\nurl: https://example.org\ncontrols:\n  - { id: A.1, title: t, strength: strong, checks: [{ present: data_raed }, { silense: 7 days }] }\n',
  );
  const { exit, stderr } = await run('verify', 'log.ndjson', '--pack', './wrong.yaml');
  assert.equal(exit, 2);
  assert.match(
    stderr,
    /wrong\.yaml:6:\d+: expected a rule or a class of events .* found "data_raed", did you mean "data_read"/,
  );
  assert.match(stderr, /wrong\.yaml:6:\d+: expected a check, .* found "silense", did you mean "silence"/);
});

test('packs and controls are listed, and a control is explained', async () => {
  const packs = await run('list', 'packs');
  assert.match(packs.stdout, /^m-21-31 +OMB M-21-31, superseded since 2026-05-22 by m-26-14$/m);
  const controls = await run('list', 'controls');
  assert.match(controls.stdout, /^soc2:CC7\.2 +strong +\S/m);
  const { stdout } = await run('explain', 'soc2:CC7.2');
  assert.match(stdout, /^soc2:CC7\.2: Systems are watched for anomalies$/m);
  assert.match(stdout, /named by .*broken-link/);
  assert.match(
    (await run('explain', 'soc2:CC7.22')).stderr,
    /unknown code, rule or control "soc2:CC7.22", did you mean "soc2:CC7.2"/,
  );
});

test('with a superseded pack the report says so', async () => {
  const { stdout } = await run('verify', 'log.ndjson', '--pack', 'm-21-31');
  assert.match(stdout, /note\[pack-superseded\]: .*m-21-31/);
  assert.match(stdout, /^ +m-21-31 .*superseded since 2026-05-22$/m);
});

test('no rule may have the id under which packs, files, checks or licenses speak', async () => {
  const rule = (id: string) => `title: Door opened
id: ${id}
taxonomy: audit
detection: { selection: { action: door.open }, condition: selection }
level: high
`;
  for (const id of ['packs', 'input', 'waivers', 'hash-chain', '"license:editor"']) {
    fs.writeFileSync(path.join(home, 'rule.yaml'), rule(id));
    const { exit, stderr } = await run('verify', 'log.ndjson', '--rules', 'rule.yaml');
    assert.equal(exit, 2, id);
    const told = `error: rule.yaml:1:1: a rule cannot have the id "${id.replaceAll('"', '')}": findings that no rule made bear it`;
    assert.ok(stderr.startsWith(told), stderr);
  }
  // The types of correlations speak by the id of a rule: theirs are free.
  fs.writeFileSync(path.join(home, 'rule.yaml'), rule('event_count'));
  await verify('--rules', 'rule.yaml');
});

test('a control is open where its rule is a step of another, which alone speaks for it', async () => {
  const rule =
    'title: Read\nname: read\nid: 0f4b1f3a-6a2f-4f0c-8a51-0d6c6f9f5b11\ntaxonomy: audit\nlevel: high\ndetection: { is: { action: doc.read }, condition: is }\n';
  const outer = (generate: boolean) =>
    `---\ntitle: Read often\n${generate ? 'generate: true\n' : ''}correlation: { type: event_count, rules: [read], timespan: 7d, condition: { gte: 3 } }\n`;
  const pack =
    'title: Ours\nversion: "1"\neffective: 2020-01-01\nurl: https://example.org\ncontrols:\n  - { id: A.1, title: Nobody reads, strength: partial, checks: [{ rules: [read] }] }\n';
  fs.writeFileSync(path.join(home, 'reads.yaml'), pack);
  const statusWith = async (text: string) => {
    fs.writeFileSync(path.join(home, 'reading.yaml'), text);
    const { controls } = await verify('--no-builtin-rules', '-r', 'reading.yaml', '--pack', './reads.yaml');
    return [controls![0]!.status, controls![0]!.checks[0]!.reason];
  };
  assert.equal((await statusWith(rule))[0], 'failed');
  assert.equal((await statusWith(rule + outer(true)))[0], 'failed');
  assert.deepEqual(await statusWith(rule + outer(false)), [
    'undetermined',
    '1 of 1 rule may not speak, for others refer to it without "generate: true": "Read"',
  ]);
});
