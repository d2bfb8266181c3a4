/** Lists of files whose names hold a backslash or a colon: no checkout on Windows could hold them as fixtures. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { auditPaths, testRequest } from '../support/audit-run.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-names-'));
after(() => fs.rmSync(folder, { recursive: true }));

const LOG = '{"time":"2026-03-02T08:00:00Z","actor":"ann","action":"user.create","outcome":"success"}\n';
const ALTERED = LOG.replace('ann', 'eve');
const DIGEST = crypto.createHash('sha256').update(LOG).digest('hex');

let made = 0;

async function codesOf(list: string, files: Record<string, string>): Promise<string[]> {
  const own = path.join(folder, `${made++}`);
  for (const [name, text] of Object.entries({ ...files, SHA256SUMS: list })) {
    fs.mkdirSync(path.dirname(path.join(own, name)), { recursive: true });
    fs.writeFileSync(path.join(own, name), text);
  }
  const { findings } = await auditPaths(testRequest({ builtinRules: false }), [own]);
  return findings.filter(({ rule }) => rule === 'manifests').map(({ code }) => code);
}

describe('a list of digests', { skip: process.platform === 'win32' }, () => {
  const escaped = `\\${DIGEST}  sys\\\\x2d.ndjson\n${DIGEST}  a:1.ndjson\n`;

  test('names files with a backslash or a colon', async () => {
    assert.deepEqual(await codesOf(escaped, { 'sys\\x2d.ndjson': LOG, 'a:1.ndjson': LOG }), []);
    assert.deepEqual(
      await codesOf(`${DIGEST}  sys\\x2d.ndjson\n`, { 'sys\\x2d.ndjson': LOG }),
      [],
      'not escaped, as others than GNU write it',
    );
  });

  test('lets no file in a folder stand in for an altered one', async () => {
    const files = { 'sys\\x2d.ndjson': ALTERED, 'sys/x2d.ndjson': LOG };
    for (const list of [
      `\\${DIGEST}  sys\\\\x2d.ndjson\n`,
      `${DIGEST}  sys\\x2d.ndjson\r\n`,
      `${DIGEST}  sys\\x2d.ndjson`,
    ])
      assert.deepEqual(await codesOf(list, files), ['altered-listed-file']);
    assert.deepEqual(await codesOf(`${DIGEST}  sys\\x2d.ndjson\n`, { 'sys/x2d.ndjson': LOG }), [
      'missing-listed-file',
    ]);
  });

  test('of Windows names files in folders', async () => {
    assert.deepEqual(await codesOf(`${DIGEST} *day\\a.ndjson\r\n`, { 'day/a.ndjson': LOG }), []);
    assert.deepEqual(await codesOf(`${DIGEST} *day\\a.ndjson\r\n`, { 'day/a.ndjson': ALTERED }), [
      'altered-listed-file',
    ]);
  });

  test('of Windows lets no file of that very name stand in for an altered one in a folder', async () => {
    const list = `${DIGEST} *day\\a.ndjson\r\n`;
    const files = { 'day\\a.ndjson': LOG, 'day/a.ndjson': LOG };
    assert.deepEqual(await codesOf(list, files), []);
    for (const name of Object.keys(files))
      assert.deepEqual(await codesOf(list, { ...files, [name]: ALTERED }), ['altered-listed-file'], name);
    const outside = `${DIGEST} *..\\a.ndjson\r\n`;
    assert.deepEqual(await codesOf(outside, { '..\\a.ndjson': LOG }), ['unchecked-listed-file']);
  });

  test('of Windows may lack the end of its last line, or have one that ends otherwise', async () => {
    const files = { 'day/a.ndjson': LOG, 'day/b.ndjson': LOG };
    const [a, b] = [`${DIGEST} *day\\a.ndjson`, `${DIGEST} *day\\b.ndjson`];
    for (const list of [`${a}\r\n${b}`, `${a}\r\n${b}\n`, a]) {
      assert.deepEqual(await codesOf(list, files), [], JSON.stringify(list));
      const altered = await codesOf(list, { ...files, 'day/a.ndjson': ALTERED });
      assert.deepEqual(altered, ['altered-listed-file'], JSON.stringify(list));
    }
    assert.deepEqual(await codesOf(`${a}\n${b}\n`, files), ['missing-listed-file']);
  });
});
