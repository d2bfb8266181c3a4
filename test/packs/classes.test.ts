/** The classes of `rules/classes/` count the events that they are about, in plain words and in those of products, and no others. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { loadClasses } from '../../src/cli/library.ts';
import { auditPaths, testRequest } from '../support/audit-run.ts';

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-classes-'));
after(() => fs.rmSync(home, { recursive: true, force: true }));

const classes = loadClasses([]);
const request = { ...testRequest({ builtinRules: false }), rules: { rules: classes, errors: [] } };

/** Actions, or members that the event has besides: a null takes one away. */
type Case = string | Record<string, string | null>;

const CASES: Readonly<Record<string, { counted: Case[]; others: Case[] }>> = {
  data_read: {
    counted: ['GetObject', 'patient.record.viewed', 'Doc.Read'],
    others: ['doc.reader.added', 'spread'],
  },
  privileged_action: {
    counted: ['sudo', 'db.admin.login', { actor: 'root' }, { actor: 'Administrator' }],
    others: ['administration.page', 'doc.read', { actor: 'rooted' }],
  },
  log_read: {
    counted: ['LookupEvents', 'audit_log.exported', 'app.logs.viewed'],
    others: ['blog.viewed', 'audit.read.done'],
  },
  logging_changed: {
    counted: ['StopLogging', 'audit.started', 'app.logging.disabled', 'audit_log.rotated'],
    others: ['audit.read', 'catalogging.started'],
  },
  credential_changed: {
    counted: ['ChangePassword', 'user.password.reset', 'api_key.created'],
    others: ['password.checked', 'monkey.created'],
  },
  account_changed: {
    counted: ['UpdateUser', 'user.locked', 'account.updated'],
    others: ['user.created', 'superuser.updated'],
  },
  object_created: {
    counted: ['CreateBucket', 'database.created', 'repo.create'],
    others: ['user.created', 'database.read'],
  },
  configuration_changed: {
    counted: ['settings.updated', 'app.firewall_rule.deleted'],
    others: ['settings.read', 'misrule.created'],
  },
  network_traffic: {
    counted: ['connection.established', 'vpn.session.opened'],
    others: ['network.settings.updated'],
  },
  name_lookup: { counted: ['dns.query', 'resolver.dns.lookup'], others: ['dns.zone.created'] },
  web_request: { counted: ['GET', 'proxy.http.request'], others: ['GETOBJECTS', 'request.filed'] },
  command_run: { counted: ['SendCommand', 'host.process.started'], others: ['process.listed'] },
  logging_failed: { counted: ['audit.failed', 'disk.sensor.lost'], others: ['login.failed'] },
  alarm_raised: { counted: ['alert.triggered', 'edge.threat.detected'], others: ['alert.read'] },
  without_outcome: {
    counted: [{ outcome: null }, { outcome: '-' }, { outcome: 'unknown' }, { outcome: 'pending' }],
    others: ['doc.read'],
  },
  without_address: {
    counted: [{ ip: null }, { ip: '' }, { ip: '-' }, { ip: 'N/A' }, { ip: '(null)' }, { ip: '\u3164' }],
    others: ['doc.read'],
  },
  without_target: {
    counted: [{ target: null }, { target: ' ' }, { target: 'undefined' }],
    others: [{ target: '사과' }],
  },
};

function toRecord(given: Case): string {
  const members = typeof given === 'string' ? { action: given } : given;
  const event = {
    time: '2026-01-01T08:00:00Z',
    actor: 'ann',
    action: 'x.y',
    outcome: 'success',
    ip: '10.0.0.1',
    target: 'bob',
  };
  const record = { ...event, ...members };
  return `${JSON.stringify(Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)))}\n`;
}

test('every class has its examples', () => {
  assert.deepEqual(Object.keys(CASES).sort(), classes.map(({ name }) => name).sort());
});

for (const [name, { counted, others }] of Object.entries(CASES)) {
  test(`${name} counts its own events and no others, and finds nothing`, async () => {
    const matchesOf = async (cases: readonly Case[]) => {
      const file = path.join(home, `${name}.ndjson`);
      fs.writeFileSync(file, cases.map(toRecord).join(''));
      const { rules, findings } = await auditPaths(request, [file]);
      const id = classes.find((each) => each.name === name)!.id;
      assert.ok(!findings.some(({ rule }) => rule === id));
      return rules.find((rule) => rule.id === id)!.matches;
    };
    for (const each of counted) assert.equal(await matchesOf([each]), 1, JSON.stringify(each));
    for (const each of others) assert.equal(await matchesOf([each]), 0, JSON.stringify(each));
  });
}

test('classes are counted alike however the log is cut', async () => {
  const file = path.join(home, 'cut.ndjson');
  fs.writeFileSync(
    file,
    Object.values(CASES)
      .flatMap(({ counted, others }) => [...counted, ...others])
      .map(toRecord)
      .join(''),
  );
  const whole = await auditPaths(request, [file]);
  assert.ok(whole.rules.every(({ matches }) => matches > 0));
  assert.deepEqual(await auditPaths(request, [file], { sizes: { rangeBytes: 300, batchBytes: 300 } }), whole);
});
