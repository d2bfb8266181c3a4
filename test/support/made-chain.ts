/**
 * Good logs under any chain profile, from a seed: realistic records, linked as the profile's own writer would link them.
 * Hashes come from the plain twin `slow-preimage.ts`, so that a log that verifies is also proof that two codes agree.
 */
import type { ChainProfile } from '../../src/chain/profile.ts';
import { Chance } from './made-json.ts';
import { type MadeFields, neededFields, someRecord } from './made-record.ts';
import { MadeSigner, publicPem } from './made-signature.ts';
import { copyOf, Digits, type MadeObject, type Spelling, setAt, spell, valueAt } from './made-value.ts';
import {
  CannotMakeError,
  encode,
  holds,
  type Part,
  type Subject,
  slowDigest,
  slowPreimage,
} from './slow-preimage.ts';

export { CannotMakeError } from './slow-preimage.ts';

/** The key that every keyed profile gets, whatever its reference name. */
export const MADE_KEY: Uint8Array = Buffer.from('a key for made logs, not for real ones');

/** What a verifier of the profile's made logs is given. */
export function keysFor({ digest: { key, signature } }: ChainProfile): Record<string, Uint8Array> {
  if (signature !== null) return { [signature.key]: publicPem(signature.algorithm) };
  return key === null ? {} : { [key]: MADE_KEY };
}

export type MadeRecord = {
  /** The line, without its end. */
  text: string;
  record: MadeObject;
  /** The record before it was linked. */
  fields: MadeObject;
  stream: number;
  /** From 0, in its stream. */
  position: number;
  /** Without prefixes; `previous` is nothing for the first record, whatever stands there. */
  previous: string;
  hash: string;
  /** How the line is spelled. */
  line: Spelling;
};

/** What the maker asks of a digest: more than `ChainDigest` may have today. */
type DigestForm = ChainProfile['digest'];
type Companion = { member: string; digest: DigestForm; preimage: readonly Part[]; optional: boolean };
type FullProfile = Omit<ChainProfile, 'preimage' | 'digest'> & {
  preimage: readonly Part[];
  digest: DigestForm;
  also?: readonly Companion[];
  when?: readonly { field: string; equals: readonly string[] | null; orNull?: true }[];
  genesis: ChainProfile['genesis'] & { hashes?: readonly (readonly Part[])[] };
  protocol?: unknown;
};

/** What stands for the previous hash in a first record: undefined for nothing at all, parts for their hash. */
export type Beginning = string | null | undefined | readonly Part[];

/** What is otherwise left to the seed. */
export type FixedChoices = {
  members?: { previous: string | null; own: string | null };
  genesis?: Beginning;
};

export type LinkAt = {
  stream: number;
  position: number;
  /** Undefined: the record begins its chain. */
  previous: string | undefined;
  /** Another key than the profile's own: a forger's. */
  key?: Uint8Array;
  /** False: a signature that was not made before is nothing. */
  signs?: false;
};

/** @throws {CannotMakeError} for a profile that cannot be written generically, by the name of what stands in the way */
export class ChainMaker {
  readonly profile: FullProfile;
  readonly chance: Chance;
  readonly members: { previous: string | null; own: string | null };
  private readonly needed: MadeFields;
  private readonly algorithm: string;
  private readonly prefix: string;
  private readonly genesis: Beginning;
  private readonly firstNumber: number;
  private readonly signer = new MadeSigner();

  constructor(profile: ChainProfile, seed: number, fixed: FixedChoices = {}) {
    const full = profile as unknown as FullProfile;
    const chance = new Chance(seed);
    refuse(full);
    this.profile = full;
    this.chance = chance;
    this.members = fixed.members ?? chance.pick(full.members);
    this.needed = neededFields(full);
    this.algorithm = chance.pick(full.digest.algorithms);
    const prefixes = full.digest.strip.filter(
      (prefix) =>
        !/sha|md5/i.test(prefix) || prefix.replace('-', '').toLowerCase().startsWith(this.algorithm),
    );
    this.prefix = chance.pick(['', ...prefixes]);
    const ways = beginnings(full, this.algorithm);
    this.genesis = 'genesis' in fixed ? fixed.genesis : chance.pick(ways);
    this.firstNumber = full.sequence?.start ?? chance.pick([0, 1, 41]);
  }

