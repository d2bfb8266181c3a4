/** Profiles whose records carry signatures: in place of the hash, or beside it, under every algorithm. */
import assert from 'node:assert/strict';
import crypto, { type KeyObject } from 'node:crypto';
import { describe, test } from 'node:test';
import { p256 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { toCanonicalJson } from '../../src/base/canonical-json.ts';
import { parseJsonText } from '../../src/base/json.ts';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from '../../src/chain/profile.ts';
import { ProblemsError } from '../../src/model/problem.ts';
import { ChainRun, codes } from './chain-run.ts';

type Pair = { publicKey: KeyObject; privateKey: KeyObject };
const PAIRS = {
  ed25519: crypto.generateKeyPairSync('ed25519'),
  p256: crypto.generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  secp256k1: crypto.generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  rsa: crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
} satisfies Record<string, Pair>;

function pairOf(algorithm: SignatureAlgorithm): Pair {
  if (algorithm === 'ed25519') return PAIRS.ed25519;
  if (algorithm === 'ecdsa-secp256k1') return PAIRS.secp256k1;
  return algorithm.startsWith('rsa') ? PAIRS.rsa : PAIRS.p256;
}

function sign(algorithm: SignatureAlgorithm, text: string): string {
  const { privateKey: key } = pairOf(algorithm);
  const message = Buffer.from(text);
  const scalar = () => Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url');
  const bytes = () => {
    switch (algorithm) {
      case 'ed25519':
        return crypto.sign(null, message, key);
      case 'ecdsa-secp256k1':
        return secp256k1.sign(message, scalar());
      case 'ecdsa-p256-low-s':
        return p256.sign(message, scalar(), { lowS: true });
      case 'ecdsa-p256-der-low-s':
        return p256.Signature.fromBytes(p256.sign(message, scalar(), { lowS: true })).toBytes('der');
      case 'ecdsa-p256':
        return crypto.sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' });
      case 'ecdsa-p256-der':
        return crypto.sign('sha256', message, key);
      case 'rsa-sha1':
        return crypto.sign('sha1', message, key);
      case 'rsa-sha256':
        return crypto.sign('sha256', message, key);
      case 'rsa-pss-sha256':
        return crypto.sign('sha256', message, { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING });
    }
  };
  return Buffer.from(bytes()).toString('base64url');
}

type Entry = Record<string, string | null>;

/** A chain in which each record's signature is what the next one names. */
function signedLines(algorithm: SignatureAlgorithm, count = 5): string[] {
  let previous: string | null = null;
  return Array.from({ length: count }, (_, index) => {
    const entry: Entry = {
      actor: ['ann', 'bob', 'cid'][index % 3]!,
      action: `invoice/${index}`,
      prev: previous,
    };
    const signature = sign(algorithm, toCanonicalJson(parseJsonText(JSON.stringify(entry))));
    previous = signature;
    return JSON.stringify({ ...entry, sig: signature });
  });
}

function profileOf(algorithm: SignatureAlgorithm): object {
  return {
    title: 'signed records',
    members: [{ previous: 'prev', own: 'sig' }],
    digest: { signature: { algorithm, key: 'signer', encoding: 'base64url' } },
    genesis: [null],
    preimage: [{ canonical: { without: ['$own'] } }],
  };
}

function pem({ publicKey }: Pair): Uint8Array {
  return Buffer.from(publicKey.export({ format: 'pem', type: 'spki' }));
}

function verify(algorithm: SignatureAlgorithm, lines: readonly string[], keys: Record<string, Uint8Array>) {
  return new ChainRun({ chains: { signed: profileOf(algorithm) }, chain: 'signed', keys }).verify({
    'a.ndjson': lines,
  });
}

describe('a chain of signatures', () => {
  for (const algorithm of SIGNATURE_ALGORITHMS) {
    const lines = signedLines(algorithm);
    const keys = { signer: pem(pairOf(algorithm)) };

    test(`under ${algorithm} holds, and is said to hang on the private key`, () => {
      const { findings, streams } = verify(algorithm, lines, keys);
      assert.deepEqual(findings, []);
      assert.equal(streams?.[0]?.status, 'chained');
      assert.ok(streams[0].limits.some((limit) => limit.includes('private key')));
    });

    test(`under ${algorithm} shows an altered, a removed and an inserted record`, () => {
      const altered = lines.with(2, lines[2]!.replace('invoice', 'x'));
      const found = verify(algorithm, altered, keys);
      assert.deepEqual(codes(found), ['a.ndjson:3 bad-signature']);
      assert.equal(found.findings[0]?.verdict, 'violation');
      assert.deepEqual(codes(verify(algorithm, lines.toSpliced(2, 1), keys)), ['a.ndjson:3 broken-link']);
      const forged = lines[2]!.replace('cid', 'mallory');
      const inserted = codes(verify(algorithm, lines.toSpliced(2, 0, forged), keys));
      assert.ok(
        inserted.some((code) => code.startsWith('a.ndjson:3 ')),
        String(inserted),
      );
    });

    test(`under ${algorithm} cannot be told without the key`, () => {
      const { findings, streams } = verify(algorithm, lines, {});
      assert.deepEqual(
        findings.map(({ code }) => code),
        ['missing-key'],
      );
      assert.equal(streams?.[0]?.status, 'unverifiable');
    });
  }

  test('under the key of somebody else never counts as verified', () => {
    const other = crypto.generateKeyPairSync('ed25519');
    const { findings, streams } = verify('ed25519', signedLines('ed25519'), { signer: pem(other) });
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['chain-not-recomputable'],
    );
    assert.equal(streams?.[0]?.status, 'unverifiable');
  });

  test('shows a signature in another spelling', () => {
    const lines = signedLines('ed25519', 3);
    const padded = lines.with(2, lines[2]!.replace(/"sig":"([^"]+)"/, '"sig":"$1="'));
    assert.deepEqual(codes(verify('ed25519', padded, { signer: pem(PAIRS.ed25519) })), [
      'a.ndjson:3 bad-signature',
    ]);
  });

  for (const [what, key, expected] of [
    ['no key at all', Buffer.from('secret'), /key "signer".*expected a public key for ed25519/],
    ['a key of another kind', pem(PAIRS.rsa), /found one of another kind/],
  ] as const) {
    test(`is refused with ${what} as the mistake of who gave it`, () => {
      assert.throws(
        () => verify('ed25519', [], { signer: key }),
        (error) =>
          error instanceof ProblemsError &&
          expected.test(JSON.stringify(error.problems).replaceAll('\\', '')),
      );
    });
  }
});

