/** The check `retention: 12 months`: that the events of a run reach back as far as they must be kept. */
import { type Age, judgeSpan, parsePackAge } from './kept-span.ts';
import type { PackCheckKind } from './pack-check-kind.ts';

export const retention: PackCheckKind<Age> = {
  name: 'retention',
  title: 'how long events are kept in all: an age, or "policy" for keep.minimum of the configuration',
  parse: (values, reader) => parsePackAge(values, reader),
  asks: (age) => [asksFor(age)],
  judge(asked, evidence) {
    const age = asked === 'policy' ? evidence.keep.minimum : asked;
    if (age !== undefined) return [judgeSpan(age, asksFor(age), evidence)];
    const population = { of: 'days with events', count: 0 };
    const reason = 'the organization sets the time: say "keep: {minimum: 12 months}" in audit-check.yaml';
    return [{ asks: asksFor('policy'), population, status: 'undetermined', reason }];
  },
};

function asksFor(age: Age): string {
  return `events are kept ${age === 'policy' ? 'as long as the policy of the organization says' : `for ${age.text}`}`;
}
