/** What `verify` says of correlations where dates, waivers and chains meet: nothing of it may hide a violation. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Finding } from '../../src/model/finding.ts';
import type { Report } from '../../src/model/report.ts';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-correlations-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

type Row = { at: string | null; does: string } & Record<string, string | null>;

/** What is found, as `verdict code`, and `waived` where it is. */
async function found(rules: string, rows: readonly Row[]): Promise<string[]> {
  const lines = rows.map(({ at, does, ...more }, index) =>
    JSON.stringify({ id: `e${index}`, time: at, actor: 'ann', action: does, outcome: 'success', ...more }),
  );
  fs.writeFileSync(path.join(folder, 'log.ndjson'), `${lines.join('\n')}\n`);
  fs.writeFileSync(path.join(folder, 'rules.yaml'), rules.replace(/---\n$/, ''));
  const argv = '--no-config --no-builtin-rules --source audit -r rules.yaml -f json log.ndjson'.split(' ');
  const { stdout } = await commands.run(['verify', ...argv], folder);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return findings
    .filter(({ rule }) => rule.startsWith('r-'))
    .map(({ rule, verdict, code, waiver }) => [rule, verdict, code, ...(waiver ? ['waived'] : [])].join(' '));
}

const detection = (action: string, keys = '') => `title: ${action}
id: r-${action}
name: ${action}
taxonomy: audit
${keys}detection: {s: {action: ${action}}, condition: s}
---
`;

const correlation = (name: string, body: string, keys = '') => `title: ${name}
id: r-${name}
name: ${name}
${keys}correlation: {group-by: [actor], ${body}}
---
`;

const waiver = (rule: string, keys: string) => `title: waiver of ${rule}
id: w-${rule}
owner: cid
reason: known
${keys}
filter: {rules: [${rule}], s: {actor: ann}, condition: s}
`;

const at = (does: string, ...times: string[]): Row[] => times.map((time) => ({ at: `${time}:00Z`, does }));

test('a limit that is missing at first does not hide that it is exceeded later', async () => {
  const limit = 'gt: {table: quotas, match: {who: actor}, value: most}';
  const rules = `${detection('read')}title: Quotas
name: quotas
table: [{who: ann, most: 1, from: 2026-01-02}]
---
${correlation('many', `type: event_count, rules: [read], timespan: 1h, condition: {${limit}}`)}`;
  const rows = at('read', '2026-01-01T23:50', '2026-01-02T00:01', '2026-01-02T00:02');
  assert.deepEqual(await found(rules, rows), [
    'r-many undetermined event-count-reached',
    'r-many violation event-count-reached',
  ]);
});

test('a waiver covers no silence that ended after it, though a longer one ended before', async () => {
  const rules = `${detection('beat')}${correlation('silent', 'type: gap, rules: [beat], timespan: 1d')}${waiver('silent', 'expires: 2026-02-01')}`;
  const times = ['2026-01-01T00:00', '2026-01-20T00:00', '2026-01-21T00:00', '2026-02-15T00:00'];
  const short = ['2026-02-15T20:00', '2026-02-18T00:00'];
  assert.deepEqual(await found(rules, at('beat', ...times.slice(0, 3))), [
    'r-silent violation silence-too-long waived',
  ]);
  const rows = at('beat', '2026-01-01T00:00', '2026-01-20T00:00', ...short);
  assert.deepEqual(await found(rules, rows), [
    'r-silent violation expired-waiver',
    'r-silent violation silence-too-long',
  ]);
});

test('a waiver covers no hole in numbers that came after it', async () => {
  const rules = `${detection('beat')}${correlation('holes', 'type: gap, rules: [beat], sequence: seq')}${waiver('holes', 'expires: 2026-02-01')}`;
  const numbered = (time: string, seq: string): Row => ({ at: `${time}T00:00:00Z`, does: 'beat', seq });
  const days = [
    ['2025-12-30', '0'],
    ['2025-12-31', '1'],
    ['2026-01-02', '3'],
    ['2026-03-01', '4'],
    ['2026-03-02', '6'],
    ['2026-03-03', '7'],
  ];
  assert.deepEqual(
    await found(
      rules,
      days.map(([day, seq]) => numbered(day!, seq!)),
    ),
    ['r-holes violation expired-waiver', 'r-holes violation sequence-hole'],
  );
});

test('a waiver does not cover what was before it is in force', async () => {
  const keys = 'effective: {from: 2026-06-01}\nexpires: 2026-12-31';
  const rows = at('read', '2026-05-31T23:00', '2026-06-01T00:00', '2026-12-31T23:00');
  assert.deepEqual(await found(`${detection('read')}${waiver('read', keys)}`, rows), [
    'r-read violation matched-rule',
    'r-read violation matched-rule waived',
    'r-read violation matched-rule waived',
  ]);
});

