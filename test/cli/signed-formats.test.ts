/** `audit-check verify` of logs with signatures and of files with lists of digests, as a terminal shows it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
after(() => commands.close());

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const verify = (folder: string, ...argv: string[]) =>
  commands.run(['verify', '--no-builtin-rules', ...argv], path.join(FIXTURES, folder));

describe('verify with a public key in audit-check.yaml', () => {
  for (const [name, log, code] of [
    ['privacyidea', 'log.ndjson', 'bad-signature'],
    ['acra', 'log.ndjson', 'altered-record'],
    ['saf-t-pt', 'log.ndjson', 'bad-signature'],
    ['rksv', 'log.json', 'broken-link'],
    ['pangea', 'log.ndjson', 'broken-link'],
  ] as const) {
    test(`of a good log of ${name} is clean, of a spoiled one it exits 1 and says what is wrong`, async () => {
      const good = await verify(`chains/ok-${name}`, log);
      assert.equal(good.stderr, '');
      assert.match(good.stdout, /^clean: \d+ records? audited, no finding/m);
      assert.equal(good.exit, 0);
      const bad = await verify(`chains/bad-${name}`, log);
      assert.match(bad.stdout, new RegExp(`^critical\\[${code}\\]`, 'm'));
      assert.equal(bad.exit, 1);
    });
  }

  test('that is not given says which, and is not clean', async () => {
    const { stdout, exit } = await verify('chains/ok-rksv', 'log.json', '--no-config');
    assert.match(stdout, /\[missing-key\]/);
    assert.equal(exit, 1);
  });
});

describe('verify of X-Road archives', () => {
  test('is clean where each message and each archive follows, and says that no record was there', async () => {
    const { stdout, exit } = await verify('manifests/ok-x-road-archives', 'logs');
    assert.match(stdout, /^clean: 8 files held to their seals, no record to audit, no finding/m);
    assert.equal(exit, 0);
  });

  test('named file by file, as a shell does it, says the same', async () => {
    const folder = 'logs/mlog-20260302080000-20260302090000-aB3dEfGh1J';
    const names = fs.readdirSync(path.join(FIXTURES, 'manifests/ok-x-road-archives', folder));
    const files = names.map((name) => `${folder}/${name}`);
    const { stdout, exit } = await verify('manifests/ok-x-road-archives', ...files);
    assert.match(stdout, /^clean: 4 files held to their seals/m);
    assert.equal(exit, 0);
  });

  test('without their linkinginfo is incomplete', async () => {
    const folder = 'logs/mlog-20260302080000-20260302090000-aB3dEfGh1J/*.asice';
    const { stdout, exit } = await verify('manifests/ok-x-road-archives', folder);
    assert.match(stdout, /^incomplete: no record was audited/m);
    assert.equal(exit, 3);
  });

  test('names the file in JSON and SARIF too', async () => {
    for (const format of ['json', 'sarif']) {
      const { stdout } = await verify('manifests/bad-altered-archive-file', 'logs', '--format', format);
      assert.match(stdout, /altered-listed-file/);
      assert.match(stdout, /800-response-7a80\.asice/);
    }
  });
});
