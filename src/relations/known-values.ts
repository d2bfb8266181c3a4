/** The values that a group has shown within a stretch of time; the memory is that of the stretch. */
import type { Instant } from '../base/instant.ts';

/**
 * `doubtful`: the same value stands in an event without a readable time, which may have been earlier. `holed`: a part of the
 * history is not in the log, where a file may be missing.
 */
export type Newness = 'new' | 'doubtful' | 'holed' | 'learning' | 'known';

/** How much of the history of an event the log shows. */
export type Shown = 'whole' | 'holed' | 'begun';

/** Remembers what was seen within the history; of each value the last time, the oldest first. */
export class KnownValues {
  private readonly history: bigint;
  private readonly lastSeen = new Map<string, Instant>();
  private readonly untimed = new Set<string>();
  private last: Instant | undefined;

  constructor(history: bigint) {
    this.history = history;
  }

  addUntimed(value: string): void {
    this.untimed.add(value);
  }

  /** Whether the group had no event at all in the history: then each of its values is new. */
  isSilent(time: Instant): boolean {
    return this.last === undefined || time - this.last > this.history;
  }

  /** Closed: a value that was seen exactly the history ago is known. */
  take(value: string, time: Instant, shown: Shown): Newness {
    this.last = time;
    for (const [old, seen] of this.lastSeen) {
      if (time - seen <= this.history) break;
      this.lastSeen.delete(old);
    }
    const isKnown = this.lastSeen.delete(value);
    this.lastSeen.set(value, time);
    if (isKnown) return 'known';
    if (shown === 'begun') return 'learning';
    if (shown === 'holed') return 'holed';
    return this.untimed.has(value) ? 'doubtful' : 'new';
  }
}
