/** Keys of signed notes as people pass them on: `name+hash+base64` to verify, `PRIVATE+KEY+…` to sign (c2sp.org/signed-note). */
import crypto from 'node:crypto';
import { quote } from '../base/text-safety.ts';
import { fromBase64, isKeyName, toBase64 } from './note-text.ts';

/** Signature types of c2sp.org/signed-note that can be verified here. */
const ED25519 = 0x01;
const ECDSA = 0x02;
const COSIGNATURE = 0x04;
const KEY_ID_BYTES = 4;
const ED25519_BYTES = 32;

export type KeyKind = 'ed25519' | 'ecdsa' | 'cosignature';

export type VerifierKey = {
  name: string;
  /** Four bytes as eight hexadecimal digits. */
  id: string;
  kind: KeyKind;
  /** The key's own bytes, whatever it is called: equal for two names of one key. */
  material: Uint8Array;
  /** The key as it was written. */
  text: string;
  key: crypto.KeyObject;
};

export type SignerKey = { name: string; id: string; kind: 'ed25519' | 'cosignature'; key: crypto.KeyObject };

/** What is wrong with a key, in words that do not repeat it: it may be a private one. */
export class KeyFault extends Error {
  override readonly name = 'KeyFault';
}

/** ASN.1 before the 32 bytes of an Ed25519 key (RFC 8410). */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const CURVES: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/** @throws {KeyFault} */
export function parseVerifierKey(text: string): VerifierKey {
  if (text.startsWith('PRIVATE+KEY+')) throw new KeyFault('expected a verifier key, found a private key');
  const [name, id, data] = splitKey(text, 'expected a verifier key "name+hash+base64"');
  const material = data.subarray(1);
  const kind = kindOf(data[0]!);
  const key = kind === 'ecdsa' ? ecdsaKey(material) : ed25519PublicKey(material);
  expectId(name, id, kind === 'ecdsa' ? shortHash(material) : keyId(name, data[0]!, material));
  return { name, id, kind, material, text, key };
}

/** @throws {KeyFault} */
export function parseSignerKey(text: string): SignerKey {
  const prefix = 'PRIVATE+KEY+';
  if (!text.startsWith(prefix)) throw new KeyFault('expected a private key "PRIVATE+KEY+name+hash+base64"');
  const [name, id, data] = splitKey(text.slice(prefix.length), 'expected "PRIVATE+KEY+name+hash+base64"');
  const kind = kindOf(data[0]!);
  if (kind === 'ecdsa') throw new KeyFault('expected an Ed25519 private key, found an ECDSA one');
  if (data.length !== 1 + ED25519_BYTES)
    throw new KeyFault(`expected ${ED25519_BYTES} bytes of a private key, found ${data.length - 1}`);
  const key = privateKey(data.subarray(1));
  expectId(name, id, keyId(name, data[0]!, publicBytes(key)));
  return { name, id, kind, key };
}

/** A new key out of 32 bytes of chance, as both of its texts. @throws {KeyFault} for a name that no key can have */
export function generateKey(name: string, seed: Uint8Array): { signer: string; verifier: string } {
  if (!isKeyName(name))
    throw new KeyFault(
      `expected a key name without spaces, "+" and control characters, found ${quote(name)}`,
    );
  if (seed.length !== ED25519_BYTES) throw new RangeError('a seed has 32 bytes');
  const material = publicBytes(privateKey(seed));
  const type = Buffer.of(ED25519);
  const id = keyId(name, ED25519, material);
  return {
    signer: `PRIVATE+KEY+${name}+${id}+${toBase64(Buffer.concat([type, seed]))}`,
    verifier: `${name}+${id}+${toBase64(Buffer.concat([type, material]))}`,
  };
}

/** The text to give to those who verify. */
export function verifierOf({ name, id, kind, key }: SignerKey): string {
  const type = Buffer.of(kind === 'ed25519' ? ED25519 : COSIGNATURE);
  return `${name}+${id}+${toBase64(Buffer.concat([type, publicBytes(key)]))}`;
}

function splitKey(text: string, expected: string): [name: string, id: string, data: Buffer] {
  // The base64 part may hold "+" itself.
  const first = text.indexOf('+');
  const second = text.indexOf('+', first + 1);
  if (first < 0 || second < 0) throw new KeyFault(expected);
  const name = text.slice(0, first);
  const id = text.slice(first + 1, second);
  const data = fromBase64(text.slice(second + 1));
  if (!isKeyName(name) || !/^[0-9a-f]{8}$/.test(id)) throw new KeyFault(expected);
  if (data === undefined || data.length < 2) throw new KeyFault(`${expected}, found no standard base64`);
  return [name, id, data];
}

function kindOf(type: number): KeyKind {
  if (type === ED25519) return 'ed25519';
  if (type === ECDSA) return 'ecdsa';
  if (type === COSIGNATURE) return 'cosignature';
  const known = 'known are 01 (Ed25519), 02 (ECDSA) and 04 (Ed25519 cosignature)';
  throw new KeyFault(`signature type ${type.toString(16).padStart(2, '0')} cannot be verified, ${known}`);
}

function expectId(name: string, found: string, expected: string): void {
  if (found !== expected)
    throw new KeyFault(`the key of ${quote(name)} has the hash ${expected}, found ${found}: it was altered`);
}

function keyId(name: string, type: number, material: Uint8Array): string {
  return shortHash(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), material]));
}

function shortHash(data: Uint8Array): string {
  return crypto
    .createHash('sha256')
    .update(data)
    .digest('hex')
    .slice(0, 2 * KEY_ID_BYTES);
}

function ed25519PublicKey(material: Uint8Array): crypto.KeyObject {
  if (material.length !== ED25519_BYTES)
    throw new KeyFault(`expected ${ED25519_BYTES} bytes of an Ed25519 key, found ${material.length}`);
  return crypto.createPublicKey({ key: Buffer.concat([SPKI_HEAD, material]), format: 'der', type: 'spki' });
}

function ecdsaKey(material: Uint8Array): crypto.KeyObject {
  let key: crypto.KeyObject;
  try {
    key = crypto.createPublicKey({ key: Buffer.from(material), format: 'der', type: 'spki' });
  } catch {
    throw new KeyFault('expected an ECDSA key as DER SPKI, found other bytes');
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType !== 'ec' || curve === undefined || !CURVES.includes(curve))
    throw new KeyFault('expected an ECDSA key on P-256, P-384 or P-521');
  return key;
}

function privateKey(seed: Uint8Array): crypto.KeyObject {
  return crypto.createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
}

function publicBytes(key: crypto.KeyObject): Buffer {
  return crypto.createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI_HEAD.length);
}
