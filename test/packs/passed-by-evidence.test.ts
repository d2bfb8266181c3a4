/** What a log does not show passes no control: whole runs over small logs, each of which passed once. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { judgePacks, type PackOptions } from '../../src/packs/judge-packs.ts';
import { auditPaths, type RunOptions, testRequest } from '../support/audit-run.ts';

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-passed-'));
after(() => fs.rmSync(home, { recursive: true, force: true }));

const DAY = 86_400_000;
const NOW = '2026-11-30';

/** Whole events, a day apart, the last one a day before NOW. */
function daily(days: number, change: (event: Record<string, unknown>, index: number) => object = same) {
  return Array.from({ length: days }, (_, index) => {
    const time = new Date(Date.parse(NOW) - (days - index) * DAY).toISOString();
    const event = { time, id: `e${index}`, actor: 'ann', action: 'doc.read', outcome: 'success' };
    return change({ ...event, target: 'doc-7', ip: '10.0.0.1' }, index);
  });
}

function same(event: object): object {
  return event;
}

function write(name: string, text: string): string {
  const file = path.join(home, name);
  fs.writeFileSync(file, text);
  return file;
}

let runs = 0;

/** By check, as a pack writes it: its status and why. `logs`: the events of each file. */
async function judge(checks: string[], logs: object[][], options: RunOptions & { rule?: string } = {}) {
  const folder = path.join(home, `run-${++runs}`);
  fs.mkdirSync(folder);
  for (const [index, events] of logs.entries())
    fs.writeFileSync(
      path.join(folder, `log-${index}.ndjson`),
      events.map((event) => `${JSON.stringify(event)}\n`).join(''),
    );
  const controls = checks.map(
    (check, index) => `  - {id: "${index}", title: t, strength: strong, checks: [{${check}}]}`,
  );
  const head = 'title: Own\nversion: "1"\neffective: 2020-01-01\nurl: https://example.org\ncontrols:';
  const pack = write('own.yaml', `${head}\n${controls.join('\n')}\n`);
  const { rule, ...given } = options;
  const rules = rule === undefined ? [] : [write('rule.yaml', rule)];
  const request = testRequest({ builtinRules: false, now: NOW, pack: [pack], rules, ...given });
  const report = judgePacks(await auditPaths(request, [folder]), request, request.packs as PackOptions);
  const results = report.controls!.map(({ checks: [check] }) => check!);
  return {
    report,
    results,
    said: results.map(({ status, reason }) => (reason === undefined ? status : `${status}: ${reason}`)),
  };
}

describe('events', () => {
  test('without an actor name no accountable one, some of them or all', async () => {
    const every = await judge(['events: actor'], [daily(9)]);
    assert.deepEqual(every.said, ['passed']);
    for (const change of [
      ({ actor, ...rest }: Record<string, unknown>, index: number) => (index % 2 ? rest : { actor, ...rest }),
      ({ actor: _, ...rest }: Record<string, unknown>) => rest,
      (event: Record<string, unknown>) => ({ ...event, actor: { of: 'shop' } }),
    ]) {
      const { said, results } = await judge(['events: actor'], [daily(9, change)], { source: 'audit' });
      assert.deepEqual(said, ['failed']);
      assert.equal(results[0]!.against, 1);
    }
  });

  test('whose outcome alone is missing name an actor all the same', async () => {
    const log = daily(9, ({ outcome: _, ...rest }) => rest);
    const { said } = await judge(['events: actor', 'events: time', 'events: content'], [log]);
    assert.deepEqual(said, ['passed', 'passed', 'failed']);
  });

  test('without a time have no plausible one, and none that runs forward', async () => {
    const checks = ['events: time', 'events: order'];
    const none = await judge(checks, [daily(12, ({ time: _, ...rest }) => rest)], { source: 'audit' });
    assert.deepEqual(none.said, ['failed', 'undetermined: 12 events without a readable time']);
    const one = await judge(checks, [
      daily(12, ({ time, ...rest }, index) => (index === 3 ? rest : { time, ...rest })),
    ]);
    assert.deepEqual(one.said, ['failed', 'undetermined: 1 event without a readable time']);
    assert.deepEqual((await judge(checks, [daily(12)])).said, ['passed', 'passed']);
  });

  test('of which no schema demands who did what are not passed by it', async () => {
    const schema = (members: object) =>
      write('schema.json', JSON.stringify({ 'x-applies-to': 'audit', type: 'object', ...members }));
    const checks = ['events: content', 'events: actor', 'events: time'];
    const log = daily(12, ({ actor: _, outcome: __, time, ...rest }, index) =>
      index === 0 ? rest : { time, ...rest },
    );
    const own = await judge(checks, [log], {
      source: 'audit',
      schema: [schema({ properties: { ip: {} } })],
    });
    assert.deepEqual(own.said, [
      'undetermined: no schema demands "time", "actor", "action", "outcome" of every event',
      'undetermined: no schema demands "actor" of every event',
      'undetermined: 1 event without a readable time',
    ]);
  });
});

