/** When a rule is in force, by its `effective`: the instants, and what the log covers of them. */
import type { Instant } from '../base/instant.ts';
import type { Covered } from '../model/relation.ts';
import type { Validity } from '../model/rule.ts';

export function isInForce(time: Instant, { from, to }: Validity): boolean {
  return (from === undefined || time >= from) && (to === undefined || time < to);
}

/** Undefined where nothing is left. `to` is the first instant that is not in force. */
export function clip({ from, until, ...rest }: Covered, effective: Validity): Covered | undefined {
  const clipped = {
    ...rest,
    from: effective.from !== undefined && effective.from > from ? effective.from : from,
    until: effective.to !== undefined && effective.to <= until ? effective.to - 1n : until,
  };
  return clipped.from <= clipped.until ? clipped : undefined;
}
