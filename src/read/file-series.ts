/**
 * Names of files that count on, by a date or a number: of a folder with a file for each day, the days without one. A series with
 * few holes was meant to have none; one with many never was one.
 */
import { compareText } from '../base/text-safety.ts';

/** `missing`: the names that files between the first and the last would have, in order; no more than MAX_MISSING of them. */
export type SeriesHoles = { unit: Unit; present: number; holes: number; missing: string[] };

type Unit = 'number' | 'month' | 'day' | 'hour';

export const MAX_MISSING = 3;

/** Fewer are no series. */
const FEWEST: Record<Unit, number> = { number: 4, month: 4, day: 4, hour: 24 };
/**
 * Of the steps from one to the next, how many must lead to the very next, unless one alone does not. A log that is silent at night
 * lacks hours each day.
 */
const REGULAR: Record<Unit, number> = { number: 0.75, month: 0.75, day: 0.75, hour: 0.95 };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A year of this century, a month, a day, an hour, with one separator or none; not a part of a longer number. */
const DATE =
  /(?<!\d)(?<year>20\d\d)(?<dash>[-_./]?)(?<month>0[1-9]|1[0-2])(?:\k<dash>(?<day>0[1-9]|[12]\d|3[01])(?:(?<before>[-_./T]?)(?<hour>[01]\d|2[0-3])(?=$|[^\d]))?)?(?!\d)/g;
/** `year=2026/month=03/day=04/hour=05`, as tables are partitioned, and with the first letters as Azure has them. */
const PARTITION =
  /(?<![a-z])(?<y>y(?:ear)?=)(?<year>20\d\d)\/(?<m>m(?:onth)?=)(?<month>0?[1-9]|1[0-2])(?:\/(?<d>d(?:ay)?=)(?<day>0?[1-9]|[12]\d|3[01])(?:\/(?<h>h(?:our)?=)(?<hour>[01]?\d|2[0-3]))?)?(?![\d])/gi;
/** The last number of a name, before what tells of its form; an id has letters beside its digits, or more of them. */
const NUMBER = /(?<![\da-z])\d{1,6}(?=(?:[^\da-z][^\d]*)?(?:\.bz2)?$)/i;
/** What tells of the form of a file: `.json.gz`. */
const FORM = /(?:\.[a-z]{2,8})?(?:\.(?:gz|zst|bz2|xz|zip))?$/i;
/** Of two numbers further apart nobody asks for all in between. */
const MAX_BETWEEN = 10_000;

/**
 * A place in a name that counts on: the name without it, what it counts, and how another would be written there. `days`: names that
 * have the day in common with others of this series, whatever follows it.
 */
type Counter = { series: string; unit: Unit; at: number; write: (at: number) => string; days?: Counter };

type Members = { unit: Unit; byCount: Map<number, Counter> };

/** `names`: of files, with slashes. In the order of the series. */
export function holesInSeries(names: readonly string[]): SeriesHoles[] {
  const counters = names.flatMap(countersOf);
  const told = [...collect(counters)].flatMap(([series, members]) => {
    const holes = holesOf(members);
    return holes === undefined ? [] : [{ series, holes }];
  });
  // Each file of a day may have a name of its own, a time or an id in it. Of what is told already nothing is told by days.
  const toldSeries = new Set(told.map(({ series }) => series));
  const toldDays = new Set(
    counters.filter((each) => toldSeries.has(keyOf(each))).map(({ days }) => days && keyOf(days)),
  );
  const days = [...collect(counters.flatMap(({ days }) => days ?? []))].flatMap(([series, members]) => {
    const holes = toldDays.has(series) ? undefined : holesOf(members);
    return holes === undefined ? [] : [{ series, holes }];
  });
  return [...told, ...days]
    .sort((left, right) => compareText(left.series, right.series))
    .map(({ holes }) => holes);
}

function keyOf({ unit, series }: Counter): string {
  return `${series} ${unit}`;
}

function collect(counters: readonly Counter[]): Map<string, Members> {
  const series = new Map<string, Members>();
  for (const counter of counters) {
    const key = keyOf(counter);
    const known = series.get(key);
    if (known === undefined)
      series.set(key, { unit: counter.unit, byCount: new Map([[counter.at, counter]]) });
    else if (!known.byCount.has(counter.at)) known.byCount.set(counter.at, counter);
  }
  return series;
}

function holesOf({ unit, byCount }: Members): SeriesHoles | undefined {
  if (byCount.size < FEWEST[unit]) return undefined;
  const present = [...byCount.keys()].sort((a, b) => a - b);
  const { write } = byCount.get(present[0]!)!;
  const isFree = unit === 'day' && !present.some(isWeekend) ? isWeekend : () => false;
  const missing: string[] = [];
  let [holes, breaks] = [0, 0];
  for (let index = 1; index < present.length; index++) {
    const before = holes;
    const [from, until] = [present[index - 1]! + 1, present[index]!];
    if (until - from > MAX_BETWEEN) return undefined;
    for (let at = from; at < until; at++) {
      if (isFree(at)) continue;
      holes++;
      if (missing.length < MAX_MISSING) missing.push(write(at));
    }
    if (holes > before) breaks++;
  }
  const steps = present.length - 1;
  const isRegular = steps - breaks >= REGULAR[unit] * steps || (breaks === 1 && holes < present.length);
  if (holes === 0 || !isRegular) return undefined;
  return { unit, present: present.length, holes, missing };
}

