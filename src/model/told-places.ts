/** The places that a finding names: few of many, and one of each file, since a waiver may be for files. */
import { count } from '../base/text-safety.ts';
import type { Finding } from './finding.ts';
import type { Place } from './place.ts';
import { MAX_RELATED } from './relation.ts';

/** However many files there are. */
export const MAX_TOLD = 100;

/** `first` is the place of the finding itself, `related` grows. */
export function tellPlace(first: Place, related: Place[], place: Place): void {
  if (related.length < MAX_RELATED) related.push(place);
  else if (related.length < MAX_TOLD && !isFileTold(first, related, place.file)) related.push(place);
}

/** Those that another one tells. Where they may lack a file, so do these. */
export function tellPlaces(first: Place, related: Place[], others: readonly Place[]): void {
  if (others.length >= MAX_TOLD) related.push(...others.slice(0, MAX_TOLD - related.length));
  else for (const place of others) tellPlace(first, related, place);
}

export function toldPlaces(first: Place, others: readonly Place[]): Place[] {
  const related: Place[] = [];
  for (const place of others) tellPlace(first, related, place);
  return related;
}

/** Whether it may stand for what lies in files that none of its places names. */
export function mayHideFiles({ related = [] }: Pick<Finding, 'related'>): boolean {
  return related.length >= MAX_TOLD;
}

/** The last first: most often the next event is of the same file. */
function isFileTold(first: Place, related: readonly Place[], file: string): boolean {
  return related.findLast((place) => place.file === file) !== undefined || first.file === file;
}

/** How files are called together: by the first, and how many more. */
export function fileList(files: readonly string[]): string {
  const [first = '', ...rest] = [...new Set(files)];
  if (rest.length === 0) return first;
  return rest.length === 1 ? `${first}, ${rest[0]}` : `${first} and ${count(rest.length, 'more file')}`;
}

/** Names one place of each file that no place names yet: what is accepted of one file says nothing of another. */
export function tellFiles(first: Place, related: Place[], places: Iterable<Place>): void {
  for (const place of places) {
    if (!isFileTold(first, related, place.file)) tellPlace(first, related, place);
  }
}
