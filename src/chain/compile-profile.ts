/** From the parsed YAML of `rules/chains/NAME.yaml` to a profile; every mistake is said, none is passed over. */
import { isPlainObject } from '../base/plain-value.ts';
import { COMMON_MEMBERS, COMMON_PREVIOUS } from './common-members.ts';
import { excludesOwn } from './coverage.ts';
import { readDigest } from './digest-reader.ts';
import { DocumentReader, type Path, type Say, show } from './document-reader.ts';
import { PreimageReader } from './preimage-reader.ts';
import type {
  ChainMembers,
  ChainProfile,
  CompanionHash,
  Condition,
  Genesis,
  PreimagePart,
  SequenceRule,
} from './profile.ts';

/** Whether a value of `AuditRequest.chains` was compiled already, by who could place its mistakes in a file. */
export function isChainProfile(value: unknown): value is ChainProfile {
  return (
    isPlainObject(value) &&
    typeof value.name === 'string' &&
    isPlainObject(value.digest) &&
    'algorithms' in value.digest
  );
}

/** The profile, or undefined when `problem` was told at least one mistake. */
export function compileProfile(name: string, document: unknown, problem: Say): ChainProfile | undefined {
  let mistakes = 0;
  const reader = new ProfileReader((path, message) => {
    mistakes++;
    problem(path, message);
  });
  const profile = reader.profile(name, document);
  return mistakes > 0 ? undefined : profile;
}

const KEYS = [
  'title',
  'members',
  'digest',
  'preimage',
  'also',
  'when',
  'stream',
  'genesis',
  'sequence',
  'restart',
] as const;

class ProfileReader extends DocumentReader {
  private readonly parts: PreimageReader;

  constructor(say: Say) {
    super(say);
    this.parts = new PreimageReader(say);
  }

  profile(name: string, value: unknown): ChainProfile {
    const document = this.object([], value, KEYS);
    const members = this.members(document.members);
    const unlinked = members.length > 0 && members.every(({ previous }) => previous === null);
    const profile: ChainProfile = {
      name,
      title: this.text(['title'], document.title),
      members,
      digest: readDigest(this, ['digest'], document.digest),
      preimage: this.preimage(document.preimage, members),
      also: this.array(['also'], document.also ?? [], 'a list of further hashes').map((entry, index) =>
        this.companion(['also', index], entry),
      ),
      when: this.parts.conditions(['when'], document.when ?? []),
      stream: this.texts(['stream'], document.stream ?? []),
      genesis: this.genesis(unlinked && document.genesis === undefined ? [] : document.genesis),
      sequence: document.sequence === undefined ? null : this.sequence(document.sequence),
      restart: this.oneOf(['restart'], document.restart ?? 'never', ['never', 'per-file']),
    };
    this.together(profile, unlinked);
    return profile;
  }

  /** What must agree between keys. */
  private together({ digest, members, sequence, when }: ChainProfile, unlinked: boolean): void {
    if (digest.signature !== null && members.some(({ own }) => own === null))
      this.say(['members'], 'expected "own", the field that holds the signature, found none');
    if (digest.ratchet !== null && (sequence === null || sequence.start === null))
      this.say(
        ['digest', 'ratchet'],
        'expected a "sequence" with a "start" too, which says how often the key was changed, found none',
      );
    if (unlinked && when.length === 0)
      this.say(
        ['when'],
        'expected what records without links carry, else every field of that name would be taken for their hash, found nothing',
      );
  }

  private members(value: unknown): readonly ChainMembers[] {
    if (value === 'common') return COMMON_MEMBERS;
    if (value === 'common-previous') return COMMON_PREVIOUS;
    const entries = this.array(
      ['members'],
      value,
      '"common", "common-previous" or a list of {previous, own}',
    );
    const members = entries.map((entry, index) => {
      const path = ['members', index];
      const document = this.object(path, entry, ['previous', 'own']);
      const own = document.own ?? null;
      const previous = document.previous ?? null;
      if (own === null && previous === null)
        this.say(path, 'expected "previous", "own" or both, found neither');
      return {
        previous: previous === null ? null : this.text([...path, 'previous'], previous),
        own: own === null ? null : this.text([...path, 'own'], own),
      };
    });
    for (const key of ['own', 'previous'] as const) {
      if (members.some((each) => each[key] === null) && members.some((each) => each[key] !== null))
        this.say(['members'], `expected ${JSON.stringify(key)} in all alternatives or in none, found both`);
    }
    return members;
  }

