/** Licenses of one contract that cover the same use and count it alike: each counts all of it, and is judged by itself. */
import { groupBy } from '../../base/group-by.ts';
import { count as countWords, quote } from '../../base/text-safety.ts';
import type { ContractNote, Covers, License, Term, VersionBound } from './contract.ts';
import { compareVersions } from './versions.ts';

/** Of what a license overlaps so many are named. */
const MAX_NAMED = 5;

/** One note for each license that others after it overlap. */
export function overlapNotes(licenses: readonly License[]): ContractNote[] {
  const alike = groupBy(licenses, countOf);
  return licenses.flatMap((license) => {
    const counted = alike.get(countOf(license))!;
    const others = counted.slice(counted.indexOf(license) + 1).filter((other) => isOverlap(license, other));
    if (others.length === 0) return [];
    const names = others.slice(0, MAX_NAMED).map(({ id }) => quote(id));
    const rest = others.length > MAX_NAMED ? ` and ${countWords(others.length - MAX_NAMED, 'other')}` : '';
    const verb = others.length > 1 ? 'cover' : 'covers';
    return [
      {
        code: 'overlapping-licenses',
        message: `license ${quote(license.id)} covers use that ${names.join(', ')}${rest} ${verb} too, and each of them counts all of it`,
      },
    ];
  });
}

function isOverlap(left: License, right: License): boolean {
  return (
    !left.unlimited &&
    !right.unlimited &&
    isBothCovered(left.covers, right.covers) &&
    isBothInTerm(left.term, right.term)
  );
}

/** What is counted: two limits of another kind, such as one of seats and one of people, may well hold for the same use. */
function countOf({ measure: { count } }: License): string {
  const { what } = count;
  return JSON.stringify([what, 'key' in count && count.key, 'field' in count && count.field]);
}

function isBothCovered(left: Covers, right: Covers): boolean {
  const isNamed = meet(left.features, right.features) || meet(left.meters, right.meters);
  return (
    isNamed &&
    isVersionOfBoth(left.version, right.version) &&
    (left.environments === undefined ||
      right.environments === undefined ||
      meet(left.environments, right.environments))
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

function meet(left: readonly string[], right: readonly string[]): boolean {
  return left.some((one) => right.some((other) => isMet(one.toLowerCase(), other.toLowerCase())));
}

/** Whether some name fits both patterns. */
function isMet(left: string, right: string): boolean {
  if (!/[*?]/.test(left + right)) return left === right;
  // For each place of `left`: whether the patterns up to it and up to the place of `right` fit one name.
  let row = [true, ...[...right].map((_, index) => /^\*+$/.test(right.slice(0, index + 1)))];
  for (const unit of left) {
    const next = [row[0]! && unit === '*'];
    for (const [index, other] of [...right].entries()) {
      const isAny = unit === '*' || other === '*';
      const isOne = unit === '?' || other === '?' || unit === other;
      next.push(isAny ? next[index]! || row[index + 1]! || row[index]! : isOne && row[index]!);
    }
    row = next;
  }
  return row.at(-1)!;
}
