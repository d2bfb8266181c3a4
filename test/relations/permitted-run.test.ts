/** `permitted` through a whole run: events, marks with lists in them, judgements, findings. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Detection } from '../../src/model/rule.ts';
import type { RoleTable } from '../../src/roles/role-table.ts';
import { tableOf } from '../roles/made-tables.ts';
import { auditPaths, renderReport, testRequest } from '../support/audit-run.ts';
import { correlationOf } from './made-marks.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-permitted-'));
after(() => fs.rmSync(folder, { recursive: true }));

function requestWith(roles: RoleTable, extra: Record<string, unknown>) {
  const {
    timespan: _,
    levels: __,
    waivers: ___,
    ...correlation
  } = correlationOf({
    id: 'roles-are-kept',
    title: 'Roles are kept',
    type: 'permitted',
    level: 'high',
    rules: ['any'],
    extra: { table: 'roles', ...extra },
    tables: { roles: { name: 'roles', title: 'Roles', file: 'roles.yaml', line: 1, rows: [], roles } },
    taxonomies: ['audit'],
  });
  const detection: Detection = {
    ...correlation,
    id: 'any',
    kind: 'detection',
    taxonomy: 'audit',
    logsource: {},
    condition: { kind: 'and', nodes: [] },
    speaks: false,
  };
  return { ...testRequest({ builtinRules: false }), rules: { rules: [detection, correlation], errors: [] } };
}

test('groups that stand in the log as a list give their roles; what they do not give is a finding', async () => {
  const roles = tableOf(
    'roles: {reader: [file.read], deleter: [file.delete]}\ngroups: {staff: {roles: [reader]}}\nusers: {ann: [deleter]}',
  );
  const event = (id: string, actor: string, action: string, groups: string[]) =>
    JSON.stringify({
      time: '2026-03-02T08:00:00Z',
      id,
      actor,
      action,
      target: '/x',
      outcome: 'success',
      who: { groups },
    });
  const file = path.join(folder, 'log.ndjson');
  fs.writeFileSync(
    file,
    `${[
      event('1', 'ann', 'file.read', ['guests', 'staff']),
      event('2', 'ann', 'file.read', ['guests']),
      event('3', 'ann', 'file.read', []),
      event('4', 'bob', 'file.write', ['staff']),
      event('5', 'bob', 'file.read', ['a"b', 'staff']),
    ].join('\n')}\n`,
  );
  const report = await auditPaths(requestWith(roles, { groups: 'who.groups', unused: 'report' }), [file]);
  assert.deepEqual(
    report.findings
      .filter(({ rule }) => rule === 'roles-are-kept')
      .map(({ code, subject, count, place }) => [code, subject, count ?? 1, place.line]),
    [
      ['shadow-access', 'ann', 2, 2],
      ['shadow-access', 'bob', 1, 4],
      // Of the table, not of the log.
      ['unused-grant', 'deleter', 1, 1],
    ],
  );
  assert.match(
    renderReport(report, 'text'),
    /high\[shadow-access\]: roles are kept: "ann" was allowed "file.read" on "\/x", 2 times/,
  );
  for (const format of ['json', 'sarif', 'ndjson'])
    assert.ok(renderReport(report, format).includes('unused-grant'));
});

test('an event that lists more groups than are read is not judged', async () => {
  const roles = tableOf('roles: {reader: [file.read]}\ngroups: {staff: {roles: [reader]}}\nusers: {ann: []}');
  const groups = [...Array.from({ length: 1000 }, (_, at) => `g${at}`), 'staff'];
  const event = {
    time: '2026-03-02T08:00:00Z',
    id: '1',
    actor: 'ann',
    action: 'file.read',
    target: '/x',
    outcome: 'success',
    groups,
  };
  const file = path.join(folder, 'many.ndjson');
  fs.writeFileSync(file, `${JSON.stringify(event)}\n`);
  const { findings } = await auditPaths(requestWith(roles, { groups: 'groups' }), [file]);
  assert.deepEqual(
    findings
      .filter(({ rule }) => rule === 'roles-are-kept')
      .map(({ verdict, severity, message }) => [verdict, severity, message]),
    [
      [
        'undetermined',
        'high',
        'roles are kept: 1 event not held to the roles: the event lists more groups or resources than are read',
      ],
    ],
  );
});

test('a grant is not unused where a file of the log may be missing', async () => {
  const roles = tableOf(
    'roles: {reader: [file.read], writer: [file.write]}\nusers: {ann: [reader], bob: [reader, writer]}',
  );
  const write = (name: string, time: string, action: string) => {
    const event = {
      time,
      id: name,
      actor: 'ann',
      action,
      target: '/x',
      outcome: 'failure',
      decision: 'denied',
    };
    const file = path.join(folder, `${name}.ndjson`);
    fs.writeFileSync(file, `${JSON.stringify(event)}\n`);
    return file;
  };
  const verdicts = async (...files: string[]) => {
    const { findings } = await auditPaths(requestWith(roles, { unused: 'report' }), files);
    return [...new Set(findings.filter(({ code }) => code === 'unused-grant').map(({ verdict }) => verdict))];
  };
  const first = write('first', '2026-03-02T08:00:00Z', 'file.write');
  assert.deepEqual(await verdicts(first, write('next', '2026-03-03T07:00:00Z', 'file.read')), ['violation']);
  assert.deepEqual(await verdicts(first, write('late', '2026-03-09T07:00:00Z', 'file.read')), [
    'undetermined',
  ]);
});
