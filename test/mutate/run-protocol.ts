/** Attacks on logs of protocols: what changes a record, its place or its neighbors. Tests only. */
import { Chance } from '../support/made-json.ts';
import { PROTOCOL_MAKERS, type ProtocolMaker } from '../support/made-protocol.ts';
import { type Attacked, LOG } from './attack.ts';
import type { AttackName } from './attacks.ts';
import { anchor, detected, none, type Outcome, quiet } from './expected.ts';
import {
  type Cell,
  describe,
  judge,
  miss,
  newCell,
  PER_LOG,
  type RunOptions,
  tally,
  unbalanced,
} from './run-cases.ts';
import { sealOf } from './sealed-log.ts';
import { Verifier } from './verifier.ts';

const ENTRIES = 12;

type Change = { entries: readonly string[]; spots: readonly number[] };
type Attack = (entries: readonly string[], maker: ProtocolMaker, chance: Chance) => Change | undefined;

const last = ENTRIES - 1;
/** A position with entries before and behind it. */
const within = (chance: Chance): number => 2 + chance.below(ENTRIES - 5);
/** Where the change shows: there, or in what follows. */
const around = (at: number): number[] => [at, at + 1];

const ATTACKS = {
  'modify hashed field': (entries, maker, chance) => {
    const at = within(chance);
    return { entries: entries.with(at, maker.falsify(entries[at]!, chance)), spots: around(at) };
  },
  'modify last record': (entries, maker, chance) => ({
    entries: entries.with(last, maker.falsify(entries[last]!, chance)),
    spots: [last],
  }),
  'modify unhashed field': (entries, maker, chance) => {
    const at = within(chance);
    const other = maker.embellish(entries[at]!);
    return other === undefined ? undefined : { entries: entries.with(at, other), spots: [] };
  },
  'strip own hash': (entries, maker, chance) => {
    const at = within(chance);
    return { entries: entries.with(at, maker.strip(entries[at]!)), spots: around(at) };
  },
  'delete middle': (entries, _, chance) => {
    const at = within(chance);
    return { entries: entries.toSpliced(at, 1 + chance.below(2)), spots: [at] };
  },
  'insert foreign record': (entries, maker, chance) => {
    const at = within(chance);
    const foreign = maker.chain(ENTRIES, chance, true)[at]!;
    return { entries: entries.toSpliced(at, 0, foreign), spots: around(at) };
  },
  reorder: (entries, _, chance) => {
    const at = within(chance);
    return { entries: entries.with(at, entries[at + 1]!).with(at + 1, entries[at]!), spots: around(at) };
  },
  'duplicate or replay': (entries, _, chance) => {
    const at = within(chance);
    const to = at + 1 + chance.below(last - at);
    return { entries: entries.toSpliced(to, 0, entries[at]!), spots: [to] };
  },
  'truncate tail': (entries, _, chance) => {
    const rest = entries.slice(0, -1 - chance.below(5));
    return { entries: rest, spots: [rest.length - 1] };
  },
  'truncate head': (entries, _, chance) => ({ entries: entries.slice(2 + chance.below(4)), spots: [0] }),
  'rewrite without the key': (_, maker, chance) => ({
    entries: maker.chain(ENTRIES, chance, true),
    spots: [0],
  }),
} as const satisfies Partial<Record<AttackName, Attack>>;

type ProtocolAttack = keyof typeof ATTACKS;

const CUT = /cut off at the end/;
const beside = (codes: readonly string[], ...also: string[]): Outcome => ({ kind: 'detected', codes, also });
const EVERYTHING = none('everything is hashed');
/** The identity is named after its first entry, keys and all: whoever makes another makes another identity. */
const SELF_NAMED = none('another key makes another identity');
const BY_LINKS = quiet();