test('an expired waiver of an inner correlation is no mark of the outer one', async () => {
  const bursts = 'type: event_count, rules: [fail], timespan: 10m, condition: {gte: 2}';
  const twice = 'type: event_count, rules: [burst], timespan: 1d, condition: {gte: 2}';
  const rules = `${detection('fail')}${correlation('burst', bursts, 'generate: true\n')}${correlation('twice', twice)}${waiver('burst', 'expires: 2026-01-01')}`;
  const rows = at('fail', '2026-02-01T10:00', '2026-02-01T10:01', '2026-02-01T15:00', '2026-02-01T15:01');
  const said = await found(rules, rows);
  assert.deepEqual(
    said.filter((line) => line.startsWith('r-twice')),
    ['r-twice violation event-count-reached'],
  );
});

test('what an uncertain judgement may rule out is undetermined', async () => {
  const reviews = 'type: event_count, rules: [review], timespan: 10m, condition: {gte: 2}';
  const lone = 'type: temporal, rules: [deploy, twice], timespan: 1h, condition: deploy and not twice';
  const rules = `${detection('review')}${detection('deploy')}${correlation('twice', reviews)}${correlation('lone', lone)}`;
  const rows = [
    ...at('other', '2026-02-01T00:00'),
    ...at('review', '2026-02-01T10:00'),
    { at: null, does: 'review' },
    ...at('deploy', '2026-02-01T10:10'),
    ...at('other', '2026-02-02T00:00'),
  ];
  assert.deepEqual(await found(rules, rows), ['r-lone undetermined events-together']);
});

test('sessions that were opened before the rule is in force count in it', async () => {
  const sessions =
    'type: concurrency, opens: [login], closes: [logout], session: session, condition: {gt: 1}';
  const keys = 'effective: {from: 2026-02-01T12:00:00Z, to: 2026-02-01T18:00:00Z}\n';
  const rules = `${detection('login')}${detection('logout')}${correlation('shared', sessions, keys)}`;
  const session = (does: string, hour: number, name: string): Row => ({
    at: `2026-02-01T${hour}:00:00Z`,
    does,
    session: name,
  });
  const across = [
    session('login', 10, 'a'),
    session('login', 13, 'b'),
    session('logout', 14, 'b'),
    session('logout', 15, 'a'),
  ];
  assert.deepEqual(await found(rules, across), ['r-shared violation concurrency-exceeded']);
  const before = [
    session('login', 10, 'a'),
    session('login', 10, 'b'),
    session('logout', 11, 'b'),
    session('logout', 20, 'a'),
  ];
  assert.deepEqual(await found(rules, before), []);
  const after = [
    session('login', 10, 'a'),
    session('login', 19, 'b'),
    session('logout', 20, 'b'),
    session('logout', 21, 'a'),
  ];
  assert.deepEqual(await found(rules, after), []);
});

test('a detection matches nothing outside its own dates, for a correlation either', async () => {
  const dated = detection('read', 'effective: {from: 2026-03-01}\n');
  const rules = `${dated}${correlation('many', 'type: event_count, rules: [read], timespan: 1h, condition: {gte: 2}')}`;
  assert.deepEqual(await found(rules, at('read', '2026-02-28T23:30', '2026-03-01T00:00')), []);
  assert.deepEqual(await found(rules, at('read', '2026-03-01T00:00', '2026-03-01T00:01')), [
    'r-many violation event-count-reached',
  ]);
});

test('an expected group that spoke only before the rule is in force is absent in it', async () => {
  const silent = 'type: gap, rules: [beat], timespan: 1d, expected: {table: hosts, match: {host: actor}}';
  const rules = `${detection('beat')}title: Hosts
name: hosts
table: [{host: ann}]
---
${correlation('silent', silent, 'effective: {from: 2026-02-01}\n')}`;
  const rows = [...at('beat', '2026-01-10T00:00', '2026-01-11T00:00'), ...at('other', '2026-02-20T00:00')];
  assert.deepEqual(await found(rules, rows), ['r-silent violation expected-group-silent']);
});

test('a waiver covers no empty day after it, though the last event was before its end', async () => {
  const daily = 'type: event_count, rules: [beat], window: calendar, timespan: 1d, condition: {lt: 1}';
  const rules = `${detection('beat')}${correlation('daily', daily)}${waiver('daily', 'expires: 2026-02-09T12:00:00Z')}`;
  const rows = at('beat', '2026-02-08T00:00', '2026-02-09T00:00', '2026-02-13T00:00');
  assert.deepEqual(await found(rules, rows), [
    'r-daily violation event-count-reached',
    'r-daily violation expired-waiver',
  ]);
});

test('an expected group that is absent is a mark, three correlations up too', async () => {
  const hosts = 'expected: {table: hosts, match: {host: actor}}';
  const rules = `${detection('beat')}title: Hosts
name: hosts
table: [{host: ann}, {host: bob}]
---
${correlation('some', 'type: event_count, rules: [beat], timespan: 1h, condition: {gte: 1}')}${correlation('silent', `type: gap, rules: [some], timespan: 1d, ${hosts}`)}${correlation('outer', 'type: event_count, rules: [silent], timespan: 9d, condition: {gte: 1}')}`;
  const rows = at('beat', '2026-02-01T00:00', '2026-02-02T00:00', '2026-02-03T00:00');
  assert.deepEqual(await found(rules, rows), ['r-outer violation event-count-reached']);
});

