/** Findings that speak against a control: violations that nobody waived fail it, what is small or open leaves it open, what is waived excepts it. */
import { count } from '../base/text-safety.ts';
import { type Finding, severityRank } from '../model/finding.ts';
import type { Evidence, Judged } from './pack-check-kind.ts';
import { exceptedAtBest, passedUnless } from './pack-check-kind.ts';

/** Rules of less note things that want a look, such as an emergency change: they are no breach of a control by themselves. */
const BREACH = severityRank('medium');

type Question = Pick<Judged, 'asks' | 'population'> & {
  /** Why it may be otherwise although nothing was found. */
  open?: string | undefined;
  /** Whether small findings count as breaches: they were chosen for this question. */
  strict?: boolean;
};

export function judgeFindings(
  findings: readonly Finding[],
  { asks, population, open, strict = false }: Question,
  evidence: Evidence,
): Judged {
  const spoken = findings.filter(({ verdict }) => verdict !== 'satisfied');
  const against = spoken.filter(({ waiver }) => waiver === undefined);
  const base = { asks, population };
  const violations = against.filter(({ verdict }) => verdict === 'violation');
  if (violations.some(({ severity }) => strict || severityRank(severity) >= BREACH))
    return { ...base, against, status: 'failed' };
  if (violations.length > 0) {
    const reason = `${count(violations.length, 'finding')} of low severity to look at`;
    return { ...base, against, status: 'undetermined', reason };
  }
  if (against.length > 0) {
    const reason = `the log leaves ${count(against.length, 'finding')} open`;
    return { ...base, against, status: 'undetermined', reason };
  }
  const rest: Judged =
    open === undefined ? passedUnless(base, evidence) : { ...base, status: 'undetermined', reason: open };
  return spoken.length === 0 ? rest : exceptedAtBest(rest, spoken);
}

export function auditedEvents({ report }: Evidence): Judged['population'] {
  return { of: 'events', count: report.summary.records.audited };
}

/** Findings of rules and codes that name the control. */
export function namingFindings({ report, control }: Evidence): Finding[] {
  const rules = new Set(
    report.rules.filter(({ controls }) => controls.includes(control)).map(({ id }) => id),
  );
  return report.findings.filter(
    ({ rule, code }) => rules.has(rule) || report.codes[code]?.controls.includes(control) === true,
  );
}
