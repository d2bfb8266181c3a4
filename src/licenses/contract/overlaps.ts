/** Licenses of one contract that cover the same use and count it alike: each counts all of it, and is judged by itself. */
import { groupBy } from '../../base/group-by.ts';
import { count as countWords, quote } from '../../base/text-safety.ts';
import type { ContractNote, Covers, License, Term, VersionBound } from './contract.ts';
import { costOf, type IndexedName, isMet, NameIndex, toIndexed } from './name-index.ts';
import { compareVersions } from './versions.ts';

/** Of what a license overlaps so many are named. */
const MAX_NAMED = 5;

/** Steps of the search, of some 100 ns each (measured): a contract may hold any number of patterns, and any length of them. */
const MAX_WORK = 3_000_000;

/** One note for each license that others after it overlap. Once the work is more than `most`, one says where the search ended. */
export function overlapNotes(licenses: readonly License[], most = MAX_WORK): ContractNote[] {
  const search = new OverlapSearch(licenses, most);
  const notes: ContractNote[] = [];
  for (const [index, license] of licenses.entries()) {
    const others = search.after(index);
    if (others === undefined) {
      notes.push({
        code: 'overlapping-licenses',
        message: `license ${quote(license.id)} and those after it were not searched for use that several cover: names and patterns that may fit the same are too many`,
      });
      break;
    }
    if (others.length === 0) continue;
    const names = others.slice(0, MAX_NAMED).map(({ id }) => quote(id));
    const rest = others.length > MAX_NAMED ? ` and ${countWords(others.length - MAX_NAMED, 'other')}` : '';
    const verb = others.length > 1 ? 'cover' : 'covers';
    notes.push({
      code: 'overlapping-licenses',
      message: `license ${quote(license.id)} covers use that ${names.join(', ')}${rest} ${verb} too, and each of them counts all of it`,
    });
  }
  return notes;
}

class OverlapSearch {
  private readonly licenses: readonly License[];
  private left: number;
  private readonly names: readonly (readonly IndexedName[])[];
  private readonly counts: readonly string[];
  private readonly indexes: ReadonlyMap<string, NameIndex>;

  constructor(licenses: readonly License[], most: number) {
    this.licenses = licenses;
    this.left = most;
    this.names = licenses.map((license, index) => (license.unlimited ? [] : namesOf(license.covers, index)));
    this.counts = licenses.map(countOf);
    const alike = groupBy(this.names.flat(), ({ owner }) => this.counts[owner]!);
    this.indexes = new Map([...alike].map(([count, names]) => [count, new NameIndex(names)]));
  }

  /** Those after the license that overlap it; undefined where that would take too long. */
  after(index: number): License[] | undefined {
    const license = this.licenses[index]!;
    /** Whether they overlap: what one name tells, no other need tell again. */
    const known = new Map<number, boolean>();
    for (const name of this.names[index]!) {
      for (const other of this.indexes.get(this.counts[index]!)!.near(name)) {
        if (--this.left < 0) return undefined;
        const { owner } = other;
        if (owner <= index || known.has(owner)) continue;
        if (!isForSameUse(license, this.licenses[owner]!)) known.set(owner, false);
        else {
          this.left -= costOf(name, other);
          if (this.left < 0) return undefined;
          if (isMet(name, other)) known.set(owner, true);
        }
      }
    }
    const found = [...known].flatMap(([owner, isOverlap]) => (isOverlap ? [owner] : []));
    return found.toSorted((a, b) => a - b).map((owner) => this.licenses[owner]!);
  }
}

/** Features and meters are told apart by a letter before them. */
function namesOf({ features, meters }: Covers, owner: number): IndexedName[] {
  const names = [...features.map((name) => `f${name}`), ...meters.map((name) => `m${name}`)];
  return [...new Set(names.map((name) => name.toLowerCase()))].map((name) => toIndexed(name, owner));
}

/** How it is counted: two limits of another kind, as of a peak and a mean of seats, may well hold for the same use. */
function countOf({ measure: { count, each, eachAtLeast, take, over, anchor } }: License): string {
  return JSON.stringify([count, each, eachAtLeast, take, over, anchor], (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

/** But for the names of what they cover. */
function isForSameUse({ covers: left, term }: License, { covers: right, term: other }: License): boolean {
  return (
    isBothInTerm(term, other) &&
    isVersionOfBoth(left.version, right.version) &&
    (left.environments === undefined ||
      right.environments === undefined ||
      isAnyMet(left.environments, right.environments))
  );
}

/** Without a beginning a term is one that only expires. */
function isBothInTerm(left: Term | undefined, right: Term | undefined): boolean {
  const isBefore = (one: Term | undefined, other: Term | undefined) =>
    one !== undefined && other?.from !== undefined && one.until.instant <= other.from.instant;
  return !isBefore(left, right) && !isBefore(right, left);
}

function isVersionOfBoth(left: VersionBound | undefined, right: VersionBound | undefined): boolean {
  if (left === undefined || right === undefined) return true;
  const [low, high] = [left, right].toSorted((a, b) => compareVersions(a.version, b.version));
  const order = compareVersions(low!.version, high!.version);
  const isUp = low!.comparison.startsWith('>');
  const isDown = high!.comparison.startsWith('<');
  if (order === 0) {
    const isEither = (of: string) => left.comparison.startsWith(of) && right.comparison.startsWith(of);
    return (
      isEither('<') || isEither('>') || [left, right].every(({ comparison }) => comparison.endsWith('='))
    );
  }
  return isUp || isDown;
}

function isAnyMet(left: readonly string[], right: readonly string[]): boolean {
  const names = (list: readonly string[]) => list.map((name) => toIndexed(name.toLowerCase(), 0));
  const others = names(right);
  return names(left).some((one) => others.some((other) => isMet(one, other)));
}
