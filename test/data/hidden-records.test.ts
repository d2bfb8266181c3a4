/** Ways to hide something from the audit that a reviewer found: each must speak. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { sha256Hex } from '../../src/base/digest.ts';
import { auditPaths, testRequest } from '../support/audit-run.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-hidden-'));
after(() => fs.rmSync(folder, { recursive: true }));
const request = testRequest({ builtinRules: false });

function chained(amount: number): string[] {
  let previous = '0'.repeat(64);
  return Array.from({ length: amount }, (_, index) => {
    const time = new Date(Date.UTC(2026, 0, 31, 8, index)).toISOString();
    const body = {
      action: 'file.read',
      actor: 'ann',
      id: `e${index}`,
      outcome: 'success',
      prev_hash: previous,
      time,
    };
    const hash = sha256Hex(JSON.stringify(body));
    previous = hash;
    const { action, actor, ...rest } = body;
    return JSON.stringify({ action, actor, hash, ...rest });
  });
}

async function audit(name: string, lines: readonly string[]) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return auditPaths(request, [file]);
}

test('an empty own hash is no hash, even where a profile has no key to compute one', async () => {
  const forged = (hash: string, index: number) =>
    JSON.stringify({
      action: 'role.grant',
      actor: 'eve',
      chain_id: `c${index}`,
      hash,
      id: `f${index}`,
      outcome: 'success',
      prev_hash: '',
      time: '2026-01-31T09:00:00Z',
    });
  const good = await audit('good.ndjson', chained(30));
  assert.equal(good.summary.verdict, 'clean');
  for (const at of [5, 29]) {
    const lines = chained(30);
    lines.splice(at, 0, forged('', at));
    const report = await audit('empty.ndjson', lines);
    assert.equal(report.summary.verdict, 'findings', `at ${at}`);
    assert.ok(
      report.findings.some(({ place }) => place.line === at + 1),
      `at ${at}: ${JSON.stringify(report.findings)}`,
    );
  }
});

test('more streams than are followed is said, and the audit goes on', async () => {
  const lines = Array.from({ length: 20_100 }, (_, index) =>
    JSON.stringify({
      action: 'a',
      actor: 'ann',
      chain_id: `c${index}`,
      hash: 'x'.repeat(64),
      outcome: 'success',
      prev_hash: null,
      time: '2026-01-31T08:00:00Z',
    }),
  );
  const report = await audit('streams.ndjson', lines);
  assert.equal(report.summary.verdict, 'findings');
});

test('a docker line with two logs, or with structure in its attributes, hides nothing', async () => {
  const inner = (actor: string) =>
    JSON.stringify(
      `{"time":"2026-01-31T08:00:00Z","actor":"${actor}","action":"read","outcome":"success"}\n`,
    );
  const plain = (actor: string) => `{"log":${inner(actor)},"stream":"stdout","time":"2026-01-31T08:00:00Z"}`;
  const twice = `{"log":${inner('eve')},"log":${inner('ann')},"stream":"stdout","time":"2026-01-31T08:00:00Z"}`;
  const attrs = `{"log":${inner('ann')},"stream":"stdout","time":"2026-01-31T08:00:00Z","attrs":{"event":{"actor":"eve"}}}`;
  assert.equal((await audit('docker.log', [plain('ann'), plain('bob')])).summary.verdict, 'clean');
  for (const hidden of [twice, attrs]) {
    assert.notEqual(
      (await audit('docker.log', [plain('ann'), hidden, plain('bob')])).summary.verdict,
      'clean',
    );
  }
});

test('a file of no known source is no clean audit, whatever the threshold', async () => {
  const file = path.join(folder, 'x.ndjson');
  fs.writeFileSync(file, '{"foo":1}\n{"foo":2}\n');
  const report = await auditPaths({ ...request, failOn: 'critical' }, [file]);
  assert.equal(report.summary.verdict, 'incomplete');
});

test('a check that was left out is named', async () => {
  const file = path.join(folder, 'good.ndjson');
  const report = await auditPaths({ ...request, disabled: ['hash-chain'] }, [file]);
  assert.ok(
    report.notices.some(({ code, message }) => code === 'check-left-out' && message.includes('hash-chain')),
  );
});
