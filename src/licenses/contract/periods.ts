/** Calendar periods in the contract's time zone, cut where the quantity changes: each stretch has one limit. */
import { earlier, type Instant, later, NANOS_PER_SECOND } from '../../base/instant.ts';
import { EARLIEST, formatDate, LATEST, type LocalDate, localDate, startOfDay } from '../../base/time-zone.ts';
import type { Coverage, Stretch } from '../../model/relation.ts';
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

/**
 * The month or quarter that holds `instant`: `2025-03`, `2025-Q1`; of a month that begins with another day than the first,
 * `2025-01-15/2025-02-15`.
 */
export function calendarPeriodAt(
  kind: 'month' | 'quarter',
  instant: Instant,
  zone: string,
  anchor = 1,
): Period {
  const { year, month, day } = localDate(instant, zone);
  if (kind === 'month' && anchor > 1) return anchoredMonth({ year, month, day }, anchor, zone);
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

/** Counted from the calendar, never from the month before: after a February that began with the 28th comes March the 31st. */
function anchoredMonth(date: LocalDate, anchor: number, zone: string): Period {
  const anchorOf = (month: LocalDate): LocalDate => ({ ...month, day: Math.min(anchor, daysIn(month)) });
  const here = anchorOf(date);
  const from = date.day >= here.day ? here : anchorOf(addMonths({ ...date, day: 1 }, -1));
  const until = anchorOf(addMonths({ ...from, day: 1 }, 1));
  return {
    label: `${formatDate(from)}/${formatDate(until)}`,
    from: startOfDay(from, zone),
    until: startOfDay(until, zone),
  };
}

function daysIn({ year, month }: LocalDate): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function addMonths({ year, month, day }: LocalDate, months: number): LocalDate {
  const total = year * 12 + (month - 1) + months;
  return { year: Math.floor(total / 12), month: (total % 12) + 1, day };
}

export type SegmentPlan = {
  over: PeriodKind;
  /** The day that months begin with. */
  anchor?: number;
  zone: string;
  term: Term | undefined;
  /** Of a period that is the term: its grace is a period of its own, and not the end of it. */
  isGraceApart?: boolean;
  limits: readonly Limit[];
};

/** The segments from the period of `from` to the period of `until`, without holes. */
export function toSegments(plan: SegmentPlan, from: Instant, until: Instant): Segment[] {
  const periods = plan.over === 'term' ? termPeriods(plan) : calendarPeriods(plan.over, plan, from, until);
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

function calendarPeriods(
  kind: 'month' | 'quarter',
  { zone, anchor }: SegmentPlan,
  from: Instant,
  until: Instant,
): Period[] {
  const periods = [calendarPeriodAt(kind, clamp(from), zone, anchor)];
  while (periods.at(-1)!.until <= clamp(until))
    periods.push(calendarPeriodAt(kind, periods.at(-1)!.until, zone, anchor));
  return periods;
}

/**
 * The term and its grace between two stretches without a label, which hold what lies outside. The quantity of the term is that
 * of the grace too.
 */
function termPeriods({ term, isGraceApart, zone }: SegmentPlan): Period[] {
  if (term?.from === undefined) return [{ label: '', from: EARLIEST, until: LATEST }];
  const { from, until, grace } = term;
  const end = clamp(until.instant + grace);
  const label = `${from.text}/${until.text}`;
  const inForce =
    isGraceApart === true && grace > 0n
      ? [
          { label, from: from.instant, until: until.instant },
          { label: `${until.text}/${formatDate(localDate(end, zone))}`, from: until.instant, until: end },
        ]
      : [{ label, from: from.instant, until: end }];
  return [
    { label: '', from: EARLIEST, until: from.instant },
    ...inForce,
    { label: '', from: end, until: LATEST },
  ];
}

export function clamp(instant: Instant): Instant {
  return instant < EARLIEST ? EARLIEST : instant >= LATEST ? LATEST - 1n : instant;
}

/** Between two files of a license server there are weekends and holidays; of longer silence a file is rather missing. */
const LONGEST_REST = 7n * 86_400n * NANOS_PER_SECOND;

/**
 * Percent of the period (as far as the term reaches into it) between the log's first and last event, less what is missing. The
 * grace is a part of it once it is used: `lastUse` lies in it.
 */
export function coveredPercent(
  period: Period,
  term: Term | undefined,
  coverage: Coverage,
  lastUse?: Instant,
): number {
  if (coverage === undefined) return 0;
  const from = later(period.from, term?.from?.instant);
  const isInGrace = term !== undefined && lastUse !== undefined && lastUse >= term.until.instant;
  const end = isInGrace ? term.until.instant + term.grace : term?.until.instant;
  const until = earlier(period.until, end);
  // A period wholly outside the term: nothing is owed about it, and use there is a finding of its own.
  if (until <= from) return 100;
  const between = (stretch: Stretch) => {
    const shared = earlier(until, stretch.until) - later(from, stretch.from);
    return shared > 0n ? shared : 0n;
  };
  const covered = missingStretches(coverage).reduce((sum, hole) => sum - between(hole), between(coverage));
  return covered <= 0n ? 0 : Number((covered * 1_000_000n) / (until - from)) / 10_000;
}

/** Where a file of the log seems to be missing, and where the log says that something is. */
export function missingStretches(coverage: Coverage): Stretch[] {
  const isLong = ({ from, until }: Stretch) => until - from > LONGEST_REST;
  const { holes = [], thin = [], lost = [] } = coverage ?? {};
  return union([...[...holes, ...thin].filter(isLong), ...lost]);
}

function union(stretches: readonly Stretch[]): Stretch[] {
  const joined: Stretch[] = [];
  for (const { from, until } of stretches.toSorted((a, b) =>
    a.from < b.from ? -1 : a.from > b.from ? 1 : 0,
  )) {
    const last = joined.at(-1);
    if (last === undefined || from > last.until) joined.push({ from, until });
    else if (until > last.until) last.until = until;
  }
  return joined;
}
