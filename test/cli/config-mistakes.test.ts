/** Mistakes in `audit-check.yaml`: all in one run, each where it is mended, and none that is untrue. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'config-mistakes-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

async function errorsOf(config: string, ...argv: string[]): Promise<string[]> {
  const here = fs.mkdtempSync(path.join(folder, 'run-'));
  fs.writeFileSync(path.join(here, 'log.ndjson'), '{"actor":"ann"}\n');
  fs.writeFileSync(path.join(here, 'own.yaml'), config);
  const { exit, stderr } = await commands.run(['verify', '-c', 'own.yaml', ...argv], here);
  assert.equal(exit, 2, stderr);
  return stderr
    .trimEnd()
    .split('\n')
    .map((line) => line.replace('error: ', '').replace(/, known are .*/, ''));
}

describe('mistakes in audit-check.yaml', () => {
  test('of all kinds are listed at once, each at its line and column', async () => {
    const lines = [
      'logs: [log.ndjson, gone.ndjson]',
      'schemaa: audit-minimum',
      'failOn: [high, hihg]',
      'waivers: none.yaml',
      'packs: [soc2, soc9]',
      'zone: Amerika/New_York',
      'rules: rules/',
      'checks: {hash-chian: off, hash-chain: maybe}',
      'since: yesterday',
      'keep: {minimum: long}',
      'keys: {chian: {file: a.key}}',
      'licenses:',
      '  - contract.yaml',
      'chain: jsc',
    ];
    const told = await errorsOf(`${lines.join('\n')}\n`);
    assert.deepEqual(told, [
      'own.yaml:1:20: "gone.ndjson": there is no such file, folder or match: check the name, and the folder that it is looked for from',
      'own.yaml:2:1: unknown key "schemaa", did you mean "schema"?',
      'own.yaml:3:16: expected one of informational, low, medium, high, critical, new, new:SEVERITY, control:ID, notice:CODE, found "hihg", did you mean "high"?',
      'own.yaml:4:1: "none.yaml": cannot be read: ENOENT',
      'own.yaml:5:15: unknown pack "soc9", did you mean "soc2"?',
      'own.yaml:6:1: unknown time zone "Amerika/New_York", did you mean "America/New_York"? expected a name like "Europe/Berlin" or "UTC"',
      'own.yaml:7:1: "rules/": there is no such file or folder',
      'own.yaml:8:10: unknown check "hash-chian", did you mean "hash-chain"?',
      'own.yaml:8:27: expected one of on, off, found "maybe"',
      'own.yaml:9:1: expected a date (UTC) or an RFC 3339 time with a zone, like 2026-01-31 or 2026-01-31T08:00:00+01:00, found "yesterday"',
      told[10],
      'own.yaml:11:8: the file of key "chian" cannot be read',
      'own.yaml:11:8: unknown key of a chain "chian", did you mean "chain"?',
      'own.yaml:12:1: expected text, found a list',
      'own.yaml:14:1: unknown chain profile "jsc", did you mean "jcs"?',
    ]);
    assert.match(told[10]!, /^own\.yaml:10:8: keep\.minimum: expected .*, found "long"$/);
  });

  test('that "nothing" is to be audited is said where no logs are named, and not where what names them is wrong', async () => {
    const nothing = /nothing to audit: .* set "logs" in own\.yaml/;
    assert.match((await errorsOf('zone: UTC\n')).join(), nothing);
    assert.match((await errorsOf('schemaa: x\n')).join(), nothing);
    for (const config of ['logs: 5\n', 'logs: log.ndjson\nschemaa: x\n', 'logs: [log.ndjson\n'])
      assert.doesNotMatch((await errorsOf(config)).join(), /nothing to audit/);
  });

  test('what an argument says instead is told with the argument', async () => {
    const told = await errorsOf(
      'logs: log.ndjson\nzone: Mars\npacks: nine\n',
      ...['--zone', 'Venus', '--pack', 'ten', '--fail-on', 'control:x:*'],
    );
    assert.deepEqual(
      told.map((line) => line.split(' ')[0]),
      ['--fail-on:', '--pack:', '--zone:'],
    );
    const [conditions] = await errorsOf('logs: log.ndjson\nfailOn: control:x:*\n');
    assert.match(conditions!, /^own\.yaml:2:1: no check and no rule speaks to the control "x:\*"/);
  });
});
