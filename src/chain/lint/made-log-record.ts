/** A record that a profile can hash, made from the profile alone, with its hashes filled in; and the values in it that may vary. */
import { NotCanonicalizableError } from '../../base/canonical-json.ts';
import { DIGEST_BYTES } from '../../base/digest.ts';
import { parseFieldPath } from '../../base/field-path.ts';
import {
  JsonArray,
  type JsonMember,
  JsonNumber,
  JsonObject,
  type JsonValue,
  toCompactJson,
} from '../../base/json.ts';
import { compileGuard } from '../conditions.ts';
import { compilePreimage } from '../preimage.ts';
import type { ChainDigest, ChainMembers, ChainProfile, Condition, PreimagePart } from '../profile.ts';
import { compileDigest, hashLength } from '../record-digest.ts';
import type { RecordView } from '../record-view.ts';
import { chosenConditions, type Leaf, leafParts } from './leaf-parts.ts';

/** Bytes that stand for the key of every HMAC: a pair that collides under one key collides under each. */
const MADE_KEY = Buffer.from('a key that audit-check made up');

export class MadeRecords {
  readonly profile: ChainProfile;
  readonly members: ChainMembers;
  readonly base: JsonObject;
  readonly leaves: readonly Leaf[];
  private readonly view: RecordView;

  /** `cases`: of each `choose`, which case the records are of. */
  constructor(profile: ChainProfile, view: RecordView, chosen: number) {
    this.profile = profile;
    this.members = profile.members[0]!;
    this.view = view;
    const conditions = [...profile.when, ...chosenConditions(profile.preimage, chosen)];
    // Where only presence is asked for, any value that can be hashed will do.
    const fixed = new Set(conditions.filter(({ equals }) => equals !== null).map(({ field }) => field));
    let record = this.skeleton(conditions);
    const leaves: Leaf[] = [];
    const parts = [...profile.preimage, ...(profile.also ?? []).flatMap(({ preimage }) => [...preimage])];
    for (const { path, part, inside } of leafParts(parts, chosen)) {
      if (this.isChain(path) || fixed.has(path) || leaves.some((leaf) => leaf.path === path)) continue;
      const base = this.baseOf(path, part, inside);
      record = withValue(record, path, base);
      leaves.push({ path, part, inside, base });
    }
    this.base = record;
    this.leaves = leaves;
  }

  private isChain(path: string): boolean {
    const { own, previous } = this.members;
    const also = (this.profile.also ?? []).map(({ member }) => member);
    return path.startsWith('$') || path === own || path === previous || also.includes(path);
  }

  /** What every record carries: chain fields, stream, number, what the profile asks for, and a few fields beside. */
  private skeleton(conditions: readonly Condition[]): JsonObject {
    const { profile, members } = this;
    let record = new JsonObject([]);
    const set = (path: string, value: JsonValue) => {
      record = withValue(record, path, value);
    };
    set('note', 'one');
    for (const path of profile.stream) set(path, 'stream-1');
    const number = profile.sequence?.fields[0];
    if (number !== undefined) set(number, new JsonNumber('7'));
    for (const { field, equals } of conditions) set(field, equals?.[0] ?? 'present');
    if (members.previous !== null) set(members.previous, placeholder(profile.digest));
    for (const { member, digest } of profile.also ?? []) set(member, placeholder(digest));
    if (members.own !== null) set(members.own, placeholder(profile.digest));
    return record;
  }

  /** The first value that the part can write. */
  private baseOf(path: string, part: PreimagePart, inside: boolean): JsonValue {
    if (inside) return 'one';
    const alone = { ...this.profile, when: [], preimage: [part] };
    const write = compilePreimage(alone, this.members, this.view.fields);
    const fits = BASE_VALUES.find((value) => {
      const record = withValue(new JsonObject([]), path, value);
      return attempt(() => write(this.view.at(Buffer.from(toCompactJson(record))), '')) !== undefined;
    });
    return fits ?? 'one';
  }

  /** The pre-image of a record, its hashes filled in; undefined where the profile has none. Latin-1 text of the bytes. */
  preimage(record: JsonObject): string | undefined {
    const filled = this.fill(record);
    return filled === undefined ? undefined : this.write(this.profile.preimage, filled)?.toString('latin1');
  }

  /** The line of a record and its hash, as `verify` would find them; undefined where the profile has no hash for it. */
  line(record: JsonObject): { text: string; hash: string } | undefined {
    const filled = this.fill(record);
    if (filled === undefined || !this.isSpokenOf(filled)) return undefined;
    const hash = this.digestOf(this.profile.digest, this.profile.preimage, filled);
    return hash === undefined ? undefined : { text: toCompactJson(filled), hash };
  }

