/** Stretches of time that a log lacks by what it says itself: in order, apart from each other, and without bigints. */

/** Milliseconds since 1970, at which the log still or again speaks. */
export type LostTime = { fromMs: number; untilMs: number };

/**
 * Adds one, joined with those that it meets. Their number is bounded however many are added, as long as each takes a good part
 * of a day, as those of missing days do: the years of calendars have so many days.
 */
export function addLost(all: LostTime[], added: LostTime): void {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle]!.untilMs < added.fromMs) low = middle + 1;
    else high = middle;
  }
  let { fromMs, untilMs } = added;
  let behind = low;
  while (behind < all.length && all[behind]!.fromMs <= untilMs) {
    fromMs = Math.min(fromMs, all[behind]!.fromMs);
    untilMs = Math.max(untilMs, all[behind]!.untilMs);
    behind++;
  }
  all.splice(low, behind - low, { fromMs, untilMs });
}
