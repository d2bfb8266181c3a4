/** A signature in place of a record's own hash: it is verified, and stands as the record's hash where it holds. */
import { fromStrictText } from '../base/multibase.ts';
import type { Event, Slot } from '../model/event.ts';
import type { Preimage } from './preimage.ts';
import type { ChainProfile, ChainSignature } from './profile.ts';
import { parsePublicKey } from './public-key.ts';
import { stripPrefix } from './record-digest.ts';
import { curveOf, fitsAlgorithm, verifySignature } from './signature.ts';

/** A public key by its reference name, and what it is to verify. */
export type WantedKey = Pick<ChainSignature, 'algorithm' | 'key'>;

export function signaturesOf({ digest, also }: ChainProfile): WantedKey[] {
  return [digest, ...also.map((companion) => companion.digest)].flatMap(({ signature }) => signature ?? []);
}

/** What is wrong with the public keys that were given for signatures; they are the user's mistake. */
export function unfitKeys(
  wanted: readonly WantedKey[],
  keys: Readonly<Record<string, Uint8Array>>,
): { key: string; message: string }[] {
  return wanted.flatMap(({ key, algorithm }) => {
    if (!Object.hasOwn(keys, key)) return [];
    const given = parsePublicKey(keys[key]!, curveOf(algorithm));
    if (given === undefined)
      return [
        { key, message: `expected a public key for ${algorithm} (PEM, DER, JWK, did:key, hex or base64)` },
      ];
    return fitsAlgorithm(given.key, algorithm)
      ? []
      : [{ key, message: `expected a public key for ${algorithm}, found one of another kind` }];
  });
}

/** The signature in the slot where it holds, null where it does not, undefined where the key was not given. */
export type SignatureCheck = (event: Event, previous: string) => string | null;

/** Undefined where the key was not given. */
export function compileSignature(
  { algorithm, key: name, encoding }: ChainSignature,
  strip: readonly string[],
  slot: Slot,
  preimage: Preimage,
  keys: Readonly<Record<string, Uint8Array>>,
): SignatureCheck | undefined {
  if (!Object.hasOwn(keys, name)) return undefined;
  const given = parsePublicKey(keys[name]!, curveOf(algorithm));
  if (given === undefined) throw new Error(`${name} is no public key for ${algorithm}`);
  return (event, previous) => {
    const text = stripPrefix(strip, event.text(slot) ?? '');
    const signature = fromStrictText(text, encoding);
    if (signature === undefined || signature.length === 0) return null;
    return verifySignature(algorithm, given.key, preimage(event, previous), signature) ? text : null;
  };
}
