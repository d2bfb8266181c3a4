/** What CloudTrail signs of a digest (RSASSA-PKCS1-v1_5 with SHA-256, RFC 8017), and whether a signature holds. */
import crypto from 'node:crypto';
import type { Digest } from './digest.ts';
import { type PublicKey, toKeyObject } from './public-keys.ts';

export const SIGNATURE_ALGORITHM = 'SHA256withRSA';
export const HASH_ALGORITHM = 'SHA-256';

type Signed = Pick<Digest, 'endText' | 'bucket' | 'object' | 'previousSignature'>;

/** `sha256`: hex, of the digest file as it is when decompressed. Without a predecessor the word `null` is signed. */
export function stringToSign({ endText, bucket, object, previousSignature }: Signed, sha256: string): string {
  return `${endText}\n${bucket}/${object}\n${sha256}\n${previousSignature ?? 'null'}`;
}

/** Keys by fingerprint, each parsed once. */
export class KeyRing {
  private readonly keys = new Map<string, { key: crypto.KeyObject; known: PublicKey }>();

  constructor(keys: readonly PublicKey[]) {
    for (const known of keys) {
      const key = toKeyObject(known.pkcs1Base64);
      if (key !== undefined) this.keys.set(known.fingerprint, { key, known });
    }
  }

  get isEmpty(): boolean {
    return this.keys.size === 0;
  }

  get(fingerprint: string): PublicKey | undefined {
    return this.keys.get(fingerprint.toLowerCase())?.known;
  }

  /** False also where there is no such key. `signature`: hex. */
  verifies(digest: Digest, sha256: string, signature: string): boolean {
    const key = this.keys.get(digest.fingerprint.toLowerCase())?.key;
    if (key === undefined || !/^(?:[0-9a-f]{2})+$/i.test(signature)) return false;
    const signed = Buffer.from(stringToSign(digest, sha256));
    return crypto.verify('sha256', signed, key, Buffer.from(signature, 'hex'));
  }
}
