/** Signatures over a pre-image, in place of a hash or beside one: which algorithms there are, and whether one holds. */
import crypto, { type KeyObject } from 'node:crypto';
import type { SignatureAlgorithm } from './profile.ts';
import type { Curve } from './public-key.ts';

type Scheme = {
  /** What raw bytes of a public key are a key of; null for RSA, whose keys have structure. */
  curve: Curve | null;
  /** As OpenSSL names it; null where the scheme brings its own. */
  digest: string | null;
  /** ECDSA: two numbers side by side (IEEE P1363), or ASN.1 (RFC 3279 §2.2.3). */
  form?: 'p1363' | 'der';
  /** Of the two signatures that hold for one message only the one with the smaller number counts (BIP 146). */
  lowS?: true;
  pss?: true;
};

const SCHEMES: Readonly<Record<SignatureAlgorithm, Scheme>> = {
  ed25519: { curve: 'ed25519', digest: null },
  'ecdsa-p256': { curve: 'p256', digest: 'sha256', form: 'p1363' },
  'ecdsa-p256-low-s': { curve: 'p256', digest: 'sha256', form: 'p1363', lowS: true },
  'ecdsa-p256-der': { curve: 'p256', digest: 'sha256', form: 'der' },
  'ecdsa-p256-der-low-s': { curve: 'p256', digest: 'sha256', form: 'der', lowS: true },
  'ecdsa-secp256k1': { curve: 'secp256k1', digest: 'sha256', form: 'p1363', lowS: true },
  'rsa-sha1': { curve: null, digest: 'sha1' },
  'rsa-sha256': { curve: null, digest: 'sha256' },
  'rsa-pss-sha256': { curve: null, digest: 'sha256', pss: true },
};

/** What raw key bytes are a key of under this algorithm. */
export function curveOf(algorithm: SignatureAlgorithm): Curve | null {
  return SCHEMES[algorithm].curve;
}

/** Whether the key is one of this algorithm: a signature under another kind of key is not even tried. */
export function fitsAlgorithm(key: KeyObject, algorithm: SignatureAlgorithm): boolean {
  const { curve } = SCHEMES[algorithm];
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (curve === 'ed25519') return type === 'ed25519';
  if (curve === null) return type === 'rsa' || (type === 'rsa-pss' && algorithm === 'rsa-pss-sha256');
  return type === 'ec' && details?.namedCurve === (curve === 'p256' ? 'prime256v1' : 'secp256k1');
}

/** Whether the signature holds. A signature in another form than the algorithm writes does not. */
export function verifySignature(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
  preimage: Uint8Array | string,
  signature: Uint8Array,
): boolean {
  const scheme = SCHEMES[algorithm];
  const message = typeof preimage === 'string' ? Buffer.from(preimage) : preimage;
  if (!fitsAlgorithm(key, algorithm)) return false;
  if (scheme.form !== undefined) {
    const numbers = scheme.form === 'p1363' ? splitPair(signature) : splitDer(signature);
    if (numbers === undefined || (scheme.lowS && isHighS(scheme.curve!, numbers.s))) return false;
    const dsaEncoding = scheme.form === 'p1363' ? 'ieee-p1363' : 'der';
    return crypto.verify(scheme.digest, message, { key, dsaEncoding }, signature);
  }
  if (scheme.pss) {
    const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_AUTO: saltLength } = crypto.constants;
    return crypto.verify(scheme.digest, message, { key, padding, saltLength }, signature);
  }
  return crypto.verify(scheme.digest, message, key, signature);
}

/** Orders of the two curves (SEC 2 §2.4): half of them is the bound of the smaller number. */
const ORDER: Readonly<Record<Exclude<Curve, 'ed25519'>, bigint>> = {
  p256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  secp256k1: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
};

function isHighS(curve: Curve, s: bigint): boolean {
  return curve !== 'ed25519' && s > ORDER[curve] / 2n;
}

function splitPair(signature: Uint8Array): { s: bigint } | undefined {
  return signature.length === 64 ? { s: toNumber(signature.subarray(32)) } : undefined;
}

/** SEQUENCE of two INTEGERs; both curves have 32-byte numbers, so every length is one byte. */
function splitDer(signature: Uint8Array): { s: bigint } | undefined {
  const [sequence, length, first, firstLength] = signature;
  if (sequence !== 0x30 || length !== signature.length - 2 || first !== 0x02) return undefined;
  const second = 4 + (firstLength ?? 0);
  const secondLength = signature[second + 1];
  if (signature[second] !== 0x02 || secondLength !== signature.length - second - 2) return undefined;
  return { s: toNumber(signature.subarray(second + 2)) };
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x00${Buffer.from(bytes).toString('hex')}`);
}
