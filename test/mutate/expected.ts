/**
 * What has to come of each attack under each kind of chain, as data: the first row of an attack whose traits fit counts.
 * A chain that cannot show an attack says so in its limits; an anchor kept elsewhere then does.
 */
import type { AttackName } from './attacks.ts';
import type { Traits } from './scene.ts';

export type Outcome =
  /** At least one of `codes` at one of the attack's places, and no other code but `also`. */
  | { kind: 'detected'; codes: readonly string[]; also?: readonly string[] }
  /** Silent, and said in the limits of the stream; what an anchor holds no longer fits the log. */
  | { kind: 'anchor'; limit: RegExp; also?: readonly string[] }
  /** No violation: at most `also`, undetermined. */
  | { kind: 'quiet'; also?: readonly string[] }
  | { kind: 'not-applicable'; reason: string };

type Row = { when?: Partial<Traits>; outcome: Outcome };

const detected = (...codes: string[]): Outcome => ({ kind: 'detected', codes });
const none = (reason: string): Outcome => ({ kind: 'not-applicable', reason });
const anchor = (limit: RegExp, ...also: string[]): Outcome => ({ kind: 'anchor', limit, also });
const quiet = (...also: string[]): Outcome => ({ kind: 'quiet', also });

const CUT = /cut off at the end leave no trace/;
const REWRITTEN = /can rewrite (?:the whole chain|every record)/;
/** Where a value has one form only, such as hex, another text cannot have been hashed at all. */
const ALTERED = detected('altered-record', 'not-canonicalizable');
/** Records that each stand for themselves. */
const UNLINKED: Row = { when: { linked: false }, outcome: anchor(/none is linked to another/) };

export const EXPECTED: Record<AttackName, readonly Row[]> = {
  'modify hashed field': [
    { when: { own: true }, outcome: ALTERED },
    { when: { numbered: true }, outcome: ALTERED },
    { outcome: detected('broken-link') },
  ],
  'modify last record': [
    { when: { own: true }, outcome: ALTERED },
    { outcome: anchor(/the last record is vouched for by none/) },
  ],
  'modify unhashed field': [{ outcome: anchor(/only .* hashed|is not hashed/) }],
  'clock rollback': [{ outcome: detected('disordered-times') }],
  're-encode same value': [
    { when: { bytes: true, own: true }, outcome: detected('altered-record') },
    { when: { bytes: true, numbered: true }, outcome: detected('altered-record') },
    { when: { bytes: true }, outcome: detected('broken-link') },
    { outcome: anchor(/another spelling/) },
  ],
  'duplicate key': [
    {
      outcome: {
        kind: 'detected',
        codes: ['duplicate-key'],
        // Of the field that names the stream, the record goes to the stream that the reader's member names.
        also: [
          'not-canonicalizable',
          'altered-record',
          'broken-link',
          'missing-genesis',
          'unknown-chain',
          'stripped-hash',
          'downgraded-record',
        ],
      },
    },
  ],
  'strip all integrity fields': [
    { when: { linked: false }, outcome: detected('unhashed-record') },
    { outcome: detected('stripped-hash') },
  ],
  'strip own hash': [
    { when: { own: false }, outcome: none('records carry no hash of their own') },
    { when: { linked: false }, outcome: detected('unhashed-record') },
    { outcome: detected('stripped-hash') },
  ],
  'strip previous hash': [
    { when: { linked: false }, outcome: none('records name no predecessor') },
    { outcome: detected('stripped-hash') },
  ],
  'strip from here on': [{ outcome: detected('stripped-hash') }],
  'strip whole log': [{ outcome: detected('missing-chain') }],
  'pre-image ambiguity': [{ outcome: anchor(/ambiguous/) }],
  'stored precision': [
    { when: { own: true, linked: true }, outcome: detected('chain-not-recomputable') },
    { outcome: detected('unknown-chain', 'chain-not-recomputable') },
  ],
  'delete middle': [UNLINKED, { outcome: detected('broken-link') }],
  'insert foreign record': [UNLINKED, { outcome: detected('inserted-record') }],
  'insert onto the record before': [
    { when: { linked: false, keyed: false }, outcome: UNLINKED.outcome },
    { when: { keyed: true }, outcome: detected('altered-record', 'inserted-record') },
    { outcome: detected('inserted-record') },
  ],
  'insert bare record': [{ outcome: detected('unhashed-record') }],
  reorder: [UNLINKED, { outcome: detected('reordered-record') }],
  'duplicate or replay': [UNLINKED, { outcome: detected('repeated-record') }],
  'truncate tail': [UNLINKED, { outcome: anchor(CUT) }],
  'truncate head': [UNLINKED, { outcome: detected('missing-genesis') }],
  'delete a whole stream': [
    { when: { streams: false }, outcome: none('the profile names no stream') },
    { outcome: anchor(/a whole stream added or removed leaves no trace/) },
  ],
  fork: [
    { when: { linked: false }, outcome: none('records follow no other: a second history is more records') },
    // Where little is hashed, the second history may begin with a record that has the hash of the first one's.
    { outcome: { kind: 'detected', codes: ['forked-chain'], also: ['repeated-record'] } },
  ],
  'rewrite by an insider': [{ outcome: anchor(REWRITTEN) }],
  'rewrite without the key': [
    { when: { keyed: false }, outcome: none('there is no key') },
    { outcome: detected('altered-record') },
  ],
  'rewrite after key theft': [
    {
      when: { ratchet: false },
      outcome: none('one key for all records, or none: it is a rewrite by an insider'),
    },
    { outcome: detected('altered-record') },
  ],
  'swap files across days': [{ outcome: quiet('disordered-times') }],
  'cross-stream splice': [
    { when: { streams: false }, outcome: none('the profile names no stream') },
    UNLINKED,
    { outcome: detected('altered-record', 'inserted-record', 'broken-link') },
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
