/** The check `available: 3 months`: that the youngest events, which must be at hand, are among those of the run, without holes. */

import type { CalendarAge } from '../retention/calendar-age.ts';
import { judgeSpan, parsePackAge } from './kept-span.ts';
import type { PackCheckKind } from './pack-check-kind.ts';

export const available: PackCheckKind<CalendarAge> = {
  name: 'available',
  title: 'how far back events are at hand without going to an archive: an age',
  parse: (values, reader) => parsePackAge(values, reader, false) as CalendarAge | undefined,
  asks: (age) => [asksFor(age)],
  judge: (age, evidence) => [judgeSpan(age, asksFor(age), evidence)],
};

function asksFor({ text }: CalendarAge): string {
  return `the events of the last ${text} are at hand`;
}
