/**
 * Layouts: which fields hold a chain. Profiles that agree on the fields and differ in the pre-image share a layout;
 * their records form one stream, and whichever of them recomputes a hash vouches for the record.
 */
import { NotCanonicalizableError } from '../base/canonical-json.ts';
import type { Event, Fields, Slot } from '../model/event.ts';
import { compilePreimage } from './preimage.ts';
import type { ChainMembers, ChainProfile, Genesis, SequenceRule } from './profile.ts';
import { compileDigest, stripPrefix } from './record-digest.ts';
import type { StreamState } from './segment.ts';

export type ChainLayout = {
  members: ChainMembers;
  /** In the order of names; they agree on members, stream, genesis, sequence, restart and prefixes. */
  profiles: readonly ChainProfile[];
};

/** Layouts with an own hash first: the previous hash alone is the weaker sign. */
export function toLayouts(profiles: readonly ChainProfile[]): ChainLayout[] {
  const byKey = new Map<string, { members: ChainMembers; profiles: ChainProfile[] }>();
  const rounds = Math.max(0, ...profiles.map((profile) => profile.members.length));
  // Alternatives in rounds: the most frequent names of all profiles come before rarer ones.
  for (let round = 0; round < rounds; round++) {
    for (const profile of profiles) {
      const members = profile.members[round];
      if (members === undefined) continue;
      const { stream, genesis, sequence, restart, digest } = profile;
      const key = JSON.stringify([members, stream, genesis, sequence, restart, digest.strip]);
      const layout = byKey.get(key) ?? { members, profiles: [] };
      layout.profiles.push(profile);
      byKey.set(key, layout);
    }
  }
  const layouts = [...byKey.values()];
  return [
    ...layouts.filter(({ members }) => members.own !== null),
    ...layouts.filter(({ members }) => members.own === null),
  ];
}

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

/**
 * The hash of the event's record under one profile, given its previous hash and the length of its own: nothing where the
 * key is missing, a reason where the profile has none for it.
 */
type RecordHash = (event: Event, previous: string, length: number) => string;

function compileRecordHash(
  profile: ChainProfile,
  members: ChainMembers,
  fields: Fields,
  keys: Record<string, Uint8Array>,
): RecordHash {
  const preimage = compilePreimage(profile, members, fields);
  const key = profile.digest.key === null ? undefined : keys[profile.digest.key];
  if (profile.digest.key !== null && key === undefined) return () => '';
  const digest = compileDigest(profile.digest, key);
  return (event, previous, length) => {
    try {
      return digest(preimage(event, previous), length);
    } catch (error) {
      if (error instanceof NotCanonicalizableError) return `${REASON}${error.message}`;
      throw error;
    }
  };
}

/** A layout bound to the slots of one source. */
export class BoundLayout {
  readonly layout: ChainLayout;
  readonly previousSlot: Slot;
  readonly ownSlot: Slot;
  readonly streamSlots: readonly Slot[];
  readonly sequenceSlots: readonly Slot[];
  readonly rule: SequenceRule | null;
  private readonly hashes: readonly RecordHash[];
  private readonly keyed: readonly boolean[];
  private readonly genesis: Genesis;
  private readonly longestLiteral: number;
  private readonly strip: readonly string[];
  /** The candidate that fitted last is tried first; any fit gives the same answer, so this changes nothing but time. */
  private hint = 0;

  constructor(layout: ChainLayout, fields: Fields, keys: Record<string, Uint8Array>) {
    const first = layout.profiles[0]!;
    this.layout = layout;
    this.previousSlot = fields.raw(layout.members.previous);
    this.ownSlot = layout.members.own === null ? -1 : fields.raw(layout.members.own);
    this.streamSlots = first.stream.map((path) => fields.raw(path));
    this.rule = first.sequence;
    this.sequenceSlots = (first.sequence?.fields ?? []).map((path) => fields.raw(path));
    this.strip = first.digest.strip;
    this.genesis = first.genesis;
    this.longestLiteral = Math.max(0, ...first.genesis.literals.map(({ length }) => length));
    this.keyed = layout.profiles.map(({ digest }) => digest.key !== null);
    this.hashes = layout.profiles.map((profile) => compileRecordHash(profile, layout.members, fields, keys));
  }

  /** Whether the record carries this chain's fields in the form of hashes. */
  holds(event: Event): boolean {
    if (this.ownSlot >= 0 && event.kind(this.ownSlot) !== 'string') return false;
    const kind = event.kind(this.previousSlot);
    return kind === 'string' || kind === 'null';
  }

  /** Whether the record may be the first of a chain that leaves the previous hash out. */
  mayBegin(event: Event): boolean {
    return (
      this.ownSlot >= 0 &&
      this.genesis.absent &&
      event.kind(this.ownSlot) === 'string' &&
      event.kind(this.previousSlot) === 'missing'
    );
  }

  /** `guess`: the own hash of the record before, which is the answer nearly always and then costs no decoding. */
  previous(event: Event, guess: string): string {
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
    if (previous === '') {
      const kind = event.kind(this.previousSlot);
      if (kind === 'null') return genesis.null;
      if (kind === 'missing') return genesis.absent;
    }
    // A hash begins with a zero once in sixteen: look at the last character too before the expression runs.
    if (genesis.zeros && previous.startsWith('0') && previous.endsWith('0') && /^0+$/.test(previous))
      return true;
    return previous.length <= this.longestLiteral && genesis.literals.includes(previous);
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
    if (this.keyed[profile]!) stream.keyed++;
    else {
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
