/** Names in a hold that fit nothing of an archive: they may be misspelled, and what they are meant to keep would be deleted. */
import { didYouMean, nearestName } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { type HeldSegment, isFileOf, isHeldBy, type LegalHold } from './legal-hold.ts';

/**
 * `segments`: all that the archive has or had. A time range that fits nothing is no mistake of a name, and manifests name no
 * tenants.
 */
export function describeUnfit(hold: LegalHold, segments: readonly HeldSegment[]): string[] {
  const who = `hold ${quote(hold.id)}`;
  const classes = [...new Set(segments.map((segment) => segment.class))];
  const files = [...new Set(segments.map(({ name }) => name))];
  const sources = new Set(segments.map(({ source }) => source));
  const faults = [
    ...hold.classes
      .filter((name) => !classes.includes(name))
      .map((name) => `the class ${quote(name)}, which no segment has${didYouMean(name, classes)}`),
    // What was recognized as no source may hold records of any.
    ...hold.sources
      .filter((name) => !sources.has(name) && !sources.has(null))
      .map((name) => `the source ${quote(name)}, which no segment has`),
    ...hold.files
      .filter((pattern) => !files.some((name) => isFileOf(pattern, name)))
      .map((pattern) => `the file ${quote(pattern)}, which no segment is of${example(pattern, files)}`),
  ].map((what) => `${who} names ${what}`);
  const { events: _, ...named } = hold;
  if (faults.length > 0 || segments.some((segment) => isHeldBy(named, segment))) return faults;
  return [`${who} names sources, classes and files of segments, but no segment has all that it names`];
}

function example(pattern: string, files: readonly string[]): string {
  const shown = nearestName(pattern, files) ?? files[0];
  return shown === undefined ? '' : `; one is of ${quote(shown)}`;
}
