/** What is said of an attestation: who signed, when, proved by what; or each thing that is wrong with it, and what to do. */
import type { Instant } from '../base/instant.ts';

export type AttestationKind = 'sigstore-bundle' | 'rfc3161-timestamp';

/** `refused`: the attestation does not hold. `undetermined`: what was given does not suffice to tell. */
export type AttestationVerdict = 'verified' | 'refused' | 'undetermined';

type FaultWords = { verdict: Exclude<AttestationVerdict, 'verified'>; title: string; next: string };

/** Everything that keeps an attestation from being verified. Codes never change their meaning. */
export const ATTESTATION_FAULTS = {
  'malformed-attestation': {
    verdict: 'refused',
    title: 'the attestation is not what its format demands',
    next: 'fetch the attestation again from where it was made; do not repair it',
  },
  'oversized-attestation': {
    verdict: 'refused',
    title: 'the attestation is larger or nested deeper than any honest one',
    next: 'see where this file came from; audit-check does not open it',
  },
  'unsupported-attestation': {
    verdict: 'undetermined',
    title: 'the attestation is of a version or algorithm that audit-check does not know',
    next: 'verify it with the tools of its maker, or have it made in a supported form',
  },
  'no-trust': {
    verdict: 'undetermined',
    title: 'nothing was given to hold the attestation to',
    next: 'give what you trust, from a source other than the attestation: for a bundle the trusted root and the signer, for a timestamp the certificates of the authority',
  },
  'empty-file': {
    verdict: 'undetermined',
    title: 'the attested file is empty',
    next: 'see why there are no bytes: a signature over nothing vouches for nothing',
  },
  'other-bytes': {
    verdict: 'refused',
    title: 'something else was signed, not these bytes',
    next: 'compare with the copy that was attested: the file was changed, or the attestation is of another file',
  },
  'weak-hash': {
    verdict: 'refused',
    title: 'a hash is used for which other bytes with the same digest can be made',
    next: 'have the file attested again with SHA-256 or stronger',
  },
  'bad-signature': {
    verdict: 'refused',
    title: 'the signature is not by this key over this content',
    next: 'treat the attestation as forged or damaged until its maker explains it',
  },
  'altered-content': {
    verdict: 'refused',
    title: 'the content is not what the signer signed',
    next: 'treat the attestation as altered; ask its maker for the original',
  },
  'wrong-signer': {
    verdict: 'refused',
    title: 'it was signed by somebody else than expected',
    next: 'see whether the expectation or the signer is wrong; a stranger with a valid signature proves nothing',
  },
  'untrusted-certificate': {
    verdict: 'refused',
    title: 'no valid path leads from the certificate to an authority that was given',
    next: 'see whether the file of authorities is the right and complete one',
  },
  'expired-certificate': {
    verdict: 'refused',
    title: 'a certificate was not valid at the time of signing',
    next: 'treat the time as unproved: the key may have been out of its owner’s hands',
  },
  'wrong-purpose': {
    verdict: 'refused',
    title: 'the certificate was not issued for this use',
    next: 'see who signed: a certificate of another kind must not vouch here',
  },
  'unbound-certificate': {
    verdict: 'refused',
    title: 'the signature does not name the certificate that it is checked with',
    next: 'treat the signer as unknown; ask the authority for a token that meets RFC 3161',
  },
  'root-in-bundle': {
    verdict: 'refused',
    title: 'the bundle brings a root certificate of its own',
    next: 'have the bundle made again: a root beside what it vouches for is no root',
  },
  'missing-log-proof': {
    verdict: 'refused',
    title: 'nothing proves that the signature is in a transparency log',
    next: 'have the signature logged, or verify against a trusted root that lists no logs if that is your policy',
  },
  'bad-log-proof': {
    verdict: 'refused',
    title: 'the proof that the signature is in the log does not hold',
    next: 'fetch the entry again from the log; if it stays so, the log or the bundle is forged',
  },
  'other-log-entry': {
    verdict: 'refused',
    title: 'the log entry is about another signature',
    next: 'treat the bundle as put together from parts of others',
  },
  'unproved-time': {
    verdict: 'refused',
    title: 'nothing trusted says when it was signed',
    next: 'see whether the trusted root lists the timestamp authority or the log, and for that time',
  },
  'refused-request': {
    verdict: 'refused',
    title: 'the authority refused to issue a timestamp',
    next: 'ask for a timestamp again',
  },
} as const satisfies Readonly<Record<string, FaultWords>>;

export type AttestationFaultCode = keyof typeof ATTESTATION_FAULTS;

/** One thing that is wrong, with the values found and expected; texts from the attestation are quoted already. */
export type AttestationFault = { code: AttestationFaultCode; message: string };

export type AttestationJudgement = {
  kind: AttestationKind;
  /** The attestation's name as it was given, a file in most cases. */
  name: string;
  verdict: AttestationVerdict;
  /** Who signed; only where the signature, the chain and the expectation hold. Text of the attestation: escape it. */
  by?: string;
  /** The earliest proved time of the signature; only of what is verified. */
  at?: Instant;
  /** Who vouches for the time, as `timestamp authority NAME` or `transparency log URL`. */
  proof?: string;
  /** All verdicts but `verified` have at least one. */
  faults: AttestationFault[];
  /** What else is worth showing, in order; values are texts of the attestation: escape them. */
  facts: { name: string; value: string }[];
};

/** Thrown inside a judge where nothing further can be looked at. */
export class AttestationFaultError extends Error {
  override readonly name = 'AttestationFaultError';
  readonly code: AttestationFaultCode;

  constructor(code: AttestationFaultCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A refusal outweighs what could not be told: a forged signature stays one, whatever else is unknown. */
export function verdictOf(faults: readonly AttestationFault[]): AttestationVerdict {
  if (faults.length === 0) return 'verified';
  return faults.some(({ code }) => ATTESTATION_FAULTS[code].verdict === 'refused')
    ? 'refused'
    : 'undetermined';
}
