/** A chain profile: how one log format hashes its records and links them, as plain compiled data. */
import type { JsonForm } from './json-form.ts';

/** The fields of the chain. `own` is null when a record's hash stands only in its successor. */
export type ChainMembers = { previous: string; own: string | null };

export const CHAIN_ENCODINGS = ['hex', 'HEX', 'base64', 'base64url'] as const;
type ChainEncoding = (typeof CHAIN_ENCODINGS)[number];

export type ChainDigest = {
  /** Names that OpenSSL knows. Of several, the one whose text is as long as the hash in the record. */
  algorithms: readonly string[];
  encoding: ChainEncoding;
  /** Prefixes that stand before a hash and do not belong to it: `sha256:`. */
  strip: readonly string[];
  /** How many leading bytes of the digest are kept; null for all. */
  bytes: number | null;
  /** The reference name of an HMAC key; null for a plain digest. */
  key: string | null;
};

/** What stands in place of the previous hash in the first record. */
export type Genesis = { null: boolean; absent: boolean; zeros: boolean; literals: readonly string[] };

export type SequenceRule = {
  /** Alternatives; the first that a record carries counts. */
  fields: readonly string[];
  start: number | null;
  step: number;
  /** Whether numbers may be left out while the links hold. */
  gaps: boolean;
};

/** In paths, `$own` and `$previous` stand for the members that were found in the record. */
export type PreimagePart =
  /** The bytes as read, without some members and the comma each of them brought. */
  | { kind: 'raw'; without: readonly string[] }
  /** RFC 8785, of the record or of one field of it. */
  | { kind: 'canonical'; without: readonly string[]; of: string | null }
  | { kind: 'json'; form: JsonForm; without: readonly string[]; of: string | null }
  /** Scalars as written, an absent one as nothing. */
  | { kind: 'join'; fields: readonly string[]; separator: string }
  | { kind: 'literal'; text: string }
  /** The previous hash without its prefix; nothing when it is null or absent. */
  | { kind: 'previous' };

export type ChainProfile = {
  name: string;
  title: string;
  members: readonly ChainMembers[];
  digest: ChainDigest;
  preimage: readonly PreimagePart[];
  /** Fields whose values together name the stream; none: all records of a source are one stream. */
  stream: readonly string[];
  genesis: Genesis;
  sequence: SequenceRule | null;
  /** Whether each file may begin a chain of its own. */
  restart: 'never' | 'per-file';
};

/** The fields that the hash covers; undefined when it covers the whole record. */
export function hashedFields(profile: ChainProfile): string[] | undefined {
  const fields: string[] = [];
  for (const part of profile.preimage) {
    if (part.kind === 'raw') return undefined;
    if (part.kind === 'join') fields.push(...part.fields.filter((field) => !field.startsWith('$')));
    else if (part.kind === 'canonical' || part.kind === 'json') {
      if (part.of === null) return undefined;
      fields.push(part.of);
    }
  }
  return fields;
}
