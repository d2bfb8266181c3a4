/**
 * What the statement tells of one license, folded beside its measure over the same events. The bounds are the measure's
 * own; the rest is what check-outs and check-ins show.
 */
import { formatInstant, type Instant, later } from '../../base/instant.ts';
import { EARLIEST, formatDate, localDate } from '../../base/time-zone.ts';
import type { LicenseFigures, PeriodFigures, TeamUse } from '../../model/license-figures.ts';
import { type Coverage, coverageOf } from '../../model/relation.ts';
import type { StatementOptions } from '../../model/request.ts';
import { type Amount, ONE, toNumber } from '../contract/amount.ts';
import type { Contract, License } from '../contract/contract.ts';
import { clamp, coveredPercent, missingStretches } from '../contract/periods.ts';
import { type Limit, limitAt, toLimitInForce, toLimits } from '../contract/quantities.ts';
import type { SegmentUse } from '../measures/measure-fold.ts';
import { usesByPeriod } from '../measures/uses-by-period.ts';
import type { LicenseUse, TimedUse } from '../use/license-use.ts';
import type { Session } from '../use/session.ts';
import { isPassed } from '../verdict/usage-words.ts';
import { costFigures, owedFigures } from './bills.ts';
import { isByCalendarMonth } from './calendar-month.ts';
import { cheapestCure, type FreeCure } from './cheapest-cure.ts';
import { Denials } from './denials.ts';
import { excessesOf, excessFigures, withoutTolerated } from './excess.ts';
import { forecast, type MonthBounds } from './forecast.ts';
import { endLinger, reclaimHeld, reclaimIdle } from './free-cures.ts';
import { HeatSums } from './heat-map.ts';
import { LastUse } from './last-use.ts';
import { LoggedTime } from './logged-time.ts';
import { periodWords, unitOf } from './measure-words.ts';
import { MonthTeams } from './month-teams.ts';
import { PeakSeats } from './peak-seats.ts';
import { type Holding, SeatWatch } from './seat-watch.ts';
import { lackAfter } from './silence.ts';
import { TeamTally } from './team-tally.ts';
import { type TeamOf, teamsOf } from './teams.ts';
import { trueDownFigures } from './true-down.ts';

/** What the folds of a license ended in. */
type FoldedUse = {
  segments: readonly SegmentUse[];
  /** By calendar month; the same where the measure runs over months. */
  months: readonly SegmentUse[];
  /** With nothing lingering; undefined where nothing does. */
  withoutLinger: readonly SegmentUse[] | undefined;
  /** By day, where what is owed is reckoned by day. */
  days: readonly SegmentUse[] | undefined;
  stillOpen: Iterable<Session>;
  until: Instant;
};

export class StatementFold {
  /** For the measure to tell what its sessions do. */
  readonly watch: SeatWatch | undefined;
  private readonly contract: Contract;
  private readonly license: License;
  private readonly options: StatementOptions;
  private readonly limits: readonly Limit[];
  private readonly teamOf: TeamOf;
  private readonly denials: Denials;
  private readonly lastUse: LastUse;
  private readonly seats: { peak: PeakSeats; months: MonthTeams; heat: HeatSums } | undefined;
  private readonly tally: TeamTally | undefined;
  private last: Instant | undefined;

  constructor(contract: Contract, license: License, options: StatementOptions, coverage: Coverage) {
    const { timezone: zone } = contract;
    this.contract = contract;
    this.license = license;
    this.options = options;
    this.limits = toLimits(license);
    this.teamOf = teamsOf(contract.people);
    this.denials = new Denials(options.retry, zone, this.teamOf);
    this.lastUse = new LastUse(options.idle, this.teamOf);
    if (license.measure.count.what !== 'seats') {
      this.tally = new TeamTally(license.measure.count, zone, this.teamOf);
      return;
    }
    const peak = new PeakSeats();
    const months = new MonthTeams(this.teamOf);
    const heat = new HeatSums(zone, this.limits);
    this.seats = { peak, months, heat };
    const missing = missingStretches(coverage);
    const logged = missing.length === 0 ? heat : new LoggedTime(heat, missing);
    this.watch = new SeatWatch(zone, clamp(coverage?.from ?? EARLIEST), [peak, months, logged]);
  }

