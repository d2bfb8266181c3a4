/**
 * What has to come of each attack under each kind of chain, as data: the first row of an attack whose traits fit counts.
 * A chain that cannot show an attack says so in its limits; an anchor kept elsewhere then does.
 */
import type { AttackName } from './attacks.ts';
import type { Traits } from './scene.ts';

export type Outcome =
  /** At least one of `codes` at one of the attack's places, and no other code but `also`; or else silent, as said in the limits. */
  | { kind: 'detected'; codes: readonly string[]; also?: readonly string[]; unless?: RegExp }
  /** Silent, and said in the limits of the stream; what an anchor holds no longer fits the log. */
  | { kind: 'anchor'; limit: RegExp; also?: readonly string[] }
  /** No violation: at most `also`, undetermined. */
  | { kind: 'quiet'; also?: readonly string[] }
  | { kind: 'not-applicable'; reason: string };

type Row = { when?: Partial<Traits>; outcome: Outcome };

export const detected = (...codes: string[]): Outcome => ({ kind: 'detected', codes });
export const none = (reason: string): Outcome => ({ kind: 'not-applicable', reason });
export const anchor = (limit: RegExp, ...also: string[]): Outcome => ({ kind: 'anchor', limit, also });
export const quiet = (...also: string[]): Outcome => ({ kind: 'quiet', also });
/** The number of the record goes with its hash. */
const UNHASHED_COUNTED: Row = {
  when: { linked: false, gapless: true },
  outcome: { kind: 'detected', codes: ['unhashed-record'], also: ['sequence-gap'] },
};
/** Whoever puts a record elsewhere also puts its time there. */
const moved = (...codes: string[]): Outcome => ({ kind: 'detected', codes, also: ['disordered-times'] });

const CUT = /cut off at the end leave no trace/;
const REWRITTEN = /can rewrite (?:the whole chain|every record)/;
/** Where a value has one form only, such as hex, another text cannot have been hashed at all. */
const ALTERED = detected('altered-record', 'not-canonicalizable');
const FORGED: Row = { when: { signed: true }, outcome: detected('bad-signature') };
/** A record too much, which also takes a number. */
const FORGED_TOO_MUCH: Row = {
  when: { signed: true },
  outcome: { kind: 'detected', codes: ['bad-signature'], also: ['sequence-gap'] },
};
/** Records that each stand for themselves. */
const UNLINKED: Row = { when: { linked: false }, outcome: anchor(/none is linked to another/) };
const UNLINKED_MOVED: Row = {
  when: { linked: false },
  outcome: anchor(/none is linked to another/, 'disordered-times'),
};
/** Without links, numbers that may not leave any out still show what is missing or too much. */
const COUNTED: Row = { when: { linked: false, gapless: true }, outcome: moved('sequence-gap') };

/** A key twice is always told; where the hash covers the record, so is that no writer can have hashed it. */
const DUPLICATE: Row = {
  outcome: { kind: 'detected', codes: ['duplicate-key'], also: ['not-canonicalizable', 'altered-record'] },
};
const DUPLICATE_BYTES: Row = {
  when: { bytes: true },
  outcome: { kind: 'detected', codes: ['duplicate-key'], also: ['altered-record', 'broken-link'] },
};

/** Which of two hashes, streams or numbers is read decides what the record then is in its chain, and what its neighbors miss. */
const DUPLICATE_CHAIN_FIELD: Row = {
  outcome: {
    kind: 'detected',
    codes: ['duplicate-key'],
    also: [
      'not-canonicalizable',
      'altered-record',
      'bad-signature',
      'broken-link',
      'missing-genesis',
      'unknown-chain',
      'stripped-hash',
      'downgraded-record',
    ],
  },
};

