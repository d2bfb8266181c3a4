/**
 * From the parsed YAML of `rules/chains/NAME.yaml` to a profile; every mistake is said, none is passed over.
 * Over 250 lines: one reader for one format, each key once.
 */
import { DIGEST_NAMES, toDigestName } from '../base/digest.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { isPlainObject } from '../base/plain-value.ts';
import { quote } from '../base/text-safety.ts';
import { COMMON_MEMBERS, COMMON_PREVIOUS } from './common-members.ts';
import { KEY_ORDERS } from './json-form.ts';
import {
  CHAIN_ENCODINGS,
  type ChainDigest,
  type ChainMembers,
  type ChainProfile,
  type Genesis,
  type PreimagePart,
  type SequenceRule,
} from './profile.ts';

type Path = readonly (string | number)[];
type Say = (path: (string | number)[], message: string) => void;
type Document = Record<string, unknown>;

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

class ProfileReader {
  readonly say: Say;

  constructor(say: Say) {
    this.say = say;
  }

  profile(name: string, value: unknown): ChainProfile {
    const known = ['title', 'members', 'digest', 'preimage', 'stream', 'genesis', 'sequence', 'restart'];
    const document = this.object([], value, known);
    const members = this.members(document.members);
    return {
      name,
      title: this.text(['title'], document.title),
      members,
      digest: this.digest(document.digest),
      preimage: this.preimage(document.preimage, members),
      stream: this.texts(['stream'], document.stream ?? []),
      genesis: this.genesis(document.genesis),
      sequence: document.sequence === undefined ? null : this.sequence(document.sequence),
      restart: this.oneOf(['restart'], document.restart ?? 'never', ['never', 'per-file']),
    };
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
      return {
        previous: this.text([...path, 'previous'], document.previous),
        own: own === null ? null : this.text([...path, 'own'], own),
      };
    });
    if (members.some(({ own }) => own === null) && members.some(({ own }) => own !== null)) {
      this.say(['members'], 'expected "own" in all alternatives or in none, found both');
    }
    return members;
  }

  private digest(value: unknown): ChainDigest {
    const path = ['digest'];
    const document = this.object(path, value, ['algorithm', 'encoding', 'strip', 'bytes', 'key']);
    const written = document.algorithm;
    const names = this.texts([...path, 'algorithm'], Array.isArray(written) ? written : [written]);
    const algorithms = names.map((name) => {
      const algorithm = toDigestName(name);
      if (algorithm === undefined && name !== '') {
        this.say(
          [...path, 'algorithm'],
          `expected one of ${DIGEST_NAMES.join(', ')}, found ${quote(name)}${didYouMean(name, DIGEST_NAMES)}`,
        );
      }
      return algorithm ?? 'sha256';
    });
    if (Array.isArray(written) && written.length === 0)
      this.say([...path, 'algorithm'], 'expected an algorithm, found none');
    const bytes = document.bytes ?? null;
    if (bytes !== null && !(Number.isInteger(bytes) && Number(bytes) >= 8 && Number(bytes) <= 64)) {
      // Fewer than 8 bytes are found by trial in an hour: that is a checksum, not a chain.
      this.say([...path, 'bytes'], `expected a whole number from 8 to 64, found ${show(bytes)}`);
    }
    return {
      algorithms,
      encoding: this.oneOf([...path, 'encoding'], document.encoding ?? 'hex', CHAIN_ENCODINGS),
      strip: this.texts([...path, 'strip'], document.strip ?? []),
      bytes: bytes === null ? null : Number(bytes),
      key: document.key === undefined ? null : this.text([...path, 'key'], document.key),
    };
  }

  private preimage(value: unknown, members: readonly ChainMembers[]): PreimagePart[] {
    const entries = this.array(['preimage'], value, 'a list of parts');
    if (Array.isArray(value) && value.length === 0)
      this.say(['preimage'], 'expected at least one part, found none');
    const parts = entries.map((entry, index) => this.part(['preimage', index], entry));
    if (members.some(({ own }) => own === null)) return parts;
    for (const [index, part] of parts.entries()) {
      if (
        (part.kind === 'raw' || part.kind === 'canonical' || part.kind === 'json') &&
        !excludesOwn(part, members)
      ) {
        this.say(['preimage', index], 'expected "$own" in "without": no record can hold the hash of itself');
      }
    }
    return parts;
  }

  private part(path: Path, value: unknown): PreimagePart {
    const kinds = ['raw', 'canonical', 'json', 'field', 'join', 'literal', 'previous'];
    const keys = isPlainObject(value) ? Object.keys(value) : [];
    if (typeof value !== 'string' && keys.length !== 1) {
      this.say([...path], `expected one of ${kinds.join(', ')}, found ${show(value)}`);
      return { kind: 'previous' };
    }
    const kind = typeof value === 'string' ? value : keys[0]!;
    const options = isPlainObject(value) ? value[kind] : {};
    const at = isPlainObject(value) ? [...path, kind] : path;
    switch (kind) {
      case 'previous':
        if (isPlainObject(value)) this.say([...at], 'expected "previous" without options');
        return { kind };
      case 'literal':
        return { kind, text: this.anyText(at, isPlainObject(value) ? options : undefined) };
      case 'field':
        return {
          kind: 'join',
          fields: [this.text(at, isPlainObject(value) ? options : undefined)],
          separator: '',
        };
      case 'join': {
        const document = this.object(at, options, ['fields', 'separator']);
        const fields = this.texts([...at, 'fields'], document.fields);
        return { kind, fields, separator: this.anyText([...at, 'separator'], document.separator) };
      }
      case 'raw': {
        const document = this.object(at, options, ['without']);
        return { kind, without: this.texts([...at, 'without'], document.without ?? []) };
      }
      case 'canonical': {
        const document = this.object(at, options, ['without', 'of']);
        return { kind, ...this.subject(at, document) };
      }
      case 'json':
        return this.jsonPart(at, options);
      default:
        this.say(
          [...path],
          `expected one of ${kinds.join(', ')}, found ${quote(kind)}${didYouMean(kind, kinds)}`,
        );
        return { kind: 'previous' };
    }
  }

  private jsonPart(path: Path, options: unknown): PreimagePart {
    const document = this.object(path, options, ['sort', 'separators', 'ascii', 'without', 'of']);
    const separators = this.array(
      [...path, 'separators'],
      document.separators ?? [',', ':'],
      'two separators',
    );
    if (separators.length !== 2)
      this.say([...path, 'separators'], `expected two separators, found ${separators.length}`);
    const [item, key] = separators.map((text, index) => this.anyText([...path, 'separators', index], text));
    const ascii = document.ascii ?? false;
    if (typeof ascii !== 'boolean')
      this.say([...path, 'ascii'], `expected true or false, found ${show(ascii)}`);
    const sort = this.oneOf([...path, 'sort'], document.sort ?? 'none', KEY_ORDERS);
    return {
      kind: 'json',
      form: { sort, item: item ?? ',', key: key ?? ':', ascii: ascii === true },
      ...this.subject(path, document),
    };
  }

  private subject(path: Path, document: Document): { without: string[]; of: string | null } {
    return {
      without: this.texts([...path, 'without'], document.without ?? []),
      of: document.of === undefined ? null : this.text([...path, 'of'], document.of),
    };
  }

  private genesis(value: unknown): Genesis {
    const literals: string[] = [];
    const entries = this.array(['genesis'], value, 'a list of null, "", absent, zeros or {literal: …}');
    for (const [index, entry] of entries.entries()) {
      const path = ['genesis', index];
      if (entry === '') literals.push('');
      else if (isPlainObject(entry)) {
        literals.push(this.text([...path, 'literal'], this.object(path, entry, ['literal']).literal));
      } else if (entry !== null && entry !== 'absent' && entry !== 'zeros') {
        this.say(path, `expected null, "", absent, zeros or {literal: …}, found ${show(entry)}`);
      }
    }
    return {
      null: entries.includes(null),
      absent: entries.includes('absent'),
      zeros: entries.includes('zeros'),
      literals,
    };
  }

  private sequence(value: unknown): SequenceRule {
    const path = ['sequence'];
    const document = this.object(path, value, ['field', 'start', 'step', 'gaps']);
    const field = document.field;
    const gaps = document.gaps ?? false;
    if (typeof gaps !== 'boolean') this.say([...path, 'gaps'], `expected true or false, found ${show(gaps)}`);
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
      gaps: gaps === true,
    };
  }

  private object(path: Path, value: unknown, known: readonly string[]): Document {
    if (!isPlainObject(value)) {
      this.say([...path], `expected keys and values, found ${show(value)}`);
      return {};
    }
    for (const key of Object.keys(value)) {
      if (!known.includes(key))
        this.say([...path, key], `unknown key ${quote(key)}${didYouMean(key, known)}`);
    }
    return value;
  }

  private array(path: Path, value: unknown, expected: string): unknown[] {
    if (Array.isArray(value)) return value;
    this.say([...path], `expected ${expected}, found ${show(value)}`);
    return [];
  }

  private texts(path: Path, value: unknown): string[] {
    return this.array(path, value, 'a list of texts').map((entry, index) =>
      this.text([...path, index], entry),
    );
  }

  private text(path: Path, value: unknown): string {
    if (value === '') this.say([...path], 'expected a text, found ""');
    return this.anyText(path, value);
  }

  private anyText(path: Path, value: unknown): string {
    if (typeof value === 'string') return value;
    this.say([...path], `expected a text, found ${show(value)}`);
    return '';
  }

  private oneOf<Word extends string>(path: Path, value: unknown, words: readonly Word[]): Word {
    const word = words.find((candidate) => candidate === value);
    if (word !== undefined) return word;
    const hint = typeof value === 'string' ? didYouMean(value, words) : '';
    this.say([...path], `expected one of ${words.join(', ')}, found ${show(value)}${hint}`);
    return words[0]!;
  }
}

function excludesOwn(
  part: { without: readonly string[] } & Partial<{ of: string | null }>,
  members: readonly ChainMembers[],
): boolean {
  if (part.of !== undefined && part.of !== null) return true;
  return (
    part.without.includes('$own') || members.every(({ own }) => own !== null && part.without.includes(own))
  );
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? quote(value) : (JSON.stringify(value)?.slice(0, 80) ?? typeof value);
}
