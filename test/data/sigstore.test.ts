/**
 * Sigstore's conformance suite (https://github.com/sigstore/sigstore-conformance, `bundle-verify`): every bundle is judged
 * as its folder's name says. Cases without a trusted root of their own are for the public-good instance, whose root npm
 * carries; without it they are skipped by name.
 */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import type { ExpectedSigner } from '../../src/attestation/attestation-trust.ts';
import type { AttestationJudgement } from '../../src/attestation/judgement.ts';
import { judgeBundle } from '../../src/attestation/sigstore-bundle.ts';
import { parseTrustedRoot } from '../../src/attestation/trusted-root.ts';
import { ProblemsError } from '../../src/model/problem.ts';
import { isFull } from '../support/rounds.ts';
import { sharedData } from '../support/shared-data.ts';

const data = sharedData('hashchain-sigstore-conformance');
const folder = data && path.join(data, 'test/assets/bundle-verify');

/** The suite's `a.txt`, which is no part of the sample data; the bundles state its digest. */
const ARTIFACT = `DO NOT MODIFY ME!

this is "a.txt", a sample input for sigstore-conformance's test suite.

DO NOT MODIFY ME!
`;
const IDENTITY =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';
const ISSUER = 'https://token.actions.githubusercontent.com';

/** What is found in each case that must fail: the reason has to be the case's, not some other. */
const REASONS: Readonly<Record<string, string>> = {
  'bundle-invalid-base64-signature_fail': 'malformed-attestation',
  'bundle-unknown-version_fail': 'unsupported-attestation',
  'bundle-with-root-cert_fail': 'root-in-bundle',
  'dsse-mismatch-envelope_fail': 'other-log-entry',
  'inclusion-proof-corrupted-hash_fail': 'bad-log-proof',
  'integrated-time-in-future_fail': 'expired-certificate',
  'intoto-expired-certificate_fail': 'expired-certificate',
  'invalid-inclusion-proof_fail': 'missing-log-proof',
  'managed-key-no-key_fail': 'wrong-signer',
  'managed-key-wrong-key_fail': 'no public key',
  'message-digest-mismatch_fail': 'other-bytes',
  'rekor2-checkpoint-missing-origin_fail': 'bad-log-proof',
  'rekor2-checkpoint-missing-root-hash_fail': 'bad-log-proof',
  'rekor2-dsse-mismatch-sig_fail': 'other-log-entry',
  'rekor2-no-timestamp_fail': 'unproved-time',
  'rekor2-timestamp-outside-trust-root-tsa-validity_fail': 'unproved-time',
  'rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail': 'unproved-time',
  'rekor2-timestamp-with-incorrect-time_fail': 'expired-certificate',
  'set-invalid-signature_fail': 'bad-log-proof',
  'trust-root-tlog-missing-validity-start_fail': 'trusted root',
  'wrong-hashedrekord-artifact_fail': 'other-log-entry',
  'wrong-hashedrekord-cert-and-sig_fail': 'other-log-entry',
  'wrong-material_fail': 'other-bytes',
};

const publicGood = publicGoodRoot();
const counts = { accepted: 0, rejected: 0, skipped: 0 };

describe('sigstore-conformance', { skip: folder === undefined && 'no sample data' }, () => {
  for (const name of folder === undefined ? [] : fs.readdirSync(folder).sort()) {
    const skip = needsPublicGood(name) && publicGood === undefined;
    if (skip) counts.skipped++;
    test(`judgeBundle() ${name.endsWith('_fail') ? 'rejects' : 'accepts'} ${name}`, {
      skip: skip && 'no npm with the public-good root',
    }, async () => {
      const judged = await judgeCase(name);
      if (name.endsWith('_fail')) {
        assert.equal(judged.reason, REASONS[name], judged.text);
        counts.rejected++;
      } else {
        assert.equal(judged.reason, 'verified', judged.text);
        counts.accepted++;
      }
    });
  }

  after(() => {
    const { accepted, rejected, skipped } = counts;
    console.log(`sigstore-conformance: ${accepted} accepted, ${rejected} rejected, ${skipped} skipped`);
  });

  test('every case is named here or must pass', () => {
    const failing = fs.readdirSync(folder!).filter((name) => name.endsWith('_fail'));
    assert.deepEqual(Object.keys(REASONS), failing.sort());
  });
});

/** What a bundle holds beside what is signed; nothing is taken from it, or what stands in its place is as good. */
const UNSIGNED: readonly RegExp[] = [
  / tlogEntries\.0\.logIndex$/, // of entries by proof alone; the proof's own index is shown
  / messageDigest\.algorithm removed$/, // SHA-256 is the default
  /^happy-path-v0\.1 tlogEntries\.0\.inclusionProof(\.checkpoint)? removed$/, // version 0.1 needs the promise alone
  / (signatures\.0\.keyid|publicKey\.hint)$/,
  /^intoto-\S+ (timestampVerificationData|tlogEntries\.0\.inclusionPromise)/, // one of two proved times
  /^intoto-\S+ tlogEntries\.0\.inclusionProof\.(logIndex|hashes) removed$/, // 0 and none, the defaults
  /^rekor2-checkpoint-(multiple|two)-\S+ tlogEntries\.0\.inclusionProof\.checkpoint\.envelope$/, // witnesses
];

