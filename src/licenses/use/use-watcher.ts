/** What looks at the use of a license besides its measure: one clause of the contract each, with findings of its own. */

import type { Instant } from '../../base/instant.ts';
import type { Judgement } from '../../model/relation.ts';
import type { LicenseUse, ServerRestart, TimedUse } from './license-use.ts';

export interface UseWatcher {
  /** In order of time. */
  add(use: TimedUse): void;
  /** Use at an unknown time. It comes before all other use, or after. */
  anytime?(use: LicenseUse): void;
  /** A session that is open goes on under a name that stands for this person from now on. */
  renamed?(use: TimedUse): void;
  restart?(restart: ServerRestart): void;
  /** `until`: the last instant the log speaks of. */
  finish(until: Instant): Iterable<Judgement>;
  /** After `finish`, where the clause commits seats: how many at most in the period of that label, in use or not. */
  committedIn?(period: string): { amount: number; words: string } | undefined;
}
