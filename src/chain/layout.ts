/**
 * Layouts: which fields hold a chain. Profiles that agree on the fields and differ in the pre-image share a layout;
 * their records form one stream, and whichever of them recomputes a hash vouches for the record.
 */
import type { Event, Fields, Slot } from '../model/event.ts';
import { compileGuard } from './conditions.ts';
import { hashedFields } from './coverage.ts';
import {
  type ChainMembers,
  type ChainProfile,
  type Condition,
  type Genesis,
  keyOf,
  type SequenceRule,
} from './profile.ts';
import { stripPrefix } from './record-digest.ts';
import { compileGenesisHashes, compileRecordHash, isHash, type RecordHash } from './record-hash.ts';
import type { StreamState } from './segment.ts';

export type ChainLayout = {
  members: ChainMembers;
  /** In the order of names; they agree on members, stream, genesis, sequence, restart and prefixes. */
  profiles: readonly ChainProfile[];
  /** What records carry that belong to another layout of the same members, one list of conditions a profile of it. */
  claims: readonly (readonly Condition[])[];
};

/**
 * Those with both hashes first, the previous hash alone is a weaker sign and the own alone the weakest; among them those of
 * most profiles, so that a log of one product's format is not sought in every record of a common one.
 */
export function toLayouts(profiles: readonly ChainProfile[]): ChainLayout[] {
  const byKey = new Map<
    string,
    { members: ChainMembers; profiles: ChainProfile[]; claims: (readonly Condition[])[] }
  >();
  const rounds = Math.max(0, ...profiles.map((profile) => profile.members.length));
  // Alternatives in rounds: the most frequent names of all profiles come before rarer ones.
  for (let round = 0; round < rounds; round++) {
    for (const profile of profiles) {
      const members = profile.members[round];
      if (members === undefined) continue;
      const { stream, genesis, sequence, restart, digest } = profile;
      // Records without links are known by what they carry, others by their members.
      const when = members.previous === null ? profile.when : null;
      const key = JSON.stringify([members, stream, genesis, sequence, restart, digest.strip, when]);
      const layout = byKey.get(key) ?? { members, profiles: [], claims: [] };
      layout.profiles.push(profile);
      byKey.set(key, layout);
    }
  }
  const layouts = [...byKey.values()];
  for (const layout of layouts) {
    if (isGuarded(layout)) continue;
    for (const other of layouts) {
      const { previous, own } = other.members;
      if (isGuarded(other) && previous === layout.members.previous && own === layout.members.own)
        layout.claims.push(...other.profiles.map(({ when }) => when));
    }
  }
  const weakness = ({ members }: ChainLayout) =>
    members.previous === null ? 2 : members.own === null ? 1 : 0;
  return layouts.sort(
    (left, right) => weakness(left) - weakness(right) || right.profiles.length - left.profiles.length,
  );
}

/** Whether the layout is for the records of one product alone. */
function isGuarded({ profiles }: Pick<ChainLayout, 'profiles'>): boolean {
  return profiles.every(({ when }) => when.length > 0);
}

/** A layout bound to the slots of one source. */
export class BoundLayout {
  readonly layout: ChainLayout;
  /** -1 where the layout has no links, as `ownSlot` where it has no own hash. */
  readonly previousSlot: Slot;
  readonly ownSlot: Slot;
  readonly streamSlots: readonly Slot[];
  readonly sequenceSlots: readonly Slot[];
  readonly rule: SequenceRule | null;
  private readonly hashes: readonly RecordHash[];
  private readonly keyed: readonly boolean[];
  private readonly limited: readonly boolean[];
  private readonly whole: readonly boolean[];
  private readonly genesis: Genesis;
  private readonly genesisHashes: readonly RecordHash[];
  private readonly isCarried: (event: Event) => boolean;
  private readonly claims: readonly ((event: Event) => boolean)[];
  private readonly longestLiteral: number;
  private readonly strip: readonly string[];
  /** The candidate that fitted last is tried first; any fit gives the same answer, so this changes nothing but time. */
  private hint = 0;

  constructor(layout: ChainLayout, fields: Fields, keys: Record<string, Uint8Array>) {
    const first = layout.profiles[0]!;
    this.layout = layout;
    const { previous } = layout.members;
    this.previousSlot = previous === null ? -1 : fields.raw(previous);
    const guards = isGuarded(layout) ? layout.profiles.map(({ when }) => compileGuard(when, fields)) : [];
    this.isCarried = guards.length === 0 ? () => true : (event) => guards.some((guard) => guard(event));
    this.claims = layout.claims.map((when) => compileGuard(when, fields));
    this.genesisHashes = compileGenesisHashes(first, layout.members, fields, keys);
    this.ownSlot = layout.members.own === null ? -1 : fields.raw(layout.members.own);
    this.streamSlots = first.stream.map((path) => fields.raw(path));
    this.rule = first.sequence;
    this.sequenceSlots = (first.sequence?.fields ?? []).map((path) => fields.raw(path));
    this.strip = first.digest.strip;
    this.genesis = first.genesis;
    this.longestLiteral = Math.max(0, ...first.genesis.literals.map(({ length }) => length));
    this.keyed = layout.profiles.map(({ digest }) => keyOf(digest) !== null);
    this.limited = layout.profiles.map(({ when }) => when.length > 0);
    this.whole = layout.profiles.map((profile) => hashedFields(profile) === undefined);
    this.hashes = layout.profiles.map((profile) => compileRecordHash(profile, layout.members, fields, keys));
  }

