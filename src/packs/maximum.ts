/** The check `maximum: policy`: that no event is older than it may be kept. */
import { count, quote } from '../base/text-safety.ts';
import { dayOf, firstDayPast, formatDay } from '../retention/calendar-age.ts';
import { auditedEvents } from './against.ts';
import { type Age, parsePackAge, periodOf } from './kept-span.ts';
import { type Evidence, type PackCheckKind, passedUnless } from './pack-check-kind.ts';
import { packFinding } from './pack-findings.ts';
import { countUntimed } from './untimed-events.ts';

export const maximum: PackCheckKind<Age> = {
  name: 'maximum',
  title: 'how old events may get: an age, or "policy" for keep.maximum of the configuration',
  parse: (values, reader) => parsePackAge(values, reader),
  asks: (age) => [asksFor(age)],
  judge(asked, evidence) {
    const age = asked === 'policy' ? evidence.keep.maximum : asked;
    const base = { asks: asksFor(age ?? 'policy'), population: auditedEvents(evidence) };
    if (age === undefined) {
      const reason = 'the organization sets the time: say "keep: {maximum: 24 months}" in audit-check.yaml';
      return [{ ...base, status: 'undetermined', reason }];
    }
    const period = periodOf(evidence);
    if (period === undefined || evidence.now === undefined)
      return [{ ...base, status: 'undetermined', reason: 'no event has a time' }];
    const today = dayOf(evidence.now);
    const open = whyOpen(evidence);
    if (firstDayPast(period.firstDay, age) > today) {
      if (open !== undefined) return [{ ...base, status: 'undetermined', reason: open }];
      return [passedUnless(base, evidence)];
    }
    const message = `the oldest event is of ${formatDay(period.firstDay)}, ${count(today - period.firstDay, 'day')} before ${formatDay(today)}: at most ${quote(age.text)} may be kept`;
    const found = [packFinding(evidence.report, 'kept-too-long', message, [age.text])];
    return [{ ...base, status: 'failed', reason: message, found, otherwise: open }];
  },
};

/** Events older than those that are seen may be there. */
function whyOpen({ isCut, partial, report }: Evidence): string | undefined {
  // The day of the newest event is the earliest that today can be: enough to fail by, not to pass.
  if (report.generated === undefined) return 'how old events are by now is not told: give the day by --now';
  if (isCut) return 'events were left out of the run by their time';
  const untimed = countUntimed(report);
  return untimed > 0 ? `${count(untimed, 'event')} without a time` : partial;
}

function asksFor(age: Age): string {
  return `no event is older than ${age === 'policy' ? 'the policy of the organization allows' : age.text}`;
}
