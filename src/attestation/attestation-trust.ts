/** What the user trusts: nothing in here ever comes from an attestation. */
import type { KeyObject } from 'node:crypto';
import type { AttestationKind } from './judgement.ts';
import type { TrustedRoot } from './trusted-root.ts';

/** An attestation as it was found: bytes of a bundle (JSON) or of a token (DER). */
export type Attestation = { kind: AttestationKind; name: string; bytes: Uint8Array };

/** The signer of a bundle: the subject of a certificate together with who identified it, or a key. */
export type ExpectedSigner =
  | { kind: 'identity'; identity: string; issuer: string }
  | { kind: 'key'; key: KeyObject };

export type AttestationTrust = {
  /** Of Sigstore bundles. */
  root?: TrustedRoot;
  signer?: ExpectedSigner;
  /** Of RFC 3161 tokens: DER of the certificates of authorities, or of the timestamping certificate itself. */
  authorities?: readonly Uint8Array[];
};
