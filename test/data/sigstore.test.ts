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

function read(name: string, file: string): Buffer | undefined {
  const place = path.join(folder!, name, file);
  return fs.existsSync(place) ? fs.readFileSync(place) : undefined;
}

function needsPublicGood(name: string): boolean {
  return read(name, 'trusted_root.json') === undefined;
}

async function judgeCase(name: string): Promise<{ reason: string; text: string }> {
  let judgement: AttestationJudgement;
  try {
    const root = parseTrustedRoot(read(name, 'trusted_root.json') ?? publicGood!, 'trusted_root.json');
    const signer = signerOf(name);
    if (signer === undefined) return { reason: 'no public key', text: '' };
    const bytes = read(name, 'artifact') ?? Buffer.from(ARTIFACT);
    judgement = await judgeBundle(
      bytes,
      { kind: 'sigstore-bundle', name, bytes: read(name, 'bundle.sigstore.json')! },
      { root, signer },
    );
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
