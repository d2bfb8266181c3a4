/** One report of one folder with lists of digests, however it was read: threads, ranges of plain files, second runs. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AuditOptions } from '../../src/audit.ts';
import { StateFolder } from '../../src/read/state-folder.ts';
import { auditPaths, renderReport, testRequest } from '../support/audit-run.ts';
import { bundled } from '../support/bundled.ts';

const workerModule = pathToFileURL(bundled('scan-worker'));
const home = mkdtempSync(path.join(tmpdir(), 'audit-check-lists-same-'));
after(() => rmSync(home, { recursive: true, force: true }));

const logs = path.join(home, 'logs');
for (const name of ['ok-x-road-archives', 'bad-altered-archive-file'])
  cpSync(
    fileURLToPath(new URL(`../../fixtures/manifests/${name}/logs`, import.meta.url)),
    path.join(logs, name),
    {
      recursive: true,
    },
  );
const days = ['1', '2', '3'].map((day) => ({
  name: `2026-03-0${day}.ndjson`,
  text: ['ann', 'bob', 'cid']
    .map(
      (actor) =>
        `${JSON.stringify({ time: `2026-03-0${day}T08:00:00Z`, actor, action: 'login', outcome: 'success' })}\n`,
    )
    .join(''),
}));
mkdirSync(path.join(logs, 'days'));
for (const { name, text } of days) writeFileSync(path.join(logs, 'days', name), text);
const sha512 = (text: string) => createHash('sha512').update(text).digest('hex');
writeFileSync(
  path.join(logs, 'days', 'SHA512SUMS'),
  days.map(({ name, text }, index) => `${sha512(index === 1 ? '' : text)}  ${name}\n`).join(''),
);

const request = testRequest({ builtinRules: false });
const render = async (options: Partial<AuditOptions> = {}) =>
  renderReport(await auditPaths(request, [logs], options), 'json');
const expected = await render();

test('the report has something to say', () => {
  const { findings } = JSON.parse(expected) as { findings: { code: string; place: { file: string } }[] };
  assert.deepEqual(
    findings.map(({ code, place }) => `${code} ${path.basename(place.file)}`),
    ['altered-listed-file 800-response-7a80.asice', 'altered-listed-file 2026-03-02.ndjson'],
  );
});

test('threads and ranges of whatever size change nothing', async () => {
  const sizes = { rangeBytes: 100, batchBytes: 1000 };
  assert.equal(await render({ sizes }), expected);
  for (const jobs of [2, 3])
    assert.equal(await render({ jobs, threadBytes: 0, workerModule, sizes }), expected);
});

test('a second run with --state says the same from what the first one kept', async () => {
  const place = path.join(home, 'state');
  for (let run = 0; run < 2; run++) {
    const folder = new StateFolder(place);
    folder.open();
    assert.equal(await render({ state: { folder } }), expected, `run ${run}`);
    folder.close();
  }
});