  deny(use: LicenseUse): void {
    this.denials.deny(use);
  }

  see(use: TimedUse): void {
    this.last = use.time;
    // Who is given a seat does not use it.
    if (use.featureless || use.kind === 'assign' || use.kind === 'revoke') return;
    if (use.kind !== 'close') this.denials.grant(use);
    this.lastUse.see(use);
    this.tally?.see(use);
  }

  finish(
    { withoutLinger, days, stillOpen, until, ...folded }: FoldedUse,
    coverage: Coverage,
  ): LicenseFigures {
    // Where no event has a time, the periods that the measure ran over are none of the log's.
    const { segments, months } = coverage === undefined ? { segments: [], months: [] } : folded;
    const { contract, license, seats } = this;
    const inForce = limitAt(this.limits, until);
    const over = excessesOf(segments);
    const owing = withoutTolerated(license, segments, over);
    const open = this.watch === undefined ? [] : [...this.watch.finish(until)];
    const teams = seats?.months.figures() ?? this.tally?.figures() ?? new Map<string, TeamUse>();
    const isMonthly = isByCalendarMonth(license.measure);
    const monthly = this.periodFigures(months, coverage, teams, isMonthly || seats !== undefined);
    const idle = this.lastUse.figures(stillOpen, coverageOf(coverage, 0));
    return {
      license: license.id,
      measure: license.measure.name,
      unit: unitOf(license.measure.count),
      periods: isMonthly ? monthly : this.periodFigures(segments, coverage, new Map(), true),
      months: monthly,
      peak: seats?.peak.figures(open, this.teamOf) ?? null,
      days: seats?.months.days() ?? [],
      heat: seats?.heat.figures() ?? null,
      denials: this.denials.finish(),
      idle: { ...idle, ...this.spare(months, coverage) },
      forecast: this.forecast(months, coverage),
      cost: costFigures(contract, license, segments),
      trueUp: {
        ...excessFigures(segments, over),
        tolerated: over.length > 0 && owing.length === 0,
        owed: owedFigures(contract, license, segments, days),
        ...cheapestCure(
          license,
          owing,
          { inForce, until },
          this.freeCures(segments, withoutLinger, open, idle),
        ),
      },
      trueDown: trueDownFigures(contract, license, segments, { inForce, until, coverage }),
    };
  }

  private periodFigures(
    uses: readonly SegmentUse[],
    coverage: Coverage,
    teams: ReadonlyMap<string, TeamUse>,
    hasLimits: boolean,
  ): PeriodFigures[] {
    return [...usesByPeriod(uses)].map(([period, stretches]) => {
      const { lower, upper } = this.boundsOf(stretches);
      const highest = highestOf(stretches);
      const team = teams.get(period.label);
      const spanned = coveredPercent(period, this.license.term, coverage, this.last);
      // Of a period without a log only sessions are known that go on through it.
      const isLogged = spanned > 0;
      const isSeen = isLogged || lower > 0n;
      return {
        period: period.label,
        from: formatInstant(period.from),
        until: formatInstant(period.until),
        lower: isSeen ? toNumber(lower) : null,
        upper: upper === undefined || !isLogged ? null : toNumber(upper),
        at:
          this.seats === undefined || (upper ?? ONE) === 0n || !isSeen
            ? null
            : formatInstant(highest.upper.at),
        limits: hasLimits ? limitsOf(stretches).map(toLimitInForce) : [],
        spanned,
        ...(team !== undefined && { teams: team }),
      };
    });
  }

  /** Of peaks and people the most of a stretch; a sum is what its last stretch ends in. */
  private boundsOf(stretches: readonly SegmentUse[]): { lower: Amount; upper: Amount | undefined } {
    const lowers = stretches.map(({ lower }) => lower.amount);
    const { measure } = this.license;
    const isOfPeriod = measure.take.kind !== 'max' || isPassed(measure);
    return {
      lower: isOfPeriod ? lowers.at(-1)! : lowers.reduce((a, b) => (b > a ? b : a)),
      upper: highestOf(stretches).upper.amount,
    };
  }

