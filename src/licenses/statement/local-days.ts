/** Days in the contract's zone, walked in time order. */
import type { Instant } from '../../base/instant.ts';
import { formatDate, type LocalDate, localDate, startOfDay } from '../../base/time-zone.ts';

/** Half-open. `weekday` counts from Monday, 0. `regular`: 24 hours, none of them cut or repeated. */
export type Day = {
  text: string;
  month: string;
  weekday: number;
  from: Instant;
  until: Instant;
  regular: boolean;
};

const DAY = 86_400_000_000_000n;
const MS_PER_DAY = 86_400_000;

export class LocalDays {
  private readonly zone: string;
  private day: Day | undefined;
  private date: LocalDate | undefined;

  constructor(zone: string) {
    this.zone = zone;
  }

  /** The day of `instant`; fast for one that lies in the day asked for last, or in the next. */
  at(instant: Instant): Day {
    const { day } = this;
    if (day !== undefined && instant >= day.from && instant < day.until) return day;
    const isNext = day !== undefined && instant >= day.until && instant < day.until + DAY / 2n;
    this.date = isNext ? dayAfter(this.date!) : localDate(instant, this.zone);
    this.day = this.toDay(isNext ? day.until : startOfDay(this.date, this.zone));
    return this.day;
  }

  private toDay(from: Instant): Day {
    let next = dayAfter(this.date!);
    let until = startOfDay(next, this.zone);
    // A day that the zone skipped (Samoa, 2011-12-30) begins where the next one does.
    while (until <= from) {
      this.date = next;
      next = dayAfter(next);
      until = startOfDay(next, this.zone);
    }
    const date = this.date!;
    const text = formatDate(date);
    return {
      text,
      month: text.slice(0, 7),
      weekday: (new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay() + 6) % 7,
      from,
      until,
      // No zone ever set its clocks twice in a day.
      regular: until - from === DAY,
    };
  }
}

function dayAfter({ year, month, day }: LocalDate): LocalDate {
  const date = new Date(Date.UTC(year, month - 1, day) + MS_PER_DAY);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}