  private isSpokenOf(record: JsonObject): boolean {
    const guard = compileGuard(this.profile.when, this.view.fields);
    return guard(this.view.at(Buffer.from(toCompactJson(record))));
  }

  /** Keyed further hashes of the record: a forger cannot make them, so a pair must share them. */
  keyedCompanions(record: JsonObject): string {
    const filled = this.fill(record);
    const keyed = (this.profile.also ?? []).filter(
      ({ digest }) => digest.key !== null || digest.signature !== null,
    );
    return JSON.stringify(
      keyed.map(({ preimage }) => filled && this.write(preimage, filled)?.toString('latin1')),
    );
  }

  /** Further hashes may stand in the pre-image of the own one, or the other way round: twice around settles both. */
  private fill(record: JsonObject): JsonObject | undefined {
    const { profile, members } = this;
    let filled = record;
    for (let round = 0; round < 2; round++) {
      for (const { member, digest, preimage } of profile.also ?? []) {
        const hash = this.digestOf(digest, preimage, filled);
        if (hash === undefined) return undefined;
        filled = withValue(filled, member, prefixOf(digest) + hash);
      }
      const hash = this.digestOf(profile.digest, profile.preimage, filled);
      if (hash === undefined) return undefined;
      if (members.own !== null) filled = withValue(filled, members.own, prefixOf(profile.digest) + hash);
    }
    return filled;
  }

  /** Of a signature, which only its owner can make, the SHA-256 of what is signed. */
  private digestOf(
    form: ChainDigest,
    parts: readonly PreimagePart[],
    record: JsonObject,
  ): string | undefined {
    const bytes = this.write(parts, record);
    if (bytes === undefined) return undefined;
    const key = form.key === null ? undefined : MADE_KEY;
    return compileDigest(form, key)(bytes, hashLength(form, form.algorithms[0]!));
  }

  private write(parts: readonly PreimagePart[], record: JsonObject): Buffer | undefined {
    const { profile, members, view } = this;
    const write = compilePreimage({ ...profile, preimage: parts }, members, view.fields);
    const previous = PREVIOUS_DIGITS(profile.digest);
    return attempt(() =>
      Buffer.from(
        write(view.at(Buffer.from(toCompactJson(record))), members.previous === null ? '' : previous),
      ),
    );
  }
}

function attempt<Result>(action: () => Result): Result | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof NotCanonicalizableError) return undefined;
    throw error;
  }
}

/** Texts first: they can hold anything. */
const BASE_VALUES: readonly JsonValue[] = [
  'one',
  '2026-03-02T08:00:07.250Z',
  new JsonNumber('7'),
  true,
  '7.00',
  'ab'.repeat(32),
  '6f9619ff-8b86-4d01-b42d-00c04fc964ff',
  new JsonObject([toMember('kind', 'one')]),
  new JsonArray(['one']),
];

function prefixOf({ strip }: ChainDigest): string {
  return strip[0] ?? '';
}

/** Digits of a hash, which no record has. */
function PREVIOUS_DIGITS(digest: ChainDigest): string {
  const bytes = Buffer.alloc(Math.min(digest.bytes ?? 64, DIGEST_BYTES[digest.algorithms[0]!] ?? 32), 0xab);
  return digest.encoding === 'HEX' ? bytes.toString('hex').toUpperCase() : bytes.toString(digest.encoding);
}

function placeholder(digest: ChainDigest): string {
  return prefixOf(digest) + PREVIOUS_DIGITS(digest);
}

export function toMember(key: string, value: JsonValue): JsonMember {
  return { key, value, keyStart: 0, valueStart: 0, valueEnd: 0 };
}

/** The record with another value at the path, objects on the way made; undefined takes it away. */
export function withValue(record: JsonObject, path: string, value: JsonValue | undefined): JsonObject {
  return setAt(record, parseFieldPath(path), 0, value);
}

function setAt(
  object: JsonObject,
  keys: readonly string[],
  at: number,
  value: JsonValue | undefined,
): JsonObject {
  const key = keys[at]!;
  const known = object.get(key);
  const isLast = at === keys.length - 1;
  if (isLast && value === undefined)
    return new JsonObject(object.members.filter((member) => member.key !== key));
  const inner = isLast
    ? value!
    : setAt(known instanceof JsonObject ? known : new JsonObject([]), keys, at + 1, value);
  if (known === undefined) return new JsonObject([...object.members, toMember(key, inner)]);
  return new JsonObject(object.members.map((member) => (member.key === key ? toMember(key, inner) : member)));
}
