/** One did:plc operation: what it says, the bytes that are signed, its CID, and the identity that a first one makes. */
import crypto from 'node:crypto';
import { NotCanonicalizableError } from '../../base/canonical-json.ts';
import { toDagCbor } from '../../base/dag-cbor.ts';
import { JsonArray, JsonObject, type JsonValue } from '../../base/json.ts';
import { fromStrictText, toBase32 } from '../../base/multibase.ts';
import { fromDidKey } from '../public-key.ts';
import { verifySignature } from '../signature.ts';

const TYPES = ['plc_operation', 'plc_tombstone', 'create'] as const;
type OperationType = (typeof TYPES)[number];

/** The directory takes no others (`strict()` in packages/lib/src/types.ts of did-method-plc). */
const MEMBERS: Readonly<Record<OperationType, readonly string[]>> = {
  plc_operation: ['type', 'rotationKeys', 'verificationMethods', 'alsoKnownAs', 'services', 'prev', 'sig'],
  plc_tombstone: ['type', 'prev', 'sig'],
  create: ['type', 'signingKey', 'recoveryKey', 'handle', 'service', 'prev', 'sig'],
};

/** What the audit log and the export have beside an operation; who signs it signs none of that. */
const WRAPPER_MEMBERS = ['did', 'operation', 'cid', 'nullified', 'createdAt', 'seq', 'type'];

export type PlcOperation = {
  /** Position of the record. */
  record: number;
  type: OperationType;
  /** Null in the first operation. */
  previous: string | null;
  signature: string;
  /** Who may sign the next operation: did:key texts, the most powerful first; none after a tombstone. */
  rotationKeys: readonly string[];
  /** The CID of the operation as it is; a reason behind `!` where it has none. */
  cid: string;
  body: JsonObject;
  /** Members of the operation that the directory would not take, and those beside it that are of no audit log. */
  foreign: readonly string[];
  beside: readonly string[];
  /** What the audit log says beside the operation; undefined in an operation log. */
  did?: string;
  claimedCid?: string;
  nullified?: boolean;
  createdAt?: string;
};

/** Undefined when the record is no operation of either kind of log. */
export function toPlcOperation(json: JsonObject, record: number): PlcOperation | undefined {
  const read = readPlcOperation(json);
  return read && { ...read, record, cid: cidOf(read.body) };
}

/** Without what takes hashing. */
export function readPlcOperation(json: JsonObject): Omit<PlcOperation, 'record' | 'cid'> | undefined {
  const wrapped = json.get('operation');
  const body = wrapped instanceof JsonObject ? wrapped : json;
  const type = TYPES.find((name) => name === body.get('type'));
  const signature = body.get('sig');
  const previous = body.get('prev');
  if (type === undefined || typeof signature !== 'string') return undefined;
  if (previous !== null && typeof previous !== 'string') return undefined;
  const foreign = membersBeyond(body, MEMBERS[type]);
  const beside = body === json ? [] : membersBeyond(json, WRAPPER_MEMBERS);
  const read = { type, previous, signature, body, foreign, beside, rotationKeys: rotationKeysOf(type, body) };
  if (body === json) return read;
  const [did, cid, nullified, createdAt] = ['did', 'cid', 'nullified', 'createdAt'].map((key) =>
    json.get(key),
  );
  if (typeof did !== 'string' || typeof cid !== 'string') return undefined;
  return {
    ...read,
    did,
    claimedCid: cid,
    ...(typeof nullified === 'boolean' && { nullified }),
    ...(typeof createdAt === 'string' && { createdAt }),
  };
}

function membersBeyond({ members }: JsonObject, known: readonly string[]): string[] {
  return members.map(({ key }) => key).filter((key) => !known.includes(key));
}

/** The directory takes no operation with more keys; each signature is tried with all of them. */
const MAX_KEYS = 10;

function rotationKeysOf(type: OperationType, body: JsonObject): string[] {
  if (type === 'plc_tombstone') return [];
  // The legacy form of 2022 had two keys with fixed roles; the one for recovery is the more powerful.
  if (type === 'create') return [body.get('recoveryKey'), body.get('signingKey')].filter(isText);
  const keys = body.get('rotationKeys');
  return keys instanceof JsonArray ? keys.elements.filter(isText).slice(0, MAX_KEYS) : [];
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string';
}

/** CID version 1, codec dag-cbor 0x71, multihash sha2-256 of 32 bytes; `b` says base32. */
function cidOf(body: JsonObject): string {
  try {
    const hash = crypto.createHash('sha256').update(toDagCbor(body)).digest();
    return `b${toBase32(Buffer.concat([Buffer.of(0x01, 0x71, 0x12, 0x20), hash]))}`;
  } catch (error) {
    if (error instanceof NotCanonicalizableError) return `!${error.message}`;
    throw error;
  }
}

/** The identity that a first operation makes: 24 characters of its hash. */
export function didOf({ body }: PlcOperation): string {
  try {
    const hash = crypto.createHash('sha256').update(toDagCbor(body)).digest();
    return `did:plc:${toBase32(hash).slice(0, 24)}`;
  } catch (error) {
    if (error instanceof NotCanonicalizableError) return '';
    throw error;
  }
}

/** Strictly: base64url without padding, two numbers side by side. Undefined where it is written in another way. */
export function signatureBytes({ signature }: PlcOperation): Uint8Array | undefined {
  const bytes = fromStrictText(signature, 'base64url');
  return bytes?.length === 64 ? bytes : undefined;
}

/** The position of the first of `keys` (did:key texts) that made the signature, -1 for none. */
export function signerOf(operation: PlcOperation, keys: readonly string[]): number {
  const signature = signatureBytes(operation);
  if (signature === undefined || operation.cid.startsWith('!')) return -1;
  const unsigned = new JsonObject(operation.body.members.filter(({ key }) => key !== 'sig'));
  const message = toDagCbor(unsigned);
  return keys.findIndex((text) => {
    const known = fromDidKey(text);
    if (known === undefined || known.curve === 'ed25519') return false;
    const algorithm = known.curve === 'p256' ? 'ecdsa-p256-low-s' : 'ecdsa-secp256k1';
    return verifySignature(algorithm, known.key, message, signature);
  });
}
