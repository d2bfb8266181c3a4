/** What every measure by buckets is given: the contract's periods, its clock, and what the log can tell of them. */
import type { Instant } from '../../base/instant.ts';
import { EARLIEST } from '../../base/time-zone.ts';
import type { Coverage } from '../../model/relation.ts';
import { addSpan } from '../contract/calendar-span.ts';
import type { Contract, License, Measure } from '../contract/contract.ts';
import { coveredPercent, type Segment } from '../contract/periods.ts';
import { BucketClock } from './bucket-clock.ts';
import type { Cell } from './cells.ts';
import type { SegmentUse } from './measure-fold.ts';
import { type Explain, summarize } from './statistic.ts';

export type BucketPlan = {
  license: License;
  segments: readonly Segment[];
  clock: BucketClock;
  /** Windows that end before it reach back to before the log; undefined where none does. */
  shortUntil: Instant | undefined;
  /** Where the period of the first record begins, or the contract; and whether the rest of it is evidence enough. */
  gapBefore(first: Instant): { from: Instant; isEnough: boolean };
  /** Whether the log speaks of the contract from its first day on. */
  isWhole: boolean;
  conclude(cells: readonly Cell[], explain: Explain, until: Instant): SegmentUse[];
};

export const SHORT_HISTORY = 'the log begins within the window, so who used it before is not known';

/** Highest values of instants are those of days, for quantities change with days. */
function clockOf({ each, take }: Measure, zone: string): BucketClock {
  const isByInstant = each.kind === 'instant' && take.kind !== 'max';
  return new BucketClock(each.kind === 'instant' ? { kind: isByInstant ? 'minute' : 'day' } : each, zone);
}

export function toBucketPlan(
  contract: Contract,
  license: License,
  segments: readonly Segment[],
  coverage: Coverage,
): BucketPlan {
  const { measure, term } = license;
  const clock = clockOf(measure, contract.timezone);
  const enough = (from: Instant, until: Instant, since: Instant): boolean =>
    coveredPercent({ label: '', from, until }, term, { from: since, until }, until) >= contract.coverage;
  return {
    license,
    segments,
    clock,
    shortUntil:
      coverage && shortUntil(clock, measure, segments, (from, until) => enough(from, until, coverage.from)),
    gapBefore(first) {
      const period = segments.findLast((segment) => segment.from <= first)?.period;
      const start = period?.from ?? segments[0]!.from;
      const begin = term?.from?.instant;
      const from = begin !== undefined && begin > start ? begin : start;
      return { from, isEnough: period !== undefined && enough(from, period.until, first) };
    },
    isWhole: isWhole(license, contract.timezone, coverage),
    conclude(cells, explain, until) {
      const plan = { measure, segments, clock, term, explain, logEnd: logEnd(clock, measure, until) };
      const { each } = measure;
      return summarize(plan, each.kind === 'snapshot' ? snapshots(clock, each.minute, cells) : cells);
    },
  };
}

/** Of instants the log ends with its last event, of snapshots with the last one before that, else with its last bucket. */
function logEnd(clock: BucketClock, { each, take }: Measure, until: Instant): Instant {
  if (each.kind === 'instant' && take.kind !== 'max') return until + 1n;
  const last = clock.at(until);
  return each.kind === 'snapshot' && clock.minuteOf(last, each.minute) > until ? last.from : last.until;
}

/** Of what held for a time, the days in which it held at the minute. */
function snapshots(clock: BucketClock, minute: number, cells: readonly Cell[]): Cell[] {
  return cells.flatMap(({ lower, upper, from, until }) => {
    let first = clock.at(from);
    if (clock.minuteOf(first, minute) < from) first = clock.at(first.until);
    let last = clock.at(until - 1n);
    if (clock.minuteOf(last, minute) >= until) last = clock.at(last.from - 1n);
    if (last.from < first.from) return [];
    return [{ from: first.from, until: last.until, lower, upper, at: clock.minuteOf(first, minute) }];
  });
}

/** The days at the beginning of the log whose windows it does not hold enough of. */
function shortUntil(
  clock: BucketClock,
  { each }: Measure,
  segments: readonly Segment[],
  isEnough: (from: Instant, until: Instant) => boolean,
): Instant | undefined {
  if (each.kind !== 'rolling') return undefined;
  const start = segments[0]!.from;
  let day = clock.at(start);
  // Windows that lie before the log altogether are as short as any: at most a period and a window of days.
  while (day.until < segments.at(-1)!.until && !isEnough(clock.windowStart(day.from), day.until)) {
    day = clock.at(day.until);
  }
  return day.from > start ? day.from : undefined;
}

/** Assignments last, and most are made on the first day: one from before the log is in none of its records. */
function isWhole({ term, quantity }: License, zone: string, coverage: Coverage): boolean {
  const starts = quantity.map(({ from }) => from.instant);
  const begin = term?.from?.instant ?? starts.reduce((a, b) => (b < a ? b : a), starts[0] ?? EARLIEST);
  if (coverage === undefined || begin === EARLIEST) return false;
  return coverage.from < addSpan(begin, { months: 0, days: 1 }, zone);
}
