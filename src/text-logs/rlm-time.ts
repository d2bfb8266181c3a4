/**
 * When a record of an RLM report log was written. Events state month and day without a year, in the small format only hour
 * and minute; START, END and periodic time stamps state it all.
 */
import { formatWall, OrderedOffsets, toWallMs, type ZoneKnowledge } from './wall-time.ts';

/** A stated time: milliseconds as if the clock ran in UTC, digits of a fraction, and whether seconds were stated. */
export type Stated = { wallMs: number; fraction: string; toTheMinute: boolean };

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;
const HALF_YEAR_MS = 184 * MS_PER_DAY;

/**
 * Without a date, a clock that goes back by more is of the next day. Less is a clock that was corrected, or the end of
 * daylight saving time.
 */
const LARGEST_STEP_BACK_MS = 120 * MS_PER_MINUTE;

export class RlmTime {
  private readonly offsets: OrderedOffsets;
  /** Where the log has come to. */
  private now: number | undefined;
  private fraction = '';

  constructor(zone: ZoneKnowledge) {
    this.offsets = new OrderedOffsets(zone);
  }

  setZone(zone: ZoneKnowledge): void {
    this.offsets.zone = zone;
  }

  /** `03/02/2026` `08:00`; undefined for a day that no calendar has. */
  readDate(date: string, clock: string): Stated | undefined {
    const [month, day, year] = date.split('/').map(Number);
    return toStated(year!, month!, day!, clock);
  }

  /** `03/02` `08:00:00`: of the year that brings it nearest to where the log has come to, half a year at the most. */
  readDay(day: string, clock: string): Stated | undefined {
    return this.nearest(day, clock, (wallMs, now) => {
      const away = Math.abs(wallMs - now);
      return away <= HALF_YEAR_MS ? away : Number.POSITIVE_INFINITY;
    });
  }

  /** The same for a time that lies behind: of the year that brings it nearest before. A day ahead is a clock that was set. */
  readPastDay(day: string, clock: string): Stated | undefined {
    return this.nearest(day, clock, (wallMs, now) => {
      const ago = now + MS_PER_DAY - wallMs;
      return ago >= 0 ? ago : Number.POSITIVE_INFINITY;
    });
  }

  /** `08:00`: on the day that the log has come to, or the next. */
  readClock(clock: string): Stated | undefined {
    if (this.now === undefined) return undefined;
    const date = new Date(this.now);
    const stated = toStated(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), clock);
    if (stated === undefined || this.now - stated.wallMs <= LARGEST_STEP_BACK_MS) return stated;
    return { ...stated, wallMs: stated.wallMs + MS_PER_DAY };
  }

  /**
   * The log has come to this time; as RFC 3339. A time to the minute is not before what stands above it in the same minute:
   * so the order of times is that of the lines.
   */
  moveTo(stated: Stated): string {
    const { wallMs, fraction, toTheMinute } = stated;
    const isSameMinute =
      toTheMinute && this.now !== undefined && this.now >= wallMs && this.now < wallMs + MS_PER_MINUTE;
    if (!isSameMinute) [this.now, this.fraction] = [wallMs, fraction];
    return this.current()!;
  }

  /** Where the log has come to, for lines that state no time; undefined before the first that does. */
  current(): string | undefined {
    const { now, fraction } = this;
    return now === undefined ? undefined : formatWall(now, fraction, this.offsets.next(now));
  }

  /** A time that is told of, not come to. */
  told({ wallMs, fraction }: Stated): string {
    return formatWall(wallMs, fraction, this.offsets.lone(wallMs));
  }

  private nearest(
    day: string,
    clock: string,
    distance: (wallMs: number, now: number) => number,
  ): Stated | undefined {
    if (this.now === undefined) return undefined;
    const [month, date] = day.split('/').map(Number);
    const year = new Date(this.now).getUTCFullYear();
    let best: Stated | undefined;
    let least = Number.POSITIVE_INFINITY;
    // Up to eight years back: the 29th of February of a session that lasts.
    for (const candidate of [year + 1, year, year - 1, year - 2, year - 3, year - 4, year - 8]) {
      const stated = toStated(candidate, month!, date!, clock);
      if (stated === undefined) continue;
      const away = distance(stated.wallMs, this.now);
      if (away < least) [best, least] = [stated, away];
    }
    return best;
  }
}

function toStated(year: number, month: number, day: number, clock: string): Stated | undefined {
  const [hour, minute, rest] = clock.split(':');
  const [second = '0', digits = ''] = rest?.split('.') ?? [];
  const wallMs = toWallMs(year, month, day, Number(hour), Number(minute), Number(second));
  if (wallMs === undefined) return undefined;
  // Tenths of milliseconds: four digits are a fraction, fewer may or may not lack zeros in front.
  const fraction = digits.length === 4 && digits !== '0000' ? digits : '';
  return { wallMs, fraction, toTheMinute: rest === undefined };
}
