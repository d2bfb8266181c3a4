/** SUPERSEDE: which lines a later one replaces, and from which day on. */

import { getOrCreate } from '../../base/get-or-create.ts';
import type { LocalDate } from '../../base/time-zone.ts';
import { compareDays } from './dates.ts';
import type { FeatureLine } from './feature-line.ts';

/** For lines of which no date of issue is known and that are replaced, `isUndated` says that this is a reading. */
export type Supersession = { on: LocalDate; isUndated: boolean };

type Superseder = { issued: LocalDate; begin: LocalDate };

/**
 * Replaced is what was issued before; lines issued on the same day stand together. A line without ISSUED= (or START=, which
 * FlexNet takes for it) counts as issued before all others.
 */
export function supersessions(lines: readonly FeatureLine[]): Map<FeatureLine, Supersession> {
  const byFeature = new Map<string, Superseder[]>();
  for (const line of lines) {
    const { issued } = line;
    if (issued === undefined) continue;
    for (const feature of line.supersedes ?? []) {
      const begin = line.start ?? issued;
      getOrCreate(byFeature, keyOf(feature, line.vendor), () => []).push({ issued, begin });
    }
  }
  for (const superseders of byFeature.values()) {
    superseders.sort((left, right) => compareDays(left.issued, right.issued));
    // From the back, each takes the earliest day on which it or a later one begins.
    for (let index = superseders.length - 2; index >= 0; index--) {
      const [each, next] = [superseders[index]!, superseders[index + 1]!];
      if (compareDays(next.begin, each.begin) < 0) superseders[index] = { ...each, begin: next.begin };
    }
  }
  const found = new Map<FeatureLine, Supersession>();
  for (const line of lines) {
    const issued = line.issued ?? line.start;
    const superseder = firstAfter(byFeature.get(keyOf(line.feature, line.vendor)) ?? [], issued);
    if (superseder !== undefined) found.set(line, { on: superseder.begin, isUndated: issued === undefined });
  }
  return found;
}

/** The first that was issued after the day; a binary search, for a hostile file may hold very many. */
function firstAfter(superseders: readonly Superseder[], day: LocalDate | undefined): Superseder | undefined {
  let low = 0;
  let high = superseders.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareDays(superseders[middle]!.issued, day) > 0) high = middle;
    else low = middle + 1;
  }
  return superseders[low];
}

function keyOf(feature: string, vendor: string): string {
  return JSON.stringify([feature.toLowerCase(), vendor.toLowerCase()]);
}