export const EXPECTED: Record<AttackName, readonly Row[]> = {
  'modify hashed field': [
    FORGED,
    { when: { own: true }, outcome: ALTERED },
    { when: { numbered: true }, outcome: ALTERED },
    { outcome: detected('broken-link') },
  ],
  'modify last record': [
    FORGED,
    { when: { own: true }, outcome: ALTERED },
    { outcome: anchor(/the last record is vouched for by none/) },
  ],
  'modify unhashed field': [{ outcome: anchor(/only .* hashed|is not hashed/) }],
  'clock rollback': [{ outcome: detected('disordered-times') }],
  're-encode same value': [
    // The new spelling may be the one that another profile of the same fields hashes.
    {
      when: { bytes: true, own: true, recognized: true },
      outcome: { kind: 'detected', codes: ['altered-record'], unless: /another spelling/ },
    },
    { when: { bytes: true, own: true }, outcome: detected('altered-record') },
    { when: { bytes: true, numbered: true }, outcome: detected('altered-record') },
    { when: { bytes: true }, outcome: detected('broken-link') },
    { outcome: anchor(/another spelling/) },
  ],
  'duplicate key': [DUPLICATE_BYTES, DUPLICATE],
  'duplicate integrity field': [DUPLICATE_CHAIN_FIELD],
  'strip all integrity fields': [
    UNHASHED_COUNTED,
    { when: { linked: false }, outcome: detected('unhashed-record') },
    { outcome: detected('stripped-hash') },
  ],
  'strip own hash': [
    { when: { own: false }, outcome: none('records carry no hash of their own') },
    UNHASHED_COUNTED,
    { when: { linked: false }, outcome: detected('unhashed-record') },
    { outcome: detected('stripped-hash') },
  ],
  'strip previous hash': [
    { when: { linked: false }, outcome: none('records name no predecessor') },
    { outcome: detected('stripped-hash') },
  ],
  'strip from here on': [{ outcome: detected('stripped-hash') }],
  'strip whole log': [
    // Nothing but a key says that there ever was a chain.
    { when: { recognized: true, keyed: true }, outcome: detected('missing-chain') },
    { when: { recognized: true }, outcome: anchor(/without a chain nothing shows/) },
    { outcome: detected('missing-chain') },
  ],
  'pre-image ambiguity': [{ outcome: anchor(/ambiguous/) }],
  'stored precision': [
    { when: { own: true, linked: true }, outcome: detected('chain-not-recomputable') },
    { outcome: detected('unknown-chain', 'chain-not-recomputable') },
  ],
  'delete middle': [COUNTED, UNLINKED, { outcome: detected('broken-link') }],
  'insert foreign record': [FORGED_TOO_MUCH, UNLINKED, { outcome: detected('inserted-record') }],
  'insert onto the record before': [
    FORGED_TOO_MUCH,
    { when: { linked: false, keyed: false }, outcome: UNLINKED.outcome },
    { when: { keyed: true }, outcome: detected('altered-record', 'inserted-record') },
    { outcome: detected('inserted-record') },
  ],
  'insert bare record': [{ outcome: detected('unhashed-record') }],
  reorder: [COUNTED, UNLINKED_MOVED, { outcome: moved('reordered-record') }],
  'duplicate or replay': [COUNTED, UNLINKED_MOVED, { outcome: moved('repeated-record') }],
  'truncate tail': [UNLINKED, { outcome: anchor(CUT) }],
  'truncate head': [UNLINKED, { outcome: detected('missing-genesis') }],
  'delete a whole stream': [
    { when: { streams: false }, outcome: none('the profile names no stream') },
    { outcome: anchor(/a whole stream added or removed leaves no trace/) },
  ],
  fork: [
    { when: { linked: false }, outcome: none('records follow no other: a second history is more records') },
    { outcome: detected('forked-chain') },
  ],
  'rewrite by an insider': [{ outcome: anchor(REWRITTEN) }],
  'rewrite without the key': [
    { when: { keyed: false }, outcome: none('there is no key') },
    FORGED,
    { outcome: detected('altered-record') },
  ],
  'rewrite after key theft': [
    {
      when: { ratchet: false },
      outcome: none('one key for all records, or none: it is a rewrite by an insider'),
    },
    { outcome: detected('altered-record') },
  ],
  // Links or numbers give the order of records, whatever the files are called; without them it is in the names alone.
  'swap files across days': [
    { when: { gapless: true }, outcome: quiet('disordered-times') },
    UNLINKED_MOVED,
    { outcome: quiet('disordered-times') },
  ],
  'cross-stream splice': [
    { when: { streams: false }, outcome: none('the profile names no stream') },
    UNLINKED_MOVED,
    { outcome: moved('altered-record', 'inserted-record', 'broken-link') },
  ],
  'benign rotation': [{ outcome: quiet() }],
  'benign retention': [{ when: { linked: false }, outcome: quiet() }, { outcome: quiet('missing-genesis') }],
  'benign interleaving': [
    { when: { streams: false }, outcome: none('the profile names no stream') },
    { outcome: quiet('disordered-times') },
  ],
  'benign growth': [{ outcome: quiet() }],
};

export function outcomeOf(attack: AttackName, traits: Traits): Outcome {
  const fits = ({ when = {} }: Row) =>
    Object.entries(when).every(([trait, value]) => traits[trait as keyof Traits] === value);
  const row = EXPECTED[attack].find(fits);
  if (row === undefined) throw new Error(`no outcome of ${attack} for ${JSON.stringify(traits)}`);
  return row.outcome;
}
