/** Findings counted, as the summary of a report has them. */
import { compareText } from '../base/text-safety.ts';
import type { Finding } from './finding.ts';
import type { Report } from './report.ts';

export function countFindings(findings: readonly Finding[]): Report['summary']['findings'] {
  const waived = findings.filter(({ waiver }) => waiver !== undefined).length;
  return {
    total: findings.length,
    ...(waived > 0 && { waived }),
    bySeverity: countBy(findings, 'severity'),
    byCode: countBy(findings, 'code'),
  };
}

function countBy<K extends 'severity' | 'code'>(
  findings: readonly Finding[],
  key: K,
): Record<Finding[K], number> {
  const counts = {} as Record<Finding[K], number>;
  for (const value of findings.map((finding) => finding[key]).sort(compareText))
    counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