describe('bundles of the suite, each member spoiled', {
  skip: folder === undefined && 'no sample data',
}, () => {
  /** All with FULL=1: 1,700 bundles take 20 s. */
  const cases = isFull
    ? fs.readdirSync(folder ?? '.').filter((name) => !name.endsWith('_fail'))
    : ['happy-path-v0.3', 'rekor2-happy-path', 'intoto-with-custom-trust-root'];

  for (const name of folder === undefined ? [] : cases)
    test(`judgeBundle() verifies no ${name} that differs in what is signed`, {
      skip: needsPublicGood(name) && publicGood === undefined && 'no npm with the public-good root',
    }, async () => {
      const text = read(name, 'bundle.sigstore.json')!.toString();
      const survivors: string[] = [];
      let spoiled = 0;
      for (const path of pathsIn(JSON.parse(text), []))
        for (const how of ['removed', ...(isFull ? [0.1, 0.3, 0.5, 0.7, 0.9] : [0.5])]) {
          const changed = spoil(text, path, how);
          if (changed === undefined) continue;
          spoiled++;
          const { reason } = await judgeCase(name, Buffer.from(changed));
          if (reason !== 'verified') continue;
          const place = path
            .join('.')
            .replace(/^verificationMaterial\.|^messageSignature\.|^dsseEnvelope\./, '');
          survivors.push(`${name} ${place}${how === 'removed' ? ' removed' : ''}`);
        }
      console.log(
        `${name}: ${spoiled} spoiled, ${survivors.length} verified, all in members that nobody signs`,
      );
      assert.ok(spoiled > 30);
      assert.deepEqual(
        survivors.filter(
          (each) =>
            !UNSIGNED.some(
              (known) => known.test(each.replace(/(logIndex|keyid|hint) removed$/, '$1')) || known.test(each),
            ),
        ),
        [],
      );
    });
});

function pathsIn(value: unknown, path: readonly string[]): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [[...path, key], ...pathsIn(child, [...path, key])]);
}

/** The bundle without a member, or with one bit turned at a share of a text's length; undefined of what is no text. */
function spoil(text: string, path: readonly string[], how: string | number): string | undefined {
  const bundle = JSON.parse(text) as Record<string, unknown>;
  const owner = path.slice(0, -1).reduce((at, key) => at[key] as Record<string, unknown>, bundle);
  const key = path.at(-1)!;
  const value = owner[key];
  if (how === 'removed') {
    if (Array.isArray(owner)) owner.splice(Number(key), 1);
    else delete owner[key];
    return JSON.stringify(bundle);
  }
  if (typeof value !== 'string' || value === '') return undefined;
  const isBytes = value.length >= 20 && /^[A-Za-z0-9+/\n]+=*$/.test(value);
  const bytes = Buffer.from(value, isBytes ? 'base64' : 'utf8');
  bytes[Math.floor(bytes.length * Number(how))]! ^= 1;
  owner[key] = bytes.toString(isBytes ? 'base64' : 'utf8');
  return JSON.stringify(bundle);
}

function read(name: string, file: string): Buffer | undefined {
  const place = path.join(folder!, name, file);
  return fs.existsSync(place) ? fs.readFileSync(place) : undefined;
}

function needsPublicGood(name: string): boolean {
  return read(name, 'trusted_root.json') === undefined;
}

async function judgeCase(
  name: string,
  bundle = read(name, 'bundle.sigstore.json')!,
): Promise<{ reason: string; text: string }> {
  let judgement: AttestationJudgement;
  try {
    const root = parseTrustedRoot(read(name, 'trusted_root.json') ?? publicGood!, 'trusted_root.json');
    const signer = signerOf(name);
    if (signer === undefined) return { reason: 'no public key', text: '' };
    const bytes = read(name, 'artifact') ?? Buffer.from(ARTIFACT);
    judgement = await judgeBundle(bytes, { kind: 'sigstore-bundle', name, bytes: bundle }, { root, signer });
  } catch (error) {
    if (error instanceof ProblemsError) return { reason: 'trusted root', text: error.message };
    throw error;
  }
  const text = JSON.stringify(judgement.faults);
  if (judgement.verdict !== 'verified') return { reason: judgement.faults[0]!.code, text };
  assert.ok(judgement.at !== undefined && judgement.proof !== undefined && judgement.by !== undefined);
  return { reason: 'verified', text };
}

function signerOf(name: string): ExpectedSigner | undefined {
  const pem = read(name, 'key.pub');
  if (pem === undefined)
    return {
      kind: 'identity',
      identity: read(name, 'identity')?.toString().trim() ?? IDENTITY,
      issuer: read(name, 'issuer')?.toString().trim() ?? ISSUER,
    };
  try {
    return { kind: 'key', key: crypto.createPublicKey(pem) };
  } catch {
    return undefined;
  }
}

/** npm verifies provenance with Sigstore and carries the root that it starts from. */
function publicGoodRoot(): Buffer | undefined {
  const homes = ['../lib/node_modules/npm', 'node_modules/npm'];
  for (const home of homes) {
    const seeds = path.join(
      path.dirname(fs.realpathSync(process.execPath)),
      home,
      'node_modules/@sigstore/tuf/seeds.json',
    );
    if (!fs.existsSync(seeds)) continue;
    const all = JSON.parse(fs.readFileSync(seeds, 'utf8')) as Record<
      string,
      { targets: Record<string, string> }
    >;
    const root = all['https://tuf-repo-cdn.sigstore.dev']?.targets['trusted_root.json'];
    if (root !== undefined) return Buffer.from(root, 'base64');
  }
  return undefined;
}
