/** Data Integrity proofs of the suite eddsa-jcs-2022 (https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022). */
import crypto from 'node:crypto';
import { toCanonicalJson } from '../../base/canonical-json.ts';
import { JsonArray, JsonObject, type JsonValue } from '../../base/json.ts';
import { fromBase58 } from '../../base/multibase.ts';
import { quote } from '../../base/text-safety.ts';
import { fromMultikey } from '../public-key.ts';
import { verifySignature } from '../signature.ts';

/** Who signed: the multikey (`z6Mk…`), where the proof holds; else why it does not. */
export type ProofVerdict = { signer: string } | { fault: string };

/** Proofs of one entry that are looked at: each costs a verification. */
export const MAX_PROOFS = 50;

/** The proofs of a member that holds one or a list of them. */
export function proofsOf(value: JsonValue | undefined): JsonValue[] {
  if (value instanceof JsonArray) return value.elements;
  return value === undefined || value === null ? [] : [value];
}

/**
 * Whether the proof is one over `document` (without its proofs).
 * @throws {NotCanonicalizableError} where the document or the proof has no canonical form
 */
export function verifyProof(document: JsonValue, proof: JsonValue): ProofVerdict {
  if (!(proof instanceof JsonObject)) return { fault: 'it is no object' };
  for (const [key, expected] of [
    ['type', 'DataIntegrityProof'],
    ['cryptosuite', 'eddsa-jcs-2022'],
    ['proofPurpose', 'assertionMethod'],
  ] as const) {
    const found = proof.get(key);
    if (found !== expected)
      return {
        fault: `its ${quote(key)} is ${quote(typeof found === 'string' ? found : '')}, not ${quote(expected)}`,
      };
  }
  const signer = signerOf(proof.get('verificationMethod'));
  if (signer === undefined)
    return {
      fault: 'its "verificationMethod" is no did:key that names one Ed25519 key before and behind the #',
    };
  const value = proof.get('proofValue');
  const signature =
    typeof value === 'string' && value.startsWith('z') ? fromBase58(value.slice(1)) : undefined;
  if (signature?.length !== 64) return { fault: 'its "proofValue" is no Ed25519 signature in base58btc' };
  const options = new JsonObject(proof.members.filter(({ key }) => key !== 'proofValue'));
  // "hashData": the options first, then the document.
  const message = Buffer.concat([sha256(toCanonicalJson(options)), sha256(toCanonicalJson(document))]);
  return verifySignature('ed25519', signer.key, message, signature)
    ? { signer: signer.text }
    : { fault: `the signature is not one of ${quote(signer.text)} over this entry` };
}

/** `did:key:KEY#KEY`: with two different keys one would be allowed and the other would have signed. */
function signerOf(method: JsonValue | undefined): { text: string; key: crypto.KeyObject } | undefined {
  const match = typeof method === 'string' ? /^did:key:(z\w{1,200})#(z\w{1,200})$/.exec(method) : null;
  if (match === null || match[1] !== match[2]) return undefined;
  const known = fromMultikey(match[1]!);
  return known?.curve === 'ed25519' ? { text: match[1]!, key: known.key } : undefined;
}

function sha256(text: string): Buffer {
  return crypto.createHash('sha256').update(text).digest();
}