  /** Records in log order; of a profile that names streams, `streams` of them, interleaved. */
  chain(count: number, streams = 1): MadeRecord[] {
    const tails: (MadeRecord | undefined)[] = [];
    const used = this.profile.stream.length === 0 ? 1 : streams;
    return Array.from({ length: count }, (_, index) => {
      const stream = index < used ? index : this.chance.below(used);
      const tail = tails[stream];
      const record = this.link(this.someFields(index), {
        stream,
        position: tail === undefined ? 0 : tail.position + 1,
        previous: tail?.hash,
      });
      tails[stream] = record;
      return record;
    });
  }

  /** What a record says before it is linked. Neighbors may share their time. */
  someFields(index: number): MadeObject {
    return someRecord(this.chance, index, this.needed);
  }

  /** The record as its writer would have made it; or a forger who knows the profile. */
  link(fields: MadeObject, at: LinkAt): MadeRecord {
    const record = copyOf(fields) as MadeObject;
    const { members, profile, chance } = this;
    this.name(record, at);
    const line = someSpelling(chance);
    let previous = at.previous;
    let standing: string | null | undefined = previous === undefined ? undefined : this.prefix + previous;
    if (previous === undefined) {
      if (typeof this.genesis === 'object' && this.genesis !== null) {
        previous = this.hash(profile.digest, this.genesis, { record, line, previous: '', members }, at);
        standing = this.prefix + previous;
      } else {
        standing = this.genesis;
        previous = standing ?? '';
      }
    }
    if (members.previous !== null && standing !== undefined)
      insertAt(record, members.previous, standing, chance);
    // An object that holds the hash was there, empty, when the record was hashed.
    if (members.own?.includes('.') === true) setAt(record, members.own, '');
    const subject: Subject = { record, line, previous, members };
    const late = (profile.also ?? []).filter(({ preimage }) => mentions(preimage, members.own));
    const early = (profile.also ?? []).filter((companion) => !late.includes(companion));
    for (const companion of early) this.addCompanion(companion, subject, at);
    const hash = this.hash(profile.digest, profile.preimage, subject, at);
    if (members.own !== null) insertAt(record, members.own, this.prefix + hash, chance);
    for (const companion of late) this.addCompanion(companion, subject, at);
    return {
      text: spell(record, line),
      record,
      fields,
      stream: at.stream,
      position: at.position,
      previous: at.previous ?? '',
      hash,
      line,
    };
  }

  /**
   * Whether the hashes that the record carries are those of `changed`, spelled as `line`: whether the change shows at all.
   * Where records carry no hash, whether the hash that the next one names is.
   */
  vouchesFor(
    { hash, record, previous, stream, position }: MadeRecord,
    changed: MadeObject,
    line: Spelling,
  ): boolean {
    const { profile, members } = this;
    const standing = members.previous === null ? null : (record.get(members.previous) ?? null);
    const named = previous === '' && typeof standing === 'string' ? this.withoutPrefix(standing) : previous;
    const subject: Subject = { record: changed, line, previous: named, members };
    const at: LinkAt = { stream, position, previous, signs: false };
    try {
      if (this.hash(profile.digest, profile.preimage, subject, at) !== hash) return false;
      return (profile.also ?? []).every(
        ({ member, digest, preimage }) =>
          this.hash(digest, preimage, subject, at, digest.algorithms[0]) === valueAt(changed, member),
      );
    } catch (error) {
      // What the writer cannot write it cannot have hashed.
      if (error instanceof CannotMakeError) return false;
      throw error;
    }
  }

  private withoutPrefix(text: string): string {
    return this.prefix !== '' && text.startsWith(this.prefix) ? text.slice(this.prefix.length) : text;
  }

  /** Says that the record belongs to the stream: what a splice forges. */
  nameStream(record: MadeObject, stream: number): void {
    const { preimage, stream: paths } = this.profile;
    for (const path of paths) {
      const isUuid = preimage.some(({ path: of, encoding }) => of === path && encoding === 'uuid');
      setAt(record, path, isUuid ? `00000000-0000-4000-8000-00000000000${stream}` : `stream-${stream}`);
    }
  }

