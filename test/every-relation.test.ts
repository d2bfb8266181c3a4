/** The rules that split scans and threads are held to name every relation, and each of them speaks. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { RELATIONS } from '../src/relations/index.ts';
import { auditPaths, testRequest } from './support/audit-run.ts';
import { EVERY_RELATION } from './support/every-relation.ts';
import { madeFates, spoiledLog } from './support/spoiled-log.ts';

const home = mkdtempSync(join(tmpdir(), 'audit-check-relations-'));
after(() => rmSync(home, { recursive: true, force: true }));

test('every relation type has a rule, and every rule speaks of a spoiled log', async () => {
  const request = testRequest(EVERY_RELATION);
  assert.deepEqual(request.rules.errors, []);
  const types = new Set(
    request.rules.rules.flatMap((rule) => (rule.kind === 'correlation' ? [rule.type] : [])),
  );
  for (const { type } of RELATIONS) assert.ok(types.has(type), `no rule of the type ${type}`);
  writeFileSync(join(home, 'app.ndjson'), spoiledLog(madeFates(600, 1), 'x'));
  const report = await auditPaths(request, [home]);
  assert.deepEqual(
    report.rules.filter(({ status }) => status !== 'ran').map(({ title, reason }) => `${title}: ${reason}`),
    [],
  );
  const spoken = new Set(report.findings.map(({ rule }) => rule));
  const silent = request.rules.rules.filter(
    (rule) => !spoken.has(rule.id) && (rule.kind === 'detection' ? rule.speaks : rule.silent !== true),
  );
  assert.deepEqual(
    silent.map(({ title }) => title),
    [],
  );
  assert.ok(report.findings.some(({ waiver }) => waiver !== undefined));
  assert.ok(report.findings.some(({ code }) => code === 'expired-waiver'));
});