const readable = (index: number) => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: `id${index}`,
  stage: 'ResponseComplete',
  requestURI: '/api/v1/pods',
  verb: 'get',
  objectRef: { resource: 'pods', namespace: 'web', name: 'p' },
  user: { username: 'ann' },
});

/** Records of a source of which no time can be read. */
const untimed = Array.from({ length: 5 }, (_, index) => ({
  ...readable(index),
  requestReceivedTimestamp: '10/Nov/2026',
  stageTimestamp: '10/Nov/2026',
}));

function timeOf(event: object): unknown {
  return (event as { time?: unknown }).time;
}

test('a source none of whose times can be read counts for retention, age and silence', async () => {
  const checks = ['retention: 90 days', 'available: 30 days', 'maximum: 24 months', 'silence: 7 days'];
  const whole = await judge(checks, [daily(100)]);
  assert.deepEqual(
    whole.results.map(({ status }) => status),
    ['passed', 'passed', 'passed', 'passed'],
  );
  const { said, results } = await judge(checks, [daily(100), untimed]);
  const unread = 'undetermined: no event of "kubernetes" has a readable time';
  assert.deepEqual(said, [unread, unread, 'undetermined: 5 events without a time', unread]);
  assert.equal(results[3]!.population.count, 2);
});

describe('silence', () => {
  const checks = ['silence: 7 days'];
  const log = daily(100).slice(0, 60);

  test('of one source lasts until now, and is the same finding tomorrow', async () => {
    const other = daily(95).map((event, index) => ({
      ...readable(index),
      requestReceivedTimestamp: timeOf(event),
    }));
    const { said, report } = await judge(checks, [log, other]);
    assert.deepEqual(said, [
      'failed: "audit" silent for 41d from 2026-10-20T00:00:00Z to 2026-11-30T00:00:00Z',
    ]);
    const later = await judge(checks, [log, other], { now: '2026-12-01' });
    assert.match(later.said[0]!, /^failed: "audit" silent for 42d /);
    const print = ({ findings }: typeof report) =>
      findings.find(({ code }) => code === 'source-silent')!.fingerprint;
    assert.equal(print(later.report), print(report));
  });

  test('of all sources may be the end of the export', async () => {
    const { said } = await judge(checks, [log]);
    const since = 'undetermined: the last event is of 2026-10-20: the 41d since are not in this run';
    assert.deepEqual(said, [since]);
    assert.deepEqual((await judge(checks, [log], { now: '2026-10-27' })).said, ['passed']);
  });

  test('does not show where events are left out, or in less than so long a time', async () => {
    const cut = await judge(checks, [daily(100)], { since: '2026-10-01', until: '2026-11-30' });
    assert.deepEqual(cut.said, ['undetermined: events were left out of the run by their time']);
    const short = await judge(checks, [daily(3)]);
    assert.deepEqual(short.said, [
      'undetermined: from the first event on it is 3d, in which so long a silence cannot show',
    ]);
    assert.deepEqual((await judge(checks, [daily(7)])).said, ['passed']);
  });
});

test('a rule that is in force at no time of the log has judged nothing', async () => {
  const rule = (effective: string) => `title: Doc read
id: 11111111-1111-4111-8111-111111111111
level: high
taxonomy: audit
effective: {${effective}}
control: [own:0]
detection: {read: {action: doc.read}, condition: read}
`;
  for (const [effective, words] of [
    ['from: 2027-01-01', 'from 2027-01-01T00:00:00Z'],
    ['to: 2020-01-01', 'until 2020-01-01T00:00:00Z'],
  ] as const) {
    const { said, report } = await judge(['rules: named', 'rules: [Doc read]'], [daily(9)], {
      rule: rule(effective),
    });
    const reason = `not in force at any time of the log (${words})`;
    assert.deepEqual(
      report.rules.map(({ status, matches, reason: why }) => [status, matches, why]),
      [['not-applicable', 0, reason]],
    );
    const short = `undetermined: none of its rules is for these logs: ${reason}`;
    assert.deepEqual(said, [short, short]);
  }
  const now = await judge(['rules: named'], [daily(9)], { rule: rule('from: 2026-11-25') });
  assert.equal(now.said[0], 'failed');
});

test('fields that are there in name only are not there', async () => {
  const checks = ['events: content', 'fields: outcome', 'fields: ip', 'fields: target'];
  const judged = async (members: object) => {
    const { results } = await judge(checks, [daily(9, (event) => ({ ...event, ...members }))], {
      source: 'audit',
    });
    return results.map(({ status }) => status).join(' ');
  };
  const open = 'undetermined undetermined undetermined';
  const everywhere = (text: string) => ({ outcome: text, ip: text, target: text });
  assert.equal(await judged({}), 'passed passed passed passed');
  for (const text of ['undefined', '(null)', '\u3164', '\u115f', '\ufe0f', '\u2014', '?', '   ', '-'])
    assert.equal(await judged(everywhere(text)), `failed ${open}`, JSON.stringify(text));
  // A writer that does not know has said how it ended, and still not whether it worked.
  assert.equal(await judged(everywhere('unknown')), `passed ${open}`);
  assert.equal(await judged({ outcome: 'pending' }), 'passed undetermined passed passed');
  for (const invisible of ['\u3164', '\u115f', '\ufe0f'])
    for (const field of ['actor', 'action'])
      assert.match(await judged({ [field]: invisible }), /^failed/, field);
  assert.match(await judged({ outcome: undefined, status: '-' }), /^failed/);
});