  /** The key of a record: under a ratchet each is the digest of the one before. */
  private keyOf(digest: DigestForm, at: LinkAt): Uint8Array | undefined {
    if (digest.key === null) return undefined;
    let key = at.key ?? MADE_KEY;
    if (digest.ratchet == null) return key;
    const first = this.profile.sequence?.start ?? 0;
    const step = this.profile.sequence?.step ?? 1;
    const number = this.firstNumber + at.position * step;
    for (let turn = 0; turn < (number - first) / step; turn++)
      key = slowDigest(digest.ratchet, Buffer.from(key));
    return key;
  }

  private name(record: MadeObject, { stream, position }: LinkAt): void {
    const { profile } = this;
    this.nameStream(record, stream);
    const [number] = profile.sequence?.fields ?? [];
    if (number !== undefined)
      setAt(record, number, new Digits(String(this.firstNumber + position * profile.sequence!.step)));
    for (const condition of profile.when ?? []) {
      if (!holds(condition, record))
        setAt(record, condition.field, condition.orNull === true ? null : (condition.equals?.[0] ?? 'given'));
    }
  }

  private addCompanion({ member, digest, preimage }: Companion, subject: Subject, at: LinkAt): void {
    setAt(subject.record, member, this.hash(digest, preimage, subject, at, digest.algorithms[0]));
  }

  private hash(
    digest: DigestForm,
    parts: readonly Part[],
    subject: Subject,
    at: LinkAt,
    algorithm = this.algorithm,
  ): string {
    const preimage = slowPreimage(parts, subject);
    if (digest.signature !== null) {
      const { algorithm: signing, encoding } = digest.signature;
      if (at.signs === false) return encode(this.signer.made(signing, preimage) ?? Buffer.of(), encoding);
      const forged = at.key !== undefined && at.key !== MADE_KEY;
      return encode(this.signer.sign(signing, preimage, forged), encoding);
    }
    const bytes = slowDigest(algorithm, preimage, this.keyOf(digest, at));
    return encode(digest.bytes === null ? bytes : bytes.subarray(0, digest.bytes), digest.encoding);
  }
}

function refuse({ name, protocol }: FullProfile): void {
  if (protocol !== undefined && protocol !== null)
    throw new CannotMakeError(`${name}: a protocol is made by no generic writer`);
}

function beginnings({ genesis, members }: FullProfile, algorithm: string): Beginning[] {
  const length = algorithm === 'sha256' ? 64 : 40;
  const ways: Beginning[] = [
    ...genesis.literals,
    ...(genesis.hashes ?? []),
    ...(genesis.null ? [null] : []),
    ...(genesis.absent ? [undefined] : []),
    ...(genesis.zeros ? ['0'.repeat(length)] : []),
  ];
  // A profile without links has no beginning either.
  return ways.length === 0 || members.every(({ previous }) => previous === null) ? [undefined] : ways;
}

/** Whether parts read the own hash: then they come after it. */
function mentions(parts: readonly Part[], own: string | null): boolean {
  const text = JSON.stringify(parts);
  return text.includes('"$own"') || (own !== null && text.includes(`"path":${JSON.stringify(own)}`));
}

/** The hashes stand anywhere among the members, in another place in every record. */
function insertAt(record: MadeObject, path: string, value: string | null, chance: Chance): void {
  if (path.includes('.')) {
    setAt(record, path, value);
    return;
  }
  const members = [...record].filter(([key]) => key !== path);
  members.splice(chance.below(members.length + 1), 0, [path, value]);
  record.clear();
  for (const [key, member] of members) record.set(key, member);
}

/** Serializers spell one value in many ways; how a line is spelled is part of what raw chains hash. */
function someSpelling(chance: Chance): Spelling {
  return {
    item: chance.pick([',', ', ', ' , ']),
    key: chance.pick([':', ': ']),
    ascii: chance.oneIn(3),
    slash: chance.oneIn(4),
    html: chance.oneIn(4),
  };
}
