/** One entry of a did:webvh log, or of its file of witness proofs: what it says and how it is hashed. */
import crypto from 'node:crypto';
import { toCanonicalJson } from '../../base/canonical-json.ts';
import { JsonArray, JsonNumber, JsonObject, type JsonValue, parseJsonText } from '../../base/json.ts';
import { toBase58 } from '../../base/multibase.ts';
import { fromMultikey } from '../public-key.ts';
import { type ProofVerdict, proofsOf, verifyProof } from './data-integrity.ts';

export type WebvhEntry = {
  /** Position of the record. */
  record: number;
  versionId: string;
  /** The number and the hash of `versionId`, as claimed. */
  number: number;
  hash: string;
  versionTime: string;
  parameters: JsonObject;
  /** `id` of the DID document; nothing where it has none. */
  did: string;
  alsoKnownAs: readonly string[];
  /** The entry without its proofs. */
  body: JsonObject;
  proofs: readonly JsonValue[];
};

/** A line of `did-witness.json`: who vouches for a version. */
export type WitnessProofs = { record: number; versionId: string; proofs: readonly JsonValue[] };

const VERSION_ID = /^([1-9]\d{0,9})-(\w{1,128})$/;

export function toWebvhEntry(json: JsonObject, record: number): WebvhEntry | undefined {
  const versionId = json.get('versionId');
  const match = typeof versionId === 'string' ? VERSION_ID.exec(versionId) : null;
  const parameters = json.get('parameters');
  const state = json.get('state');
  const versionTime = json.get('versionTime');
  if (match === null || !(parameters instanceof JsonObject) || !(state instanceof JsonObject))
    return undefined;
  const did = state.get('id');
  return {
    record,
    versionId: match[0],
    number: Number(match[1]),
    hash: match[2]!,
    versionTime: typeof versionTime === 'string' ? versionTime : '',
    parameters,
    did: typeof did === 'string' ? did : '',
    alsoKnownAs: toTexts(state.get('alsoKnownAs')),
    body: new JsonObject(json.members.filter(({ key }) => key !== 'proof')),
    proofs: proofsOf(json.get('proof')),
  };
}

/** A witness signs the version and nothing else, so what holds more than that and its proofs is something else. */
export function toWitnessProofs(json: JsonObject, record: number): WitnessProofs | undefined {
  const versionId = json.get('versionId');
  if (typeof versionId !== 'string' || !VERSION_ID.test(versionId)) return undefined;
  if (json.members.some(({ key }) => key !== 'versionId' && key !== 'proof')) return undefined;
  const proofs = proofsOf(json.get('proof'));
  return proofs.length === 0 ? undefined : { record, versionId, proofs };
}

/** What a witness signs: the version alone. */
export function verifyWitnessProof({ versionId }: WitnessProofs, proof: JsonValue): ProofVerdict {
  return verifyProof(parseJsonText(JSON.stringify({ versionId })), proof);
}

/** "entryHash": over the entry as it was before it had a version of its own. @throws {NotCanonicalizableError} */
export function entryHash({ body }: WebvhEntry, before: string): string {
  const members = body.members.map((member) =>
    member.key === 'versionId' ? { ...member, value: before } : member,
  );
  return toMultihash(toCanonicalJson(new JsonObject(members)));
}

const SCID_PLACEHOLDER = '{SCID}';

/** The identifier that a first entry makes of itself, with a placeholder where it stands. @throws {NotCanonicalizableError} */
export function scidOf({ body, parameters }: WebvhEntry): string {
  const scid = scidText(parameters);
  const members = body.members.map((member) => ({
    ...member,
    value: member.key === 'versionId' ? SCID_PLACEHOLDER : replaceText(member.value, scid, SCID_PLACEHOLDER),
  }));
  return toMultihash(toCanonicalJson(new JsonObject(members)));
}

export function scidText(parameters: JsonObject): string {
  const scid = parameters.get('scid');
  return typeof scid === 'string' ? scid : '';
}

function replaceText(value: JsonValue, from: string, to: string): JsonValue {
  if (from === '') return value;
  if (typeof value === 'string') return value.replaceAll(from, to);
  if (value instanceof JsonArray)
    return new JsonArray(value.elements.map((one) => replaceText(one, from, to)));
  if (!(value instanceof JsonObject)) return value;
  return new JsonObject(
    value.members.map((member) => ({
      ...member,
      key: member.key.replaceAll(from, to),
      value: replaceText(member.value, from, to),
    })),
  );
}

/** base58btc of a multihash: sha2-256 is 0x12, 32 bytes. */
export function toMultihash(text: string): string {
  const hash = crypto.createHash('sha256').update(text).digest();
  return toBase58(Buffer.concat([Buffer.of(0x12, 0x20), hash]));
}

export function toTexts(value: JsonValue | undefined): string[] {
  if (!(value instanceof JsonArray)) return [];
  return value.elements.filter((element) => typeof element === 'string');
}

export type WitnessRule = { threshold: number; witnesses: readonly string[] };

/** `{}` and null turn witnesses off; undefined for what is no rule. */
export function toWitnessRule(value: JsonValue | undefined): WitnessRule | undefined {
  if (value === null || (value instanceof JsonObject && value.members.length === 0))
    return { threshold: 0, witnesses: [] };
  if (!(value instanceof JsonObject)) return undefined;
  const threshold = value.get('threshold');
  const list = value.get('witnesses');
  if (!(threshold instanceof JsonNumber) || !(list instanceof JsonArray)) return undefined;
  const witnesses = list.elements.flatMap((witness) => {
    const id = witness instanceof JsonObject ? witness.get('id') : undefined;
    // One implementation writes the bare multikey.
    const key = typeof id === 'string' ? id.replace(/^did:key:/, '') : '';
    return fromMultikey(key)?.curve === 'ed25519' ? [key] : [];
  });
  const needed = Number(threshold.lexeme);
  const distinct = new Set(witnesses).size;
  if (distinct !== list.elements.length || !Number.isInteger(needed) || needed < 0 || needed > distinct)
    return undefined;
  return { threshold: needed, witnesses };
}
