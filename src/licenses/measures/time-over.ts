/** How long more seats were in use than the quantity, as bounds, and how often it began (anew with each quantity). One pass; memory is bounded. */
import type { Amount } from '../contract/amount.ts';
import type { OpenEnds } from './peak.ts';

/** Nanoseconds. `incidents` undefined: the log leaves open how many. */
export type TimeOver = { lower: bigint; upper: bigint; incidents: number | undefined };

/** A log that makes up quantities must not fill the memory: beyond so many different counts, a bound gets wider. */
const MAX_COUNTS = 4096;

type Durations = Map<Amount, bigint>;

type Segment = {
  /** Undefined: unknown or unlimited, so nothing is over it. */
  limit: Amount | undefined;
  /** How long each count was taken, and each was possible without the orphans of the whole log. */
  taken: Durations;
  possible: Durations;
  /** Of counts that found no room: they may have been over the limit. */
  rest: bigint;
  incidents: number;
  wasOver: boolean;
  doubtful: boolean;
};

export class TimeOverMeter {
  private readonly segments: Segment[];

  constructor(limits: readonly (Amount | undefined)[]) {
    this.segments = limits.map((limit) => ({
      limit,
      taken: new Map(),
      possible: new Map(),
      rest: 0n,
      incidents: 0,
      wasOver: false,
      doubtful: false,
    }));
  }

  stay(index: number, taken: Amount, doubtful: Amount, duration: bigint): void {
    const segment = this.segments[index]!;
    if (segment.limit === undefined) return;
    const isOver = taken > segment.limit;
    if (isOver && !segment.wasOver) segment.incidents++;
    segment.wasOver = isOver;
    if (doubtful !== 0n) segment.doubtful = true;
    add(segment.taken, taken, duration);
    if (!add(segment.possible, taken + doubtful, duration)) segment.rest += duration;
  }

  /** `anytime`: seats that may be taken at any instant besides. */
  finish({ neverReturned, orphaned }: OpenEnds, anytime: Amount): TimeOver[] {
    return this.segments.map(({ limit, taken, possible, rest, incidents, doubtful }) => {
      if (limit === undefined) return { lower: 0n, upper: 0n, incidents: 0 };
      // Sessions that never returned may have been over at once, wherever they began: a bound, and a simple one.
      const lower = durationAbove(taken, limit + neverReturned);
      const upper = durationAbove(possible, limit - orphaned - anytime) + rest;
      const sure = !doubtful && neverReturned === 0n && orphaned === 0n && anytime === 0n;
      return { lower, upper, incidents: sure ? incidents : undefined };
    });
  }
}

function add(durations: Durations, count: Amount, duration: bigint): boolean {
  const known = durations.get(count);
  if (known === undefined && durations.size >= MAX_COUNTS) return false;
  durations.set(count, (known ?? 0n) + duration);
  return true;
}

function durationAbove(durations: Durations, limit: Amount): bigint {
  let sum = 0n;
  for (const [count, duration] of durations) if (count > limit) sum += duration;
  return sum;
}