/** Days from 1970-01-01, a Thursday. */
function isWeekend(day: number): boolean {
  const weekday = (day + 4) % 7;
  return weekday === 0 || weekday === 6;
}

function countersOf(name: string): Counter[] {
  const dates = [...name.matchAll(DATE), ...name.matchAll(PARTITION)].sort((a, b) => a.index - b.index);
  return [datesOf(name, dates), numberOf(name, dates)].filter((each) => each !== undefined);
}

/** By the last date, for it is the finest; in a folder it counts for all that lies there. */
function datesOf(name: string, dates: readonly RegExpExecArray[]): Counter | undefined {
  const last = dates.at(-1);
  if (last === undefined) return undefined;
  const end = last.index + last[0].length;
  const slash = name.indexOf('/', end);
  const whole = slash < 0 ? name : name.slice(0, slash + 1);
  const { year, month, day, hour } = last.groups as Record<string, string | undefined>;
  const first = Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1), Number(hour ?? 0));
  // There is no 31st of February.
  if (day !== undefined && new Date(first).getUTCDate() !== Number(day)) return undefined;
  const unit: Unit = day === undefined ? 'month' : hour === undefined ? 'day' : 'hour';
  const [head, tail] = [whole.slice(0, end), whole.slice(end)];
  const write = (at: number) => `${written(head, dates, timeOf(unit, at))}${tail}`;
  const counter = { series: `${written(head, dates)}${tail}`, unit, at: countOf(unit, first), write };
  if (unit === 'month') return counter;
  const form = FORM.exec(tail)?.[0] ?? '';
  const writeDay = (at: number) => `${written(head, dates, timeOf('day', at), true)}*${form}`;
  const series = `${written(head, dates)}*${form}`;
  return { ...counter, days: { series, unit: 'day', at: countOf('day', first), write: writeDay } };
}

/** `head` with its dates as of that time; as a pattern without one. `anyHour`: hours are left open. */
function written(head: string, dates: readonly RegExpExecArray[], time?: Date, anyHour = false): string {
  let text = '';
  let from = 0;
  for (const date of dates) {
    text += head.slice(from, date.index);
    text +=
      time === undefined
        ? '<date>'
        : dateAs(date.groups as Record<string, string | undefined>, time, anyHour);
    from = date.index + date[0].length;
  }
  return text + head.slice(from);
}

/** In the form of a date that was found. */
function dateAs(form: Record<string, string | undefined>, time: Date, anyHour: boolean): string {
  const { year, month, day, hour, dash, before = '', y, m = '', d = '', h = '' } = form;
  const padded = (number: number, like: string) =>
    String(number).padStart(like.startsWith('0') || y === undefined ? 2 : 1, '0');
  const between = y === undefined ? dash! : '/';
  const parts = [`${y ?? ''}${time.getUTCFullYear()}`, `${m}${padded(time.getUTCMonth() + 1, month!)}`];
  if (day !== undefined) parts.push(`${d}${padded(time.getUTCDate(), day)}`);
  const joined = parts.join(between);
  if (hour === undefined || year === undefined) return joined;
  const told = anyHour ? '' : padded(time.getUTCHours(), hour);
  return `${joined}${y === undefined ? before : '/'}${h}${told}`;
}

function countOf(unit: Unit, time: number): number {
  if (unit === 'hour') return time / HOUR_MS;
  if (unit === 'day') return Math.floor(time / DAY_MS);
  const date = new Date(time);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function timeOf(unit: Unit, at: number): Date {
  if (unit === 'month') return new Date(Date.UTC(Math.floor(at / 12), at % 12));
  return new Date(at * (unit === 'hour' ? HOUR_MS : DAY_MS));
}

/** Of the name itself: folders that are numbered are of accounts, of shards. */
function numberOf(name: string, dates: readonly RegExpExecArray[]): Counter | undefined {
  const base = name.lastIndexOf('/') + 1;
  const found = NUMBER.exec(name.slice(base));
  if (found === null) return undefined;
  const digits = found[0];
  const start = base + found.index;
  const end = start + digits.length;
  if (dates.some((date) => start < date.index + date[0].length && date.index < end)) return undefined;
  const [head, tail] = [name.slice(0, start), name.slice(end)];
  const write = (at: number) => `${head}${String(at).padStart(digits.length, '0')}${tail}`;
  return { series: `${head}<number>${tail}`, unit: 'number', at: Number(digits), write };
}
