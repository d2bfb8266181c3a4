/** Findings by kind: one group for each policy rule, and for each code of a check, the group with the worst finding first. */
import type { Finding } from '../../model/finding.ts';
import type { Report } from '../../model/report.ts';
import { createWords, type FindingWords } from './finding-words.ts';
import { worstFirst } from './worst-first.ts';

export type FindingGroup = {
  words: FindingWords;
  code: string;
  /** The rule's id, or the code where a check speaks: the finer and more stable name. */
  name: string;
  /** Never empty, the worst first, the waived last. */
  findings: Finding[];
};

export function groupFindings(report: Report): FindingGroup[] {
  const wordsOf = createWords(report);
  const groups = new Map<FindingWords, FindingGroup>();
  for (const finding of worstFirst(report.findings)) {
    const words = wordsOf(finding);
    const group = groups.get(words);
    if (group !== undefined) group.findings.push(finding);
    else {
      const { code, rule } = finding;
      groups.set(words, { words, code, name: words.rule === undefined ? code : rule, findings: [finding] });
    }
  }
  return [...groups.values()];
}

export function filesOf(findings: readonly Finding[]): number {
  return new Set(findings.map(({ place }) => place.file)).size;
}
