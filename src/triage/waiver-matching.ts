/** Which entries of a waivers file are for a finding; one walk over the entries for each pair of rule and code. */
import { getOrCreate } from '../base/get-or-create.ts';
import type { Finding } from '../model/finding.ts';
import { anyGlob } from '../model/verdict.ts';
import type { Coverage, MatchKey, WaiverEntry } from './waiver-file.ts';

type Candidate = { entry: WaiverEntry; fits: (finding: Finding) => boolean };

/** In the order of the file. */
export function createMatcher(entries: readonly WaiverEntry[]): (finding: Finding) => WaiverEntry[] {
  const compiled = entries.flatMap((entry) =>
    entry.covers === undefined
      ? []
      : [{ entry, isForRule: anyGlob(entry.covers.rules), fits: compileMatch(entry.covers.match) }],
  );
  const candidates = new Map<string, Candidate[]>();
  return (finding) => {
    const { rule, code } = finding;
    const some = getOrCreate(candidates, JSON.stringify([rule, code]), () =>
      compiled.filter(({ isForRule }) => isForRule(rule) || isForRule(code)),
    );
    return some.filter(({ fits }) => fits(finding)).map(({ entry }) => entry);
  };
}

const VALUE_OF: Record<MatchKey, (finding: Finding) => string | undefined> = {
  file: ({ place }) => place.file,
  subject: ({ subject }) => subject,
  fingerprint: ({ fingerprint }) => fingerprint,
  message: ({ message }) => message,
};

function compileMatch(match: Coverage['match']): (finding: Finding) => boolean {
  const tests = match.map(({ key, patterns }) => ({ read: VALUE_OF[key], fits: anyGlob(patterns) }));
  return (finding) =>
    tests.every(({ read, fits }) => {
      const value = read(finding);
      return value !== undefined && fits(value);
    });
}
