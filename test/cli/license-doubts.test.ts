/** What a log leaves open is said beside every verdict and in every format, of periods, licenses and runs. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Statement } from '../../src/cli/statement/statement.ts';
import type { Report } from '../../src/model/report.ts';
import { atMinute, editorContract, MARCH, session, set, spanning, use } from '../licenses/run-contract.ts';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-doubts-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

function audited(command: string, contract: string, log: readonly object[], ...more: string[]) {
  fs.writeFileSync(path.join(folder, 'licenses.yaml'), contract);
  const lines = log.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  fs.writeFileSync(path.join(folder, 'log.ndjson'), `${lines.join('\n')}\n`);
  return commands.run([command, '--no-config', 'log.ndjson', '--licenses', 'licenses.yaml', ...more], folder);
}

const ANN = session('ann', 600, 660);
const TERM = 'term: {from: 2025-01-01, until: 2026-01-01}';

async function periodsAt(now: string, log: readonly object[]): Promise<string[]> {
  const contract = editorContract({ quantity: set(1), head: TERM });
  const { stdout } = await audited('licenses', contract, log, '--now', now, '-f', 'json');
  const [{ periods }] = (JSON.parse(stdout) as Statement).licenses as [Statement['licenses'][number]];
  return periods.map(({ period, verdict }) => `${period} ${verdict}`);
}

test('of months that have not happened nothing is said, and what claims to be of them may be of any other', async () => {
  const june = use('use', '2025-06-30T23:59:00Z', 'bob');
  assert.deepEqual(await periodsAt('2025-03-31T23:59:59Z', [...MARCH, ...ANN]), ['2025-03 within']);
  assert.deepEqual(await periodsAt('2025-04-01T00:00:00Z', [...MARCH, ...ANN, june]), [
    '2025-03 undetermined',
  ]);
  const spoken = spanning('2025-06-30T23:59:00Z', '2025-06-30T23:59:00Z');
  assert.deepEqual(await periodsAt('2025-04-01T00:00:00Z', [...MARCH, ...ANN, ...spoken]), [
    '2025-03 within',
  ]);
  // Clocks may be some minutes apart.
  const soon = use('use', '2025-03-31T23:59:59Z', 'bob');
  assert.deepEqual(await periodsAt('2025-03-31T23:57:00Z', [...MARCH, ...ANN, soon]), ['2025-03 within']);
});

test('over what was not read no format says "within"', async () => {
  const contract = editorContract({ quantity: set(1) });
  const log = [...MARCH, ...ANN, '{"time": "2025-03-04T08'] as object[];
  for (const format of ['text', 'json', 'csv', 'html']) {
    const { exit, stdout } = await audited('licenses', contract, log, '-f', format);
    assert.equal(exit, 3, format);
    assert.doesNotMatch(stdout.replace(/<style>.*<\/style>/s, ''), /\bwithin\b/, format);
    assert.match(stdout, /1 record could not\s+be read, and may be use/, format);
  }
});

test('what was found of a license beside its periods stands in every format', async () => {
  const contract = editorContract({ quantity: set(1), more: 'devices: {max: 1}' });
  for (const format of ['text', 'json', 'csv', 'html']) {
    const { exit, stdout } = await audited('licenses', contract, [...MARCH, ...ANN], '-f', format);
    assert.equal(exit, 3, format);
    assert.match(stdout, /too-many-devices[\s\S]*1 event of use names\s+no\s+device/, format);
  }
  const { stdout } = await audited('licenses', contract, [...MARCH, ...ANN], '-f', 'csv');
  assert.match(stdout, /^finding,editor,,too-many-devices,.*,undetermined,/m);
});

for (const [what, feature] of [
  ['whose period has only begun', 'editor'],
  ['that nobody used', 'viewer'],
] as const) {
  test(`a license ${what} fails no nightly run, and is told beside "clean"`, async () => {
    const contract = editorContract({ quantity: set(1) }).replace('feature: editor', `feature: "${feature}"`);
    const log = [use('use', atMinute(0), 'ann', { license: feature === 'editor' ? feature : undefined })];
    const run = (format: string) =>
      audited('verify', contract, feature === 'editor' ? log : MARCH, '--no-builtin-rules', '-f', format);
    for (const format of ['text', 'markdown', 'html', 'github']) {
      const { exit, stdout } = await run(format);
      assert.equal(exit, 0, format);
      assert.match(stdout, /clean/, format);
      assert.match(stdout, /;\s+1\s+license\s+undetermined/, format);
    }
    const { summary } = JSON.parse((await run('json')).stdout) as Report;
    assert.deepEqual([summary.verdict, summary.undeterminedLicenses], ['clean', 1]);
    const sarif = JSON.parse((await run('sarif')).stdout) as { runs: [{ properties: Report['summary'] }] };
    assert.equal(sarif.runs[0].properties.undeterminedLicenses, 1);
  });
}
