/** Which entries of a waivers file are for a finding; one walk over the entries for each pair of rule and code. */
import { getOrCreate } from '../base/get-or-create.ts';
import { allSaid } from '../model/also-said.ts';
import type { Finding } from '../model/finding.ts';
import { MAX_RELATED } from '../model/relation.ts';
import { mayHideFiles } from '../model/told-places.ts';
import { anyGlob } from '../model/verdict.ts';
import { OF_LICENSES } from './baseline.ts';
import type { Coverage, MatchKey, WaiverEntry } from './waiver-file.ts';

/** `partly`: those for what the finding says first, and not for all that it says. */
export type Fitting = { entries: WaiverEntry[]; partly: WaiverEntry[] };

type Candidate = { entry: WaiverEntry; fits: (finding: Finding) => boolean };

/** In the order of the file. */
export function createMatcher(entries: readonly WaiverEntry[]): (finding: Finding) => Fitting {
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
    const fitting = some.filter(({ fits }) => fits(finding)).map(({ entry }) => entry);
    const { also, moreSaid, ...first } = finding;
    if (also === undefined && moreSaid === undefined) return { entries: fitting, partly: [] };
    const partly = some.filter(({ entry, fits }) => !fitting.includes(entry) && fits(first));
    return { entries: fitting, partly: partly.map(({ entry }) => entry) };
  };
}

/** Every one of them must fit; none are given where they are not known. */
const VALUES_OF: Record<MatchKey, (finding: Finding) => string[]> = {
  file: filesOf,
  subject: ({ subject }) => (subject === undefined ? [] : [subject]),
  fingerprint: ({ fingerprint }) => [fingerprint],
  // What one accepts of one event says nothing of another, and one that nobody is told of could say anything.
  message: allSaid,
};

/** What one accepts of one file says nothing of the events of another: those that no place names could lie in any. */
function filesOf(finding: Finding): string[] {
  const { rule, place, related = [] } = finding;
  // A license is judged by the use in all its logs, of which the places are witnesses.
  const isCut = rule.startsWith(OF_LICENSES) ? related.length >= MAX_RELATED : mayHideFiles(finding);
  return isCut ? [] : [place, ...related].map(({ file }) => file);
}

function compileMatch(match: Coverage['match']): (finding: Finding) => boolean {
  const tests = match.map(({ key, patterns }) => ({ read: VALUES_OF[key], fits: anyGlob(patterns) }));
  return (finding) =>
    tests.every(({ read, fits }) => {
      const values = read(finding);
      return values.length > 0 && values.every(fits);
    });
}
