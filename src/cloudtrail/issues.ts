/** Problems of digests and of the files they list, gathered in order: neighbors with one problem become one finding. */
import { count } from '../base/text-safety.ts';
import { type Finding, type Severity, toFingerprint, type Verdict } from '../model/finding.ts';
import type { Place } from '../model/place.ts';
import { toldPlaces } from '../model/told-places.ts';
import { type DigestCode, severityOf, UNDETERMINED } from './finding-kinds.ts';

/** The rule that speaks. */
export const CLOUDTRAIL_DIGESTS = 'cloudtrail-digests';

export type Issue = {
  code: DigestCode;
  file: string;
  message: string;
  /** The stream, or the account and region. */
  subject: string;
  /** What names it across runs, wherever the files lie: the key of the object. */
  identity: string;
  /** The digest of what was found, where something was altered. */
  found?: string;
  /** What it stands for in a message that counts: `log file`. Only such issues join, and only with the same. */
  unit?: string;
  /** Position among the objects of its subject: only neighbors join. */
  position?: number;
  related?: string[];
  count?: number;
  severity?: Severity;
  verdict?: Verdict;
};

export function toFindings(issues: readonly Issue[]): Finding[] {
  const runs: { first: Issue; others: Issue[]; last: number }[] = [];
  for (const issue of issues) {
    const run = runs.at(-1);
    const joins =
      run !== undefined &&
      issue.unit !== undefined &&
      run.first.unit === issue.unit &&
      run.first.code === issue.code &&
      run.first.subject === issue.subject &&
      issue.position! - run.last <= 1;
    if (joins) {
      run.others.push(issue);
      run.last = issue.position!;
    } else runs.push({ first: issue, others: [], last: issue.position ?? 0 });
  }
  return runs.map(({ first, others }) => toFinding(first, others));
}

function toFinding(first: Issue, others: readonly Issue[]): Finding {
  const { code, file, subject, identity } = first;
  const verdict = first.verdict ?? (UNDETERMINED.has(code) ? 'undetermined' : 'violation');
  const further = [...(first.related ?? []), ...others.map((other) => other.file)].filter(
    (other) => other !== file,
  );
  const related = toldPlaces(wholeFile(file), further.map(wholeFile));
  const more = others.length > 0 ? `; and ${count(others.length, 'more', 'more')} behind it` : '';
  const found = [first, ...others].flatMap((issue) => issue.found ?? []);
  const amount = first.count ?? others.length + 1;
  return {
    rule: CLOUDTRAIL_DIGESTS,
    code,
    severity: first.severity ?? severityOf(code),
    verdict,
    place: wholeFile(file),
    ...(related.length > 0 && { related }),
    message: first.message + more,
    subject,
    ...(amount > 1 && { count: amount }),
    fingerprint: toFingerprint(CLOUDTRAIL_DIGESTS, code, subject, identity, ...found),
  };
}

export function wholeFile(file: string): Place {
  return { file, line: 1, offset: 0, length: 0 };
}
