/** Every doubt about a profile: what its document says of itself, then what pairs of records prove. */
import { DIGEST_BYTES } from '../../base/digest.ts';
import { count, quote } from '../../base/text-safety.ts';
import { hashedFields, unhashedMembers, unhashedStreamFields } from '../coverage.ts';
import type { ChainProfile } from '../profile.ts';
import type { RecordView } from '../record-view.ts';
import { type Collision, findCollisions } from './collisions.ts';
import { caseCount } from './leaf-parts.ts';
import type { ChainLint, ChainLintCode, ChainLintLevel } from './lint.ts';
import { MadeRecords } from './made-log-record.ts';

/** `view`: of records of no source, as they stand in a log. */
export function lintProfile(profile: ChainProfile, view: RecordView): ChainLint[] {
  return [
    ...coverage(profile),
    ...links(profile),
    ...genesis(profile),
    ...digest(profile),
    ...ambiguities(profile, view),
  ];
}

const SHOWN_FIELDS = 12;

function listed(fields: readonly string[]): string {
  const shown = fields.slice(0, SHOWN_FIELDS).map(quote).join(', ');
  const hidden = fields.length - SHOWN_FIELDS;
  return hidden > 0 ? `${shown} and ${count(hidden, 'more field')}` : shown;
}

function coverage(profile: ChainProfile): ChainLint[] {
  const lints: ChainLint[] = [];
  const hashed = hashedFields(profile);
  const left = unhashedMembers(profile);
  if (hashed !== undefined) {
    const message = `hashed are only ${hashed.length === 0 ? 'chain fields' : listed(hashed)}: every other field can be changed`;
    lints.push({ code: 'unhashed-fields', level: 'warning', path: ['preimage'], message });
  } else if (left.length > 0) {
    const message = `${listed(left)} ${left.length === 1 ? 'is' : 'are'} not hashed and can be changed`;
    lints.push({ code: 'unhashed-fields', level: 'warning', path: ['preimage'], message });
  }
  const streams = unhashedStreamFields(profile);
  if (streams.length > 0) {
    const message = `the stream is named by ${listed(streams)}, which the hash leaves out: records can be moved from one stream to another`;
    lints.push({ code: 'unhashed-stream', level: 'warning', path: ['stream'], message });
  }
  return lints;
}

function links(profile: ChainProfile): ChainLint[] {
  const lints: ChainLint[] = [];
  if (profile.members.some(({ own }) => own === null)) {
    const message =
      'the hash of a record stands only in the next one: nothing vouches for the last record of a log';
    lints.push({ code: 'missing-own-hash', level: 'warning', path: ['members'], message });
  }
  if (profile.members.some(({ previous }) => previous === null)) {
    const message =
      'records name no record before them: whole records can be removed, repeated and put in another order';
    lints.push({ code: 'missing-link', level: 'warning', path: ['members'], message });
  }
  return lints;
}

function genesis({ genesis: rule, members }: ChainProfile): ChainLint[] {
  if (members.every(({ previous }) => previous === null)) return [];
  const isNone =
    !rule.null && !rule.absent && !rule.zeros && rule.literals.length === 0 && rule.hashes.length === 0;
  if (isNone) {
    const message = 'no value marks the first record: a log whose beginning was cut off looks like any other';
    return [{ code: 'missing-genesis-rule', level: 'warning', path: ['genesis'], message }];
  }
  if (!rule.absent) return [];
  const message =
    'a record without a previous hash is a first record: one that lost the field begins a chain of its own';
  return [{ code: 'weak-genesis', level: 'note', path: ['genesis'], message }];
}

/** Fewer bytes than a birthday search over 2^64 takes to collide. */
const MIN_HASH_BYTES = 16;

/** SHAttered (2017): two files with one SHA-1. */
const WEAK: readonly string[] = ['sha1', 'md5'];

function digest({ digest: form }: ChainProfile): ChainLint[] {
  const lints: ChainLint[] = [];
  if (form.key === null && form.signature === null) {
    const message =
      'hashes need no key: whoever can write the log can change a record and hash all that follow anew; sign its head elsewhere (audit-check seal)';
    lints.push({ code: 'unkeyed', level: 'note', path: ['digest'], message });
  }
  const weak = form.algorithms.filter((name) => WEAK.includes(name));
  const isWeakSignature = form.signature?.algorithm.endsWith('sha1') === true;
  if (weak.length > 0 || isWeakSignature) {
    const name = weak[0] ?? form.signature!.algorithm;
    const message = `${name}: two texts with one SHA-1 can be made (shattered.io, 2017); expected sha256 or better`;
    lints.push({ code: 'weak-algorithm', level: 'warning', path: ['digest'], message });
  }
  const bytes = Math.min(
    form.bytes ?? Number.POSITIVE_INFINITY,
    ...form.algorithms.map((name) => DIGEST_BYTES[name]!),
  );
  if (form.signature === null && bytes < MIN_HASH_BYTES) {
    const message = `${count(bytes, 'byte')} of a hash are kept: two records that share them are found in some 2^${bytes * 4} tries`;
    lints.push({ code: 'short-hash', level: 'warning', path: ['digest', 'bytes'], message });
  }
  return lints;
}

const LEVELS: Readonly<Partial<Record<ChainLintCode, ChainLintLevel>>> = {
  'same-value': 'note',
  'ambiguous-none': 'warning',
  'ambiguous-type': 'warning',
  'ambiguous-text': 'warning',
};

const MEANINGS: Readonly<Partial<Record<ChainLintCode, string>>> = {
  'ambiguous-none': 'fields can be added and taken away without a trace',
  'ambiguous-type': 'a value can become another one without a trace',
  'ambiguous-text': 'a text can become another one without a trace',
  'ambiguous-seam': 'text can be moved between fields without a trace',
  'ambiguous-number': 'a number can become another one without a trace',
  'ambiguous-time': 'a time can become another one without a trace',
  'ambiguous-escape': 'a text can become another one without a trace',
  'same-value': 'only the spelling of the value can change, which verify says where bytes matter',
};

/** Of each kind of record that the profile tells apart; a code is said once. */
function ambiguities(profile: ChainProfile, view: RecordView): ChainLint[] {
  const found = new Map<ChainLintCode, Collision>();
  for (let chosen = 0; chosen < caseCount(profile); chosen++) {
    for (const collision of findCollisions(new MadeRecords(profile, view, chosen))) {
      const known = found.get(collision.code);
      if (known === undefined) found.set(collision.code, collision);
      else known.fields.push(...collision.fields.filter((field) => !known.fields.includes(field)));
    }
  }
  return [...found.values()].map(({ code, words, fields, pair }) => ({
    code,
    level: LEVELS[code] ?? 'error',
    path: ['preimage'],
    message: `${words} give one hash (${listed(fields)}): ${MEANINGS[code] ?? ''}`,
    pair,
  }));
}
