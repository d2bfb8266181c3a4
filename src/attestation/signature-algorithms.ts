/** Digests and signatures by their object identifiers (RFC 5754, RFC 4055, RFC 8410), and which of them are too weak. */
import crypto, { type KeyObject } from 'node:crypto';
import type { AlgorithmIdentifier } from 'pkijs';
import { quote } from '../base/text-safety.ts';
import { AttestationFaultError } from './judgement.ts';

/** Names that Node's crypto knows. */
const DIGESTS: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '2.16.840.1.101.3.4.2.6': 'sha512-256',
  '2.16.840.1.101.3.4.2.8': 'sha3-256',
  '2.16.840.1.101.3.4.2.9': 'sha3-384',
  '2.16.840.1.101.3.4.2.10': 'sha3-512',
};

/** Collisions have been made (MD5, SHA-1), or cost less than 2^112 steps' margin allows for years of keeping (SHA-224). */
const WEAK_DIGESTS: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.2': 'md2',
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '1.3.36.3.2.1': 'ripemd160',
  '2.16.840.1.101.3.4.2.4': 'sha224',
};

const RSA_PSS = '1.2.840.113549.1.1.10';
const ED25519 = '1.3.101.112';

/** Signature algorithms that leave the digest to the field beside them. */
const BARE_KEYS: ReadonlySet<string> = new Set(['1.2.840.113549.1.1.1', '1.2.840.10045.2.1']);

const SIGNATURES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};

const WEAK_SIGNATURES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.4': 'md5',
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.14': 'sha224',
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.1': 'sha224',
};

/** Bits of an RSA key that NIST SP 800-131A still allows. */
const LEAST_RSA_BITS = 2048;

/** @throws {AttestationFaultError} where the digest is weak or unknown */
export function digestName({ algorithmId }: AlgorithmIdentifier, of: string): string {
  const weak = WEAK_DIGESTS[algorithmId];
  if (weak !== undefined) throw new AttestationFaultError('weak-hash', `${of} is a ${weak}`);
  return DIGESTS[algorithmId] ?? unknown(algorithmId, of);
}

/** Whether a certificate is signed over a digest that is too weak to tell it from another. */
export function weakSignature({ algorithmId }: AlgorithmIdentifier): string | undefined {
  return WEAK_SIGNATURES[algorithmId];
}

/**
 * Whether `signature` is by `key` over `signed`.
 * @param digest of the message, for algorithms that do not name one
 * @throws {AttestationFaultError} where the algorithm is weak or unknown
 */
export async function verifySigned(
  algorithm: AlgorithmIdentifier,
  digest: string,
  signed: Uint8Array,
  key: KeyObject,
  signature: Uint8Array,
): Promise<boolean> {
  const { algorithmId } = algorithm;
  const { modulusLength } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined && modulusLength < LEAST_RSA_BITS)
    throw new AttestationFaultError('weak-hash', `the key of the signature is RSA of ${modulusLength} bits`);
  const hash = algorithmId === ED25519 ? null : await hashOf(algorithm, digest);
  const isPss = algorithmId === RSA_PSS;
  try {
    return crypto.verify(
      hash,
      signed,
      isPss ? { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING } : key,
      signature,
    );
  } catch {
    // Node throws where key and algorithm do not belong together.
    return false;
  }
}

async function hashOf(algorithm: AlgorithmIdentifier, digest: string): Promise<string> {
  const { algorithmId, algorithmParams } = algorithm;
  const weak = WEAK_SIGNATURES[algorithmId];
  if (weak !== undefined) throw new AttestationFaultError('weak-hash', `the signature is over a ${weak}`);
  if (BARE_KEYS.has(algorithmId)) return digest;
  if (algorithmId !== RSA_PSS) return SIGNATURES[algorithmId] ?? unknown(algorithmId, 'the signature');
  const { RSASSAPSSParams } = await import('pkijs');
  return digestName(
    new RSASSAPSSParams({ schema: algorithmParams }).hashAlgorithm,
    'the digest of the RSA-PSS signature',
  );
}

function unknown(oid: string, of: string): never {
  throw new AttestationFaultError(
    'unsupported-attestation',
    `${of} is of the unknown algorithm ${quote(oid)}`,
  );
}
