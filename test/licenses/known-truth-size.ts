/** How many made logs a test looks at, and how long they are: a few in the gate, 200 with FULL=1 (`npm run test:full`). */

import { isFull } from '../support/rounds.ts';

/** Of one log. */
export const SESSIONS = 300;
/** Of the one long log of each plan. */
export const MANY_SESSIONS = isFull ? 10_000 : 300;

/** From `first` on, `many` with FULL=1. */
export function fewSeeds(first: number, many = 200): number[] {
  return Array.from({ length: isFull ? many : 2 }, (_, index) => first + index);
}
