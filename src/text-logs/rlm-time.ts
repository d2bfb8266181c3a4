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
  /** The day that was stated last, and its first moment. */
  private dayText = '';
  private midnight: number | undefined;

  constructor(zone: ZoneKnowledge) {
    this.offsets = new OrderedOffsets(zone);
  }

  setZone(zone: ZoneKnowledge): void {
    this.offsets.zone = zone;
  }

  /** Where the log has come to, in seconds. */
  get second(): number {
    return (this.now ?? 0) / 1000;
  }

  /** `03/02/2026` `08:00`; undefined for a day that no calendar has. */
  readDate(date: string, clock: string): Stated | undefined {
    const [month, day, year] = date.split('/').map(Number);
    return atClock(toWallMs(year!, month!, day!, 0, 0, 0), clock);
  }

  /** `03/02` `08:00:00`: of the year that brings it nearest to where the log has come to, half a year at the most. */
  readDay(day: string, clock: string): Stated | undefined {
    const { now } = this;
    if (now === undefined) return undefined;
    // Nearly every line is of the day of the line before, and as near.
    const { midnight } = this;
    if (day !== this.dayText || midnight === undefined || Math.abs(midnight - now) > 2 * MS_PER_DAY) {
      this.dayText = day;
      this.midnight = nearest(day, now, (begin) => {
        const away = Math.abs(begin - now);
        return away <= HALF_YEAR_MS ? away : Number.POSITIVE_INFINITY;
      });
    }
    return atClock(this.midnight, clock);
  }

  /** The same for a time that lies behind: of the year that brings it nearest before. A day ahead is a clock that was set. */
  readPastDay(day: string, clock: string): Stated | undefined {
    const { now } = this;
    if (now === undefined) return undefined;
    const midnight = nearest(day, now, (begin) => {
      const ago = now + MS_PER_DAY - begin;
      return ago >= 0 ? ago : Number.POSITIVE_INFINITY;
    });
    return atClock(midnight, clock);
  }

  /** `08:00`: on the day that the log has come to, or the next. */
  readClock(clock: string): Stated | undefined {
    if (this.now === undefined) return undefined;
    const stated = atClock(Math.floor(this.now / MS_PER_DAY) * MS_PER_DAY, clock);
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
}

/** The first moment of the day in the year that is least far by `distance`; undefined for a day that no calendar has near. */
function nearest(day: string, now: number, distance: (midnight: number) => number): number | undefined {
  const [month, date] = day.split('/').map(Number);
  const year = new Date(now).getUTCFullYear();
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  // Up to eight years back: the 29th of February of a session that lasts.
  for (const candidate of [year + 1, year, year - 1, year - 2, year - 3, year - 4, year - 8]) {
    const midnight = toWallMs(candidate, month!, date!, 0, 0, 0);
    if (midnight === undefined) continue;
    const away = distance(midnight);
    if (away < least) [best, least] = [midnight, away];
  }
  return best;
}

function atClock(midnight: number | undefined, clock: string): Stated | undefined {
  const colon = clock.indexOf(':');
  const hour = Number(clock.slice(0, colon));
  const minute = Number(clock.slice(colon + 1, colon + 3));
  const toTheMinute = clock.length === colon + 3;
  const second = toTheMinute ? 0 : Number(clock.slice(colon + 4, colon + 6));
  if (midnight === undefined || hour > 23 || minute > 59 || second > 59) return undefined;
  const digits = clock.slice(colon + 7);
  // Tenths of milliseconds: four digits are a fraction, fewer may or may not lack zeros in front.
  const fraction = digits.length === 4 && digits !== '0000' ? digits : '';
  return { wallMs: midnight + ((hour * 60 + minute) * 60 + second) * 1000, fraction, toTheMinute };
}
