/** What a pre-image covers: which fields it hashes, which members it leaves out, whether it can be read in two ways. */
import { keepsApart } from './escapes.ts';
import type { ChainMembers, ChainProfile, PreimagePart } from './profile.ts';

/** Fields that the parts hash; undefined for the whole record. */
type Covered = ReadonlySet<string> | undefined;

/** The fields that the hash covers; undefined when it covers the whole record, but for `unhashedMembers`. */
export function hashedFields(profile: Pick<ChainProfile, 'preimage'>): string[] | undefined {
  const covered = coveredByAll(profile.preimage);
  return covered && [...covered];
}

function coveredByAll(parts: readonly PreimagePart[]): Covered {
  const all = new Set<string>();
  for (const part of parts) {
    const covered = coveredBy(part);
    if (covered === undefined) return undefined;
    for (const field of covered) all.add(field);
  }
  return all;
}

function coveredBy(part: PreimagePart): Covered {
  switch (part.kind) {
    case 'raw':
      return undefined;
    case 'canonical':
    case 'json':
      return coveredByJson(part);
    case 'field':
    case 'number':
    case 'bytes':
      return named(part.path);
    case 'entries':
      return named(part.of);
    case 'join':
      return coveredByAll(part.items);
    case 'pairs':
      return coveredByAll(part.items.map(({ value }) => value));
    case 'length-prefixed':
    case 'hash':
      return coveredByAll(part.parts);
    case 'choose':
      return coveredByEach(part.cases.map(({ parts }) => coveredByAll(parts)));
    // Of a tag only that there is a value.
    case 'tag':
    case 'literal':
    case 'literal-bytes':
    case 'previous':
      return NONE;
  }
}

const NONE: Covered = new Set();

function named(path: string): Covered {
  return path.startsWith('$') ? NONE : new Set([path]);
}

function coveredByJson({
  of,
  only,
  without,
}: Extract<PreimagePart, { kind: 'canonical' | 'json' }>): Covered {
  if (only !== undefined) {
    const below = (path: string) => (of === null ? path : `${of}.${path}`);
    const fields = only.flatMap(({ value }) => {
      if ('parts' in value) return [...(coveredByAll(value.parts) ?? [])];
      return value.path.startsWith('$') ? [] : [below(value.path)];
    });
    const inner = only.some(({ value }) => 'parts' in value && coveredByAll(value.parts) === undefined);
    return inner ? undefined : new Set(fields);
  }
  if (of === null) return undefined;
  const left = without.filter((path) => path.startsWith(`${of}.`));
  return new Set([left.length === 0 ? of : `${of} (without ${left.join(', ')})`]);
}

/** Of several kinds of record what is hashed in each, and with a word of doubt what is hashed in some. */
function coveredByEach(sets: readonly Covered[]): Covered {
  const listed = sets.filter((set) => set !== undefined);
  if (listed.length === 0) return undefined;
  const all = new Set(listed.flatMap((set) => [...set]));
  return new Set(
    [...all].map((field) =>
      listed.every((set) => set.has(field)) ? field : `${field} (in some kinds of record)`,
    ),
  );
}

/** The members that a hash of the whole record leaves out beside those of the chain, wherever they are. */
export function unhashedMembers(profile: ChainProfile): string[] {
  if (hashedFields(profile) !== undefined) return [];
  const ofChain = (path: string) =>
    path.startsWith('$') ||
    profile.members.some(({ own, previous }) => [own, previous].some((name) => isUnder(name, path)));
  const named = namedFields(profile.preimage);
  const wholes = profile.preimage.filter((part) => coveredBy(part) === undefined);
  const left = wholes.map((part) => leftOut(part).filter((path) => !ofChain(path) && !named.has(path)));
  const [first = [], ...others] = left;
  return first.filter((path) => others.every((each) => each.includes(path)));
}

/** Fields that parts name, beside what hashes the whole record. */
function namedFields(parts: readonly PreimagePart[]): Set<string> {
  const fields = new Set<string>();
  for (const part of parts) {
    const inner =
      part.kind === 'join'
        ? part.items
        : part.kind === 'pairs'
          ? part.items.map(({ value }) => value)
          : part.kind === 'length-prefixed' || part.kind === 'hash'
            ? part.parts
            : undefined;
    for (const field of inner === undefined ? (coveredBy(part) ?? []) : namedFields(inner)) fields.add(field);
  }
  return fields;
}

function isUnder(name: string | null, path: string): boolean {
  return name !== null && (name === path || name.startsWith(`${path}.`));
}

