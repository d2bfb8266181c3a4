/** Where an instant lies among stretches of time. */
import type { Instant } from '../../base/instant.ts';

/** Of stretches in order of time, the last that begins at or before the instant, or the first. */
export function indexAt(stretches: readonly { from: Instant }[], instant: Instant): number {
  let [low, high] = [0, stretches.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (stretches[middle]!.from <= instant) low = middle;
    else high = middle - 1;
  }
  return low;
}