describe('a signature beside a hash', () => {
  const profile = {
    title: 'hashed and signed',
    members: [{ previous: 'prev', own: 'hash' }],
    digest: { algorithm: 'sha256' },
    genesis: [null],
    preimage: [{ canonical: { without: ['$own', 'sig'] } }],
    also: [
      {
        member: 'sig',
        digest: { signature: { algorithm: 'ed25519', key: 'signer', encoding: 'base64url' } },
        preimage: [{ field: '$own' }],
      },
    ],
  };

  function lines(): string[] {
    let previous: string | null = null;
    return [0, 1, 2, 3].map((index) => {
      const entry: Entry = { action: `invoice/${index}`, prev: previous };
      const hash = crypto
        .createHash('sha256')
        .update(toCanonicalJson(parseJsonText(JSON.stringify(entry))))
        .digest('hex');
      previous = hash;
      return JSON.stringify({ ...entry, hash, sig: sign('ed25519', hash) });
    });
  }

  const run = new ChainRun({
    chains: { both: profile },
    chain: 'both',
    keys: { signer: pem(PAIRS.ed25519) },
  });

  test('holds with it', () => {
    assert.deepEqual(run.verify({ 'a.ndjson': lines() }).findings, []);
  });

  test('shows a chain that was computed anew by who cannot sign', () => {
    const other = new ChainRun({
      chains: { both: profile },
      chain: 'both',
      keys: { signer: pem(crypto.generateKeyPairSync('ed25519')) },
    });
    const { streams, findings } = other.verify({ 'a.ndjson': lines() });
    assert.notEqual(streams?.[0]?.status, 'chained');
    assert.ok(findings.length > 0);
  });

  test('shows one signature that was exchanged or taken away', () => {
    const all = lines();
    const wrong = all.with(1, all[1]!.replace(/"sig":"[^"]+"/, `"sig":"${sign('ed25519', 'x')}"`));
    assert.deepEqual(codes(run.verify({ 'a.ndjson': wrong })), ['a.ndjson:2 altered-record']);
    const none = all.with(1, all[1]!.replace(/,"sig":"[^"]+"/, ''));
    assert.deepEqual(codes(run.verify({ 'a.ndjson': none })), ['a.ndjson:2 altered-record']);
  });

  test('is said not to be verified where its key was not given', () => {
    const without = new ChainRun({ chains: { both: profile }, chain: 'both', keys: {} });
    const { streams } = without.verify({ 'a.ndjson': lines() });
    assert.ok(streams?.[0]?.limits.includes('sig was not verified: the key signer was not given'));
  });
});
