/** One report of one bucket, however it was read: threads, ranges of plain files, second runs, digests that nobody expected. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { AuditOptions } from '../../src/audit.ts';
import { StateFolder } from '../../src/read/state-folder.ts';
import { auditPaths, renderReport, testRequest } from '../support/audit-run.ts';
import { bundled } from '../support/bundled.ts';
import { makeSigner, makeTrail, toJavaJson } from '../support/made-trail.ts';

const workerModule = pathToFileURL(bundled('scan-worker'));
const home = mkdtempSync(path.join(tmpdir(), 'audit-check-trail-same-'));
after(() => rmSync(home, { recursive: true, force: true }));

const logs = path.join(home, 'logs');
const trail = makeTrail(logs, {
  accounts: ['111122223333'],
  regions: ['eu-central-1', 'us-east-1'],
  hours: 6,
  signer: makeSigner(),
});
const [one, two] = [...trail.streams.values()];
const [edited, gone, exchanged] = [one![1]!.logs[0]!, one![3]!, two![2]!.logs[0]!];
writeFileSync(edited.file, gzipSync(edited.text.replace('ann', 'bob')));
rmSync(gone.file);
renameSync(exchanged.file, path.join(logs, 'elsewhere.json.gz'));
const halved = two![3]!.logs[0]!.file;
writeFileSync(halved, readFileSync(halved).subarray(0, 200));
// Plain files are digested by whoever cuts them into ranges.
for (const { file, text } of two!.slice(4).flatMap((digest) => digest.logs)) {
  writeFileSync(file.replace(/\.gz$/, ''), text);
  rmSync(file);
}
const request = testRequest({ builtinRules: false, publicKeys: [trail.keysFile] });

async function render(options: Partial<AuditOptions> = {}, own = request): Promise<string> {
  return renderReport(await auditPaths(own, [logs], options), 'json');
}

const expected = await render();

test('the report has something to say', () => {
  for (const code of ['altered-file', 'missing-digest', 'moved-file', 'truncated-input', 'unsealed-file'])
    assert.match(expected, new RegExp(`"code": "${code}"`));
});

test('threads and ranges of whatever size change nothing', async () => {
  const sizes = { rangeBytes: 200, batchBytes: 2000 };
  assert.equal(await render({ sizes }), expected);
  for (const jobs of [2, 3])
    assert.equal(await render({ jobs, threadBytes: 0, workerModule, sizes }), expected);
});

test('a second run with --state says the same from what the first one kept', async () => {
  rmSync(halved);
  const before = await render();
  const place = path.join(home, 'state');
  for (let run = 0; run < 2; run++) {
    const folder = new StateFolder(place);
    folder.open();
    assert.equal(await render({ state: { folder } }), before, `run ${run}`);
    folder.close();
  }
});

test('digests that are known by what they hold alone are held against the files by a second look', async () => {
  const { publicKeys: _, ...keyless } = request;
  const named = JSON.parse(await render({}, keyless));
  for (const [number, file] of readdirSync(logs, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('CloudTrail-Digest_'))
    .entries()) {
    if (file.endsWith('.metadata.json')) rmSync(path.join(logs, file));
    else renameSync(path.join(logs, file), path.join(logs, `${number}.json.gz`));
  }
  const report = JSON.parse(await render({}, keyless));
  const codes = (each: { findings: { code: string }[] }) =>
    each.findings
      .map(({ code }) => code)
      .filter((code) => code !== 'moved-digest')
      .sort();
  assert.deepEqual(codes(report), codes(named));
  assert.ok(report.findings.some(({ code }: { code: string }) => code === 'moved-digest'));
});

test('a digest with thousands of entries and hostile text is told in bounded words', async () => {
  const folder = path.join(home, 'hostile');
  const { streams } = makeTrail(folder, {
    accounts: ['111122223333'],
    regions: ['eu-west-1'],
    hours: 1,
    signer: makeSigner(),
  });
  const digest = [...streams.values()][0]![0]!;
  const content = JSON.parse(gunzipSync(readFileSync(digest.file)).toString());
  const entry = content.logFiles[0];
  content.digestS3Bucket = '\u001b[31m$(reboot)';
  content.logFiles = Array.from({ length: 2_000 }, (_, index) => ({
    ...entry,
    s3Object: `\u202e${'x'.repeat(3000)}${index}`,
  }));
  writeFileSync(digest.file, gzipSync(toJavaJson(content)));
  const text = renderReport(await auditPaths(request, [folder]), 'text');
  assert.ok(text.length < 20_000, `${text.length} characters`);
  assert.doesNotMatch(text, /\u001b|\u202e|reboot/);
  // One file can stand for one entry only.
  assert.match(text, /1,998 more behind it/);
  assert.match(text, /medium\[moved-file\]/);
});
