/** Utilization by weekday and hour in the contract's zone: the mean over time, and the most at one instant. */
import type { Instant } from '../../base/instant.ts';
import { hourAt, wallClockMs } from '../../base/time-zone.ts';
import type { HeatMap } from '../../model/license-figures.ts';
import { type Amount, ONE, toNumber } from '../contract/amount.ts';
import { type Limit, limitAt } from '../contract/quantities.ts';
import type { Day } from './local-days.ts';
import type { SeatObserver } from './seat-watch.ts';

const HOUR = 3_600_000_000_000n;
const HOURS = 24;
const CELLS = 7 * HOURS;

/** What the hours of a week saw while one quantity was in force: exact, divided only at the end. */
type Sums = { limit: Limit | undefined; nanos: bigint[]; seatNanos: bigint[]; max: (Amount | undefined)[] };

/** `since`: an instant of it, after which all up to `until` are of it. */
type Hour = { number: number; since: Instant; until: Instant };

export class HeatSums implements SeatObserver {
  private readonly zone: string;
  private readonly limits: readonly Limit[];
  private readonly sums: Sums[] = [];
  private current: Sums | undefined;
  /** Until when `current` holds. */
  private until: Instant | undefined;
  /** The one asked for last, as long as it lasts. */
  private hour: Hour | undefined;
  /** Where the last stretch ended, and for how long all goes there: nearly every stretch lies in the cell of the one before. */
  private cell: { sums: Sums; number: number; since: Instant; until: Instant } | undefined;

  constructor(zone: string, limits: readonly Limit[]) {
    this.zone = zone;
    this.limits = limits;
  }

  stretch(seats: Amount, from: Instant, until: Instant, day: Day): void {
    const { cell } = this;
    if (cell !== undefined && from >= cell.since && from < cell.until && until <= cell.until) {
      add(cell.sums, cell.number, seats, until - from);
      return;
    }
    let at = from;
    do {
      const sums = this.sumsAt(at);
      const change = this.until === undefined || this.until > until ? until : this.until;
      if (at === day.from && change === day.until && day.regular) {
        for (let hour = 0; hour < HOURS; hour++) add(sums, day.weekday * HOURS + hour, seats, HOUR);
        return;
      }
      const hour = this.hourOf(at, day);
      const end = hour.until < change ? hour.until : change;
      const number = day.weekday * HOURS + hour.number;
      add(sums, number, seats, end - at);
      this.cell = { sums, number, since: at, until: this.lastOf(hour, day) };
      at = end;
    } while (at < until);
  }

  /** Until when what begins in the hour counts there. */
  private lastOf(hour: Hour, day: Day): Instant {
    const until = hour.until < day.until ? hour.until : day.until;
    return this.until === undefined || until < this.until ? until : this.until;
  }

  figures(): HeatMap {
    const rows = (of: (cell: number) => number | null) =>
      Array.from({ length: 7 }, (_, weekday) =>
        Array.from({ length: HOURS }, (_, hour) => of(weekday * HOURS + hour)),
      );
    return {
      mean: rows((cell) => {
        const nanos = this.total((sums) => sums.nanos[cell]!);
        return nanos === 0n
          ? null
          : ratio(
              this.total((sums) => sums.seatNanos[cell]!),
              nanos * ONE,
            );
      }),
      max: rows((cell) => {
        const seen = this.sums.flatMap(({ max }) => max[cell] ?? []);
        return seen.length === 0 ? null : toNumber(seen.reduce((a, b) => (b > a ? b : a)));
      }),
      meanShare: rows((cell) => this.meanShare(cell)),
      maxShare: rows((cell) => {
        const shares = this.sums.flatMap(({ limit, max }) =>
          isShared(limit) && max[cell] !== undefined ? ratio(max[cell], limit.amount) : [],
        );
        return shares.length === 0 ? null : Math.max(...shares);
      }),
    };
  }

  private meanShare(cell: number): number | null {
    let nanos = 0n;
    let share = 0n;
    for (const sums of this.sums) {
      if (!isShared(sums.limit)) continue;
      nanos += sums.nanos[cell]!;
      share += (sums.seatNanos[cell]! * ONE) / sums.limit.amount;
    }
    return nanos === 0n ? null : ratio(share, nanos * ONE);
  }

  private total(of: (sums: Sums) => bigint): bigint {
    return this.sums.reduce((sum, each) => sum + of(each), 0n);
  }

  /** The hour on the clocks; of a day on which they are set it may be longer or shorter. */
  private hourOf(at: Instant, day: Day): Hour {
    const { hour } = this;
    if (hour !== undefined && at >= hour.since && at < hour.until) return hour;
    this.hour = day.regular ? this.regularHour(at, day) : this.irregularHour(at);
    return this.hour;
  }

  private regularHour(at: Instant, day: Day): Hour {
    const number = Number((at - day.from) / HOUR);
    return { number, since: at, until: day.from + BigInt(number + 1) * HOUR };
  }

  private irregularHour(at: Instant): Hour {
    const number = new Date(wallClockMs(Number(at / 1_000_000n), this.zone)).getUTCHours();
    return { number, since: at, until: hourAt(at, this.zone).until };
  }

  private sumsAt(at: Instant): Sums {
    if (this.current !== undefined && (this.until === undefined || at < this.until)) return this.current;
    const limit = limitAt(this.limits, at);
    this.until = this.limits.find(({ from }) => from !== undefined && from > at)?.from;
    this.current = {
      limit,
      nanos: new Array<bigint>(CELLS).fill(0n),
      seatNanos: new Array<bigint>(CELLS).fill(0n),
      max: new Array<Amount | undefined>(CELLS).fill(undefined),
    };
    this.sums.push(this.current);
    return this.current;
  }
}

function add({ nanos, seatNanos, max }: Sums, cell: number, seats: Amount, duration: bigint): void {
  nanos[cell]! += duration;
  seatNanos[cell]! += seats * duration;
  if (max[cell] === undefined || seats > max[cell]) max[cell] = seats;
}

/** Of nothing, and of everything, there is no share. */
function isShared(limit: Limit | undefined): limit is Limit & { amount: Amount } {
  return limit !== undefined && limit.amount !== 'unlimited' && limit.amount > 0n;
}

/** To four digits after the point, half up: the same on every machine. */
function ratio(part: bigint, whole: bigint): number {
  return Number((part * 20_000n + whole) / (whole * 2n)) / 10_000;
}
