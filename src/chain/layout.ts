/**
 * Layouts: which fields hold a chain. Profiles that agree on the fields and differ in the pre-image share a layout;
 * their records form one stream, and whichever of them recomputes a hash vouches for the record.
 */
import { NotCanonicalizableError } from '../base/canonical-json.ts';
import type { Event, Fields, Slot } from '../model/event.ts';
import { compilePreimage, type Preimage } from './preimage.ts';
import type { ChainMembers, ChainProfile, SequenceRule } from './profile.ts';
import { algorithmFor, recordDigest, stripPrefix } from './record-digest.ts';

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

export function reasonOf(expected: string): string | undefined {
  return expected.startsWith(REASON) ? expected.slice(REASON.length) : undefined;
}

type Candidate = { profile: ChainProfile; preimage: Preimage; key: Uint8Array | undefined };

/** A layout bound to the slots of one source. */
export class BoundLayout {
  readonly layout: ChainLayout;
  readonly keys: Record<string, Uint8Array>;
  readonly previousSlot: Slot;
  readonly ownSlot: Slot;
  readonly streamSlots: readonly Slot[];
  readonly sequenceSlots: readonly Slot[];
  readonly rule: SequenceRule | null;
  private readonly candidates: readonly Candidate[];
  private readonly strip: readonly string[];
  /** The candidate that fitted last is tried first; any fit gives the same answer, so this changes nothing but time. */
  private hint = 0;

  constructor(layout: ChainLayout, fields: Fields, keys: Record<string, Uint8Array>) {
    const first = layout.profiles[0]!;
    this.layout = layout;
    this.keys = keys;
    this.previousSlot = fields.raw(layout.members.previous);
    this.ownSlot = layout.members.own === null ? -1 : fields.raw(layout.members.own);
    this.streamSlots = first.stream.map((path) => fields.raw(path));
    this.rule = first.sequence;
    this.sequenceSlots = (first.sequence?.fields ?? []).map((path) => fields.raw(path));
    this.strip = first.digest.strip;
    this.candidates = layout.profiles.map((profile) => ({
      profile,
      preimage: compilePreimage(profile, layout.members, fields),
      key: profile.digest.key === null ? undefined : keys[profile.digest.key],
    }));
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
      this.layout.profiles[0]!.genesis.absent &&
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
    const { genesis } = this.layout.profiles[0]!;
    if (previous === '') {
      const kind = event.kind(this.previousSlot);
      if (kind === 'null') return genesis.null;
      if (kind === 'missing') return genesis.absent;
    }
    // A hash begins with a zero once in sixteen: look at the last character too before the expression runs.
    if (genesis.zeros && previous.startsWith('0') && previous.endsWith('0') && /^0+$/.test(previous))
      return true;
    return genesis.literals.includes(previous);
  }

  sequence(event: Event): number | null {
    for (const slot of this.sequenceSlots) {
      const text = event.text(slot);
      if (text === undefined) continue;
      return toWholeNumber(text);
    }
    return null;
  }

  /**
   * The record's own hash where the profile that fitted last recomputes it, without decoding it; undefined where that
   * takes a closer look. `length` is that of the hash before.
   */
  recompute(event: Event, previous: string, length: number): string | undefined {
    const hash = this.compute(this.hint, event, previous, length);
    return hash !== '' && event.equals(this.ownSlot, hash) ? hash : undefined;
  }

  /** The profile that fitted last. */
  get fitting(): number {
    return this.hint;
  }

  /** Index of a profile whose hash of the record is `own`, or -1. */
  fit(event: Event, previous: string, own: string): number {
    // A hash that is not there must not meet a hash that cannot be computed, which is nothing too.
    if (own === '') return -1;
    if (this.compute(this.hint, event, previous, own.length) === own) return this.hint;
    for (let index = 0; index < this.candidates.length; index++) {
      if (index !== this.hint && this.compute(index, event, previous, own.length) === own) {
        this.hint = index;
        return index;
      }
    }
    return -1;
  }

  /** The hash of the record under each profile; nothing where the key is missing, a reason where it has none. */
  expected(event: Event, previous: string, length: number): string[] {
    return this.candidates.map((_, index) => this.compute(index, event, previous, length));
  }

  private compute(index: number, event: Event, previous: string, length: number): string {
    const { profile, preimage, key } = this.candidates[index]!;
    if (profile.digest.key !== null && key === undefined) return '';
    try {
      const bytes = preimage(event, previous);
      return recordDigest(profile.digest, algorithmFor(profile.digest, length), key, bytes);
    } catch (error) {
      if (error instanceof NotCanonicalizableError) return `${REASON}${error.message}`;
      throw error;
    }
  }
}

/** A whole number of at most 15 digits, which a double carries exactly; null for every other text. */
function toWholeNumber(text: string): number | null {
  const negative = text.startsWith('-');
  const first = negative ? 1 : 0;
  if (text.length === first || text.length - first > 15) return null;
  let number = 0;
  for (let index = first; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return null;
    number = number * 10 + digit;
  }
  return negative ? -number : number;
}
