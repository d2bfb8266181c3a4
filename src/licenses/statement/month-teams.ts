/** Of each month the most seats at once and which teams held them at that instant, and the peaks of its days. */
import { formatInstant, type Instant } from '../../base/instant.ts';
import type { TeamUse } from '../../model/license-figures.ts';
import { type Amount, toNumber } from '../contract/amount.ts';
import type { Day } from './local-days.ts';
import type { Holding, SeatObserver } from './seat-watch.ts';
import { type TeamOf, toShares } from './teams.ts';

type MonthPeak = { seats: Amount; at: Instant; teams: Map<string | null, Amount> };

export class MonthTeams implements SeatObserver {
  private readonly teamOf: TeamOf;
  /** As many entries as the contract has teams. */
  private readonly current = new Map<string | null, Amount>();
  private readonly peaks = new Map<string, MonthPeak>();
  private readonly dayPeaks = new Map<string, Amount>();
  /** The day of the last stretch, its peak and that of its month so far: nearly every stretch is no peak of either. */
  private day: Day | undefined;
  private dayPeak: Amount = 0n;
  private monthPeak: Amount = 0n;

  constructor(teamOf: TeamOf) {
    this.teamOf = teamOf;
  }

  came({ shown, quantity }: Holding): void {
    const team = this.teamOf(shown.holder);
    this.current.set(team, (this.current.get(team) ?? 0n) + quantity);
  }

  left({ shown, quantity }: Holding): void {
    const team = this.teamOf(shown.holder);
    this.current.set(team, this.current.get(team)! - quantity);
  }

  stretch(seats: Amount, from: Instant, _: Instant, day: Day): void {
    if (day !== this.day) this.turnTo(day);
    if (seats > this.dayPeak) {
      this.dayPeak = seats;
      this.dayPeaks.set(day.text, seats);
    }
    if (seats > this.monthPeak) {
      this.monthPeak = seats;
      this.peaks.set(day.month, { seats, at: from, teams: new Map(this.current) });
    }
  }

  private turnTo(day: Day): void {
    this.day = day;
    this.dayPeak = this.dayPeaks.get(day.text) ?? 0n;
    this.monthPeak = this.peaks.get(day.month)?.seats ?? 0n;
  }

  /** By month, `2025-03`. */
  figures(): Map<string, TeamUse> {
    return new Map(
      [...this.peaks].map(([month, { seats, at, teams }]) => [
        month,
        { amount: toNumber(seats), at: formatInstant(at), teams: toShares(teams) },
      ]),
    );
  }

  days(): { day: string; peak: number }[] {
    return [...this.dayPeaks].map(([day, seats]) => ({ day, peak: toNumber(seats) }));
  }
}