const EXPECTED: Readonly<Record<string, Record<ProtocolAttack, Outcome>>> = {
  acra: {
    'modify hashed field': detected('altered-record'),
    'modify last record': detected('altered-record'),
    'modify unhashed field': EVERYTHING,
    'strip own hash': beside(['unhashed-record'], 'altered-record'),
    'delete middle': detected('altered-record'),
    'insert foreign record': detected('inserted-record'),
    // Two that changed places look like one put in and one that does not fit.
    reorder: beside(['inserted-record', 'altered-record'], 'disordered-times'),
    // Known by its integrity; that it also fits nowhere is said beside.
    'duplicate or replay': beside(
      ['repeated-record'],
      'inserted-record',
      'altered-record',
      'disordered-times',
    ),
    'truncate tail': detected('missing-end'),
    'truncate head': detected('missing-genesis'),
    'rewrite without the key': detected('altered-record'),
  },
  'did-webvh': {
    'modify hashed field': beside(['altered-record'], 'bad-signature'),
    'modify last record': beside(['altered-record'], 'bad-signature'),
    'modify unhashed field': EVERYTHING,
    'strip own hash': detected('bad-signature'),
    'delete middle': detected('broken-link'),
    // Of another identity, at the same number and at another time.
    'insert foreign record': beside(
      ['altered-record'],
      'unauthorized-key',
      'forbidden-operation',
      'forked-chain',
    ),
    // "versionTime" may only grow.
    reorder: beside(['reordered-record'], 'forbidden-operation'),
    'duplicate or replay': detected('repeated-record'),
    'truncate tail': anchor(CUT),
    'truncate head': detected('missing-genesis'),
    'rewrite without the key': SELF_NAMED,
  },
  plc: {
    'modify hashed field': beside(['altered-record'], 'bad-signature', 'broken-link'),
    'modify last record': beside(['altered-record'], 'bad-signature'),
    'modify unhashed field': anchor(CUT),
    'strip own hash': beside(['bad-signature'], 'altered-record', 'broken-link'),
    'delete middle': detected('broken-link'),
    'insert foreign record': detected('missing-genesis'),
    reorder: beside(['reordered-record'], 'broken-link', 'forked-chain', 'disordered-times'),
    'duplicate or replay': beside(['repeated-record'], 'disordered-times'),
    'truncate tail': anchor(CUT),
    'truncate head': detected('missing-genesis'),
    'rewrite without the key': SELF_NAMED,
  },
  rksv: {
    'modify hashed field': beside(['bad-signature'], 'broken-link'),
    'modify last record': detected('bad-signature'),
    'modify unhashed field': EVERYTHING,
    'strip own hash': beside(['bad-signature'], 'broken-link'),
    'delete middle': detected('broken-link'),
    'insert foreign record': beside(['bad-signature'], 'broken-link', 'forked-chain'),
    // An export is sorted by certificate: the order is in the links.
    reorder: BY_LINKS,
    'duplicate or replay': detected('repeated-record'),
    'truncate tail': anchor(CUT),
    'truncate head': beside(['missing-genesis'], 'broken-link'),
    'rewrite without the key': detected('bad-signature'),
  },
  'saf-t-pt': {
    'modify hashed field': detected('bad-signature'),
    'modify last record': detected('bad-signature'),
    'modify unhashed field': anchor(/changes elsewhere do not show/),
    'strip own hash': beside(['unhashed-record'], 'broken-link'),
    'delete middle': detected('broken-link'),
    'insert foreign record': beside(['bad-signature'], 'forked-chain'),
    // Invoices have numbers.
    reorder: BY_LINKS,
    'duplicate or replay': detected('repeated-record'),
    'truncate tail': anchor(CUT),
    'truncate head': detected('missing-genesis'),
    'rewrite without the key': detected('bad-signature'),
  },
};

export function protocolOutcome(profile: string, attack: AttackName): Outcome {
  const known: Partial<Record<AttackName, Outcome>> = EXPECTED[profile]!;
  return known[attack] ?? none('not tried on logs of protocols');
}

/** Protocols are always recognized: no profile is named. */
export function runProtocol(
  profile: string,
  chains: Record<string, unknown>,
  attacks: readonly AttackName[],
  { cases, seed }: RunOptions,
): Cell[] {
  const maker = PROTOCOL_MAKERS[profile]!;
  const verifier = new Verifier({ chains, keys: maker.keys() });
  const cells = attacks.map((attack) => newCell(profile, attack, protocolOutcome(profile, attack)));
  let [entries, alarm]: [string[], string] = [[], ''];
  let seal = sealOf({});
  for (let turn = 0; turn < cases; turn++) {
    const chance = new Chance((seed + turn) * 7919 + 1);
    if (turn % PER_LOG === 0) {
      entries = maker.chain(ENTRIES, chance);
      const whole = { [LOG]: maker.toLines(entries) };
      alarm = verifier.verify(whole).findings.map(describe).join(', ');
      seal = sealOf(whole);
    }
    for (const cell of cells) {
      if (cell.outcome.kind === 'not-applicable') continue;
      if (alarm !== '') {
        miss(cell, seed + turn, `the good log has ${alarm}`);
        continue;
      }
      const change = ATTACKS[cell.attack as ProtocolAttack](entries, maker, chance);
      if (change === undefined) throw new Error(`${profile}: ${cell.attack} has no place and is expected`);
      const spots = change.spots.map((at) => `${LOG}:${maker.oneRecord ? 1 : at + 1}`);
      const attacked: Attacked = { files: { [LOG]: maker.toLines(change.entries) }, spots };
      const after = verifier.verify(attacked.files);
      tally(cell, after.findings);
      const wrong =
        unbalanced(after.streams, after.records) ??
        judge(cell.outcome, attacked, after.findings, seal, after.streams, ENTRIES);
      if (wrong !== undefined) miss(cell, seed + turn, wrong);
    }
  }
  return cells;
}
