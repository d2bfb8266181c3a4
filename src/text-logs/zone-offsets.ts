/** Which offsets from UTC a wall clock in an IANA zone can have had: one as a rule, two in a repeated hour, none in a skipped one. */
import { wallClockMs } from '../base/time-zone.ts';

const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 86_400_000;

const NONE: readonly number[] = [];

/** Times are milliseconds since 1970 as if the clock ran in UTC; offsets are minutes east of UTC, the earlier instant first. */
export class ZoneOffsets {
  readonly zone: string;
  /** Logs stay within an hour for many lines, and nearly all hours have one offset: asking Intl each time costs 10 µs. */
  private hour = Number.NaN;
  private ofHour: readonly number[] | undefined;

  constructor(zone: string) {
    this.zone = zone;
  }

  at(wallMs: number): readonly number[] {
    const hour = Math.floor(wallMs / MS_PER_HOUR);
    if (hour !== this.hour) {
      this.hour = hour;
      const first = this.find(hour * MS_PER_HOUR);
      const last = this.find((hour + 1) * MS_PER_HOUR - 1000);
      const isOne = first.length === 1 && last.length === 1 && first[0] === last[0];
      this.ofHour = isOne ? first : undefined;
    }
    return this.ofHour ?? this.find(wallMs);
  }

  /** Offsets change at most once within these two days, so each that is possible is in force at one end of them. */
  private find(wallMs: number): readonly number[] {
    const found = [wallMs - MS_PER_DAY, wallMs + MS_PER_DAY]
      .map((probe) => wallClockMs(probe, this.zone) - probe)
      .filter((offset) => wallClockMs(wallMs - offset, this.zone) === wallMs && offset % MS_PER_MINUTE === 0)
      .map((offset) => offset / MS_PER_MINUTE);
    if (found.length === 0) return NONE;
    // The larger offset is the earlier instant.
    return [...new Set(found)].sort((left, right) => right - left);
  }
}
