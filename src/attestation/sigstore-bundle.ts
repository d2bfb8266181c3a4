/** Sigstore bundles (v0.1 to 0.3, https://docs.sigstore.dev/about/bundle/), verified offline against a given trusted root. */
import crypto from 'node:crypto';
import type { Bundle, TransparencyLogEntry } from '@sigstore/bundle';
import type { SignedEntity, Signer, TrustMaterial } from '@sigstore/verify';
import { formatInstant, type Instant, NANOS_PER_MS } from '../base/instant.ts';
import { escapeControls, quote, truncate } from '../base/text-safety.ts';
import type { Attestation, AttestationTrust, ExpectedSigner } from './attestation-trust.ts';
import { leafOf, parseBundle } from './bundle-form.ts';
import {
  type AttestationFaultCode,
  AttestationFaultError,
  type AttestationJudgement,
  verdictOf,
} from './judgement.ts';
import { logOf, requireCheckpoint, requireSignerOfEntry } from './log-entry.ts';
import { requireContent, widenContent } from './signed-content.ts';
import type { TrustedRoot } from './trusted-root.ts';

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';

/** The library's reasons in our words. It stops at the first; what is asked before it is asked by us. */
const LIBRARY_FAULTS: Readonly<Record<string, AttestationFaultCode>> = {
  NOT_IMPLEMENTED_ERROR: 'unsupported-attestation',
  TLOG_ERROR: 'missing-log-proof',
  TLOG_INCLUSION_PROOF_ERROR: 'bad-log-proof',
  TLOG_INCLUSION_PROMISE_ERROR: 'bad-log-proof',
  TLOG_MISSING_INCLUSION_ERROR: 'missing-log-proof',
  TLOG_BODY_ERROR: 'other-log-entry',
  CERTIFICATE_ERROR: 'untrusted-certificate',
  PUBLIC_KEY_ERROR: 'wrong-signer',
  SIGNATURE_ERROR: 'bad-signature',
  TIMESTAMP_ERROR: 'unproved-time',
};

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
    if (root === undefined)
      throw new AttestationFaultError('no-trust', 'no trusted root was given to hold the bundle to');
    if (signer === undefined)
      throw new AttestationFaultError('no-trust', 'neither an identity with its issuer nor a key was given');
    await judgeParsed(bytes, parsed, root, signer, judgement);
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
  const statement = requireContent(bundle, bytes);
  requireKindOfSigner(bundle, expected);
  const bounded = withOwnCheckpoints(bundle, root);
  const { toSignedEntity, toTrustMaterial, Verifier } = await import('@sigstore/verify');
  const material = toTrustMaterial(root.forLibrary, () => keyOf(expected));
  const [entity, verified] = askLibrary(() => {
    const entity = toSignedEntity(bounded, Buffer.from(bytes));
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
  requireLeaf(bundle);
  requireEntries(bounded, verified, times, root);
  requireIdentity(verified, expected);
  describe(judgement, bundle, verified, times, statement, root);
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

/** Reading the bundle has demanded the members that the generated type calls optional. */
function entriesOf({ verificationMaterial }: Bundle): TransparencyLogEntry[] {
  return verificationMaterial.tlogEntries as TransparencyLogEntry[];
}

type ProvedTime = { at: Date; proof: string };

/** Times that the library has verified, the earliest first. */
function timesOf(
  bundle: Bundle,
  entity: SignedEntity,
  material: TrustMaterial,
  root: TrustedRoot,
): ProvedTime[] {
  const stamped = entity.timestamps.flatMap((each): ProvedTime[] => {
    if (each.$case !== 'timestamp-authority') return [];
    const { signingTime, signerIssuer, signerSerialNumber } = each.timestamp;
    const index = material.timestampAuthorities.findIndex(
      ({ certChain: [leaf] }) =>
        leaf?.serialNumber.equals(signerSerialNumber) === true && leaf.issuer.equals(signerIssuer),
    );
    const uri = root.timestampAuthorities[index] ?? '';
    return [{ at: signingTime, proof: `timestamp authority ${uri || 'of the trusted root'}` }];
  });
  const logged = entriesOf(bundle).flatMap((entry): ProvedTime[] => {
    // Only the promise signs the time that an entry states.
    if (entry.inclusionPromise === undefined || entry.integratedTime === '0') return [];
    const at = new Date(Number(entry.integratedTime) * 1000);
    return [{ at, proof: `transparency log ${logOf(entry, root.logs).url}` }];
  });
  return [...stamped, ...logged].sort((left, right) => left.at.getTime() - right.at.getTime());
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
      ({ at }) => at < validFor.start || (validFor.end !== undefined && at > validFor.end),
    );
    if (outside !== undefined)
      throw new AttestationFaultError(
        'bad-log-proof',
        `the trusted root does not trust ${quote(url)} for ${outside.at.toISOString()}`,
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
  statement: string | undefined,
  root: TrustedRoot,
): void {
  const { identity } = signer;
  const [earliest] = times;
  if (earliest === undefined) throw new AttestationFaultError('unproved-time', 'no time is proved');
  judgement.by = identity?.subjectAlternativeName ?? `key sha256:${fingerprint(signer.key)}`;
  judgement.at = instantOf(earliest.at);
  judgement.proof = earliest.proof;
  const fact = (name: string, value: string | undefined) => {
    if (value !== undefined) judgement.facts.push({ name, value });
  };
  fact('issuer', identity?.extensions?.issuer);
  fact('statement', statement);
  for (const { at, proof } of times.slice(1)) fact('also', `${formatInstant(instantOf(at))}, ${proof}`);
  for (const entry of entriesOf(bundle))
    fact('logged', `${logOf(entry, root.logs).url}, entry ${entry.logIndex}`);
  if (entriesOf(bundle).length === 0) fact('logged', 'no: the trusted root lists no transparency log');
}

function fingerprint(key: crypto.KeyObject): string {
  return crypto
    .createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('hex');
}

function instantOf(date: Date): Instant {
  return BigInt(date.getTime()) * NANOS_PER_MS;
}

/** The library throws faults of its own, and plain errors for shapes that it did not expect: all are the bundle's. */
function askLibrary<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof AttestationFaultError) throw error;
    const { code, message, cause } = error as {
      code?: unknown;
      message?: unknown;
      cause?: { message?: string };
    };
    const words = escapeControls(
      truncate(`${String(message)}${cause?.message === undefined ? '' : `: ${cause.message}`}`, 300),
    );
    const known = typeof code === 'string' ? LIBRARY_FAULTS[code] : undefined;
    if (known === undefined)
      throw new AttestationFaultError('malformed-attestation', `its parts do not fit together (${words})`);
    const isExpired = known === 'untrusted-certificate' && words.includes('not valid or expired');
    throw new AttestationFaultError(isExpired ? 'expired-certificate' : known, words);
  }
}
