/**
 * What those who read SARIF take of it, and show rightly: the standard, and three services that each read a part.
 * GitHub: https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
 */
import { count, formatNumber } from '../../base/text-safety.ts';
import type { Finding } from '../../model/finding.ts';
import type { SarifProfile } from '../../model/report.ts';
import { worstFirst } from '../parts/worst-first.ts';

export type Profile = {
  /** Waived findings as suppressed results, what is undetermined as reviews, what the baseline alone knows as absent. */
  waived: boolean;
  undetermined: boolean;
  absent: boolean;
  maxResults: number;
  maxRelated: number;
  /** Characters of log text in a message. */
  maxMessage: number;
  maxNotifications: number;
  /** Bytes of the log when packed. */
  maxPacked: number;
  /** Whether paths must be those of a repository, and every result lie in a file. */
  inRepository: boolean;
  /** Whether only what the reader looks at is in it: no streams, no file without a result. */
  isLean: boolean;
  hasRank: boolean;
};

const EVERYTHING: Profile = {
  waived: true,
  undetermined: true,
  absent: true,
  maxResults: Number.POSITIVE_INFINITY,
  maxRelated: Number.POSITIVE_INFINITY,
  maxMessage: Number.POSITIVE_INFINITY,
  maxNotifications: Number.POSITIVE_INFINITY,
  maxPacked: Number.POSITIVE_INFINITY,
  inRepository: false,
  isLean: false,
  hasRank: false,
};

/** It opens an alert for every result: suppressed, absent and undecided ones too. Of 25,000 it shows 5,000. */
const GITHUB: Profile = {
  ...EVERYTHING,
  waived: false,
  undetermined: false,
  absent: false,
  maxResults: 5_000,
  maxRelated: 100,
  maxMessage: 2_000,
  maxNotifications: 100,
  maxPacked: 10_000_000,
  inRepository: true,
  isLean: true,
};

export const PROFILES: Readonly<Record<SarifProfile, Profile>> = {
  full: EVERYTHING,
  github: GITHUB,
  // It leaves out what is suppressed, takes its severity from the rank first, and refuses a log with many results without a file.
  gitlab: { ...EVERYTHING, absent: false, inRepository: true, hasRank: true },
  // GitHub Advanced Security reads it there.
  ado: GITHUB,
};

/** The findings that become results, and what is left out in words; the best first where they are cut. */
export function selectFindings(
  findings: readonly Finding[],
  { waived, undetermined, maxResults, maxRelated }: Profile,
): { findings: Finding[]; leftOut: string[] } {
  // A service shows whatever is a result as a problem, a pass too.
  const spoken = findings.filter(({ verdict }) => verdict !== 'satisfied');
  const isWaived = (finding: Finding) => !waived && finding.waiver !== undefined;
  const isOpen = (finding: Finding) => !undetermined && finding.verdict === 'undetermined';
  const taken = spoken.filter((finding) => !isWaived(finding) && !isOpen(finding));
  const shown = taken.length > maxResults ? worstFirst(taken).slice(0, maxResults) : taken;
  const unrelated = shown.filter(({ related = [] }) => related.length > maxRelated).length;
  const counts: [number, string][] = [
    [spoken.filter(isWaived).length, 'waived'],
    [spoken.filter((finding) => isOpen(finding) && !isWaived(finding)).length, 'undetermined'],
    [taken.length - shown.length, `beyond the worst ${formatNumber(maxResults)}`],
  ];
  const leftOut = counts.flatMap(([amount, what]) =>
    amount > 0 ? [`${count(amount, 'finding')} left out: ${what}`] : [],
  );
  if (unrelated > 0)
    leftOut.push(
      `related places beyond ${formatNumber(maxRelated)} left out of ${count(unrelated, 'finding')}`,
    );
  return { findings: shown, leftOut };
}
