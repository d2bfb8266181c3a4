/** `audit-check verify-attestation` as a terminal shows it: verified, refused, undetermined, wrong arguments. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { ANN, Instance, ISSUER } from '../attestation/made-sigstore.ts';
import { makeAuthority, makeResponse, makeToken } from '../attestation/made-token.ts';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-attestation-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const BYTES = Buffer.from('log.example/audit\n10\nq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=\n');
const SHA256 = 'b6d2e3d0';
const instance = new Instance();
const { root, stamper } = makeAuthority();
const stranger = makeAuthority();

function write(name: string, content: string | Uint8Array): void {
  fs.writeFileSync(path.join(folder, name), content);
}

const pem = (der: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

write('checkpoint', BYTES);
write('changed', 'log.example/audit\n11\n');
write('checkpoint.tsr', makeResponse(makeToken(BYTES, stamper, root)));
write('changed.tsr', makeResponse(makeToken(BYTES, stamper, root)));
write('tsa.pem', `The authority of Acme\n${pem(root.der)}`);
write('other.pem', pem(stranger.root.der));
write('bundle.json', JSON.stringify(instance.bundle(BYTES)));
write('eve.json', JSON.stringify(instance.bundle(BYTES, { identity: 'eve\u001b[2J@example.com' })));
write('trusted_root.json', JSON.stringify(instance.trustedRoot()));

const verify = (...argv: string[]) => commands.run(['verify-attestation', ...argv], folder);
const signer = ['--trusted-root', 'trusted_root.json', '--identity', ANN, '--issuer', ISSUER];

describe('verify-attestation', () => {
  test('takes the token beside the file, and says who vouches since when', async () => {
    const { exit, stdout, stderr } = await verify('checkpoint', '--ca', 'tsa.pem');
    assert.equal(stderr, '');
    assert.equal(
      stdout.replace(/[0-9a-f]{64}/, SHA256),
      `verified  checkpoint.tsr  (RFC 3161 timestamp)
  signed by     CN=Acme Timestamps
  no later than 2026-01-31T08:00:00.500Z
  proved by     timestamp authority CN=Acme Root
  stated time   2026-01-31T08:00:00.500Z
  accuracy      within 1 s
  policy        1.3.6.1.4.1.99999.1
  serial        2a
  nonce         63

Summary
  file          checkpoint
  sha256        ${SHA256}
  attestations  1 = 1 verified, 0 refused, 0 undetermined
`,
    );
    assert.equal(exit, 0);
  });

  test('holds a bundle to the identity that must have signed', async () => {
    const { exit, stdout } = await verify('checkpoint', '--bundle', 'bundle.json', ...signer);
    assert.match(
      stdout,
      /^verified {2}bundle\.json {2}\(Sigstore bundle\)\n {2}signed by {5}ann@example\.com\n/,
    );
    assert.equal(exit, 0);
  });

  test('names each thing that is wrong with what was found and what to do, and exits 1', async () => {
    const { exit, stdout } = await verify('changed', '--ca', 'other.pem');
    assert.match(stdout, /^refused {2}changed\.tsr/);
    assert.match(
      stdout,
      / {2}other-bytes: something else was signed, not these bytes\n {4}found: the sha256 of the file is [0-9a-f]{64}, the timestamp is for [0-9a-f]{64}\n {4}next: /,
    );
    assert.match(
      stdout,
      / {2}untrusted-certificate: .*\n {4}found: no path leads from "CN=Acme Timestamps" to a given authority\n/,
    );
    assert.doesNotMatch(stdout, /signed by/);
    assert.equal(exit, 1);
  });

  test('shows a hostile name without moving the cursor', async () => {
    const { exit, stdout } = await verify('checkpoint', '--bundle', 'eve.json', ...signer);
    assert.match(
      stdout,
      /wrong-signer: .*\n {4}found: signed by "eve\\u\{1b\}\[2J@example\.com", expected "ann@example\.com"/,
    );
    assert.ok(!stdout.includes('\u001b'));
    assert.equal(exit, 1);
  });

  test('exits 3 where nothing was given to hold an attestation to', async () => {
    const { exit, stdout } = await verify(
      'checkpoint',
      '--bundle',
      'bundle.json',
      '--timestamp',
      'checkpoint.tsr',
    );
    assert.match(
      stdout,
      /^undetermined {2}bundle\.json[\s\S]*no-trust: [\s\S]*undetermined {2}checkpoint\.tsr/,
    );
    assert.equal(exit, 3);
  });

  test('exits 3, not 0, where one attestation is verified and another undetermined', async () => {
    const { exit, stdout } = await verify(
      'checkpoint',
      '--bundle',
      'bundle.json',
      '--timestamp',
      'checkpoint.tsr',
      '--ca',
      'tsa.pem',
    );
    assert.match(stdout, /attestations {2}2 = 1 verified, 0 refused, 1 undetermined/);
    assert.equal(exit, 3);
  });

  test('--format json says the same', async () => {
    const { exit, stdout } = await verify(
      'checkpoint',
      '--bundle',
      'eve.json',
      '--timestamp',
      'checkpoint.tsr',
      '--ca',
      'tsa.pem',
      ...signer,
      '-f',
      'json',
    );
    const { attestations, file } = JSON.parse(stdout);
    assert.equal(file, 'checkpoint');
    assert.deepEqual(
      attestations.map((each: { verdict: string }) => each.verdict),
      ['refused', 'verified'],
    );
    assert.equal(attestations[0].faults[0].code, 'wrong-signer');
    assert.equal(attestations[1].at, '2026-01-31T08:00:00.500Z');
    assert.equal(exit, 1);
  });

  test('lists every mistake in arguments and files of trust, and exits 2', async () => {
    write('private.pem', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
    write('empty.pem', '');
    const { exit, stdout, stderr } = await verify(
      'missing',
      '--bundle',
      'gone.json',
      '--trusted-root',
      'bundle.json',
      '--key',
      'private.pem',
      '--ca',
      'empty.pem',
    );
    assert.equal(stdout, '');
    assert.equal(
      stderr,
      `error: bundle.json: mediaType is "application/vnd.dev.sigstore.bundle.v0.3+json", expected "application/vnd.dev.sigstore.trustedroot+json;version=0.1"; give the trusted_root.json of your Sigstore instance
error: empty.pem: holds no certificate; expected PEM with "-----BEGIN CERTIFICATE-----"
error: gone.json: there is no such file
error: missing: there is no such file
error: private.pem: holds a private key; give the public key alone, and keep this file away from logs
`,
    );
    assert.equal(exit, 2);
  });

  test('refuses an identity without issuer, and trust that is the attestation itself', async () => {
    const { exit, stderr } = await verify(
      'checkpoint',
      '--bundle',
      'trusted_root.json',
      '--trusted-root',
      'trusted_root.json',
      '--identity',
      ANN,
    );
    assert.match(stderr, /--identity alone proves little/);
    assert.match(stderr, /trusted_root\.json is both the attestation and what it is held to/);
    assert.equal(exit, 2);
  });

  test('says which names are looked for where nothing vouches for the file', async () => {
    const { exit, stderr } = await verify('tsa.pem');
    assert.match(stderr, /nothing vouches for tsa\.pem: name an attestation .* tsa\.pem\.sigstore\.json, /);
    assert.equal(exit, 2);
  });

  test('--help suffices for a newcomer', async () => {
    const { exit, stdout } = await commands.run(['verify-attestation', '--help'], folder);
    for (const word of [
      '--bundle',
      '--timestamp',
      '--trusted-root',
      '--ca',
      'Examples:',
      'Exit codes:',
      'FILE.tsr',
    ])
      assert.ok(stdout.includes(word), word);
    assert.equal(exit, 0);
  });
});
