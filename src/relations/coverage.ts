/** What the log covers for several steps at once: nobody can say of a stretch what it holds unless each of its logs speaks there. */
import { type Coverage, coverageOf, type Stretch } from '../model/relation.ts';

/** Undefined where one of the steps is not covered at all, or where they have no time in common. */
export function coverageOfAll(coverage: Coverage, steps: Iterable<number>): Stretch | undefined {
  let common: Stretch | undefined;
  for (const step of steps) {
    const stretch = coverageOf(coverage, step);
    if (stretch === undefined) return undefined;
    common = common === undefined ? stretch : intersection(common, stretch);
  }
  return common !== undefined && common.from <= common.until ? common : undefined;
}

function intersection(left: Stretch, right: Stretch): Stretch {
  return {
    from: left.from > right.from ? left.from : right.from,
    until: left.until < right.until ? left.until : right.until,
  };
}

export function isWithin(stretch: Stretch, covered: Stretch | undefined): boolean {
  return covered !== undefined && stretch.from >= covered.from && stretch.until <= covered.until;
}
