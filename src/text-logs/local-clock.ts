/** Wall-clock times of one place in the order of a log: which offset from UTC they have, where the zone is known. */
import { wallClockMs } from '../base/time-zone.ts';

const MS_PER_SECOND = 1000;
export const SECONDS_PER_DAY = 86_400;
const MS_PER_DAY = SECONDS_PER_DAY * MS_PER_SECOND;
/** Daemons write one file without waiting for each other: so much disorder is no second pass over the repeated hour. */
export const DISORDER_SECONDS = 60;

/** The offsets of a day in seconds; `change`: the instant in seconds from which the later one holds, if it changes. */
type DayOffsets = { before: number; after: number; change: number | undefined };

/** Days count from 1970-01-01, seconds from midnight as clocks show them. */
export class LocalClock {
  private readonly zone: string | undefined;
  private day = Number.NaN;
  private offsets: DayOffsets = { before: 0, after: 0, change: undefined };
  private prefix = '';
  private suffix = '';
  /** Seconds since the epoch that were shown last; of a zone that is not known, as if it were UTC. */
  last: number;

  constructor(zone: string | undefined, last = Number.NEGATIVE_INFINITY) {
    this.zone = zone;
    this.last = last;
  }

  /** Whether all times of the day at hand have one offset. */
  get isEven(): boolean {
    return this.offsets.change === undefined;
  }

  /** `2025-01-31T`, then the time is to be written, then `offset`. */
  get date(): string {
    return this.prefix;
  }

  /** `+01:00`, `Z`, or nothing where the zone is not known. */
  get offset(): string {
    return this.suffix;
  }

  /** Moves to a time and returns by how many seconds it is later than the last one; NaN for the first. */
  show(day: number, seconds: number): number {
    if (day !== this.day) this.turnTo(day);
    const local = day * SECONDS_PER_DAY + seconds;
    const { before, change } = this.offsets;
    const instant = change === undefined ? local - before : this.onDayOfChange(local, change);
    const step = instant - this.last;
    this.last = instant;
    return step;
  }

  /**
   * On the day on which clocks are set: a time that is shown twice is the first one until the log goes back in it, and
   * a time that is never shown is told by the offset before.
   */
  private onDayOfChange(local: number, change: number): number {
    const { before, after } = this.offsets;
    const first = local - before;
    const second = local - after;
    const isTwice = first < change && second >= change;
    const isLater = isTwice ? first < this.last - DISORDER_SECONDS : first >= change && second >= change;
    this.suffix = formatOffset(isLater ? after : before);
    return isLater ? second : first;
  }

  private turnTo(day: number): void {
    this.day = day;
    const ms = day * MS_PER_DAY;
    this.prefix = `${new Date(ms).toISOString().slice(0, 10)}T`;
    if (this.zone === undefined) return;
    this.offsets = offsetsOf(ms, this.zone);
    this.suffix = formatOffset(this.offsets.before);
  }
}

function offsetAt(ms: number, zone: string): number {
  return (wallClockMs(ms, zone) - ms) / MS_PER_SECOND;
}

/** Offsets change at most once within a day and the hours around it. */
function offsetsOf(midnight: number, zone: string): DayOffsets {
  let low = midnight - offsetAt(midnight - MS_PER_DAY / 2, zone) * MS_PER_SECOND;
  let high = midnight + MS_PER_DAY - offsetAt(midnight + 1.5 * MS_PER_DAY, zone) * MS_PER_SECOND;
  const before = offsetAt(low, zone);
  const after = offsetAt(high, zone);
  if (before === after) return { before, after, change: undefined };
  while (high - low > MS_PER_SECOND) {
    const middle = Math.floor((low + high) / 2 / MS_PER_SECOND) * MS_PER_SECOND;
    if (offsetAt(middle, zone) === before) low = middle;
    else high = middle;
  }
  return { before, after, change: high / MS_PER_SECOND };
}

/** To the minute, as RFC 3339 has it: offsets with seconds ended before there were logs. */
function formatOffset(seconds: number): string {
  if (seconds === 0) return 'Z';
  const minutes = Math.abs(Math.trunc(seconds / 60));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
