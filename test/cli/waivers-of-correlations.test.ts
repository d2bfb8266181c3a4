/**
 * What a correlation finds stands for many events: a waiver by message, file, subject or fingerprint that was given for some of them
 * covers none of the others, whichever of them the finding begins with.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Finding } from '../../src/model/finding.ts';
import type { Report } from '../../src/model/report.ts';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-waived-correlations-'));
after(() => {
  commands.close();
  fs.rmSync(home, { recursive: true });
});

type Event = Record<string, unknown>;

const at = (time: string, action: string, more: Event = {}): Event => ({
  ...{ time: `2026-03-02T${time}Z`, id: `${time}-${action}-${JSON.stringify(more)}`, actor: 'ann', action },
  ...{ outcome: 'success', target: 't', ...more },
});
const grant = (time: string, role: unknown, more: Event = {}) => at(time, 'role.grant', { role, ...more });
const clock = [at('00:00:00', 'clock.read'), at('23:00:00', 'clock.read')];

const DETECTIONS = [
  ['grant', 'role.grant'],
  ['signin', 'sign.in'],
  ['signout', 'sign.out'],
]
  .map(([id, action]) => `title: ${id}\nid: ${id}\ndetection: {s: {action: ${action}}, condition: s}\n`)
  .join('---\n');

const rule = (correlation: string, more = '') =>
  `${DETECTIONS}---\ntitle: Found\nid: found\ncorrelation: {${correlation}}\nlevel: high\n${more}`;

let runs = 0;

/** `logs`: events by file. */
async function found(rules: string, logs: Record<string, Event[]>, match?: object): Promise<Finding[]> {
  const folder = path.join(home, String(runs++));
  fs.mkdirSync(folder);
  const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
  for (const [name, events] of Object.entries(logs))
    write(name, [...events].map((event) => `${JSON.stringify(event)}\n`).join(''));
  write('rules.yaml', rules);
  const waiver = {
    id: 'W-1',
    rule: 'found',
    match,
    reason: 'accepted by somebody',
    owner: 'bob',
    expires: '2026-12-31',
  };
  write('waivers.yaml', JSON.stringify({ waivers: match === undefined ? [] : [waiver] }));
  const argv = ['verify', ...Object.keys(logs), '--no-config', '--no-builtin-rules', '--rules', 'rules.yaml'];
  const { stdout, stderr } = await commands.run(
    [...argv, '--waivers', 'waivers.yaml', '--now', '2026-04-01T00:00:00Z', '-f', 'json'],
    folder,
  );
  assert.equal(stderr, '');
  return (JSON.parse(stdout) as Report).findings.filter(({ rule: id }) => id === 'found');
}

const isWaived = (findings: readonly Finding[]) => findings.map(({ waiver }) => waiver !== undefined);

/** The waiver covers what it was given for, and not what has more in it. */
async function coversOnly(
  rules: string,
  accepted: Record<string, Event[]>,
  more: Record<string, Event[]>,
  match: (finding: Finding) => object,
): Promise<void> {
  const [first, ...others] = await found(rules, accepted);
  assert.deepEqual(others, []);
  const given = match(first!);
  assert.deepEqual(isWaived(await found(rules, accepted, given)), [true], JSON.stringify(given));
  const now = await found(rules, more, given);
  assert.equal(now.length, 1);
  assert.deepEqual(isWaived(now), [false], JSON.stringify([given, now]));
}

const byMessage = ({ message }: Finding) => ({ message: message.replace(/,.*/, '*') });
const byFingerprint = ({ fingerprint }: Finding) => ({ fingerprint });
const byFile = () => ({ file: 'a.ndjson' });

const TOLD = "message: '{actor} granted {role}'";

for (const [type, correlation] of [
  ['event_count', 'type: event_count, rules: [grant], group-by: [actor], timespan: 1h, condition: {gte: 1}'],
  ['event_count of all', 'type: event_count, rules: [grant], timespan: 1h, condition: {gte: 1}'],
  ['temporal', 'type: temporal, condition: grant and signin, group-by: [actor], timespan: 1h'],
  ['temporal_ordered', 'type: temporal_ordered, rules: [grant, signin], group-by: [actor], timespan: 1h'],
  ['requires', 'type: requires, rules: [grant], needs: [signout], before: 1h, group-by: [actor]'],
] as const) {
  for (const taxonomy of ['', 'taxonomy: audit\n']) {
    test(`lists are told whole: ${type} ${taxonomy}`, async () => {
      const field = taxonomy === '' ? 'role' : 'target';
      const rules = rule(correlation, `${TOLD.replace('role', field)}\n${taxonomy}`).replaceAll(
        /(id: (?:grant|signin|signout)\n)/g,
        `$1${taxonomy}`,
      );
      const log = (value: unknown) => ({
        'a.ndjson': [
          clock[0]!,
          at('08:01:00', 'role.grant', { [field]: value }),
          at('08:03:00', 'sign.in', { target: undefined }),
          clock[1]!,
        ],
      });
      await coversOnly(rules, log(['viewer']), log(['viewer', 'superadmin']), byMessage);
    });
  }
}

