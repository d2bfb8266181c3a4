/** What names every file of a bundle: an in-toto Statement, and its DSSE envelope where somebody signs it. */

import crypto from 'node:crypto';
import { sha256Hex } from '../base/digest.ts';
import { isPlainObject } from '../base/plain-value.ts';
import { compareText } from '../base/text-safety.ts';
import type { ToldOption } from '../model/report.ts';
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
  /**
   * What the run was told: each file with its digest, and its copy in the bundle where there is one. `source`: the name of
   * the source that it maps.
   */
  configuration: { file: string; sha256: string; copy?: string; reason?: string; source?: string }[];
  /** What the run was told otherwise, on the command line or in the configuration, by name. */
  options: Record<string, ToldOption>;
  /** The words that make the report again, without those of the evidence itself. */
  command: string[];
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

/** All that is read of a statement is checked here: whoever hands over a bundle can have written it. */
export function isStatement(value: unknown): value is EvidenceStatement {
  return (
    isPlainObject(value) &&
    value._type === STATEMENT_TYPE &&
    value.predicateType === PREDICATE_TYPE &&
    isListOf(
      value.subject,
      ({ name, digest }) => isText(name) && isPlainObject(digest) && isText(digest.sha256),
    ) &&
    isPlainObject(value.predicate) &&
    isPredicate(value.predicate)
  );
}

function isPredicate({ sample, inputs, configuration, options, command }: Record<string, unknown>): boolean {
  return (
    isPlainObject(sample) &&
    isText(sample.seed) &&
    isAmount(sample.size) &&
    isAmount(sample.population) &&
    isListOf(sample.notSampled, ({ file, reason }) => isText(file) && isText(reason)) &&
    Array.isArray(inputs) &&
    isPlainObject(options) &&
    Object.values(options).every((value) => isToldOption(value)) &&
    isTexts(command) &&
    isListOf(
      configuration,
      ({ file, sha256, copy, reason, source }) =>
        isText(file) &&
        isText(sha256) &&
        [copy, reason, source].every((each) => each === undefined || isText(each)),
    )
  );
}

function isListOf(value: unknown, isElement: (element: Record<string, unknown>) => boolean): boolean {
  return Array.isArray(value) && value.every((element) => isPlainObject(element) && isElement(element));
}

function isToldOption(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value) || isTexts(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isAmount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export type Envelope = {
  payload: string;
  payloadType: string;
  signatures: { keyid?: string; sig: string }[];
};

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

/** The envelope of exactly these bytes; undefined where the text is none, or one of something else. */
export function readEnvelope(text: string, statement: Uint8Array): Envelope | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isEnvelope =
    isPlainObject(value) &&
    value.payloadType === PAYLOAD_TYPE &&
    value.payload === Buffer.from(statement).toString('base64') &&
    isListOf(value.signatures, ({ sig }) => isText(sig));
  return isEnvelope ? (value as Envelope) : undefined;
}

/** The key that signed; undefined where none of `keys` did. */
export function signerOf(
  { payload, signatures }: Envelope,
  keys: readonly VerifierKey[],
): VerifierKey | undefined {
  const message = preAuthentication(Buffer.from(payload, 'base64'));
  return keys.find(
    ({ kind, key }) =>
      kind === 'ed25519' &&
      signatures.some(({ sig }) => crypto.verify(null, message, key, Buffer.from(sig, 'base64'))),
  );
}

function preAuthentication(payload: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `),
    payload,
  ]);
}