function isBelow(name: string, paths: readonly string[]): boolean {
  return paths.some((path) => isUnder(name, path));
}

function leftOut(part: PreimagePart): readonly string[] {
  switch (part.kind) {
    case 'raw':
    case 'canonical':
    case 'json':
      return part.without;
    case 'join':
      return part.items.flatMap(leftOut);
    case 'pairs':
      return part.items.flatMap(({ value }) => leftOut(value));
    case 'length-prefixed':
    case 'hash':
      return part.parts.flatMap(leftOut);
    case 'choose':
      return part.cases.flatMap(({ parts }) => parts.flatMap(leftOut));
    default:
      return [];
  }
}

/** The stream fields that are not hashed: records can be moved between the streams they name. */
export function unhashedStreamFields(profile: ChainProfile): string[] {
  const hashed = hashedFields(profile);
  if (hashed === undefined) return profile.stream.filter((path) => unhashedMembers(profile).includes(path));
  return profile.stream.filter((path) => !hashed.includes(path));
}

/** How far the end of a part's text can be told from the text itself. */
type Shape = 'fixed' | 'delimited' | 'free';

/** Whether text can be moved from one value to the next while the hash stays. */
export function isAmbiguous(profile: Pick<ChainProfile, 'preimage'>): boolean {
  return hasSeam(profile.preimage);
}

/** Values one after the other: with one free text the rest tells its ends, with two it does not. */
function hasSeam(parts: readonly PreimagePart[]): boolean {
  if (parts.some(isSeamed)) return true;
  const shapes = parts.map(shapeOf);
  const free = shapes.filter((shape) => shape === 'free').length;
  return free > 1 || (free === 1 && shapes.includes('delimited'));
}

function isSeamed(part: PreimagePart): boolean {
  switch (part.kind) {
    case 'join': {
      if (part.items.some(isSeamed)) return true;
      if (part.items.some(({ kind }) => kind === 'tag' || kind === 'number' || kind === 'bytes')) return true;
      const free = part.items.filter((item) => shapeOf(item) !== 'fixed').length;
      // A part that is left out takes its separator along, so that the rest moves up.
      if (part.items.some(isLeftOut)) return free > 1;
      return free > 1 && !keepsApart(part.escapes, [part.separator]);
    }
    case 'pairs': {
      if (part.items.some(({ value }) => isSeamed(value))) return true;
      const free = part.items.filter(({ value }) => shapeOf(value) !== 'fixed').length;
      return free > 1 && !keepsApart(part.escapes, [part.separator]);
    }
    case 'entries':
      return !keepsApart(part.escapes, [part.separator, part.equals]);
    case 'length-prefixed':
    case 'hash':
      return hasSeam(part.parts);
    case 'choose':
      return part.cases.some(({ parts }) => hasSeam(parts));
    default:
      return false;
  }
}

function isLeftOut(part: PreimagePart): boolean {
  if (part.kind === 'entries') return part.absent === null;
  return part.kind === 'field' && (part.absent === null || part.null === null);
}

function shapeOf(part: PreimagePart): Shape {
  switch (part.kind) {
    case 'literal':
    case 'literal-bytes':
    case 'previous':
    case 'tag':
    case 'number':
    case 'hash':
      return 'fixed';
    case 'length-prefixed':
      return 'fixed';
    case 'canonical':
    case 'json':
    case 'raw':
      return 'delimited';
    case 'field':
      if (part.path === '$previous' || part.path === '$own') return 'fixed';
      return part.format.kind === 'time' && typeof part.format.fraction === 'number' ? 'fixed' : 'free';
    case 'join':
      return part.items.every((item) => shapeOf(item) === 'fixed') ? 'fixed' : 'free';
    default:
      return 'free';
  }
}

/** Whether a part leaves the record's own hash out, as it must. */
export function excludesOwn(part: PreimagePart, members: readonly ChainMembers[]): boolean {
  switch (part.kind) {
    case 'raw':
    case 'canonical':
    case 'json': {
      if (part.kind !== 'raw' && (part.of !== null || part.only !== undefined)) return true;
      const { without } = part;
      return without.includes('$own') || members.every(({ own }) => own !== null && isBelow(own, without));
    }
    case 'join':
      return part.items.every((item) => excludesOwn(item, members));
    case 'pairs':
      return part.items.every(({ value }) => excludesOwn(value, members));
    case 'length-prefixed':
    case 'hash':
      return part.parts.every((each) => excludesOwn(each, members));
    case 'choose':
      return part.cases.every(({ parts }) => parts.every((each) => excludesOwn(each, members)));
    default:
      return true;
  }
}
