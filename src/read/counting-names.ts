/** Places in the names of files that count on: dates, in the forms that exports give them, and numbers. */

export type Unit = 'number' | 'month' | 'day' | 'hour';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A year of this century, a month, a day, an hour, with one separator or none; not a part of a longer number. */
const DATE =
  /(?<!\d)(?<year>20\d\d)(?<dash>[-_./]?)(?<month>0[1-9]|1[0-2])(?:\k<dash>(?<day>0[1-9]|[12]\d|3[01])(?:(?<before>[-_./T]?)(?<hour>[01]\d|2[0-3])(?=$|[^\d]))?)?(?!\d)/g;
/** `year=2026/month=03/day=04/hour=05`, as tables are partitioned, and with the first letters as Azure has them. */
const PARTITION =
  /(?<![a-z])(?<y>y(?:ear)?=)(?<year>20\d\d)\/(?<m>m(?:onth)?=)(?<month>0?[1-9]|1[0-2])(?:\/(?<d>d(?:ay)?=)(?<day>0?[1-9]|[12]\d|3[01])(?:\/(?<h>h(?:our)?=)(?<hour>[01]?\d|2[0-3]))?)?(?![\d])/gi;
/**
 * The last number of a name, before what tells of its form; an id has letters beside its digits, or more of them, and behind another
 * number and a dot it is a part of a version or an address.
 */
const NUMBER = /(?<![\da-z]|\d\.)\d{1,6}(?=(?:[^\da-z][^\d]*)?(?:\.bz2)?$)/i;
/** What tells of the form of a file: `.json.gz`. */
const FORM = /(?:\.[a-z]{2,8})?(?:\.(?:gz|zst|bz2|xz|zip))?$/i;
/** Rotation packs the older files of a series, and leaves the newest as they are. */
const PACKED = /\.(?:gz|zst|bz2|xz)$/i;
/** The last of a name that are looked at: nobody writes more, and made names have hundreds. */
const MOST_DATES = 6;

/**
 * A place in a name that counts on: the name with what it counts instead, and how another would be written there. `days`: names that
 * have the day in common with others of this series, whatever follows it. `write` searches the name anew: what a search finds takes
 * ten times the memory of a name, and few are written.
 */
export type Counter = {
  series: string;
  unit: Unit;
  at: number;
  write: (at: number) => string;
  days?: Counter;
};

export function countersOf(name: string): Counter[] {
  const dates = datesIn(name);
  return [dateOf(name, dates), numberOf(name, dates)].filter((each) => each !== undefined);
}

function datesIn(name: string): RegExpExecArray[] {
  const found = [...name.matchAll(DATE), ...name.matchAll(PARTITION)];
  return found.sort((a, b) => a.index - b.index).slice(-MOST_DATES);
}

/** A name up to the end of its last date, and what follows. `moving`: the dates that go on with the last. */
type Dated = { head: string; tail: string; moving: RegExpExecArray[] };

/** By the last date, for it is the finest; in a folder it counts for all that lies there. */
function datedParts(name: string, dates: readonly RegExpExecArray[]): Dated {
  const last = dates.at(-1)!;
  const end = last.index + last[0].length;
  const slash = name.indexOf('/', end);
  const tail = name.slice(end, slash < 0 ? undefined : slash + 1);
  return { head: name.slice(0, end), tail, moving: dates.filter((date) => agree(date, last)) };
}

function dateOf(name: string, dates: readonly RegExpExecArray[]): Counter | undefined {
  const { year, month, day, hour } = dates.at(-1)?.groups ?? {};
  if (year === undefined) return undefined;
  const first = Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1), Number(hour ?? 0));
  // There is no 31st of February.
  if (day !== undefined && new Date(first).getUTCDate() !== Number(day)) return undefined;
  const unit: Unit = day === undefined ? 'month' : hour === undefined ? 'day' : 'hour';
  const { head, tail, moving } = datedParts(name, dates);
  const series = `${rewritten(head, moving, () => `<${unit}>`)}${withoutPacking(tail)}`;
  const counter = { series, unit, at: countOf(unit, first), write: (at: number) => nameAt(name, unit, at) };
  if (unit === 'month') return counter;
  const ofDays = `${rewritten(head, moving, () => '<day>')}*${withoutPacking(formOf(tail))}`;
  const write = (at: number) => dayPatternAt(name, at);
  return { ...counter, days: { series: ofDays, unit: 'day', at: countOf('day', first), write } };
}

function nameAt(name: string, unit: Unit, at: number): string {
  const { head, tail, moving } = datedParts(name, datesIn(name));
  return `${rewritten(head, moving, (date) => dateAs(date, timeOf(unit, at), false))}${tail}`;
}

function dayPatternAt(name: string, day: number): string {
  const { head, tail, moving } = datedParts(name, datesIn(name));
  return `${rewritten(head, moving, (date) => dateAs(date, timeOf('day', day), true))}*${formOf(tail)}`;
}

function formOf(tail: string): string {
  return FORM.exec(tail)?.[0] ?? '';
}

/** Whether they may tell one time. Another date says when a period began, when a server was set up: it stays as the others go on. */
function agree({ groups: one }: RegExpExecArray, { groups: other }: RegExpExecArray): boolean {
  return ['year', 'month', 'day', 'hour'].every((part) => {
    const [left, right] = [one![part], other![part]];
    return left === undefined || right === undefined || Number(left) === Number(right);
  });
}

export function withoutPacking(name: string): string {
  return name.replace(PACKED, '');
}

function rewritten(
  head: string,
  dates: readonly RegExpExecArray[],
  toText: (date: RegExpExecArray) => string,
): string {
  let text = '';
  let from = 0;
  for (const date of dates) {
    text += `${head.slice(from, date.index)}${toText(date)}`;
    from = date.index + date[0].length;
  }
  return text + head.slice(from);
}

/** In the form of a date that was found. `anyHour`: hours are left open. */
function dateAs({ groups }: RegExpExecArray, time: Date, anyHour: boolean): string {
  const form = groups as Record<string, string | undefined>;
  const { month, day, hour, dash, before = '', y, m = '', d = '', h = '' } = form;
  const padded = (number: number, like: string) =>
    String(number).padStart(like.startsWith('0') || y === undefined ? 2 : 1, '0');
  const parts = [`${y ?? ''}${time.getUTCFullYear()}`, `${m}${padded(time.getUTCMonth() + 1, month!)}`];
  if (day !== undefined) parts.push(`${d}${padded(time.getUTCDate(), day)}`);
  const joined = parts.join(y === undefined ? dash! : '/');
  if (hour === undefined) return joined;
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
  return { series: `${head}<number>${withoutPacking(tail)}`, unit: 'number', at: Number(digits), write };
}
