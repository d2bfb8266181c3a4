/** The hash of a record under one profile, or why it has none; further hashes in the record are checked with it. */
import { NotCanonicalizableError } from '../base/canonical-json.ts';
import { quote } from '../base/text-safety.ts';
import type { Event, Fields } from '../model/event.ts';
import { compileGuard } from './conditions.ts';
import { KeyRatchet } from './key-ratchet.ts';
import { compilePreimage, type Preimage } from './preimage.ts';
import type { ChainMembers, ChainProfile, CompanionHash, Condition } from './profile.ts';
import { compileDigest, stripPrefix } from './record-digest.ts';
import { compileSignature } from './record-signature.ts';

/** Why a profile has no hash for a record stands behind this mark; no encoding has it. */
const REASON = '!';
const REASON_CODE = 0x21;

/** Whether it is a hash that a record may carry: nothing is none, and a record that claims a reason has no hash. */
export function isHash(text: string): boolean {
  return text !== '' && text.charCodeAt(0) !== REASON_CODE;
}

export function reasonOf(expected: string): string | undefined {
  return expected.startsWith(REASON) ? expected.slice(REASON.length) : undefined;
}

/** A further hash that is wrong stands behind two marks. */
const MISMATCH = `${REASON}${REASON}`;

/** Which further hash of the record is wrong. */
export function mismatchOf(expected: string): string | undefined {
  return expected.startsWith(MISMATCH) ? expected.slice(MISMATCH.length) : undefined;
}

/** A signature that does not hold: there is no right one to be computed. */
const BAD_SIGNATURE = `${REASON}?`;

export function isBadSignature(expected: string): boolean {
  return expected === BAD_SIGNATURE;
}

/**
 * The hash of the event's record under one profile, given its previous hash and the length of its own: nothing where the
 * key is missing or the profile does not speak of the record, a reason where it has none for it.
 */
export type RecordHash = (event: Event, previous: string, length: number) => string;

export function compileRecordHash(
  profile: ChainProfile,
  members: ChainMembers,
  fields: Fields,
  keys: Record<string, Uint8Array>,
): RecordHash {
  const preimage = compilePreimage(profile, members, fields);
  const hash = orReason(compileHash(profile, members, preimage, fields, keys));
  const companions = profile.also.flatMap((companion) =>
    compileCompanion(profile, companion, members, fields, keys),
  );
  const whole = companions.length === 0 ? hash : withCompanions(hash, companions);
  const { given } = profile.genesis;
  const checked =
    given === null || members.own === null ? whole : withGiven(whole, profile, given, members.own, fields);
  if (profile.when.length === 0) return checked;
  const speaksOf = compileGuard(profile.when, fields);
  return (event, previous, length) => (speaksOf(event) ? checked(event, previous, length) : '');
}

/** Only at a beginning: where a record names another before it, nothing can hide behind what it carries. */
function withGiven(
  hash: RecordHash,
  { genesis }: ChainProfile,
  given: readonly Condition[],
  own: string,
  fields: Fields,
): RecordHash {
  const isGiven = compileGuard(given, fields);
  const slot = fields.raw(own);
  const begins = (previous: string) =>
    previous === '' || genesis.literals.includes(previous) || (genesis.zeros && /^0+$/.test(previous));
  return (event, previous, length) =>
    begins(previous) && isGiven(event) ? (event.text(slot) ?? '') : hash(event, previous, length);
}

