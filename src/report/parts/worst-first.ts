/** Findings in the order in which people should read them. */
import { type Finding, SEVERITIES } from '../../model/finding.ts';

/** What is open by severity, then what is undetermined; then the same of what the baseline knows, and of what is waived. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  const worst = SEVERITIES.toReversed();
  const open = findings.filter(({ waiver }) => waiver === undefined);
  const of = (some: readonly Finding[], verdict: Finding['verdict']) =>
    worst.flatMap((severity) =>
      some.filter((each) => each.verdict === verdict && each.severity === severity),
    );
  return [
    open.filter(({ baseline }) => baseline !== 'unchanged'),
    open.filter(({ baseline }) => baseline === 'unchanged'),
    findings.filter(({ waiver }) => waiver !== undefined),
  ].flatMap((some) => [...of(some, 'violation'), ...of(some, 'undetermined')]);
}