test('a rule says of itself how many events it could not judge, and those it only learns from are none', async () => {
  const told = async (text: string, rows: readonly Row[]) => {
    await found(text, rows);
    const words = 'verify --no-config --no-builtin-rules --source audit -r rules.yaml log.ndjson -f json';
    const { stdout } = await commands.run(words.split(' '), folder);
    const { rules } = JSON.parse(stdout) as Report;
    return rules.flatMap(({ unjudged }) => unjudged ?? []);
  };
  const counted = `${detection('read')}${correlation('many', 'type: event_count, rules: [read], timespan: 1h, condition: {gte: 5}')}`;
  const chained = `${counted}${correlation('outer', 'type: event_count, rules: [many], timespan: 9d, condition: {gte: 1}')}`;
  const without = { events: 2, reason: 'without a field to group by' };
  const rows = at('read', '2026-01-01T00:00', '2026-01-01T00:01');
  const nobodys = rows.map((row) => ({ ...row, actor: null }));
  assert.deepEqual(await told(counted, nobodys), [without]);
  assert.deepEqual(await told(chained, nobodys), [without, without]);
  const learning = `${detection('read')}${correlation('new', 'type: new_value, rules: [read], field: actor, history: 1d')}`;
  assert.deepEqual(await told(learning, at('read', '2026-01-01T00:00', '2026-01-05T00:00')), []);
  const [short] = await told(learning, rows);
  assert.match(short!.reason, /learning, for the log spans less than the 1d that it needs$/);
});

test('a field that no event carries is told, where it is counted', async () => {
  const rules = `${detection('read')}${correlation('sum', 'type: value_sum, rules: [read], field: target, timespan: 1h, condition: {gte: 5}')}`;
  assert.deepEqual(await found(rules, at('read', '2026-01-01T00:00', '2026-01-01T00:01')), []);
  const { stdout } = await commands.run(
    '--no-config --no-builtin-rules --source audit -r rules.yaml log.ndjson'
      .split(' ')
      .toSpliced(0, 0, 'verify'),
    folder,
  );
  assert.match(stdout, /2 events not judged by "sum": they lack "target"/);
});

test('a waiver covers sessions that all lie in its time, and no others', async () => {
  const sessions =
    'type: concurrency, opens: [login], closes: [logout], session: session, condition: {gt: 1}';
  const rules = (expires: string) =>
    `${detection('login')}${detection('logout')}${correlation('shared', sessions)}${waiver('shared', `expires: ${expires}`)}`;
  const session = (does: string, day: string, name: string): Row => ({
    at: `2026-${day}T10:00:00Z`,
    does,
    session: name,
  });
  const pair = (day: string, next: string): Row[] => [
    session('login', day, 'a'),
    session('login', day, 'b'),
    session('logout', next, 'a'),
    session('logout', next, 'b'),
  ];
  const rows = [...pair('01-01', '01-02'), ...pair('03-01', '03-02')];
  assert.deepEqual(await found(rules('2026-12-31'), rows), [
    'r-shared violation concurrency-exceeded waived',
  ]);
  assert.deepEqual(await found(rules('2026-02-01'), rows), [
    'r-shared violation concurrency-exceeded',
    'r-shared violation expired-waiver',
  ]);
});

test('what a file might hold that is not there is no violation', async () => {
  const rules =
    detection('access') +
    detection('approve') +
    correlation('owed', 'type: requires, rules: [access], needs: [approve], before: 24h');
  const write = (name: string, rows: Row[]) =>
    fs.writeFileSync(
      path.join(folder, 'months', name),
      rows
        .map(
          ({ at: time, does }, index) =>
            `${JSON.stringify({ id: `${name}-${index}`, time, actor: 'ann', action: does, outcome: 'success' })}\n`,
        )
        .join(''),
    );
  fs.mkdirSync(path.join(folder, 'months'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'owed.yaml'), rules.replace(/---\n$/, ''));
  write('january.ndjson', at('approve', '2026-01-01T08:00', '2026-01-31T20:00'));
  write('march.ndjson', at('access', '2026-03-01T00:30', '2026-03-09T08:00'));
  const argv = 'verify --no-config --no-builtin-rules --source audit -r owed.yaml -f json months'.split(' ');
  const { stdout } = await commands.run(argv, folder);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  const owed = findings.filter(({ rule }) => rule === 'r-owed');
  assert.deepEqual(
    owed.map(({ verdict }) => verdict),
    ['undetermined', 'violation'],
  );
  assert.match(owed[0]!.message, /holds nothing between 2026-01-31T20:00:00Z and 2026-03-01T00:30:00Z/);
});
