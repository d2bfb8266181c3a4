/** A measure as it runs over calendar months, in which a statement tells its figures. */
import type { Measure } from '../contract/contract.ts';

export function isByCalendarMonth({ over, anchor }: Measure): boolean {
  return over === 'month' && anchor === 1;
}

export function byCalendarMonth({ versions, ...measure }: Measure): Measure {
  return {
    ...measure,
    over: 'month',
    anchor: 1,
    ...(versions && {
      versions: versions.map((each) => ({ ...each, measure: byCalendarMonth(each.measure) })),
    }),
  };
}
