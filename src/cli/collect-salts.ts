/** Where the salts of an archive come from, and the secret under which its lines are known again. */
import { hkdfSync, randomBytes } from 'node:crypto';
import { SALT_BYTES } from '../redaction/salted-record.ts';
import type { Salting } from '../store/archive-salting.ts';
import type { SignerKey } from '../transparency/note-key.ts';

/** Salts taken from the system at a time. */
const POOL = 4096;

export function createSalting(signer: SignerKey): Salting {
  let pool = Buffer.alloc(0);
  return {
    newSalt() {
      if (pool.length === 0) pool = randomBytes(POOL * SALT_BYTES);
      const salt = pool.toString('base64url', 0, SALT_BYTES);
      pool = pool.subarray(SALT_BYTES);
      return salt;
    },
    recognitionKey: recognitionKeyOf(signer),
  };
}

/** Whoever collects has the signing key, which lies outside of the archive: one secret to keep, not two. */
function recognitionKeyOf({ key }: SignerKey): Uint8Array {
  const { d } = key.export({ format: 'jwk' });
  return new Uint8Array(
    hkdfSync('sha256', Buffer.from(d!, 'base64url'), '', 'audit-check/recognition/v1', 32),
  );
}
