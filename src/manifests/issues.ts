/** Problems of lists of digests: those of one list with one code become one finding with a count. */
import { count } from '../base/text-safety.ts';
import { type Finding, toFingerprint } from '../model/finding.ts';
import type { Place } from '../model/place.ts';
import { toldPlaces } from '../model/told-places.ts';
import { MANIFESTS, type ManifestCode, severityOf, UNDETERMINED } from './finding-kinds.ts';
import { baseName, folderOf } from './manifest.ts';

export type Issue = {
  code: ManifestCode;
  /** Where it shows. */
  file: string;
  manifest: string;
  message: string;
  /** What names it across runs, wherever the files lie. */
  identity: string;
  /** The digest of what was found. */
  found?: string;
  related?: string[];
};

export function toFindings(issues: readonly Issue[]): Finding[] {
  const groups = new Map<string, Issue[]>();
  for (const issue of issues) {
    const key = JSON.stringify([issue.manifest, issue.code]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [issue]);
    else known.push(issue);
  }
  return [...groups.values()].map(toFinding);
}

function toFinding(issues: readonly Issue[]): Finding {
  const [{ code, file, manifest, message, identity, related: own = [] }, ...others] = issues as [
    Issue,
    ...Issue[],
  ];
  const further = [...own, ...others.map((other) => other.file)].filter((other) => other !== file);
  const related = toldPlaces(wholeFile(file), further.map(wholeFile));
  const found = issues.flatMap((issue) => (issue.found === undefined ? [] : [issue.identity, issue.found]));
  const more = others.length > 0 ? `; and ${count(others.length, 'more', 'more')}` : '';
  return {
    rule: MANIFESTS,
    code,
    severity: severityOf(code),
    verdict: UNDETERMINED.has(code) ? 'undetermined' : 'violation',
    place: wholeFile(file),
    ...(related.length > 0 && { related }),
    message: message + more,
    subject: manifest,
    ...(issues.length > 1 && { count: issues.length }),
    fingerprint: toFingerprint(MANIFESTS, code, placeOf(manifest), identity, ...found),
  };
}

/** The folder an archive was unpacked to tells it from others; where that folder lies may change from run to run. */
function placeOf(manifest: string): string {
  return `${baseName(folderOf(manifest).slice(0, -1))}/${baseName(manifest)}`;
}

export function wholeFile(file: string): Place {
  return { file, line: 1, offset: 0, length: 0 };
}
