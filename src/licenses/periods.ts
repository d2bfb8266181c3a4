/** Calendar periods in the contract's time zone, cut where the quantity changes: each stretch has one limit. */
import type { Instant } from '../base/instant.ts';
import { EARLIEST, LATEST, type LocalDate, localDate, startOfDay } from '../base/time-zone.ts';
import type { Coverage } from '../model/relation.ts';
import type { PeriodKind, Term } from './contract.ts';
import { type Limit, limitAt } from './quantities.ts';

/** Half-open. */
export type Period = { label: string; from: Instant; until: Instant };

/** Part of a period with one limit. `period` undefined: outside the term that the measure runs over. */
export type Segment = {
  period: Period | undefined;
  from: Instant;
  until: Instant;
  limit: Limit | undefined;
  /** What it would be part of if days began at midnight in another zone. */
  elsewhere?: { zone: string; period: Period | undefined; limit: Limit | undefined };
};

/** The calendar month or quarter that holds `instant`: `2025-03`, `2025-Q1`. */
export function calendarPeriodAt(kind: 'month' | 'quarter', instant: Instant, zone: string): Period {
  const { year, month } = localDate(instant, zone);
  const months = kind === 'month' ? 1 : 3;
  const first = month - ((month - 1) % months);
  const label =
    kind === 'month' ? `${year}-${String(month).padStart(2, '0')}` : `${year}-Q${(first + 2) / 3}`;
  return {
    label,
    from: startOfDay({ year, month: first, day: 1 }, zone),
    until: startOfDay(addMonths({ year, month: first, day: 1 }, months), zone),
  };
}

function addMonths({ year, month, day }: LocalDate, months: number): LocalDate {
  const total = year * 12 + (month - 1) + months;
  return { year: Math.floor(total / 12), month: (total % 12) + 1, day };
}

export type SegmentPlan = {
  over: PeriodKind;
  zone: string;
  term: Term | undefined;
  limits: readonly Limit[];
};

/** The segments from the period of `from` to the period of `until`, without holes. */
export function toSegments(plan: SegmentPlan, from: Instant, until: Instant): Segment[] {
  const periods =
    plan.over === 'term' ? termPeriods(plan.term) : calendarPeriods(plan.over, plan.zone, from, until);
  return periods.flatMap((period) => {
    const changes = plan.limits.flatMap(({ from: change }) =>
      change !== undefined && change > period.from && change < period.until ? [change] : [],
    );
    const starts = [period.from, ...changes];
    return starts.map((start, index) => ({
      period: period.label === '' ? undefined : period,
      from: start,
      until: starts[index + 1] ?? period.until,
      limit: limitAt(plan.limits, start),
    }));
  });
}

function calendarPeriods(kind: 'month' | 'quarter', zone: string, from: Instant, until: Instant): Period[] {
  const periods = [calendarPeriodAt(kind, clamp(from), zone)];
  while (periods.at(-1)!.until <= clamp(until))
    periods.push(calendarPeriodAt(kind, periods.at(-1)!.until, zone));
  return periods;
}

/** The term between two stretches without a label, which hold what lies outside. */
function termPeriods(term: Term | undefined): Period[] {
  if (term?.from === undefined) return [{ label: '', from: EARLIEST, until: LATEST }];
  const label = `${term.from.text}/${term.until.text}`;
  return [
    { label: '', from: EARLIEST, until: term.from.instant },
    { label, from: term.from.instant, until: term.until.instant },
    { label: '', from: term.until.instant, until: LATEST },
  ];
}

export function clamp(instant: Instant): Instant {
  return instant < EARLIEST ? EARLIEST : instant >= LATEST ? LATEST - 1n : instant;
}

/** Percent of the period (as far as the term reaches into it) between the log's first and last event. */
export function coveredPercent(period: Period, term: Term | undefined, coverage: Coverage): number {
  if (coverage === undefined) return 0;
  const from = later(period.from, term?.from?.instant);
  const until = earlier(period.until, term?.until.instant);
  // A period wholly outside the term: nothing is owed about it, and use there is a finding of its own.
  if (until <= from) return 100;
  const covered = earlier(until, coverage.until) - later(from, coverage.from);
  return covered <= 0n ? 0 : Number((covered * 1_000_000n) / (until - from)) / 10_000;
}

function later(left: Instant, right: Instant | undefined): Instant {
  return right === undefined || left > right ? left : right;
}

function earlier(left: Instant, right: Instant | undefined): Instant {
  return right === undefined || left < right ? left : right;
}
