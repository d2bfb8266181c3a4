/** What names every file of a bundle: an in-toto Statement, and its DSSE envelope where somebody signs it. */
import crypto from 'node:crypto';
import { sha256Hex } from '../base/digest.ts';
import { compareText } from '../base/text-safety.ts';
import type { SignerKey, VerifierKey } from '../transparency/note-key.ts';

/** https://github.com/in-toto/attestation, Statement v1. */
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PREDICATE_TYPE = 'https://audit-check.dev/evidence/v1';
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

export type EvidencePredicate = {
  tool: { name: string; version: string };
  generated?: string;
  verdict: string;
  records: Record<string, number>;
  /** Files that were audited, as they were before and after. */
  inputs: { file: string; bytes: number; sha256: string | null }[];
  /** How the sample was drawn: the smallest `size` lots, SHA-256 of seed, file digest and offset, of `population` records. */
  sample: { seed: string; size: number; population: number; notSampled: { file: string; reason: string }[] };
  /** What the run was told: each file with its digest, and its copy in the bundle where there is one. */
  configuration: { file: string; sha256: string; copy?: string; reason?: string }[];
};

export type EvidenceStatement = {
  _type: string;
  subject: { name: string; digest: { sha256: string } }[];
  predicateType: string;
  predicate: EvidencePredicate;
};

export function toStatement(
  files: ReadonlyMap<string, string | Uint8Array>,
  predicate: EvidencePredicate,
): EvidenceStatement {
  const subject = [...files]
    .map(([name, content]) => ({ name, digest: { sha256: sha256Hex(content) } }))
    .sort((a, b) => compareText(a.name, b.name));
  return { _type: STATEMENT_TYPE, subject, predicateType: PREDICATE_TYPE, predicate };
}

export function isStatement(value: unknown): value is EvidenceStatement {
  const statement = value as Partial<EvidenceStatement> | null;
  return (
    typeof statement === 'object' &&
    statement?._type === STATEMENT_TYPE &&
    statement.predicateType === PREDICATE_TYPE &&
    Array.isArray(statement.subject) &&
    statement.subject.every(
      (each) => typeof each?.name === 'string' && typeof each.digest?.sha256 === 'string',
    ) &&
    typeof statement.predicate?.sample?.seed === 'string' &&
    Number.isSafeInteger(statement.predicate.sample.size)
  );
}

type Envelope = { payload: string; payloadType: string; signatures: { keyid: string; sig: string }[] };

/** DSSE v1 (secure-systems-lab/dsse) under an Ed25519 key, which signs the same text to the same bytes. */
export function signStatement(text: string, signer: SignerKey): string {
  const payload = Buffer.from(text);
  const sig = crypto.sign(null, preAuthentication(payload), signer.key).toString('base64');
  const envelope: Envelope = {
    payload: payload.toString('base64'),
    payloadType: PAYLOAD_TYPE,
    signatures: [{ keyid: signer.id, sig }],
  };
  return `${JSON.stringify(envelope, undefined, 2)}\n`;
}

/** The key that signed exactly this text; undefined where none of `keys` did. */
export function signerOf(
  envelope: string,
  text: string,
  keys: readonly VerifierKey[],
): VerifierKey | undefined {
  let parsed: Partial<Envelope> | null;
  try {
    parsed = JSON.parse(envelope) as Partial<Envelope> | null;
  } catch {
    return undefined;
  }
  const payload = Buffer.from(text);
  if (parsed?.payloadType !== PAYLOAD_TYPE || parsed.payload !== payload.toString('base64')) return undefined;
  const message = preAuthentication(payload);
  return keys.find(
    ({ kind, key }) =>
      kind === 'ed25519' &&
      parsed.signatures?.some(
        ({ sig }) => typeof sig === 'string' && crypto.verify(null, message, key, Buffer.from(sig, 'base64')),
      ),
  );
}

function preAuthentication(payload: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `),
    payload,
  ]);
}
