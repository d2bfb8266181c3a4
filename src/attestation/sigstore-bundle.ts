/** Sigstore bundles (v0.1 to 0.3, https://docs.sigstore.dev/about/bundle/), verified offline against a given trusted root. */
import crypto from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import type { Signer, TrustMaterial, toTrustMaterial } from '@sigstore/verify';
import { formatInstant } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import type { Attestation, AttestationTrust, ExpectedSigner } from './attestation-trust.ts';
import { leafOf, parseBundle } from './bundle-form.ts';
import { AttestationFaultError, type AttestationJudgement, verdictOf } from './judgement.ts';
import { askLibrary } from './library-faults.ts';
import { logOf, requireCheckpoint, requireKnownKind, requireSignerOfEntry } from './log-entry.ts';
import { entriesOf, instantOf, type ProvedTime, provedIndex, timesOf } from './proved-times.ts';
import { requireContent, widenContent } from './signed-content.ts';
import { judgeTimestamp } from './timestamp-token.ts';
import type { TrustedRoot } from './trusted-root.ts';

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';

/** Whether the bundle vouches for exactly these bytes. Never throws for what a bundle holds. */
export async function judgeBundle(
  bytes: Uint8Array,
  { name, bytes: bundle }: Attestation,
  { root, signer }: AttestationTrust,
): Promise<AttestationJudgement> {
  const judgement: AttestationJudgement = {
    kind: 'sigstore-bundle',
    name,
    verdict: 'verified',
    faults: [],
    facts: [],
  };
  try {
    if (bytes.length === 0) throw new AttestationFaultError('empty-file', 'it has no bytes');
    const parsed = await parseBundle(bundle);
    const statement = requireContent(parsed, bytes);
    if (root === undefined)
      throw new AttestationFaultError('no-trust', 'no trusted root was given to hold the bundle to');
    if (signer === undefined)
      throw new AttestationFaultError('no-trust', 'neither an identity with its issuer nor a key was given');
    await judgeParsed(bytes, parsed, root, signer, judgement);
    if (statement !== undefined) judgement.facts.push({ name: 'statement', value: statement });
  } catch (error) {
    if (!(error instanceof AttestationFaultError)) throw error;
    judgement.faults.push({ code: error.code, message: error.message });
  }
  judgement.verdict = verdictOf(judgement.faults);
  if (judgement.verdict !== 'verified') withhold(judgement);
  return judgement;
}

/** A name or time that is not proved is not shown as if it were. */
function withhold(judgement: AttestationJudgement): void {
  delete judgement.by;
  delete judgement.at;
  delete judgement.proof;
}