describe('rules that found nothing', () => {
  const rule = (detection: string, more = '') => `title: Door
id: 11111111-1111-4111-8111-111111111111
level: high
taxonomy: audit
control: [own:0]
${more}detection: {${detection}}
`;
  const unreasoned = rule('s: {action: door.opened}, r: {reason: [null, ""]}, condition: s and r');
  const breach = 's: {action: door.forced}, failed: {outcome: failure}, condition: s and not failed';
  const doors = (members: object) =>
    daily(9, (event, index) => (index < 4 ? { ...event, action: 'door.opened', ...members } : event));
  const untested = 'undetermined: no event of the kind that "Door" is for';

  test('pass by events of their kind, and count them', async () => {
    const checks = ['rules: named', 'rules: [Door]'];
    const seen = await judge(checks, [doors({ reason: 'cleaning' })], { rule: unreasoned });
    assert.deepEqual(seen.said, ['passed', 'passed']);
    assert.deepEqual(seen.results[0]!.population, { of: 'events put to such rules', count: 4 });
    assert.deepEqual((await judge(checks, [daily(9)], { rule: unreasoned })).said, [untested, untested]);
    assert.deepEqual((await judge(checks, [doors({})], { rule: unreasoned })).said, ['failed', 'failed']);
  });

  test('of which each event is a breach pass by what else shows that the log records such', async () => {
    assert.deepEqual((await judge(['rules: named'], [daily(9)], { rule: rule(breach) })).said, [untested]);
    const refused = { action: 'door.forced', outcome: 'failure' };
    assert.deepEqual((await judge(['rules: named'], [doors(refused)], { rule: rule(breach) })).said, [
      'passed',
    ]);
    const shown = rule(breach, 'shown-by: [configuration_changed]\n');
    assert.deepEqual((await judge(['rules: named'], [daily(9)], { rule: shown })).said, [untested]);
    const changed = { action: 'settings.changed' };
    assert.deepEqual((await judge(['rules: named'], [doors(changed)], { rule: shown })).said, ['passed']);
  });

  test('of a product pass by what the product records', async () => {
    const deleted = `title: Door
id: 11111111-1111-4111-8111-111111111111
level: high
logsource: {product: kubernetes}
control: [own:0]
detection: {s: {verb: delete, objectRef.resource: networkpolicies}, system: {user.username: kubelet}, condition: s and not system}
`;
    const log = daily(5).map((event, index) => ({
      ...readable(index),
      requestReceivedTimestamp: timeOf(event),
    }));
    const { said, results } = await judge(['rules: named'], [log, daily(9)], { rule: deleted });
    assert.deepEqual(said, ['passed']);
    assert.equal(results[0]!.population.count, 5);
  });

  test('of the shipped ones need sign-ins with a factor, requests and approvals, keys', async () => {
    const signIns = daily(20, (event) => ({ ...event, action: 'user.login', target: 'vpn' }));
    const pack = ['pci-dss-4', 'hipaa', 'soc2'];
    const request = testRequest({ now: NOW, pack });
    const folder = path.join(home, 'sign-ins');
    fs.mkdirSync(folder);
    const text = (events: object[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('');
    const statusesOf = async (events: object[]) => {
      fs.writeFileSync(path.join(folder, 'log.ndjson'), text(events));
      const report = await auditPaths(request, [folder]);
      const { controls } = judgePacks(report, request, request.packs as PackOptions);
      return ['8.4.2', '8.3.6', '164.312(a)(2)(iv)', '164.312(d)', 'CC5.1'].map(
        (name) => controls!.find(({ control }) => control === name)!.status,
      );
    };
    const open = 'undetermined';
    assert.deepEqual(await statusesOf(signIns), [open, open, open, open, open]);
    const more = daily(7, (event, index) => ({
      ...event,
      id: `m${index}`,
      ...[
        { action: 'mfa.enabled' },
        { action: 'settings.changed' },
        { action: 'change.requested', target: 'CHG-1' },
        { action: 'change.approved', actor: 'bob', target: 'CHG-1' },
        { action: 'change.deployed', actor: 'cid', target: 'CHG-1', ticket: 'CHG-1' },
        { action: 'role.granted', target: 'bob', reason: 'new on the team' },
        { action: 'key.rotated' },
      ][index],
    }));
    const passed = 'passed';
    assert.deepEqual(await statusesOf([...signIns, ...more]), [passed, passed, passed, passed, passed]);
  });
});
