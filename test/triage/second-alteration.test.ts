/** What was altered and is known, altered once more, is another finding: its fingerprint tells of what was found. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { auditPaths, testRequest } from '../support/audit-run.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-second-'));
after(() => fs.rmSync(folder, { recursive: true }));

/** Fixture, log, code, and what the second alteration replaces: an altered record that keeps its hash and its message. */
const ALTERED = [
  ['chains/bad-acra', 'log.ndjson', 'altered-record', '"msg":"select allowed"', '"msg":"select refused"'],
  ['chains/bad-altered-record', 'log.ndjson', 'altered-record', '"ev-1003"', '"ev-9003"'],
  ['chains/bad-not-canonicalizable', 'log.ndjson', 'not-canonicalizable', '"payment.approve"', '"payment.x"'],
  ['chains/bad-privacyidea', 'log.ndjson', 'bad-signature', '"user":"mallory"', '"user":"malice"'],
  ['chains/bad-signature', 'log.jsonl', 'bad-signature', '2026-03-02T09:00:00Z', '2026-03-02T09:00:01Z'],
  ['chains/bad-unhashed-record', 'log.ndjson', 'unhashed-record', 'T08:00:28.250Z"}', 'T08:00:29.250Z"}'],
] as const;

let made = 0;

async function fingerprintOf(fixture: string, log: string, code: string, text: string): Promise<string> {
  const config = path.join(FIXTURES, fixture, 'audit-check.yaml');
  const request = testRequest({ builtinRules: false, ...(fs.existsSync(config) && { config }) });
  // In a folder of its own each time: where the log lies is no part of it.
  const own = path.join(folder, `${made++}`);
  fs.mkdirSync(own);
  fs.writeFileSync(path.join(own, log), text);
  process.chdir(own);
  const { findings } = await auditPaths(request, [log]);
  const found = findings.filter((finding) => finding.code === code);
  assert.equal(found.length, 1, findings.map((finding) => finding.code).join());
  return found[0]!.fingerprint;
}

describe('the fingerprint of an alteration', () => {
  for (const [fixture, log, code, from, to] of ALTERED)
    test(`of ${fixture} stays as long as the record does, and no longer`, async () => {
      const text = fs.readFileSync(path.join(FIXTURES, fixture, log), 'utf8');
      assert.ok(text.includes(from), from);
      const known = await fingerprintOf(fixture, log, code, text);
      assert.equal(await fingerprintOf(fixture, log, code, text), known);
      assert.notEqual(await fingerprintOf(fixture, log, code, text.replace(from, to)), known);
    });

  test('counts every record of a run', async () => {
    const [fixture, log, code] = ['chains/bad-altered-record', 'log.ndjson', 'altered-record'];
    const text = fs.readFileSync(path.join(FIXTURES, fixture, log), 'utf8');
    const both = text.replace('"ev-1003"', '"ev-9003"').replace('"ev-1004"', '"ev-9004"');
    const second = both.replace('"ev-9004"', '"ev-8004"');
    assert.notEqual(
      await fingerprintOf(fixture, log, code, both),
      await fingerprintOf(fixture, log, code, second),
    );
  });

  test('counts every file that digests of CloudTrail list', async () => {
    const own = path.join(folder, `${made++}`);
    fs.cpSync(path.join(FIXTURES, 'cloudtrail/bad-altered-file'), own, { recursive: true });
    process.chdir(own);
    const request = testRequest({ builtinRules: false, config: 'audit-check.yaml' });
    const neighbor = 'logs/111122223333_CloudTrail_eu-west-1_20260301T0135Z_Qx4ZysiJjbqReSvx.json';
    const print = async (text: string) => {
      fs.writeFileSync(neighbor, text);
      const found = (await auditPaths(request, ['logs'])).findings.filter(
        ({ code }) => code === 'altered-file',
      );
      assert.deepEqual(
        found.map(({ count }) => count),
        [2],
      );
      return found[0]!.fingerprint;
    };
    const text = fs.readFileSync(neighbor, 'utf8');
    const known = await print(`${text} `);
    assert.equal(await print(`${text} `), known);
    assert.notEqual(await print(`${text}  `), known);
  });

  test('counts every file of a list of digests', async () => {
    const request = testRequest({ builtinRules: false });
    const prints: string[] = [];
    for (const second of ['one', 'two']) {
      const own = path.join(folder, `${made++}`);
      fs.mkdirSync(own);
      process.chdir(own);
      const digest = '0'.repeat(64);
      fs.writeFileSync('SHA256SUMS', `${digest}  a.txt\n${digest}  b.txt\n`);
      fs.writeFileSync('a.txt', 'altered\n');
      fs.writeFileSync('b.txt', `${second}\n`);
      const { findings } = await auditPaths(request, ['.']);
      prints.push(findings.find(({ code }) => code === 'altered-listed-file')!.fingerprint);
    }
    assert.notEqual(prints[0], prints[1]);
  });
});
