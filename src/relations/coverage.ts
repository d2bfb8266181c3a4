/** What the log covers for several steps at once: nobody can say of a stretch what it holds unless each of its logs speaks there. */
import type { Instant } from '../base/instant.ts';
import { type Coverage, type Covered, coverageOf, type Stretch } from '../model/relation.ts';

/** Undefined where one of the steps is not covered at all, or where they have no time in common. */
export function coverageOfAll(coverage: Coverage, steps: Iterable<number>): Covered | undefined {
  let common: Covered | undefined;
  for (const step of steps) {
    const covered = coverageOf(coverage, step);
    if (covered === undefined) return undefined;
    common = common === undefined ? covered : intersection(common, covered);
  }
  return common !== undefined && common.from <= common.until ? common : undefined;
}

export function intersection(left: Covered, right: Covered): Covered {
  const holes = [...(left.holes ?? []), ...(right.holes ?? [])];
  holes.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  return {
    from: left.from > right.from ? left.from : right.from,
    until: left.until < right.until ? left.until : right.until,
    ...(holes.length > 0 && { holes }),
  };
}

export function isWithin(stretch: Stretch, covered: Covered | undefined): boolean {
  return (
    covered !== undefined &&
    stretch.from >= covered.from &&
    stretch.until <= covered.until &&
    holeWithin(stretch, covered) === undefined
  );
}

/** The first hole of the log that a stretch reaches into. */
export function holeWithin({ from, until }: Stretch, { holes = [] }: Covered): Stretch | undefined {
  return holes.find((hole) => hole.from <= until && from <= hole.until);
}

/** The parts of a stretch that the log covers. */
export function coveredParts(stretch: Stretch, covered: Covered | undefined): Stretch[] {
  if (covered === undefined) return [];
  const parts: Stretch[] = [];
  let from: Instant = stretch.from > covered.from ? stretch.from : covered.from;
  const until = stretch.until < covered.until ? stretch.until : covered.until;
  for (const hole of covered.holes ?? []) {
    if (hole.until < from || hole.from > until) continue;
    if (hole.from > from) parts.push({ from, until: hole.from - 1n });
    from = hole.until + 1n;
  }
  if (from <= until) parts.push({ from, until });
  return parts;
}
