/** How the lines of a salted archive are made: each with the leaf that its fields have (docs/why/salted-fields.md). */

import { isUtf8 } from 'node:buffer';
import crypto from 'node:crypto';
import { type JsonValue, parseJson, parseJsonText } from '../base/json.ts';
import { JsonSyntaxError } from '../base/lexical.ts';
import {
  commitments,
  parseSalted,
  type SaltedRecord,
  SaltedRecordFault,
  saltBytes,
  saltRecord,
} from '../redaction/salted-record.ts';
import { appendLeaf, rootOf, startRange } from '../transparency/compact-range.ts';
import { leafHash } from '../transparency/tree-hash.ts';

/** Chance and a secret, which only `cli/` may ask for. */
export type Salting = {
  /** 22 characters of base64url, never the same twice. */
  newSalt(): string;
  /**
   * Under which lines are known again. It must not lie in the archive: with a plain digest of a record whoever has the
   * archive could try values until it fits, and have back what was erased.
   */
  recognitionKey: Uint8Array;
};

export type SaltedLine = { line: Buffer; leafHash: Uint8Array };

/** `line`: the bytes that were read. */
export function saltLine(line: Uint8Array, { newSalt }: Salting): SaltedLine {
  const { line: text, salted } = isUtf8(line)
    ? saltText(Buffer.from(line).toString(), newSalt)
    : saltBytes(line, newSalt);
  return { line: Buffer.from(text), leafHash: saltedLeafHash(salted) };
}

function saltText(text: string, newSalt: () => string) {
  let record: JsonValue | undefined;
  try {
    record = parseJsonText(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    // A malformed line: it is kept as one text.
  }
  return saltRecord(record, text, newSalt);
}

/**
 * The leaf of a salted record is the root of a tree (RFC 6962) over the digests of its fields, in ascending order.
 * @throws {SaltedRecordFault}
 */
export function saltedLeafHash(salted: SaltedRecord): Uint8Array {
  const range = startRange();
  for (const digest of commitments(salted)) appendLeaf(range, leafHash(digest));
  return leafHash(rootOf(range));
}

/** By which lines are known again: SHA-256 over the lines so far, and HMAC over that where there is a key. */
export class RecognitionHash {
  private readonly key: Uint8Array | undefined;
  private readonly hash: crypto.Hash;

  constructor(key: Uint8Array | undefined) {
    this.key = key;
    this.hash = crypto.createHash('sha256');
  }

  update(bytes: Uint8Array): this {
    this.hash.update(bytes);
    return this;
  }

  hex(): string {
    const hash = this.hash.copy();
    if (this.key === undefined) return hash.digest('hex');
    return crypto.createHmac('sha256', this.key).update(hash.digest()).digest('hex');
  }
}

/** What a line of a salted segment shows: digests of what is gone, or why nothing vouches for it. */
export type ReadLine = { erased: readonly string[] } | { fault: string };

/** Writes the leaf hash of the record to `hash`, where there is no fault. */
export function readSaltedLine(line: Uint8Array, hash: Uint8Array): ReadLine {
  if (!isUtf8(line)) return { fault: 'expected a salted record, found a line that is not UTF-8' };
  try {
    const salted = parseSalted(parseJson(line));
    hash.set(saltedLeafHash(salted));
    return { erased: salted.erased };
  } catch (error) {
    if (error instanceof SaltedRecordFault) return { fault: error.message };
    if (error instanceof JsonSyntaxError) return { fault: 'expected a salted record, found no JSON' };
    throw error;
  }
}
