/** Keys that protect nothing: what is said of each, what is not, and the command line around them. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type GivenKeyFile, judgeKeys } from '../../src/chain/key-hygiene.ts';
import type { Report } from '../../src/model/report.ts';
import { CommandLine } from '../support/command-line.ts';
import { CHAIN_KEY } from './chain-generator.ts';

const GOOD = 'k3v9Qm2ZtB7xLr8WnP5dYs1Ah6Fg4JcE';

function codesFor(changes: Partial<GivenKeyFile> & { text?: string }, values: string[] = []): string[] {
  const { text = GOOD, ...more } = changes;
  const place = { file: 'audit-check.yaml', line: 2 };
  const faults = judgeKeys(
    [{ name: 'chain', bytes: Buffer.from(text), inConfig: false, place, ...more }],
    values,
  );
  for (const { message } of faults)
    assert.ok(text === '' || !message.includes(text), 'a message shows no key');
  return faults.map(({ code }) => code);
}

describe('judgeKeys()', () => {
  test('says nothing of a long random key in a file elsewhere', () => {
    assert.deepEqual(codesFor({}, ['audit', 'logs/', 'chain']), []);
    assert.deepEqual(codesFor({ text: 'x'.repeat(16) }), []);
  });

  test('tells a short key', () => assert.deepEqual(codesFor({ text: 'x'.repeat(15) }), ['short-key']));
  test('tells an empty key', () => assert.deepEqual(codesFor({ text: '' }), ['short-key']));

  test('tells a key in the configuration, and one beside the log', () => {
    assert.deepEqual(codesFor({ inConfig: true }), ['key-in-config']);
    assert.deepEqual(codesFor({ file: 'logs/chain.key', beside: 'logs' }), ['key-beside-log']);
  });

  const value = 'production-audit-2026';
  const digest = (algorithm: string) => crypto.createHash(algorithm).update(value).digest();
  for (const [how, key] of [
    ['a value', Buffer.from(value)],
    ['the sha256 of a value, as bytes', digest('sha256')],
    ['the sha256 of a value, in hex', Buffer.from(digest('sha256').toString('hex'))],
    ['the sha1 of a value, in base64', Buffer.from(digest('sha1').toString('base64'))],
    ['the sha512 of a value', digest('sha512')],
  ] as const) {
    test(`tells a key that is ${how}`, () => {
      assert.deepEqual(codesFor({ bytes: key }, ['other', value]), ['derivable-key']);
      assert.deepEqual(codesFor({ bytes: key }, ['other']), []);
    });
  }

  test('tells a private key of every form, and no public one', () => {
    const pairs = [
      crypto.generateKeyPairSync('ed25519'),
      crypto.generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
      crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ];
    for (const { privateKey, publicKey } of pairs) {
      for (const text of [
        privateKey.export({ format: 'pem', type: 'pkcs8' }),
        JSON.stringify(privateKey.export({ format: 'jwk' })),
      ])
        assert.deepEqual(codesFor({ text: String(text) }), ['private-key']);
      for (const text of [
        publicKey.export({ format: 'pem', type: 'spki' }),
        JSON.stringify(publicKey.export({ format: 'jwk' })),
      ])
        assert.deepEqual(codesFor({ text: String(text) }), []);
    }
  });
});

describe('audit-check verify with a key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'audit-check-keys-'));
  const line = new CommandLine();
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  before(() => {
    for (const name of ['logs/deep', 'secrets']) mkdirSync(join(folder, name), { recursive: true });
    copyFileSync(
      join(import.meta.dirname, '../../fixtures/chains/ok-keyed/log.ndjson'),
      join(folder, 'logs/app.ndjson'),
    );
    for (const name of ['logs/chain.key', 'logs/deep/chain.key', 'secrets/chain.key'])
      write(name, `${CHAIN_KEY}\n`);
    symlinkSync(join(folder, 'logs/deep/chain.key'), join(folder, 'secrets/linked.key'));
  });
  after(() => {
    line.close();
    rmSync(folder, { recursive: true });
  });

  for (const [key, log, expected] of [
    ['secrets/chain.key', 'logs', []],
    ['secrets/chain.key', 'logs/app.ndjson', []],
    ['logs/chain.key', 'logs', ['key-beside-log']],
    ['logs/chain.key', 'logs/app.ndjson', ['key-beside-log']],
    ['logs/deep/chain.key', 'logs', ['key-beside-log']],
    ['secrets/linked.key', 'logs', ['key-beside-log']],
    ['secrets/chain.key', '.', ['key-beside-log']],
  ] as const) {
    test(`finds ${expected.join() || 'nothing'} for ${key} and the log ${log}`, async () => {
      write('audit-check.yaml', `exclude: ["**/*.key", "*.yaml"]\nkeys:\n  chain: {file: ${key}}\n`);
      const argv = ['verify', '--no-builtin-rules', '--format', 'json', log];
      const { stdout, stderr, exit } = await line.run(argv, folder);
      assert.ok(stdout.startsWith('{'), stderr);
      const { findings } = JSON.parse(stdout) as Report;
      assert.deepEqual(
        findings.map(({ code }) => code),
        expected,
      );
      assert.equal(exit, expected.length === 0 ? 0 : 1);
      assert.ok(!`${stdout}${stderr}`.includes(`${CHAIN_KEY}`), 'no key is printed');
      for (const { place } of findings) assert.deepEqual([place.file, place.line], ['audit-check.yaml', 3]);
    });
  }

  test('refuses a key that no chain profile takes, and misses one that the environment does not have', async () => {
    write('audit-check.yaml', 'keys:\n  chian: {file: secrets/chain.key}\n');
    const { stderr, exit } = await line.run(['verify', 'logs'], folder);
    assert.equal(exit, 2);
    assert.match(
      stderr,
      /^error: audit-check.yaml:2:3: unknown key of a chain "chian", did you mean "chain"\?/,
    );
    write('audit-check.yaml', 'keys:\n  chain: {env: AUDIT_CHECK_NO_SUCH_KEY}\n');
    write('bare.ndjson', '{"time":"2026-03-02T08:00:00Z","actor":"ann","action":"x","outcome":"success"}\n');
    const missed = await line.run(['verify', '--no-builtin-rules', 'bare.ndjson'], folder);
    assert.equal(missed.exit, 1);
    assert.match(
      missed.stdout,
      /missing-chain\]: expected hashes under the key "chain", which the configuration\s+names/,
    );
  });

  test('takes a key from an absolute path, as those away from the logs mostly are', async () => {
    write('audit-check.yaml', `keys:\n  chain: {file: ${join(folder, 'secrets/chain.key')}}\n`);
    const { stderr, exit } = await line.run(['verify', '--no-builtin-rules', 'logs/app.ndjson'], folder);
    assert.equal(exit, 0, stderr);
  });
});
