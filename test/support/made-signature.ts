/** Signatures of made logs: key pairs that live as long as the process, one of the writer and one of a forger. Tests only. */
import crypto, { type KeyObject } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { SignatureAlgorithm } from '../../src/chain/profile.ts';

type Pair = { publicKey: KeyObject; privateKey: KeyObject };
type Kind = 'ed25519' | 'p256' | 'secp256k1' | 'rsa';

/** 1024 bits, as weak as keys of old invoicing programs are, for the speed of the tests. */
const RSA_BITS = 1024;

const MAKE: Record<Kind, () => Pair> = {
  ed25519: () => crypto.generateKeyPairSync('ed25519'),
  p256: () => crypto.generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  secp256k1: () => crypto.generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  rsa: () => crypto.generateKeyPairSync('rsa', { modulusLength: RSA_BITS }),
};

function kindOf(algorithm: SignatureAlgorithm): Kind {
  if (algorithm === 'ed25519') return 'ed25519';
  if (algorithm === 'ecdsa-secp256k1') return 'secp256k1';
  return algorithm.startsWith('rsa') ? 'rsa' : 'p256';
}

const pairs = new Map<string, Pair>();

export function madePair(algorithm: SignatureAlgorithm, forged = false): Pair {
  const kind = kindOf(algorithm);
  const name = `${kind} ${forged}`;
  const pair = pairs.get(name) ?? MAKE[kind]();
  pairs.set(name, pair);
  return pair;
}

/** Of the writer. */
export function publicPem(algorithm: SignatureAlgorithm): Uint8Array {
  return Buffer.from(madePair(algorithm).publicKey.export({ format: 'pem', type: 'spki' }));
}

/** Many algorithms draw on chance: one message has one signature as long as the signer is the same. */
export class MadeSigner {
  private readonly known = new Map<string, Buffer>();

  /** Undefined where it was not made before: signing costs a thousand times what looking does. */
  made(algorithm: SignatureAlgorithm, message: Uint8Array): Buffer | undefined {
    return this.known.get(nameOf(algorithm, message, false));
  }

  sign(algorithm: SignatureAlgorithm, message: Uint8Array, forged = false): Buffer {
    const name = nameOf(algorithm, message, forged);
    const signature =
      this.known.get(name) ?? signWith(madePair(algorithm, forged).privateKey, algorithm, message);
    this.known.set(name, signature);
    return signature;
  }
}

function nameOf(algorithm: SignatureAlgorithm, message: Uint8Array, forged: boolean): string {
  return `${algorithm} ${forged} ${Buffer.from(message).toString('base64')}`;
}

function signWith(key: KeyObject, algorithm: SignatureAlgorithm, message: Uint8Array): Buffer {
  const scalar = () => Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url');
  switch (algorithm) {
    case 'ed25519':
      return crypto.sign(null, message, key);
    case 'ecdsa-secp256k1':
      return Buffer.from(secp256k1.sign(message, scalar()));
    case 'ecdsa-p256-low-s':
      return Buffer.from(p256.sign(message, scalar(), { lowS: true }));
    case 'ecdsa-p256-der-low-s':
      return Buffer.from(
        p256.Signature.fromBytes(p256.sign(message, scalar(), { lowS: true })).toBytes('der'),
      );
    case 'ecdsa-p256':
      return crypto.sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' });
    case 'ecdsa-p256-der':
      return crypto.sign('sha256', message, key);
    case 'rsa-sha1':
      return crypto.sign('sha1', message, key);
    case 'rsa-sha256':
      return crypto.sign('sha256', message, key);
    case 'rsa-pss-sha256':
      return crypto.sign('sha256', message, { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING });
  }
}
