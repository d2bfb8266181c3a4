/**
 * Pangea Secure Audit Log: the hash of each envelope, and its proof of membership in a published tree.
 * https://pangea.cloud/docs/audit/ (tamperproofing); pangea-sdk, services/audit/util.
 */
import crypto from 'node:crypto';
import { NotCanonicalizableError } from '../../base/canonical-json.ts';
import { type JsonMember, JsonObject, type JsonValue } from '../../base/json.ts';
import { count, quote } from '../../base/text-safety.ts';
import { toJsonForm } from '../json-form.ts';
import type { ChainProtocol, ProtocolBreak, ProtocolContext, ProtocolStreamVerdict } from '../protocol.ts';

/** Events of a search: `envelope`, `hash`, `membership_proof`. Its "key" is the list of published roots. */
export const pangea: ChainProtocol = {
  name: 'pangea',
  signs: ['envelope'],
  holds: (record) => toLeaf(record, 0) !== undefined,
  judge(records, context) {
    const leaves = records.flatMap(({ json }, index) => toLeaf(json, index) ?? []);
    return leaves.length === 0 ? [] : [judgeLeaves(leaves, context)];
  },
};

type Leaf = {
  record: number;
  envelope: JsonObject;
  hash: string;
  proof: JsonValue | undefined;
  published: boolean;
};

const HASH = /^[0-9a-f]{64}$/;

function toLeaf(json: JsonObject, record: number): Leaf | undefined {
  const [envelope, hash, proof, published] = ['envelope', 'hash', 'membership_proof', 'published'].map(
    (key) => json.get(key),
  );
  if (!(envelope instanceof JsonObject) || !(envelope.get('event') instanceof JsonObject)) return undefined;
  if (typeof hash !== 'string' || !HASH.test(hash)) return undefined;
  return { record, envelope, hash, proof: proof ?? undefined, published: published !== false };
}

/** `json.dumps(…, ensure_ascii=False, separators=(",", ":"), sort_keys=True)`. */
const PYTHON_JSON = { sort: 'code-point', item: ',', key: ':', ascii: false, numbers: 'python' } as const;

/**
 * Members that are null do not count; objects within the event are texts of their JSON.
 * @throws {NotCanonicalizableError}
 */
function hashOf(envelope: JsonObject): string {
  const members = withoutNulls(envelope).map((member) =>
    member.key === 'event' && member.value instanceof JsonObject
      ? { ...member, value: new JsonObject(withoutNulls(member.value).map(flattened)) }
      : member,
  );
  const text = toJsonForm(new JsonObject(members), PYTHON_JSON);
  return crypto.hash('sha256', text, 'hex');
}

function withoutNulls({ members }: JsonObject): JsonMember[] {
  return members.filter(({ value }) => value !== null);
}

function flattened(member: JsonMember): JsonMember {
  return member.value instanceof JsonObject
    ? { ...member, value: toJsonForm(member.value, PYTHON_JSON) }
    : member;
}

/** Siblings from the leaf to the root, each on the side that it stands. A tree of 2^64 leaves needs no more. */
const PROOF = /^(?:[lr]:[0-9a-f]{64}(?:,[lr]:[0-9a-f]{64}){0,63})?$/;

/** A node is the hash of its two children, without a prefix; undefined for a proof of another form. */
function rootOf(hash: string, proof: JsonValue): string | undefined {
  if (typeof proof !== 'string' || !PROOF.test(proof)) return undefined;
  let node = Buffer.from(hash, 'hex');
  for (const step of proof === '' ? [] : proof.split(',')) {
    const sibling = Buffer.from(step.slice(2), 'hex');
    const pair = step.startsWith('l') ? [sibling, node] : [node, sibling];
    node = crypto.createHash('sha256').update(Buffer.concat(pair)).digest();
  }
  return node.toString('hex');
}

/** Hashes in hex, one a line, or documents as they are published: `{"root_hash": …}`. */
function parseRoots(bytes: Uint8Array): Set<string> {
  const text = Buffer.from(bytes).toString();
  const named = [...text.matchAll(/"root_hash"\s*:\s*"([0-9a-f]{64})"/g)].map(([, hash]) => hash!);
  return new Set([...named, ...text.split(/\s+/).filter((word) => HASH.test(word))]);
}

/** Each of these is a finding of its own. */
const MAX_LISTED = 100;

function judgeLeaves(leaves: readonly Leaf[], { profile, keys }: ProtocolContext): ProtocolStreamVerdict {
  const name = profile.keys[0] ?? '';
  const roots = Object.hasOwn(keys, name) ? parseRoots(keys[name]!) : undefined;
  const faults: ProtocolBreak[] = [];
  const unverified = new Map<number, string>();
  /** Those whose proof leads to no root that was given, and where it leads. */
  const astray: { leaf: Leaf; root: string | undefined }[] = [];
  let proven = 0;
  for (const leaf of leaves) {
    const fault = faultOf(leaf);
    if (fault !== undefined) faults.push(fault);
    else if (roots === undefined) unverified.set(leaf.record, `the published roots ${name} were not given`);
    else if (!leaf.published) unverified.set(leaf.record, 'it is in no published tree yet');
    else {
      const root = leaf.proof === undefined ? undefined : rootOf(leaf.hash, leaf.proof);
      if (root !== undefined && roots.has(root)) proven++;
      else astray.push({ leaf, root });
    }
  }
  if (proven > 0) faults.push(...astray.map(({ leaf, root }) => sayAstray(leaf, root)));
  else if (astray.length > 0) {
    // Most likely they are the roots of another tree, or of the same at another time.
    for (const { leaf } of astray) unverified.set(leaf.record, 'its proof leads to no root that was given');
    faults.push({
      code: 'missing-key',
      record: astray[0]!.leaf.record,
      message: `expected the published roots of this log under the key ${quote(name)}, found ${count(roots!.size, 'root')} that no proof leads to`,
    });
  }
  const [listed, rest] = [faults.slice(0, MAX_LISTED), faults.slice(MAX_LISTED)];
  if (rest.length > 0)
    listed.push({
      code: 'too-many-breaks',
      record: rest[0]!.record,
      message: `expected records without breaks, found ${count(rest.length, 'further break')}, not listed`,
    });
  for (const { record } of rest) unverified.set(record, 'one of the breaks that are not listed');
  return {
    stream: profile.name,
    records: leaves.map(({ record }) => record),
    breaks: listed,
    unverified,
    limits: [
      'a search gives a selection: records that are not in it leave no trace',
      'signatures of the events are not verified here',
    ],
  };
}

function faultOf({ envelope, hash, record }: Leaf): ProtocolBreak | undefined {
  try {
    const expected = hashOf(envelope);
    if (expected === hash) return undefined;
    const message = `expected the hash ${quote(expected)} of the envelope, found ${quote(hash)}`;
    return { code: 'altered-record', record, message };
  } catch (error) {
    if (!(error instanceof NotCanonicalizableError)) throw error;
    const message = `expected an envelope that can be hashed, found that ${error.message}`;
    return { code: 'not-canonicalizable', record, message };
  }
}

function sayAstray({ record, hash, proof }: Leaf, root: string | undefined): ProtocolBreak {
  const identity = hash;
  if (proof === undefined) {
    const message = `expected a membership proof for ${quote(hash)}, as other records have, found none`;
    return { code: 'stripped-hash', record, message, identity };
  }
  const found = root === undefined ? 'one of another form' : `one that leads to ${quote(root)}`;
  const message = `expected a membership proof that leads to a published root, found ${found}`;
  return { code: 'broken-link', record, message, identity };
}
