/** Where the log is silent as if a file were missing, in words: what happened there nobody knows. */
import { formatInstant, type Instant } from '../../base/instant.ts';
import { type Coverage, type Covered, coverageOf } from '../../model/relation.ts';
import { missingStretches } from '../contract/periods.ts';

/** The first stretch without a file that reaches beyond `begin`. */
export function silenceAfter(covered: Covered, begin: Instant): string | undefined {
  const hole = covered.holes?.find(({ until }) => until >= begin);
  if (hole === undefined) return undefined;
  return `the log holds nothing between ${formatInstant(hole.from - 1n)} and ${formatInstant(hole.until + 1n)}, as if a file were missing`;
}

/** The same, and what lacks of one server of several, or by what the log itself says. */
export function lackAfter(coverage: Coverage, begin: Instant): string | undefined {
  const covered = coverageOf(coverage, 0);
  const silence = covered && silenceAfter(covered, begin);
  if (silence !== undefined) return silence;
  const lack = missingStretches(coverage).find(({ until }) => until >= begin);
  return (
    lack && `part of the log is missing between ${formatInstant(lack.from)} and ${formatInstant(lack.until)}`
  );
}
