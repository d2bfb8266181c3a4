/** Lists of stretches of time, in order and apart from each other. */
import type { Stretch } from '../model/relation.ts';

/** What any of them covers. Stretches that are at most `tolerance` apart (nanoseconds) are one. */
export function joinedStretches(stretches: readonly Stretch[], tolerance = 0n): Stretch[] {
  const sorted = [...stretches].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const joined: Stretch[] = [];
  for (const { from, until } of sorted) {
    const last = joined.at(-1);
    // Instants are whole: one that ends where the next begins leaves nothing between them.
    if (last === undefined || from - last.until > tolerance + 1n) joined.push({ from, until });
    else if (until > last.until) last.until = until;
  }
  return joined;
}

/** What `stretches` cover and `others` do not; where one of these begins or ends, they still do. */
export function stretchesWithout(stretches: readonly Stretch[], others: readonly Stretch[]): Stretch[] {
  const rest: Stretch[] = [];
  let other = 0;
  for (const { from: start, until } of stretches) {
    let from = start;
    while (other < others.length && others[other]!.until <= from) other++;
    for (let at = other; at < others.length && others[at]!.from < until; at++) {
      const each = others[at]!;
      if (each.from >= from) rest.push({ from, until: each.from });
      from = each.until;
    }
    if (from <= until) rest.push({ from, until });
  }
  return rest;
}

/** What both lists cover. */
export function commonStretches(left: readonly Stretch[], right: readonly Stretch[]): Stretch[] {
  const common: Stretch[] = [];
  let other = 0;
  for (const { from, until } of left) {
    while (other < right.length && right[other]!.until < from) other++;
    for (let at = other; at < right.length && right[at]!.from <= until; at++) {
      const each = right[at]!;
      common.push({
        from: each.from > from ? each.from : from,
        until: each.until < until ? each.until : until,
      });
    }
  }
  return common;
}
