/** Findings in the order in which people should read them, and which of them make the verdict. */
import { type Finding, SEVERITIES, type Severity, severityRank } from '../../model/finding.ts';

/** Violations by severity, then what is undetermined, then what is waived; the report's own order within each. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  const worst = SEVERITIES.toReversed();
  const open = findings.filter(({ waiver }) => waiver === undefined);
  const waived = findings.filter(({ waiver }) => waiver !== undefined);
  const of = (some: readonly Finding[], verdict: Finding['verdict']) =>
    worst.flatMap((severity) =>
      some.filter((each) => each.verdict === verdict && each.severity === severity),
    );
  return [open, waived].flatMap((some) => [...of(some, 'violation'), ...of(some, 'undetermined')]);
}

/** What is undetermined reaches the threshold too; what is waived does not. */
export function reachesThreshold({ severity, verdict, waiver }: Finding, failOn: Severity): boolean {
  return verdict !== 'satisfied' && waiver === undefined && severityRank(severity) >= severityRank(failOn);
}