  private forecast(months: readonly SegmentUse[], coverage: Coverage): LicenseFigures['forecast'] {
    const { measure, term } = this.license;
    if (!isByCalendarMonth(measure) && measure.count.what !== 'seats')
      return {
        known: false,
        reason: `the quantity is for ${periodWords(measure)}, and a forecast is made of calendar months`,
      };
    const whole = [...usesByPeriod(months)].flatMap(([month, stretches]): MonthBounds[] => {
      // Before the term nobody was to use it, and after it neither.
      const isOutside =
        (term?.from !== undefined && month.from < term.from.instant) ||
        (term !== undefined && month.from >= term.until.instant);
      if (isOutside || coveredPercent(month, term, coverage, this.last) < this.contract.coverage) return [];
      const { lower, upper } = this.boundsOf(stretches);
      return [{ month, lower: toNumber(lower), upper: upper === undefined ? undefined : toNumber(upper) }];
    });
    return forecast(whole, this.limits, this.contract.timezone);
  }

  /** What nobody can have needed in the months that the last days lie in: the bound from above is what counts. */
  private spare(
    months: readonly SegmentUse[],
    coverage: Coverage,
  ): Pick<LicenseFigures['idle'], 'spare' | 'spareDoubt'> {
    const untold = { spare: null, spareDoubt: null };
    const { measure } = this.license;
    if (coverage === undefined || (!isByCalendarMonth(measure) && measure.count.what !== 'seats'))
      return untold;
    const since = coverage.until - this.options.idle;
    const limit = limitAt(this.limits, coverage.until)?.amount;
    if (since < coverage.from || limit === undefined || limit === 'unlimited') return untold;
    const recent = months.filter(({ segment: { until, from } }) => until > since && from <= coverage.until);
    const period = recent[0]?.segment.period;
    const highest = recent.length === 0 ? undefined : highestOf(recent).upper.amount;
    if (period === undefined || highest === undefined) return untold;
    const begin = later(period.from, coverage.from);
    const lack = lackAfter(coverage, begin);
    if (lack !== undefined) return { spare: null, spareDoubt: `${lack}: seats may have been used there` };
    return {
      spare: {
        amount: highest < limit ? toNumber(limit - highest) : 0,
        limit: toNumber(limit),
        highest: toNumber(highest),
        since: begin > period.from ? formatDate(localDate(begin, this.contract.timezone)) : period.label,
      },
      spareDoubt: null,
    };
  }

  private freeCures(
    segments: readonly SegmentUse[],
    withoutLinger: readonly SegmentUse[] | undefined,
    open: readonly Holding[],
    { idle, days }: Pick<LicenseFigures['idle'], 'idle' | 'days'>,
  ): FreeCure[] {
    const { linger, measure } = this.license;
    const cures = withoutLinger === undefined ? [] : [endLinger(segments, withoutLinger)];
    if (this.seats !== undefined)
      cures.push(reclaimHeld(this.seats.peak, open, this.options.idle, linger, days));
    if (measure.count.what === 'distinct' && measure.count.key === 'person') cures.push(reclaimIdle(idle));
    return cures;
  }
}

/** Segments may be cut where nothing of the quantity changes. */
function limitsOf(stretches: readonly SegmentUse[]): (Limit | undefined)[] {
  const limits = stretches.map(({ segment }) => segment.limit);
  return limits.filter((limit, index) => index === 0 || limit?.from !== limits[index - 1]?.from);
}

/** The one with the highest bound from above; none at all goes before all. Of equals the first. */
function highestOf(uses: readonly SegmentUse[]): SegmentUse {
  return uses.reduce((best, use) => {
    if (best.upper.amount === undefined) return best;
    return use.upper.amount === undefined || use.upper.amount > best.upper.amount ? use : best;
  });
}
