/** The check `present: account_created`: that a kind of event which must be logged is in the log at all. */
import { count, quote } from '../base/text-safety.ts';
import { parseAge } from '../retention/calendar-age.ts';
import { periodOf } from './kept-span.ts';
import { type Evidence, type Judged, type PackCheckKind, passedUnless } from './pack-check-kind.ts';
import { packFinding } from './pack-findings.ts';

/** A shorter log may hold none because none happened: people do not join or leave every day. */
const LONG_ENOUGH = parseAge('90 days')!;

export const present: PackCheckKind<string[]> = {
  name: 'present',
  title: `kinds of events that must be in a log of ${LONG_ENOUGH.text}: classes of rules/classes/, or rules`,
  parse: (values, reader) => values.flatMap((value) => reader.ruleId(value) ?? []),
  asks: (ids, titleOf) => ids.map((id) => asksFor(titleOf(id))),
  judge: (ids, evidence) => ids.map((id) => judgeClass(id, evidence)),
};

function judgeClass(id: string, evidence: Evidence): Judged {
  const { report } = evidence;
  const rule = report.rules.find((each) => each.id === id);
  const asks = asksFor(rule?.title ?? id);
  const population = { of: 'such events', count: rule?.matches ?? 0 };
  const open = (reason: string): Judged => ({ asks, population, status: 'undetermined', reason });
  if (rule === undefined) return open('its rule is not among those of this run');
  if (rule.matches > 0) return { asks, population, status: 'passed' };
  if (rule.status !== 'ran') return open(`its rule could not speak: ${rule.reason ?? rule.status}`);
  if (evidence.partial !== undefined)
    return passedUnless({ asks, population, reason: evidence.partial }, evidence);
  const period = periodOf(evidence);
  if (period === undefined) return open('no event has a time');
  if (period.lastDay < period.plus(LONG_ENOUGH))
    return open(`none of the kind ${quote(rule.title)} in ${count(period.days, 'day')}, which may be chance`);
  const message = `no event of the kind ${quote(rule.title)} in ${count(period.days, 'day')}`;
  return {
    asks,
    population,
    status: 'failed',
    reason: message,
    found: [packFinding(report, 'event-class-absent', message, [id])],
  };
}

function asksFor(title: string): string {
  return `the log has events of the kind ${quote(title)}`;
}
