/** `audit-check doctor` as a newcomer runs it: in an empty folder, over a demo that runs, over things that are wrong. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isSupported } from '../../src/cli/doctor.ts';
import { CommandLine } from '../support/command-line.ts';

const DEMO = fileURLToPath(new URL('../../fixtures/demo', import.meta.url));
const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'doctor-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

/** The lines of one kind, without what they begin with. */
function told(stdout: string, health: string): string[] {
  return stdout.split('\n').flatMap((line) => (line.startsWith(`${health} `) ? [line.slice(24)] : []));
}

describe('doctor', () => {
  test('has nothing to say against the demo', async () => {
    const { exit, stdout } = await commands.run(['doctor'], DEMO);
    assert.deepEqual(told(stdout, 'wrong'), []);
    assert.match(stdout, /^ok +logs +3 files, 7,280 bytes$/m);
    assert.match(stdout, /\nready to audit\n$/);
    assert.equal(exit, 0);
  });

  test('an empty folder is no fault: it says how to begin', async () => {
    const { exit, stdout } = await commands.run(['doctor'], folder);
    assert.match(stdout, /none found from here upward\n +audit-check init LOGS writes one\n/);
    assert.equal(exit, 0);
  });

  test('tells every mistake of a configuration, keys that are not where they should be, and logs that are not there', async () => {
    fs.writeFileSync(path.join(folder, 'open.key'), 'secret-of-the-test');
    fs.chmodSync(path.join(folder, 'open.key'), 0o644);
    fs.writeFileSync(
      path.join(folder, 'audit-check.yaml'),
      'logs: [gone/]\nchain: no-such\nzone: Mars/Base\nkeys:\n  chain: {env: DOCTOR_TEST_UNSET}\n  acra: {file: open.key}\n  drupal: {value: hunter2hunter2}\n',
    );
    const { exit, stdout } = await commands.run(['doctor'], folder);
    const wrong = told(stdout, 'wrong');
    assert.equal(wrong.length, 6);
    assert.match(wrong[0]!, /unknown chain profile "no-such"/);
    assert.match(wrong[1]!, /unknown time zone "Mars\/Base"/);
    assert.match(wrong[2]!, /there is no "gone/);
    assert.deepEqual(wrong.slice(3), [
      '$DOCTOR_TEST_UNSET is not set',
      'open.key can be read by others',
      'lies in the configuration',
    ]);
    assert.doesNotMatch(stdout, /hunter2|secret-of/);
    assert.match(stdout, /\n6 things to mend first\n$/);
    assert.equal(exit, 2);
  });

  test('a configuration that verify refuses is never ready, found or named, and neither is one that is not there', async () => {
    const here = fs.mkdtempSync(path.join(folder, 'refused-'));
    fs.writeFileSync(path.join(here, 'misspelled.yaml'), 'schemaa: x\nfailOn: hihg\nwaiver: w.yaml\n');
    fs.writeFileSync(path.join(here, 'torn.yaml'), 'logs: [a\nzone: : UTC\n');
    fs.writeFileSync(path.join(here, 'list.yaml'), '- logs\n');
    fs.writeFileSync(path.join(here, 'log.ndjson'), '{"actor":"ann"}\n');
    const saysAsVerify = async (argv: string[]) => {
      const { exit, stdout } = await commands.run(['doctor', ...argv], here);
      const { stderr } = await commands.run(['verify', ...argv], here);
      const errors = stderr.trimEnd().split('\n');
      assert.deepEqual(
        told(stdout, 'wrong'),
        errors.map((line) => line.replace('error: ', '')),
      );
      assert.doesNotMatch(stdout, /ready to audit/);
      assert.equal(exit, 2);
      return errors.length;
    };
    assert.equal(await saysAsVerify(['-c', 'misspelled.yaml']), 4);
    assert.equal(await saysAsVerify(['-c', 'torn.yaml']), 2);
    assert.equal(await saysAsVerify(['-c', 'list.yaml']), 1);
    assert.equal(await saysAsVerify(['-c', 'nosuch.yaml']), 1);
    assert.equal(await saysAsVerify(['--no-config', '-r', 'gone/', 'log.ndjson']), 1);
    fs.renameSync(path.join(here, 'misspelled.yaml'), path.join(here, 'audit-check.yaml'));
    assert.equal(await saysAsVerify([]), 4);
    fs.renameSync(path.join(here, 'torn.yaml'), path.join(here, 'audit-check.yaml'));
    assert.equal(await saysAsVerify([]), 2);
  });

  test('a folder without a log, or with files that nobody can read, is told', async () => {
    const logs = path.join(folder, 'logs');
    fs.mkdirSync(logs);
    const none = await commands.run(['doctor', '--no-config', logs], folder);
    assert.match(none.stdout, /0 files, 0 bytes\n +there is nothing to audit/);
    assert.equal(none.exit, 2);
    fs.writeFileSync(path.join(logs, 'a.ndjson'), '{}\n');
    fs.writeFileSync(path.join(logs, 'old.evtx'), 'x');
    const partly = await commands.run(['doctor', '--no-config', logs], folder);
    assert.match(partly.stdout, /1 file, 3 bytes\n +1 file cannot be read, as .*old\.evtx: not JSON/);
    assert.equal(partly.exit, 2);
  });

  test('what stops verify is told: waivers, a baseline, conditions', async () => {
    const here = fs.mkdtempSync(path.join(folder, 'stops-'));
    fs.writeFileSync(path.join(here, 'a.ndjson'), '{"actor":"ann"}\n');
    fs.writeFileSync(path.join(here, 'b.json'), '{}');
    fs.writeFileSync(
      path.join(here, 'audit-check.yaml'),
      'logs: [a.ndjson]\nbaseline: b.json\nfailOn: ["control:soc9:*", new]\n',
    );
    fs.writeFileSync(path.join(here, 'audit-check.waivers.yaml'), 'policy: {maxAge: forever}\n');
    const { exit, stdout } = await commands.run(['doctor'], here);
    const wrong = told(stdout, 'wrong').join('\n');
    assert.match(wrong, /control "soc9:\*"/);
    assert.match(wrong, /audit-check\.waivers\.yaml:1:\d+: "maxAge" must be whole days/);
    assert.match(wrong, /b\.json: expected "schema"/);
    assert.equal(exit, 2);
    const flag = await commands.run(['doctor', '--no-config', 'a.ndjson', '--waivers', 'gone.yaml'], here);
    assert.match(flag.stdout, /gone\.yaml: cannot be read/);
  });

  test('logs that are all empty, or of no format that is known, are no logs', async () => {
    const here = fs.mkdtempSync(path.join(folder, 'empty-'));
    fs.writeFileSync(path.join(here, 'a.ndjson'), '');
    const empty = await commands.run(['doctor', '--no-config', 'a.ndjson'], here);
    assert.match(empty.stdout, /every file is empty/);
    assert.equal(empty.exit, 2);
    fs.writeFileSync(path.join(here, 'a.ndjson'), 'lorem ipsum dolor\nsit amet\n');
    const prose = await commands.run(['doctor', '--no-config', 'a.ndjson'], here);
    assert.match(prose.stdout, /no file begins with a record/);
    assert.equal(prose.exit, 2);
    fs.writeFileSync(path.join(here, 'b.ndjson'), '{"actor":"ann"}\n');
    assert.equal((await commands.run(['doctor', '--no-config', 'a.ndjson', 'b.ndjson'], here)).exit, 0);
  });

  test('isSupported() compares as package.json means it', () => {
    const range = '^20.19.0 || >=22.12.0';
    for (const version of ['v20.19.0', 'v20.20.2', 'v22.12.0', 'v22.13.1', 'v26.0.0'])
      assert.ok(isSupported(version, range), version);
    for (const version of ['v18.20.0', 'v20.18.9', 'v21.7.0', 'v22.11.9'])
      assert.ok(!isSupported(version, range), version);
  });
});
