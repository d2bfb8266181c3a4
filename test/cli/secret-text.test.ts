/** Keys in place of the names of their files: no message repeats one, whichever option or command it was given to. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { generateIdentity } from 'age-encryption';
import { refuseSecretArguments, secretIn, withoutSecrets } from '../../src/cli/secret-text.ts';
import { CommandLine } from '../support/command-line.ts';
import { KEYS, temporaryFolder } from '../support/made-archive.ts';

const commands = new CommandLine();
const folder = temporaryFolder('secret-text');
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});
fs.writeFileSync(
  path.join(folder, 'a.ndjson'),
  '{"time":"2026-01-01T08:00:00Z","actor":"ann","action":"read"}\n',
);
fs.writeFileSync(path.join(folder, 'archive.key'), `${KEYS.signer}\n`);

const PEM = crypto
  .generateKeyPairSync('ed25519')
  .privateKey.export({ format: 'pem', type: 'pkcs8' })
  .toString();
const AGE = await generateIdentity();

describe('a secret in place of a file', () => {
  const given: [what: string, secret: string][] = [
    ['a private key', KEYS.signer],
    ['a private key', PEM],
    ['a secret key', AGE],
    ['a secret key', `# created: 2026-01-01\n${AGE}\n`],
  ];
  const options: [...argv: string[], option: string][] = [
    ['seal', 'a.ndjson', '--into', 'sealed', '--key'],
    ['collect', 'a.ndjson', '--into', 'archive', '--key'],
    ['retention', 'apply', 'archive', '--policy', 'p.yaml', '--reason', 'x', '--key'],
    ['redact', 'archive', '--person', 'ids.txt', '--key'],
    ['verify', 'a.ndjson', '--evidence', 'e', '--evidence-key'],
    ['verify', 'a.ndjson', '--verifier-key'],
    ['verify', 'a.ndjson', '--identity'],
    ['verify', 'a.ndjson', '-r'],
  ];

  for (const argv of options)
    test(`is held back: ${argv.join(' ')}`, async () => {
      const option = argv.at(-1)!;
      for (const [what, secret] of given) {
        const { exit, stdout, stderr } = await commands.run([...argv, secret], folder);
        assert.deepEqual([exit, stdout], [2, '']);
        const expected = `error: ${option}: expected the name of a file, found ${what}: `;
        assert.equal(stderr.slice(0, expected.length), expected);
        assert.doesNotMatch(stderr, /PRIVATE\+KEY|SECRET-KEY-|BEGIN/);
      }
    });

  test('is held back as the argument of a command, behind =, in words of a shell, and where no command reads it', async () => {
    for (const argv of [
      ['key', 'show', KEYS.signer],
      ['seal', 'a.ndjson', '--into', 'sealed', `--key=${KEYS.signer}`],
      ['verify', 'a.ndjson', '--verifier-key', ...PEM.trim().split(/\s+/)],
      ['shwo', KEYS.signer],
      ['verify', '-f', `json=${AGE}`],
    ]) {
      const { exit, stderr } = await commands.run(argv, folder);
      assert.equal(exit, 2);
      assert.match(
        stderr,
        /^error: (?:--[a-z-]+|-f|argument [23]): expected the name of a file, found a \S+ key: /,
      );
      for (const secret of [KEYS.signer, AGE, ...PEM.split('\n').slice(0, 2)])
        assert.ok(!stderr.includes(secret), stderr);
    }
  });

  test('is held back by whoever reads the file of a key as something else', async () => {
    const { exit, stderr } = await commands.run(['verify', 'a.ndjson', '--waivers', 'archive.key'], folder);
    assert.equal(exit, 2);
    assert.match(stderr, /expected a map with "waivers", found "\(a private key, held back\)"/);
  });
});

describe('secretIn()', () => {
  test('does not take a public key, or words about keys, for one', () => {
    for (const text of [
      KEYS.verifier,
      'age1qqqq',
      '-----BEGIN PUBLIC KEY-----',
      'PRIVATE+KEY+name+hash+base64',
    ])
      assert.equal(secretIn(text), undefined);
    refuseSecretArguments(['verify', 'logs', '--verifier-key', 'archive.pub']);
    assert.equal(
      withoutSecrets(`a ${KEYS.signer} b ${AGE}`),
      'a (a private key, held back) b (a secret key, held back)',
    );
  });
});
