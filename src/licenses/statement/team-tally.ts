/** Of measures that are no seats: what each team used in a month. */
import type { TeamUse } from '../../model/license-figures.ts';
import { type Amount, ONE, toNumber } from '../contract/amount.ts';
import type { Count } from '../contract/contract.ts';
import { holderOf, type TimedUse } from '../use/license-use.ts';
import { LocalDays } from './local-days.ts';
import { type TeamOf, toShares } from './teams.ts';

export class TeamTally {
  private readonly count: Count;
  private readonly teamOf: TeamOf;
  private readonly days: LocalDays;
  private readonly months = new Map<string, TeamUse>();
  private month: string | undefined;
  private teams = new Map<string | null, Amount>();
  /** Memory: the people of one month, as the measure itself has them. */
  private seen = new Set<string>();

  constructor(count: Count, zone: string, teamOf: TeamOf) {
    this.count = count;
    this.days = new LocalDays(zone);
    this.teamOf = teamOf;
  }

  see(use: TimedUse): void {
    // A check-in proves use until just before it: at the first instant of a month, for the month before.
    const { month } = this.days.at(use.kind === 'close' ? use.time - 1n : use.time);
    if (month !== this.month) {
      this.leave();
      this.month = month;
    }
    const amount = this.amountOf(use);
    if (amount === undefined || amount === 0n) return;
    const team = this.teamOf(holderOf(use));
    this.teams.set(team, (this.teams.get(team) ?? 0n) + amount);
  }

  figures(): Map<string, TeamUse> {
    this.leave();
    return this.months;
  }

  private amountOf(use: TimedUse): Amount | undefined {
    const { what } = this.count;
    // Who has an assignment, or what a gauge shows, is no use of a month.
    if (what === 'assigned' || what === 'level' || what === 'sampled') return undefined;
    if (what === 'distinct') {
      const name = use.counted;
      if (name === undefined || this.seen.has(name)) return undefined;
      this.seen.add(name);
      return ONE;
    }
    if (use.kind === 'close') return undefined;
    return what === 'sum' ? use.amount : ONE;
  }

  private leave(): void {
    const amount = [...this.teams.values()].reduce((sum, each) => sum + each, 0n);
    if (this.month !== undefined && this.teams.size > 0)
      this.months.set(this.month, { amount: toNumber(amount), at: null, teams: toShares(this.teams) });
    this.teams = new Map();
    this.seen = new Set();
  }
}
