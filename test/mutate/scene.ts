/** What an attack works on: a good log of one profile, and what that profile's kind of chain is able to show. Tests only. */
import type { ChainProfile } from '../../src/chain/profile.ts';
import { ChainMaker, type MadeRecord } from '../support/made-chain.ts';
import { Chance } from '../support/made-json.ts';

/** What tells one kind of chain from another. */
export type Traits = {
  /** Records name their predecessor. */
  linked: boolean;
  /** Records carry their own hash. */
  own: boolean;
  /** Hashes need a secret. */
  keyed: boolean;
  /** The profile names streams. */
  streams: boolean;
  /** Records carry numbers. */
  numbered: boolean;
  /** Numbers must not leave any out. */
  gapless: boolean;
  /** The bytes of the line are hashed, not its values. */
  bytes: boolean;
  /** The key changes from record to record. */
  ratchet: boolean;
  /** Hashes are signatures. */
  signed: boolean;
  /** The profile was recognized among all, and not named. */
  recognized: boolean;
};

export type Scene = {
  profile: ChainProfile;
  traits: Traits;
  maker: ChainMaker;
  chance: Chance;
  /** In log order. */
  records: readonly MadeRecord[];
};

/** Records of one log: enough for the longest attack, few enough for thousands of logs. */
export const RECORDS = 40;

export function traitsOf(profile: ChainProfile, recognized = false): Traits {
  const { members, digest, stream, sequence, preimage } = profile;
  return {
    linked: members.every(({ previous }) => previous !== null),
    own: members.every(({ own }) => own !== null),
    keyed: digest.key !== null || digest.signature !== null,
    streams: stream.length > 0,
    numbered: sequence !== null,
    gapless: sequence !== null && !sequence.gaps,
    bytes: JSON.stringify(preimage).includes('"kind":"raw"'),
    ratchet: digest.ratchet !== null,
    signed: digest.signature !== null,
    recognized,
  };
}

export function makeScene(profile: ChainProfile, seed: number): Scene {
  const maker = new ChainMaker(profile, seed);
  const traits = traitsOf(profile);
  const records = maker.chain(RECORDS, traits.streams ? 1 + (seed % 3) : 1);
  return { profile, traits, maker, chance: new Chance(seed * 7919 + 1), records };
}

export function textsOf(records: readonly MadeRecord[]): string[] {
  return records.map(({ text }) => text);
}

/** Position in the log of the next record of the same stream; undefined behind the last. */
export function nextOf(records: readonly MadeRecord[], at: number): number | undefined {
  const next = records.findIndex(({ stream }, index) => index > at && stream === records[at]!.stream);
  return next < 0 ? undefined : next;
}

export function previousOf(records: readonly MadeRecord[], at: number): number | undefined {
  const before = records.findLastIndex(({ stream }, index) => index < at && stream === records[at]!.stream);
  return before < 0 ? undefined : before;
}

/** A position that has `before` and `after` further records of its stream around it. */
export function somewhere({ records, chance }: Scene, before = 1, after = 1): number {
  const fitting = records.flatMap(({ stream, position }, index) => {
    const left = records.filter((other) => other.stream === stream).length - 1 - position;
    return position >= before && left >= after ? [index] : [];
  });
  return chance.pick(fitting);
}
