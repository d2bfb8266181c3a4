/** What a finding's code and rule say about it: the words that every format shows beside the message. */
import { compareText } from '../../base/text-safety.ts';
import type { Finding } from '../../model/finding.ts';
import type { Report, RuleSummary } from '../../model/report.ts';

export type FindingWords = {
  title: string;
  why: string;
  fix: string;
  /** Of the code and of the rule together, sorted. */
  controls: string[];
  /** The policy rule that speaks; undefined when a check does. */
  rule: RuleSummary | undefined;
};

/** The words for each finding; a rule's own advice goes before that of the code, which is the relation's. */
export function createWords(report: Report): (finding: Finding) => FindingWords {
  const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  const known = new Map<string, FindingWords>();
  return (finding) => {
    const key = JSON.stringify([finding.rule, finding.code]);
    let words = known.get(key);
    if (words === undefined) {
      words = toWords(report, finding.code, rules.get(finding.rule));
      known.set(key, words);
    }
    return words;
  };
}

function toWords(report: Report, code: string, rule: RuleSummary | undefined): FindingWords {
  // Object.hasOwn: a code named `constructor` must not find the prototype.
  const kind = Object.hasOwn(report.codes, code) ? report.codes[code] : undefined;
  const controls = new Set([...(rule?.controls ?? []), ...(kind?.controls ?? [])]);
  return {
    title: rule?.title || kind?.title || code,
    why: rule?.description || kind?.why || '',
    fix: rule?.fix || kind?.fix || '',
    controls: [...controls].sort(compareText),
    rule,
  };
}