function compileHash(
  { digest: form, sequence }: ChainProfile,
  { own }: ChainMembers,
  preimage: Preimage,
  fields: Fields,
  keys: Record<string, Uint8Array>,
): RecordHash {
  if (form.signature !== null) {
    const slot = own === null ? -1 : fields.raw(own);
    const check =
      own === null ? undefined : compileSignature(form.signature, form.strip, slot, preimage, keys);
    if (check === undefined) return () => '';
    return (event, previous) => check(event, previous) ?? BAD_SIGNATURE;
  }
  const key = form.key === null ? undefined : keys[form.key];
  if (form.key !== null && key === undefined) return () => '';
  if (form.ratchet !== null && key !== undefined && sequence !== null) {
    const ratchet = new KeyRatchet(form.ratchet, key);
    const slots = sequence.fields.map((path) => fields.raw(path));
    const first = sequence.start ?? 0;
    return (event, previous, length) => {
      const number =
        slots.map((slot) => event.wholeNumber(slot)).find((each) => !Number.isNaN(each)) ?? Number.NaN;
      const current = ratchet.keyOf((number - first) / sequence.step);
      if (current === undefined) throw new NotCanonicalizableError('its sequence number is that of no key');
      return compileDigest(form, current)(preimage(event, previous), length);
    };
  }
  const digest = compileDigest(form, key);
  return (event, previous, length) => digest(preimage(event, previous), length);
}

function orReason(hash: RecordHash): RecordHash {
  return (event, previous, length) => {
    try {
      return hash(event, previous, length);
    } catch (error) {
      if (error instanceof NotCanonicalizableError) return `${REASON}${error.message}`;
      throw error;
    }
  };
}

/** What was expected of a further hash of the record and what was found; undefined where nothing is. */
type CompanionCheck = (event: Event, previous: string) => string | undefined;

/** None where its key was not given: `limits` say so. */
function compileCompanion(
  profile: ChainProfile,
  { member, digest: form, preimage: parts, optional }: CompanionHash,
  members: ChainMembers,
  fields: Fields,
  keys: Record<string, Uint8Array>,
): CompanionCheck[] {
  const key = form.key === null ? undefined : keys[form.key];
  if (form.key !== null && key === undefined) return [];
  const preimage = compilePreimage(profile, members, fields, parts);
  const slot = fields.raw(member);
  if (form.signature !== null) {
    const check = compileSignature(form.signature, form.strip, slot, preimage, keys);
    if (check === undefined) return [];
    const { algorithm, key: name } = form.signature;
    return [
      (event, previous) => {
        if (optional && event.size(slot) === 0) return undefined;
        const isText = event.kind(slot) === 'string';
        if (isText && check(event, previous) !== null) return undefined;
        const found = isText ? quote(event.text(slot)!) : 'none';
        return `an ${algorithm} signature under the key ${quote(name)} in ${quote(member)}, found ${found}`;
      },
    ];
  }
  const digest = compileDigest(form, key);
  return [
    (event, previous) => {
      if (event.kind(slot) !== 'string')
        return optional && event.size(slot) === 0 ? undefined : `a hash in ${quote(member)}, found none`;
      const found = stripPrefix(form.strip, event.text(slot) ?? '');
      const expected = digest(preimage(event, previous), found.length);
      return found === expected
        ? undefined
        : `the hash ${quote(expected)} in ${quote(member)}, found ${quote(found)}`;
    },
  ];
}

function withCompanions(hash: RecordHash, companions: readonly CompanionCheck[]): RecordHash {
  return orReason((event, previous, length) => {
    const own = hash(event, previous, length);
    // What has no hash at all says why by itself.
    if (!isHash(own)) return own;
    for (const check of companions) {
      const problem = check(event, previous);
      if (problem !== undefined) return MISMATCH + problem;
    }
    return own;
  });
}

/** What may stand for the previous hash of the first record, where that is a hash of its own parts. */
export function compileGenesisHashes(
  profile: ChainProfile,
  members: ChainMembers,
  fields: Fields,
  keys: Record<string, Uint8Array>,
): RecordHash[] {
  const { digest: form, genesis } = profile;
  const key = form.key === null ? undefined : keys[form.key];
  if (form.signature !== null || (form.key !== null && key === undefined)) return [];
  return genesis.hashes.map((parts) => {
    const preimage = compilePreimage(profile, members, fields, parts);
    const digest = compileDigest(form, key);
    return orReason((event, previous, length) => digest(preimage(event, previous), length));
  });
}