async function judgeParsed(
  bytes: Uint8Array,
  bundle: Bundle,
  root: TrustedRoot,
  expected: ExpectedSigner,
  judgement: AttestationJudgement,
): Promise<void> {
  requireKindOfSigner(bundle, expected);
  const bounded = withOwnCheckpoints(bundle, root);
  const { toSignedEntity, Verifier, ...library } = await import('@sigstore/verify');
  const material = materialOf(library.toTrustMaterial, root, expected);
  const [entity, verified] = askLibrary(() => {
    const entity = toSignedEntity(bounded, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    entity.signature = widenContent(entity.signature, bounded, bytes);
    // What the user's root does not list cannot be demanded: private instances run without one kind of log or the other.
    const verifier = new Verifier(material, {
      tlogThreshold: root.logs.length === 0 ? 0 : 1,
      ctlogThreshold: root.certificateLogs === 0 ? 0 : 1,
      timestampThreshold: 1,
    });
    return [entity, verifier.verify(entity)] as const;
  });
  const times = timesOf(bounded, entity, material, root);
  await requireTokens(bundle, entity.signature.signature, root);
  requireLeaf(bundle);
  requireEntries(bounded, verified, times, root);
  requireIdentity(verified, expected);
  describe(judgement, bundle, verified, times, root);
}

function materialOf(
  convert: typeof toTrustMaterial,
  root: TrustedRoot,
  expected: ExpectedSigner,
): TrustMaterial {
  try {
    return convert(root.forLibrary, () => keyOf(expected));
  } catch (error) {
    throw new AttestationFaultError(
      'no-trust',
      `a certificate of the trusted root cannot be used: ${quote(String((error as Error).message))}`,
    );
  }
}

function keyOf(expected: ExpectedSigner): ReturnType<TrustMaterial['publicKey']> {
  if (expected.kind === 'key') return { publicKey: expected.key, validFor: () => true };
  throw new AttestationFaultError('wrong-signer', 'the bundle was signed with a bare key');
}

function requireKindOfSigner(bundle: Bundle, expected: ExpectedSigner): void {
  const isKey = bundle.verificationMaterial.content.$case === 'publicKey';
  if (isKey && expected.kind === 'identity')
    throw new AttestationFaultError(
      'wrong-signer',
      `signed with a bare key, which proves no identity; expected ${quote(expected.identity)}`,
    );
  if (!isKey && expected.kind === 'key')
    throw new AttestationFaultError('wrong-signer', 'signed with a certificate, expected the given key');
}

/** The bundle as the library may see it. */
function withOwnCheckpoints(bundle: Bundle, root: TrustedRoot): Bundle {
  const { verificationMaterial } = bundle;
  const tlogEntries = entriesOf(bundle).map((entry) => {
    if (root.logs.length === 0)
      throw new AttestationFaultError(
        'bad-log-proof',
        'the bundle is logged, and the trusted root lists no logs to hold it to',
      );
    requireKnownKind(entry);
    const log = logOf(entry, root.logs);
    const { inclusionProof } = entry;
    if (inclusionProof === undefined) return entry;
    // Version 0.1 has proofs without a checkpoint, which lead to a root that nobody signed; the promise has to do.
    if (inclusionProof.checkpoint === undefined && entry.inclusionPromise !== undefined)
      return { ...entry, inclusionProof: undefined };
    const envelope = requireCheckpoint(entry, log);
    return { ...entry, inclusionProof: { ...inclusionProof, checkpoint: { envelope } } };
  });
  return { ...bundle, verificationMaterial: { ...verificationMaterial, tlogEntries } } as Bundle;
}

/** The library asks a token for digest, chain and signature; what else RFC 3161 demands is asked by our own judge. */
async function requireTokens(bundle: Bundle, signature: Buffer, root: TrustedRoot): Promise<void> {
  const authorities = root.timestampAuthorities.flatMap(({ certificates }) => certificates);
  const tokens = bundle.verificationMaterial.timestampVerificationData?.rfc3161Timestamps ?? [];
  for (const { signedTimestamp } of tokens) {
    const token = { kind: 'rfc3161-timestamp', name: '', bytes: signedTimestamp } as const;
    const [fault] = (await judgeTimestamp(signature, token, { authorities })).faults;
    if (fault !== undefined)
      throw new AttestationFaultError(fault.code, `of the timestamp in the bundle: ${fault.message}`);
  }
}

/** Which the library leaves open: a certificate for servers or for issuing others must not vouch for files. */
function requireLeaf(bundle: Bundle): void {
  const der = leafOf(bundle);
  if (der === undefined) return;
  const { ca, keyUsage } = new crypto.X509Certificate(der);
  if (ca)
    throw new AttestationFaultError('wrong-purpose', 'it was signed with the certificate of an authority');
  if (!keyUsage?.includes(CODE_SIGNING))
    throw new AttestationFaultError('wrong-purpose', 'the certificate is not for code signing');
}

function requireEntries(
  bundle: Bundle,
  signer: Signer,
  times: readonly ProvedTime[],
  root: TrustedRoot,
): void {
  const leaf = leafOf(bundle);
  for (const entry of entriesOf(bundle)) {
    requireSignerOfEntry(entry, signer.key, leaf);
    const { url, validFor } = logOf(entry, root.logs);
    const outside = times.find(
      ({ at }) =>
        at < instantOf(validFor.start) || (validFor.end !== undefined && at > instantOf(validFor.end)),
    );
    if (outside !== undefined)
      throw new AttestationFaultError(
        'bad-log-proof',
        `the trusted root does not trust ${quote(url)} for ${formatInstant(outside.at)}`,
      );
  }
}

/** Equal to the letter: the library takes the expectation for a pattern. */
function requireIdentity({ identity }: Signer, expected: ExpectedSigner): void {
  if (expected.kind === 'key') return;
  const subject = identity?.subjectAlternativeName;
  const issuer = identity?.extensions?.issuer;
  if (subject !== expected.identity)
    throw new AttestationFaultError(
      'wrong-signer',
      `signed by ${subject === undefined ? 'nobody named' : quote(subject)}, expected ${quote(expected.identity)}`,
    );
  if (issuer !== expected.issuer)
    throw new AttestationFaultError(
      'wrong-signer',
      `${quote(subject)} was identified by ${issuer === undefined ? 'nobody named' : quote(issuer)}, expected ${quote(expected.issuer)}`,
    );
}

function describe(
  judgement: AttestationJudgement,
  bundle: Bundle,
  signer: Signer,
  times: readonly ProvedTime[],
  root: TrustedRoot,
): void {
  const { identity } = signer;
  const [earliest] = times;
  if (earliest === undefined) throw new AttestationFaultError('unproved-time', 'no time is proved');
  judgement.by = identity?.subjectAlternativeName ?? `key sha256:${fingerprint(signer.key)}`;
  judgement.at = earliest.at;
  judgement.proof = earliest.proof;
  const fact = (name: string, value: string | undefined) => {
    if (value !== undefined) judgement.facts.push({ name, value });
  };
  fact('issuer', identity?.extensions?.issuer);
  for (const { at, proof } of times.slice(1)) fact('also', `${formatInstant(at)}, ${proof}`);
  for (const entry of entriesOf(bundle))
    fact('logged', `${logOf(entry, root.logs).url}, entry ${provedIndex(entry)}`);
  if (entriesOf(bundle).length === 0) fact('logged', 'no: the trusted root lists no transparency log');
}

function fingerprint(key: crypto.KeyObject): string {
  return crypto
    .createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('hex');
}