  /** Whether the record carries this chain's fields in the form of hashes. */
  holds(event: Event): boolean {
    if (this.ownSlot >= 0 && event.kind(this.ownSlot) !== 'string') return false;
    if (this.previousSlot >= 0) {
      const kind = event.kind(this.previousSlot);
      if (kind !== 'string' && kind !== 'null') return false;
    }
    return this.isOwn(event);
  }

  /** Whether the record is this layout's and not that of another with the same members. */
  isOwn(event: Event): boolean {
    for (const claim of this.claims) if (claim(event)) return false;
    return this.isCarried(event);
  }

  /** Whether the record may be the first of a chain that leaves the previous hash out. */
  mayBegin(event: Event): boolean {
    return this.genesis.absent && this.lacksLink(event);
  }

  /** Whether the record carries its own hash and no previous one, though the layout has both. */
  lacksLink(event: Event): boolean {
    return (
      this.ownSlot >= 0 &&
      this.previousSlot >= 0 &&
      event.kind(this.ownSlot) === 'string' &&
      event.kind(this.previousSlot) === 'missing' &&
      this.isOwn(event)
    );
  }

  /** `guess`: the own hash of the record before, which is the answer nearly always and then costs no decoding. */
  previous(event: Event, guess: string): string {
    if (this.previousSlot < 0) return '';
    if (guess !== '' && event.equals(this.previousSlot, guess)) return guess;
    const text = event.text(this.previousSlot);
    return text === undefined ? '' : stripPrefix(this.strip, text);
  }

  own(event: Event): string {
    return stripPrefix(this.strip, event.text(this.ownSlot) ?? '');
  }

  /** Whether a previous hash stands for "none before me"; null and absent are given as nothing. */
  isGenesis(event: Event, previous: string): boolean {
    const { genesis } = this;
    if (this.previousSlot < 0) return false;
    if (previous === '') {
      const kind = event.kind(this.previousSlot);
      if (kind === 'null') return genesis.null;
      if (kind === 'missing') return genesis.absent;
    }
    // A hash begins with a zero once in sixteen: look at the last character too before the expression runs.
    if (genesis.zeros && previous.startsWith('0') && previous.endsWith('0') && /^0+$/.test(previous))
      return true;
    if (previous.length <= this.longestLiteral && genesis.literals.includes(previous)) return true;
    for (const hash of this.genesisHashes) if (hash(event, '', previous.length) === previous) return true;
    return false;
  }

  sequence(event: Event): number | null {
    const { sequenceSlots } = this;
    for (let index = 0; index < sequenceSlots.length; index++) {
      const slot = sequenceSlots[index]!;
      if (event.size(slot) === 0) continue;
      const number = event.wholeNumber(slot);
      if (!Number.isNaN(number)) return number;
      if (event.kind(slot) !== 'null') return null;
    }
    return null;
  }

  /** Counts a record that recomputes under a profile. */
  countFit(stream: StreamState, profile: number, event: Event): void {
    if (this.whole[profile]!) stream.whole++;
    else if (!this.limited[profile]!) {
      stream.narrow++;
      stream.firstNarrow ??= event.place;
    }
    if (this.keyed[profile]!) stream.keyed++;
    else if (this.limited[profile]!) {
      stream.plain++;
      if (stream.keyed > 0) stream.lateOlder ??= event.place;
      stream.firstOlder ??= event.place;
    } else {
      stream.plain++;
      stream.firstPlain ??= event.place;
    }
  }

  /** The profile that fitted last: nearly always the one that fits the next record too. */
  get likely(): number {
    return this.hint;
  }

  /** What the profile that fitted last computes for the record, if its own hash has `length` characters. */
  guess(event: Event, previous: string, length: number): string {
    return this.hashes[this.hint]!(event, previous, length);
  }

  /**
   * The profile whose hash of the record is `own`; where there is none, what each of them computes.
   * `guessed`: what `guess` gave for this record and this length of its hash.
   */
  fit(event: Event, previous: string, own: string, guessed?: string): number | string[] {
    const { length } = this.hashes;
    const computed = new Array<string>(length);
    const first = this.hint;
    for (let turn = 0; turn < length; turn++) {
      const index = turn === 0 ? first : turn <= first ? turn - 1 : turn;
      const known = turn === 0 ? guessed : undefined;
      const hash = known ?? this.hashes[index]!(event, previous, own.length);
      // A hash that is not there must not meet a hash that cannot be computed, which is nothing too.
      if (hash === own && isHash(own)) {
        this.hint = index;
        return index;
      }
      computed[index] = hash;
    }
    return computed;
  }

  /** The hash of the record under each profile; nothing where the key is missing, a reason where it has none. */
  expected(event: Event, previous: string, length: number): string[] {
    return this.hashes.map((hash) => hash(event, previous, length));
  }
}
