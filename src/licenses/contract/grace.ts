/** The grace of a term: in days of the calendar it is as long as the days after the term's end are. */
import type { Instant } from '../../base/instant.ts';
import { addWait, formatWait, type Wait } from './calendar-span.ts';
import type { Term } from './contract.ts';

type Grace = Pick<Term, 'grace' | 'graceDays'>;

export function graceAfter(until: Instant, wait: Wait, zone: string): Grace {
  const grace = addWait(until, wait, zone) - until;
  return 'days' in wait ? { grace, graceDays: wait.days } : { grace };
}

/** The grace of a term that ends at another instant, or in another zone. */
export function graceMoved(until: Instant, term: Grace | undefined, zone: string): Grace {
  return term === undefined ? { grace: 0n } : graceAfter(until, waitOf(term), zone);
}

/** `14d` */
export function graceWords(term: Grace): string {
  return formatWait(waitOf(term));
}

function waitOf({ grace, graceDays }: Grace): Wait {
  return graceDays === undefined ? { nanos: grace } : { days: graceDays };
}
