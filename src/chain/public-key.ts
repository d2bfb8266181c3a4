/** From the bytes of a key file to a public key: PEM, DER, JWK, did:key (https://w3c-ccg.github.io/did-key-spec/), raw. */
import crypto, { type KeyObject } from 'node:crypto';
import { fromBase58, fromStrictText } from '../base/multibase.ts';

export const CURVES = ['ed25519', 'p256', 'secp256k1'] as const;
export type Curve = (typeof CURVES)[number];

/** Everything in a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) that stands before the bytes of the key. */
const SPKI_BEFORE: Readonly<Record<Curve, { bytes: number; hex: string }[]>> = {
  ed25519: [{ bytes: 32, hex: '302a300506032b6570032100' }],
  p256: [
    { bytes: 33, hex: '3039301306072a8648ce3d020106082a8648ce3d030107032200' },
    { bytes: 65, hex: '3059301306072a8648ce3d020106082a8648ce3d030107034200' },
  ],
  secp256k1: [
    { bytes: 33, hex: '3036301006072a8648ce3d020106052b8104000a032200' },
    { bytes: 65, hex: '3056301006072a8648ce3d020106052b8104000a034200' },
  ],
};

/** Multicodec prefixes of public keys (https://github.com/multiformats/multicodec), as varints. */
const MULTICODEC: readonly { curve: Curve; bytes: readonly [number, number] }[] = [
  { curve: 'ed25519', bytes: [0xed, 0x01] },
  { curve: 'secp256k1', bytes: [0xe7, 0x01] },
  { curve: 'p256', bytes: [0x80, 0x24] },
];

/** The key, or undefined when the bytes are none of the curve. */
export function fromRawKey(curve: Curve, raw: Uint8Array): KeyObject | undefined {
  const before = SPKI_BEFORE[curve].find(({ bytes }) => bytes === raw.length);
  if (before === undefined) return undefined;
  const der = Buffer.concat([Buffer.from(before.hex, 'hex'), raw]);
  return attempt(() => crypto.createPublicKey({ key: der, format: 'der', type: 'spki' }));
}

/** `z6Mk…`, `zQ3s…`, `zDn…`: base58btc of a multicodec and the key. */
export function fromMultikey(text: string): { curve: Curve; key: KeyObject } | undefined {
  const bytes = text.startsWith('z') ? fromBase58(text.slice(1)) : undefined;
  const known = MULTICODEC.find(({ bytes: [first, second] }) => bytes?.[0] === first && bytes[1] === second);
  if (bytes === undefined || known === undefined) return undefined;
  const key = fromRawKey(known.curve, bytes.subarray(2));
  return key && { curve: known.curve, key };
}

const DID_KEY = 'did:key:';

export function fromDidKey(text: string): { curve: Curve; key: KeyObject } | undefined {
  return text.startsWith(DID_KEY) ? fromMultikey(text.slice(DID_KEY.length)) : undefined;
}

/** `private`: whether the bytes hold the private key too, of which the public one was taken. */
export type GivenKey = { key: KeyObject; private: boolean };

/**
 * What a user gave as public key. `curve`: what raw bytes, hex and base64 are a key of; null where only a structured
 * form can be one (RSA). Undefined when it is none of the forms.
 */
export function parsePublicKey(bytes: Uint8Array, curve: Curve | null): GivenKey | undefined {
  const text = Buffer.from(bytes).toString().trim();
  if (text.startsWith('-----BEGIN')) return fromStructured(text, isPrivatePem(text));
  // One raw key in 256 begins like JSON.
  const jwk = text.startsWith('{') ? fromJwk(text) : undefined;
  if (jwk !== undefined) return jwk;
  if (text.startsWith(DID_KEY)) return asPublic(fromDidKey(text)?.key);
  if (text.startsWith('z')) {
    const multikey = fromMultikey(text);
    if (multikey !== undefined) return asPublic(multikey.key);
  }
  const spellings = (['hex', 'HEX', 'base64', 'base64url'] as const).flatMap(
    (encoding) => fromStrictText(text, encoding) ?? [],
  );
  for (const raw of [bytes, ...spellings.filter(({ length }) => length > 0)]) {
    const key = curve === null ? undefined : fromRawKey(curve, raw);
    const given = asPublic(key) ?? fromDer(raw);
    if (given !== undefined) return given;
  }
  return undefined;
}

/** Whether a key file holds a private key in one of the forms that say so. */
export function isPrivateKey(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString().trim();
  if (text.startsWith('-----BEGIN')) return isPrivatePem(text);
  return text.startsWith('{') && fromJwk(text)?.private === true;
}

function isPrivatePem(text: string): boolean {
  return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text);
}

function fromStructured(text: string, isPrivate: boolean): GivenKey | undefined {
  const key = attempt(() => crypto.createPublicKey(text));
  return key && { key, private: isPrivate };
}

function fromJwk(text: string): GivenKey | undefined {
  const key = attempt(() => {
    const jwk = JSON.parse(text) as crypto.JsonWebKey;
    return { key: crypto.createPublicKey({ key: jwk, format: 'jwk' }), private: 'd' in jwk };
  });
  return key;
}

/** SubjectPublicKeyInfo, or the bare PKCS#1 that AWS and fiscal devices publish. */
function fromDer(der: Uint8Array): GivenKey | undefined {
  const key = Buffer.from(der);
  if (key[0] !== 0x30) return undefined;
  for (const type of ['spki', 'pkcs1'] as const) {
    const found = attempt(() => crypto.createPublicKey({ key, format: 'der', type }));
    if (found !== undefined) return { key: found, private: false };
  }
  return undefined;
}

function asPublic(key: KeyObject | undefined): GivenKey | undefined {
  return key && { key, private: false };
}

function attempt<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