for (const [type, correlation] of [
  ['temporal_ordered', 'type: temporal_ordered, rules: [grant, signin], group-by: [actor], timespan: 1h'],
  ['temporal', 'type: temporal, condition: grant and signin, group-by: [actor], timespan: 1h'],
] as const) {
  test(`an event that would have done as well is told: ${type}`, async () => {
    const [early, viewer, late, signin] = [
      ...[grant('08:01:00', 'superadmin'), grant('08:02:00', 'viewer'), grant('08:02:30', 'superadmin')],
      at('08:03:00', 'sign.in', { target: undefined }),
    ];
    for (const match of [byMessage, byFingerprint])
      for (const events of [
        [early, viewer, signin],
        [viewer, late, signin],
      ])
        await coversOnly(
          rule(correlation, TOLD),
          { 'a.ndjson': [viewer!, signin!] },
          { 'a.ndjson': events as Event[] },
          match,
        );
  });

  test(`and its file: ${type}`, async () => {
    const own = [grant('08:02:00', 'viewer'), at('08:03:00', 'sign.in'), at('08:06:00', 'sign.in')];
    await coversOnly(
      rule(correlation),
      { 'a.ndjson': own },
      { 'a.ndjson': own, 'b.ndjson': [grant('08:05:00', 'viewer')] },
      byFile,
    );
  });
}

test('concurrency is told of its peak, and no waiver for that covers another time', async () => {
  const rules = rule(
    'type: concurrency, opens: [signin], closes: [signout], session: session, max-open: 12h, condition: {gt: 1}',
  );
  const pair = (hour: string, ...actors: string[]) =>
    actors.flatMap((actor, index) => [
      at(`${hour}:0${index}:00`, 'sign.in', { actor, session: `${hour}${actor}` }),
      at(`${hour}:1${index}:00`, 'sign.out', { actor, session: `${hour}${actor}` }),
    ]);
  const inOrder = (events: Event[]) =>
    events.toSorted((a, b) => String(a.time).localeCompare(String(b.time)));
  const first = { 'a.ndjson': inOrder(pair('08', 'ann', 'bob')) };
  const both = { 'a.ndjson': inOrder([...pair('08', 'ann', 'bob'), ...pair('09', 'mallory', 'eve')]) };
  await coversOnly(rules, first, both, ({ message }) => ({ message }));
  await coversOnly(rules, first, both, byFingerprint);
  await coversOnly(rules, first, { ...first, 'b.ndjson': inOrder(pair('09', 'mallory', 'eve')) }, byFile);
});

test('concurrency: nor the instant at which the log ends', async () => {
  const rules = rule(
    'type: concurrency, opens: [signin], closes: [signout], session: session, max-open: 12h, condition: {gt: 1}',
  );
  const opened = (time: string, actor: string) => at(time, 'sign.in', { actor, session: actor });
  const closed = (time: string, actor: string) => at(time, 'sign.out', { actor, session: actor });
  const own = [
    ...[opened('08:00:00', 'ann'), opened('08:01:00', 'bob'), closed('08:10:00', 'ann')],
    closed('08:11:00', 'bob'),
  ];
  const more = [...own, opened('09:00:00', 'mallory'), opened('09:01:00', 'eve')];
  await coversOnly(rules, { 'a.ndjson': own }, { 'a.ndjson': more }, ({ message }) => ({ message }));
});

test('what suppress joins is another finding when it tells of something else', async () => {
  const counted = 'type: event_count, rules: [grant], group-by: [actor], timespan: 10m, condition: {gte: 1}';
  const own = [grant('08:00:00', 'viewer'), grant('08:30:00', 'viewer')];
  const more = [...own, grant('08:31:00', 'superadmin')];
  const rules = rule(counted, `${TOLD}\nsuppress: {by: [actor], for: 2h}`);
  await coversOnly(rules, { 'a.ndjson': own }, { 'a.ndjson': more }, byFingerprint);
});

test('new values beside the one that was accepted make another finding', async () => {
  const rules = rule('type: new_value, rules: [grant], field: role, history: 1h, group-by: [actor]');
  const log = (...roles: string[]) => ({
    'a.ndjson': [clock[0]!, ...roles.map((role, index) => grant(`08:0${index}:00`, role)), clock[1]!],
  });
  await coversOnly(rules, log('viewer'), log('viewer', 'superadmin'), byFingerprint);
});

test('a second silence is not the one that was accepted', async () => {
  const rules = rule('type: gap, rules: [signin], timespan: 2h');
  const every = (...hours: string[]) => ({ 'a.ndjson': hours.map((hour) => at(`${hour}:00:00`, 'sign.in')) });
  const one = every('08', '09', '12', '13', '14', '15', '16');
  const two = every('08', '09', '12', '13', '16');
  await coversOnly(rules, one, two, byFingerprint);
  await coversOnly(rules, one, two, () => ({
    message: '*from 2026-03-02T09:00:00Z until 2026-03-02T12:00:00Z*',
  }));
});

test('a correlation of correlations lies in the files of all that they found', async () => {
  const rules = `${DETECTIONS}---
title: Inner
id: inner
correlation: {type: event_count, rules: [grant], group-by: [actor], timespan: 1h, condition: {gte: 2}}
---
title: Found
id: found
correlation: {type: event_count, rules: [inner], timespan: 1d, condition: {gte: 1}}
level: high
`;
  const own = [grant('08:00:00', 'viewer'), grant('08:01:00', 'viewer')];
  await coversOnly(
    rules,
    { 'a.ndjson': own },
    { 'a.ndjson': own, 'b.ndjson': [grant('08:02:00', 'viewer')] },
    byFile,
  );
});
