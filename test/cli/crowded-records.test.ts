/** Records whose lists make more things than are judged: it is said, and nothing of them is clean. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'crowded-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);

write(
  'multi.yaml',
  `title: Records that tell of several things
logsource: { product: multi }
identify: [{ kind: multi, at: "*" }]
identity: [[uid]]
lacks: [region, tenant, reason, ticket, session, error, user_agent, endpoint, service, actor_name, actor_type]
fields:
  time: at
  id: uid
  actor: who
  action: events.action
  target: files.name
  ip: hosts.ip
  outcome: { from: events.result, map: { ok: success, no: failure }, otherwise: unknown }
  decision: { from: events.result, map: { ok: allowed, no: denied }, otherwise: "" }
`,
);
write('audit-check.yaml', 'sources: multi.yaml\nbuiltinRules: false\nrules: rules.yaml\n');
write(
  'roles.yaml',
  'roles: { r: { allow: [{ actions: [read], resources: ["*"] }] } }\nusers: { ann: [r] }\n',
);

const rule = (detection: string, more = '') =>
  `title: Found\nlevel: high\ntaxonomy: audit\n${more}detection: ${detection}\n`;
const OTHER = rule('{ s: { ip: 192.0.2.1, action: none }, condition: s }').replace('Found', 'Another');

type Lists = { events: object[]; files?: object[]; hosts?: object[] };
const record = (lists: Lists) =>
  `${JSON.stringify({ kind: 'multi', uid: '1', at: '2026-03-02T08:00:00.5Z', who: 'ann', ...lists })}\n`;
const many = (count: number, make: (index: number) => object) =>
  Array.from({ length: count }, (_, index) => make(index));

async function verify(log: string, rules: string, ...more: string[]) {
  write('log.ndjson', log);
  write('rules.yaml', rules);
  const { stdout } = await commands.run(['verify', 'log.ndjson', '--format', 'json', ...more], folder);
  const { findings, summary } = JSON.parse(stdout) as {
    findings: { code: string; waiver?: object }[];
    summary: { verdict: string };
  };
  return { codes: findings.filter(({ waiver }) => waiver === undefined).map(({ code }) => code), summary };
}

const fail = { action: 'read', result: 'no' };
const ok = { action: 'delete', result: 'ok' };

test('another rule changes nothing of what one finds, however many lists there are', async () => {
  const log = record({
    events: [ok, fail, ...many(20, () => ({ action: 'x', result: 'ok' }))],
    files: many(30, (index) => ({ name: `f${index}` })),
    hosts: many(20, (index) => ({ ip: `192.0.2.${index}` })),
  });
  const own = rule('{ s: { action: delete, target: f29 }, f: { outcome: failure }, condition: s and not f }');
  assert.deepEqual((await verify(log, own)).codes, ['matched-rule']);
  assert.deepEqual((await verify(log, `${own}---\n${OTHER}`)).codes, ['matched-rule']);
});

test('beyond ten thousand combinations the record is a finding, for verify and for access', async () => {
  const log = record({
    events: [fail, ...many(150, () => ({ action: 'read', result: 'ok' })), ok],
    files: many(150, (index) => ({ name: `f${index}` })),
  });
  const { codes, summary } = await verify(log, rule('{ s: { action: delete, target: f149 }, condition: s }'));
  assert.deepEqual([codes, summary.verdict], [['crowded-record'], 'findings']);
  const { exit, stdout } = await commands.run(['access', 'log.ndjson', '--roles', 'roles.yaml'], folder);
  assert.equal(exit, 3);
  assert.match(stdout, /crowded-record: 1 record tells of more things/);
});

test('a list that is stuffed hides nothing without a word', async () => {
  const stuffed = { action: Array.from({ length: 3000 }, (_, index) => `n${index}`), result: 'ok' };
  const log = record({ events: [ok, fail, stuffed, ...many(2000, () => ({ action: 'x', result: 'ok' }))] });
  const rules = rule('{ s: { action: delete }, f: { outcome: failure }, condition: s and not f }');
  assert.ok((await verify(log, rules)).codes.includes('crowded-record'));
});

test('equal values of two elements are two: a sum has both', async () => {
  const log = record({ events: [ok], files: [{ name: '5' }, { name: '5' }] });
  const sum = `${rule('{ s: { action: delete }, condition: s }').replace('title: Found', 'title: s\nname: s')}---
title: Sum
level: high
taxonomy: audit
correlation: { type: value_sum, rules: [s], group-by: [actor], timespan: 1h, condition: { field: target, gte: 10 } }
`;
  assert.ok((await verify(log, sum)).codes.includes('value-sum-reached'));
});

test('a level below a later one that holds of another element is not taken', async () => {
  const levels =
    'levels: [{ when: { target: r1 }, level: low }, { when: { target: pay }, level: critical }]\n';
  const rules = rule('{ s: { action: delete }, condition: s }', levels);
  write('log.ndjson', record({ events: [ok], files: [{ name: 'pay' }, { name: 'r1' }] }));
  write('rules.yaml', rules);
  const { stdout } = await commands.run(['verify', 'log.ndjson', '--format', 'json'], folder);
  const { findings } = JSON.parse(stdout) as { findings: { severity: string }[] };
  assert.deepEqual(
    findings.map(({ severity }) => severity),
    ['critical'],
  );
});
