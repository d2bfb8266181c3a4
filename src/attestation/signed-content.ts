/**
 * What a Sigstore bundle signs, held to the attested bytes: a message by its digest, a DSSE envelope by the subjects of its
 * in-toto statement (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md).
 */
import crypto, { type KeyObject } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import type { SignedEntity } from '@sigstore/verify';
import { JsonArray, JsonObject, type JsonValue, parseJson, toScalarText } from '../base/json.ts';
import { quote } from '../base/text-safety.ts';
import { AttestationFaultError } from './judgement.ts';

type SignatureContent = SignedEntity['signature'];

/** By the numbers of Sigstore's enum `HashAlgorithm`; 0 is the default of writers that name none. */
const MESSAGE_HASHES: readonly string[] = ['sha256', 'sha256', 'sha384', 'sha512', 'sha3-256', 'sha3-384'];

/** Digests of a subject that count; a subject with weaker ones alone names nothing. */
const SUBJECT_HASHES: Readonly<Record<string, string>> = {
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
  sha3_256: 'sha3-256',
  sha3_384: 'sha3-384',
  sha3_512: 'sha3-512',
};

const STATEMENT_TYPES: readonly string[] = [
  'https://in-toto.io/Statement/v1',
  'https://in-toto.io/Statement/v0.1',
];
const STATEMENT_PAYLOAD = 'application/vnd.in-toto+json';

/** The hash that goes with a curve where the signature does not say (FIPS 186-5 §6.1.1). */
const CURVE_HASHES: Readonly<Record<string, string>> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
};

/**
 * @returns the kind of statement, where there is one
 * @throws {AttestationFaultError} when the bundle is about other bytes
 */
export function requireContent({ content }: Bundle, bytes: Uint8Array): string | undefined {
  if (content.$case === 'dsseEnvelope') return requireStatement(content.dsseEnvelope, bytes);
  const { algorithm, digest } = content.messageSignature.messageDigest;
  const hash = MESSAGE_HASHES[algorithm];
  if (hash === undefined)
    throw new AttestationFaultError(
      'unsupported-attestation',
      'the message is digested by an unknown algorithm',
    );
  const found = crypto.createHash(hash).update(bytes).digest();
  if (!found.equals(digest))
    throw new AttestationFaultError(
      'other-bytes',
      `the ${hash} of the file is ${found.toString('hex')}, the bundle is for ${Buffer.from(digest).toString('hex').slice(0, 128)}`,
    );
  return undefined;
}

type Envelope = { payloadType: string; payload: Buffer };

function requireStatement({ payloadType, payload }: Envelope, bytes: Uint8Array): string | undefined {
  if (payloadType !== STATEMENT_PAYLOAD)
    throw new AttestationFaultError(
      'unsupported-attestation',
      `the envelope holds ${quote(payloadType)}, known is "${STATEMENT_PAYLOAD}"`,
    );
  const statement = parseStatement(payload);
  const subjects = statement.get('subject');
  const digests = subjects instanceof JsonArray ? subjects.elements.map(digestsOf) : [];
  const found = digestsOfFile(bytes);
  if (!digests.some((each) => isDigestOf(each, found)))
    throw new AttestationFaultError(
      'other-bytes',
      `none of the ${digests.length} subjects of the statement is the file, whose sha256 is ${found('sha256')}`,
    );
  return toScalarText(statement.get('predicateType'));
}

function parseStatement(payload: Buffer): JsonObject {
  let value: JsonValue;
  try {
    value = parseJson(payload);
  } catch (error) {
    throw new AttestationFaultError(
      'malformed-attestation',
      `the statement is no JSON: ${(error as Error).message}`,
    );
  }
  const type = value instanceof JsonObject ? toScalarText(value.get('_type')) : undefined;
  if (!(value instanceof JsonObject) || type === undefined)
    throw new AttestationFaultError('malformed-attestation', 'the statement has no "_type"');
  if (!STATEMENT_TYPES.includes(type))
    throw new AttestationFaultError(
      'unsupported-attestation',
      `the statement is of type ${quote(type)}, known is "${STATEMENT_TYPES[0]}"`,
    );
  return value;
}

function digestsOf(subject: JsonValue): { name: string; value: string }[] {
  const digest = subject instanceof JsonObject ? subject.get('digest') : undefined;
  if (!(digest instanceof JsonObject)) return [];
  return digest.members.flatMap(({ key, value }) =>
    Object.hasOwn(SUBJECT_HASHES, key) && typeof value === 'string' ? [{ name: key, value }] : [],
  );
}

/** Each digest is taken once: a statement may list a hundred thousand subjects. */
function digestsOfFile(bytes: Uint8Array): (hash: string) => string {
  const known = new Map<string, string>();
  return (hash) => {
    const digest = known.get(hash) ?? crypto.createHash(hash).update(bytes).digest('hex');
    known.set(hash, digest);
    return digest;
  };
}

/** All digests that a subject states must fit: one that does not belongs to another file. */
function isDigestOf(
  digests: readonly { name: string; value: string }[],
  found: (hash: string) => string,
): boolean {
  return (
    digests.length > 0 &&
    digests.every(({ name, value }) => value.toLowerCase() === found(SUBJECT_HASHES[name]!))
  );
}

/** The library's content, with what it lacks: Ed25519, P-384 and P-521 keys, and envelopes logged as hashed records. */
export function widenContent(content: SignatureContent, bundle: Bundle, bytes: Uint8Array): SignatureContent {
  const signed = signedBytes(bundle, bytes);
  return {
    signature: content.signature,
    compareSignature: (signature) => content.compareSignature(signature),
    // Rekor logs an envelope as a hashed record by the digest of what was signed, its pre-authentication encoding.
    compareDigest: (digest) =>
      content.compareDigest(digest) ||
      (bundle.content.$case === 'dsseEnvelope' &&
        digest.equals(crypto.createHash('sha256').update(signed).digest())),
    verifySignature: (key) => content.verifySignature(key) || verifyByKey(signed, key, content.signature),
  };
}

function verifyByKey(signed: Uint8Array, key: KeyObject, signature: Buffer): boolean {
  const hash =
    key.asymmetricKeyType === 'ed25519' ? null : CURVE_HASHES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (hash === undefined) return false;
  try {
    return crypto.verify(hash, signed, key, signature);
  } catch {
    return false;
  }
}

/** DSSE signs `DSSEv1 SP length SP type SP length SP payload` (secure-systems-lab/dsse). */
function signedBytes({ content }: Bundle, bytes: Uint8Array): Uint8Array {
  if (content.$case === 'messageSignature') return bytes;
  const { payloadType, payload } = content.dsseEnvelope;
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}
