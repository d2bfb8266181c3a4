/** A report never lands on a file that tells the run what to do. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CommandLine } from '../support/command-line.ts';

const DEMO = fileURLToPath(new URL('../../fixtures/demo', import.meta.url));
const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'told-files-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

test('neither configuration, contract, waivers, baseline nor rules can be written over, by whatever way they are named', async () => {
  fs.cpSync(DEMO, folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'audit-check.waivers.yaml'), 'waivers: []\n');
  fs.mkdirSync(path.join(folder, 'own'));
  fs.writeFileSync(
    path.join(folder, 'own/rule.yaml'),
    'title: any sign-in\nid: 4f0c2c1e-0d33-4b57-9a5e-0a3c2f3b9d11\nlogsource: {category: any}\ndetection: {selection: {action: user.login}, condition: selection}\nlevel: low\n',
  );
  await commands.run(['verify', '-q', '-f', 'json=known.json'], folder);
  fs.symlinkSync('known.json', path.join(folder, 'link.json'));
  const names = [
    'audit-check.yaml',
    'licenses.yaml',
    'audit-check.waivers.yaml',
    './known.json',
    'link.json',
    'own/rule.yaml',
  ];
  const before = names.map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
  for (const name of names) {
    const { exit, stderr } = await commands.run(
      ['verify', '--baseline', 'known.json', '--rules', 'own/', '-f', `csv=${name}`],
      folder,
    );
    assert.match(stderr, /is read by this run, expected another file/, name);
    assert.equal(exit, 2);
  }
  const { exit } = await commands.run(['licenses', '-f', 'csv=licenses.yaml'], folder);
  assert.equal(exit, 2);
  assert.deepEqual(
    names.map((name) => fs.readFileSync(path.join(folder, name), 'utf8')),
    before,
  );
});