  private preimage(value: unknown, members: readonly ChainMembers[]): PreimagePart[] {
    const parts = this.parts.parts(['preimage'], value);
    if (members.some(({ own }) => own === null)) return parts;
    for (const [index, part] of parts.entries()) {
      if (!excludesOwn(part, members))
        this.say(['preimage', index], 'expected "$own" in "without": no record can hold the hash of itself');
    }
    return parts;
  }

  private companion(path: Path, value: unknown): CompanionHash {
    const document = this.object(path, value, ['member', 'digest', 'preimage', 'optional']);
    const member = this.text([...path, 'member'], document.member);
    const preimage = this.parts.parts([...path, 'preimage'], document.preimage);
    for (const [index, part] of preimage.entries()) {
      if (!excludesOwn(part, [{ previous: null, own: member }]))
        this.say(
          [...path, 'preimage', index],
          `expected ${JSON.stringify(member)} in "without": no record can hold the hash of itself`,
        );
    }
    const digest = readDigest(this, [...path, 'digest'], document.digest);
    if (digest.ratchet !== null)
      this.say(
        [...path, 'digest'],
        'expected a digest, an HMAC with one key or a signature, found a ratchet',
      );
    const optional = this.boolean([...path, 'optional'], document.optional ?? false);
    return { member, digest, preimage, optional };
  }

  private genesis(value: unknown): Genesis {
    const literals: string[] = [];
    const hashes: PreimagePart[][] = [];
    let given: Condition[] | null = null;
    const entries = this.array(
      ['genesis'],
      value,
      'a list of null, "", absent, zeros, {literal: …}, {hash: …} or {given: …}',
    );
    for (const [index, entry] of entries.entries()) {
      const path = ['genesis', index];
      if (entry === '') literals.push('');
      else if (isPlainObject(entry) && 'given' in entry) {
        given = this.parts.conditions([...path, 'given'], this.object(path, entry, ['given']).given);
      } else if (isPlainObject(entry) && 'hash' in entry) {
        hashes.push(this.parts.parts([...path, 'hash'], this.object(path, entry, ['hash']).hash));
      } else if (isPlainObject(entry)) {
        literals.push(
          this.text([...path, 'literal'], this.object(path, entry, ['literal', 'hash', 'given']).literal),
        );
      } else if (entry !== null && entry !== 'absent' && entry !== 'zeros') {
        this.say(
          path,
          `expected null, "", absent, zeros, {literal: …}, {hash: …} or {given: …}, found ${show(entry)}`,
        );
      }
    }
    return {
      null: entries.includes(null),
      absent: entries.includes('absent'),
      zeros: entries.includes('zeros'),
      literals,
      hashes,
      given,
    };
  }

  private sequence(value: unknown): SequenceRule {
    const path = ['sequence'];
    const document = this.object(path, value, ['field', 'start', 'step', 'gaps']);
    const field = document.field;
    const start = document.start ?? null;
    const step = document.step ?? 1;
    if (start !== null && !Number.isSafeInteger(start)) {
      this.say([...path, 'start'], `expected a whole number, found ${show(start)}`);
    }
    if (!Number.isSafeInteger(step) || step === 0) {
      this.say([...path, 'step'], `expected a whole number other than 0, found ${show(step)}`);
    }
    return {
      fields: this.texts([...path, 'field'], Array.isArray(field) ? field : [field]),
      start: start === null ? null : Number(start),
      step: Number(step),
      gaps: this.boolean([...path, 'gaps'], document.gaps ?? false),
    };
  }
}
