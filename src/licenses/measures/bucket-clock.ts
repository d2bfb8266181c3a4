/**
 * The buckets that a measure cuts time into, in the contract's time zone. A day is cut into hours, quarters of an hour and
 * minutes from its first instant on, so a day of 23 or 25 hours has so many. A rolling bucket is named for its last day.
 */

import { getOrCreate } from '../../base/get-or-create.ts';
import type { Instant } from '../../base/instant.ts';
import { localDate, startOfDay } from '../../base/time-zone.ts';
import type { Bucket } from '../contract/contract.ts';

const MINUTE = 60_000_000_000n;
const UTC_DAY = 1_440n * MINUTE;
const SIZES = { minute: MINUTE, '15min': 15n * MINUTE, hour: 60n * MINUTE } as const;

/** Half-open. */
export type Stretch = { from: Instant; until: Instant };

export class BucketClock {
  private readonly zone: string;
  /** Nanoseconds of a bucket within a day; undefined for whole days. */
  private readonly size: bigint | undefined;
  /** How many days a bucket reaches back, its own among them. */
  private readonly days: number;
  /** Each day costs some lookups in the zone's data. By the UTC days that they reach into. */
  private readonly knownDays = new Map<bigint, Stretch[]>();
  /** Of the windows that a day is in, where the last ends. */
  private readonly windowEnds = new Map<Instant, Instant>();
  private day: Stretch = { from: 0n, until: 0n };

  constructor(bucket: Bucket, zone: string) {
    this.zone = zone;
    this.size = bucket.kind in SIZES ? SIZES[bucket.kind as keyof typeof SIZES] : undefined;
    this.days = bucket.kind === 'rolling' ? bucket.days : 1;
  }

  /** The bucket of the clock that holds `instant`. */
  at(instant: Instant): Stretch {
    const day = this.dayAt(instant);
    if (this.size === undefined) return day;
    const from = instant - ((instant - day.from) % this.size);
    const until = from + this.size;
    return { from, until: until < day.until ? until : day.until };
  }

  /** From the first to the last bucket that counts what happened in [from, until). */
  reach(from: Instant, until: Instant): Stretch {
    const last = this.at(until > from ? until - 1n : from);
    return {
      from: this.at(from).from,
      until:
        this.days === 1
          ? last.until
          : getOrCreate(this.windowEnds, last.from, () => this.daysAfter(last.from, this.days)),
    };
  }

  /** How many buckets lie in a stretch that begins and ends with one. */
  count(from: Instant, until: Instant): bigint {
    let total = 0n;
    for (let at = from; at < until; ) {
      const day = this.dayAt(at);
      const end = day.until < until ? day.until : until;
      total += this.size === undefined ? 1n : (end - at + this.size - 1n) / this.size;
      at = end;
    }
    return total;
  }

  /** The first instant of the window that the bucket of `instant` counts. */
  windowStart(instant: Instant): Instant {
    return this.days === 1 ? this.at(instant).from : this.daysAfter(this.dayAt(instant).from, 1 - this.days);
  }

  /** When a day shows `minute` minutes since 0:00, on the clock with which it ends; a day without that time, when it begins. */
  minuteOf({ from, until }: Stretch, minute: number): Instant {
    const at = until - BigInt(1_440 - minute) * MINUTE;
    return at > from ? at : from;
  }

  private daysAfter(from: Instant, days: number): Instant {
    const date = new Date(0);
    const { year, month, day } = localDate(from, this.zone);
    date.setUTCFullYear(year, month - 1, day + days);
    return startOfDay(
      { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() },
      this.zone,
    );
  }

  private dayAt(instant: Instant): Stretch {
    const { day } = this;
    if (day.from <= instant && instant < day.until) return day;
    const known = this.knownDays
      .get(instant / UTC_DAY)
      ?.find(({ from, until }) => from <= instant && instant < until);
    this.day = known ?? this.findDay(instant);
    return this.day;
  }

  private findDay(instant: Instant): Stretch {
    const from = startOfDay(localDate(instant, this.zone), this.zone);
    const day = { from, until: this.daysAfter(from, 1) };
    for (let utc = day.from / UTC_DAY; utc * UTC_DAY < day.until; utc++) {
      getOrCreate(this.knownDays, utc, (): Stretch[] => []).push(day);
    }
    return day;
  }
}
