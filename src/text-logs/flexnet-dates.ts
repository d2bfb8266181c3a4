/**
 * The days of a FlexNet debug log, whose lines carry the time of day alone: told by the lines that carry a date,
 * and counted on by midnights in between. What the two disagree about is told.
 */
import { addLost, type LostTime } from '../base/lost-time.ts';
import { DISORDER_SECONDS, LocalClock, SECONDS_PER_DAY } from './local-clock.ts';

/**
 * A clock that goes back by more has passed midnight: silence of up to 21 hours is then read as such, and neither the end
 * of summer time (1 h, Lord Howe 0.5 h) nor a clock that was put right is.
 */
const MIDNIGHT_SECONDS = 3 * 3600;
const FIRST_YEAR = 1990;
const LAST_YEAR = 2199;
const FIRST_SECOND = Date.UTC(FIRST_YEAR) / 1000;

/** `days`: by how many the date is ahead of the one that was counted, or behind it. */
export type Jump = { days: number; from: string; to: string };

/** What is known behind a line; plain data. The fields are those of `LogDates`. */
export type DatesState = {
  confirmed: number;
  day: number | undefined;
  midnights: number;
  seconds: number;
  second: number;
  pass: number;
  highest: number;
};

export class LogDates {
  private readonly clock: LocalClock;
  /** Undefined until some line says what day it is. */
  private day: number | undefined;
  /** Midnights passed so far, for logs without any date. */
  midnights = 0;
  private seconds = -1;
  /** How often the clock was put back, as long as it shows times that it has shown before. */
  pass = 1;
  private highest = Number.NEGATIVE_INFINITY;
  /** The second of the last line that said what day it is. */
  private confirmed = FIRST_SECOND;
  /** What dates that were ahead of the days counted show to be missing: from the date before to the one that shows it. */
  readonly lost: LostTime[] = [];

  /** `day`: on which the log begins, where it is known. `state`: amid a log, what was known behind the line before. */
  constructor(day: number | undefined, zone: string | undefined, state?: DatesState) {
    this.day = day;
    this.clock = new LocalClock(zone, state?.second);
    if (state === undefined) return;
    this.day = state.day;
    this.midnights = state.midnights;
    this.seconds = state.seconds;
    this.pass = state.pass;
    this.highest = state.highest;
    this.confirmed = state.confirmed;
  }

  save(): DatesState {
    const { day, midnights, seconds, second, pass, highest, confirmed } = this;
    return { day, midnights, seconds, second, pass, highest, confirmed };
  }

  /**
   * The `second` that `move` would lead to where that is a small step ahead within the day, and nothing else would come of it;
   * NaN for every other step.
   */
  secondAhead(seconds: number): number {
    const step = seconds - this.seconds;
    const isSmall = this.seconds >= 0 && step >= 0 && step < MIDNIGHT_SECONDS;
    return isSmall && this.pass === 1 && this.clock.isEven ? this.clock.last + step : Number.NaN;
  }

  /** The next line has this time of day. @returns seconds by which the clock was put back, 0 where it was not */
  move(seconds: number): number {
    const previous = this.seconds;
    const back = previous - seconds;
    this.seconds = seconds;
    if (back > MIDNIGHT_SECONDS) this.turn(1);
    // A line of yesterday that another daemon wrote too late.
    else if (previous >= 0 && previous < DISORDER_SECONDS && -back > SECONDS_PER_DAY - DISORDER_SECONDS)
      this.turn(-1);
    const step = this.clock.show(this.day ?? this.midnights, seconds);
    const { last } = this.clock;
    if (last >= this.highest) {
      this.highest = last;
      this.pass = 1;
    } else if (step < -DISORDER_SECONDS) this.pass++;
    return step < -DISORDER_SECONDS && Number.isFinite(step) ? -step : 0;
  }

  private turn(days: number): void {
    this.midnights += days;
    if (this.day !== undefined) this.day += days;
  }

  /**
   * The line says what day it is. `isStart`: of a server that starts, which may have rested for any number of days.
   * @returns what is wrong with the day that was counted, if anything
   */
  correct(day: number, isStart: boolean): Jump | undefined {
    const { confirmed } = this;
    const jump = this.believe(day, isStart);
    this.confirmed = this.clock.last;
    // Between the two dates nobody knows where the days are missing, and so of no line there which day it is of.
    if (jump !== undefined && jump.days > 0)
      addLost(this.lost, { fromMs: confirmed * 1000, untilMs: this.confirmed * 1000 });
    return jump;
  }

  private believe(day: number, isStart: boolean): Jump | undefined {
    const counted = this.day;
    if (counted === day) return undefined;
    const { seconds } = this;
    // The date was taken a moment before or after the time of the line: on the other side of the midnight that is near.
    const across = seconds < DISORDER_SECONDS ? -1 : seconds > SECONDS_PER_DAY - DISORDER_SECONDS ? 1 : 0;
    if (counted !== undefined && across !== 0 && day === counted + across) return undefined;
    this.day = day;
    this.clock.show(day, seconds);
    if (counted !== undefined && day < counted) this.pass++;
    else this.highest = this.clock.last;
    if (counted === undefined || (isStart && day > counted)) return undefined;
    return { days: day - counted, from: formatDay(counted), to: formatDay(day) };
  }

  /** Of the last line, in seconds since the epoch; since some midnight where the day is not known. */
  get second(): number {
    return this.clock.last;
  }

  get isDated(): boolean {
    return this.day !== undefined;
  }

  /** Of the last line: `2025-01-31T` and `+01:00` around its time; undefined where the day is not known. */
  get date(): string {
    return this.clock.date;
  }

  get offset(): string {
    return this.clock.offset;
  }
}

function formatDay(day: number): string {
  return new Date(day * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
}

/** The number of the day; undefined where no calendar has it, or no license server could have written it. */
function toDay(year: number, month: number, day: number): number | undefined {
  if (year < FIRST_YEAR || year > LAST_YEAR) return undefined;
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? ms / (SECONDS_PER_DAY * 1000) : undefined;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `1/8/2017`: month, day, year, whatever the language of the server. */
const SLASHED = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?!\d)/;
/** `Sun Jan 08 2017 17:17:45 EST`: the zone is a name in the language of the server, which no two systems agree on. */
const SPELLED = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{4}) /;

export function parseSlashedDay(text: string): number | undefined {
  const match = SLASHED.exec(text);
  return match === null ? undefined : toDay(Number(match[3]), Number(match[1]), Number(match[2]));
}

export function parseSpelledDay(text: string): number | undefined {
  const match = SPELLED.exec(text);
  const month = match === null ? -1 : MONTHS.indexOf(match[1]!);
  return month < 0 ? undefined : toDay(Number(match![3]), month + 1, Number(match![2]));
}
