/** A chain profile: how one log format hashes its records and links them, as plain compiled data. `docs/chains.md` says it for users. */
import type { PreimagePart } from './preimage-part.ts';

export type { FieldPart, JsonMemberRule, PreimagePart } from './preimage-part.ts';

/**
 * The fields of the chain. `own` is null when a record's hash stands only in its successor, `previous` when records have
 * hashes and no links. Never both.
 */
export type ChainMembers = { previous: string | null; own: string | null };

export const CHAIN_ENCODINGS = ['hex', 'HEX', 'base64', 'base64url'] as const;
export type ChainEncoding = (typeof CHAIN_ENCODINGS)[number];

/** ECDSA signatures are two numbers side by side (IEEE P1363), or ASN.1 (`der`); `low-s`: the smaller of both forms alone counts. */
export const SIGNATURE_ALGORITHMS = [
  'ed25519',
  'ecdsa-p256',
  'ecdsa-p256-low-s',
  'ecdsa-p256-der',
  'ecdsa-p256-der-low-s',
  'ecdsa-secp256k1',
  'rsa-sha1',
  'rsa-sha256',
  'rsa-pss-sha256',
] as const;
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/** The own "hash" is a signature over the pre-image: verified (`signature.ts`), never recomputed. */
export type ChainSignature = {
  algorithm: SignatureAlgorithm;
  /** The reference name of the public key. */
  key: string;
  encoding: ChainEncoding;
};

export type ChainDigest = {
  /** Names as in `DIGEST_BYTES`. Of several, the one whose text is as long as the hash in the record. */
  algorithms: readonly string[];
  encoding: ChainEncoding;
  /** Prefixes that stand before a hash and do not belong to it: `sha256:`. */
  strip: readonly string[];
  /** How many leading bytes of the digest are kept; null for all. */
  bytes: number | null;
  /** The reference name of an HMAC key; null for a plain digest. */
  key: string | null;
  /** The algorithm by which the key of each record comes from that of the one before, by sequence number; null for one key. */
  ratchet: string | null;
  signature: ChainSignature | null;
};

/** The reference name of the key that makes or verifies it; null where none does. */
export function keyOf({ key, signature }: ChainDigest): string | null {
  return signature?.key ?? key;
}

/** What most profiles say of their digest. */
export const PLAIN_DIGEST: ChainDigest = {
  algorithms: ['sha256'],
  encoding: 'hex',
  strip: [],
  bytes: null,
  key: null,
  ratchet: null,
  signature: null,
};

/** What stands in place of the previous hash in the first record. */
export type Genesis = {
  null: boolean;
  absent: boolean;
  zeros: boolean;
  literals: readonly string[];
  /** Hashes of the first record's own parts, under the digest of the profile. */
  hashes: readonly (readonly PreimagePart[])[];
  /** The first records whose own hash is of something that they do not hold, and is taken as it stands; null for none. */
  given: readonly Condition[] | null;
};

export type SequenceRule = {
  /** Alternatives; the first that a record carries counts. */
  fields: readonly string[];
  start: number | null;
  step: number;
  /** Whether numbers may be left out while the links hold. */
  gaps: boolean;
};

/** What a record must carry: the field with one of the values, or with any where `equals` is null; then null counts with `orNull`. */
export type Condition = { field: string; equals: readonly string[] | null; orNull?: true };

/** A further hash in the record, which must be right too: the record's hash beside that of the link, an HMAC beside a hash. */
export type CompanionHash = {
  member: string;
  digest: ChainDigest;
  preimage: readonly PreimagePart[];
  /** Whether a record may go without it. */
  optional: boolean;
};

export type ChainProfile = {
  name: string;
  title: string;
  members: readonly ChainMembers[];
  digest: ChainDigest;
  /** In paths, `$own` and `$previous` stand for the members that were found in the record. */
  preimage: readonly PreimagePart[];
  also: readonly CompanionHash[];
  /** The records it speaks of; none: all that carry its members. */
  when: readonly Condition[];
  /** Fields whose values together name the stream; none: all records of a source are one stream. */
  stream: readonly string[];
  genesis: Genesis;
  sequence: SequenceRule | null;
  /** Whether each file may begin a chain of its own. */
  restart: 'never' | 'per-file';
};
