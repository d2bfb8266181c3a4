/**
 * Names of files that count on, by a date or a number: of a folder with a file for each day, the days without one. A series with
 * few holes was meant to have none; one with many never was one.
 */
import { compareText } from '../base/text-safety.ts';
import { type Counter, countersOf, type Unit, withoutPacking } from './counting-names.ts';

/** `missing`: the names that files between the first and the last would have, in order; no more than MAX_MISSING of them. */
export type SeriesHoles = { unit: Unit; present: number; holes: number; missing: string[] };

export const MAX_MISSING = 3;

/** Fewer are no series: of a few numbers nobody knows whether they count, or name ports, hosts or shards. */
const FEWEST: Record<Unit, number> = { number: 8, month: 4, day: 4, hour: 24 };
/** Numbers behind a whole name of a log count its rotations. */
const ROTATED = /\.(?:log|json|ndjson|jsonl|txt|csv)\.<number>$/i;
const FEWEST_ROTATED = 4;
/** Of two numbers further apart nobody asks for all in between. */
const MAX_BETWEEN = 10_000;
/** Names of holes that are written in a run, to look whether they are holes: made names may leave out millions. */
const MAX_WRITTEN = 100_000;
/** In so many days each day of the week comes twice: one without a file is a day without files. */
const TWO_WEEKS = 14;
/** As `weekdayOf` counts. */
const WEEKEND = [0, 6];

type Members = { unit: Unit; byCount: Map<number, Counter> };

/** Counts that no file has, `holes` of them, from included to until excluded: on free days none was due. */
type Gap = { from: number; until: number; holes: number };

/** `names`: of the first holes of a series, as many as may be written. */
type Suspect = SeriesHoles & { series: string; names: string[] };

/** Of the names of holes, those that are none: no file of such a name would be read. */
type Exclusion = (names: readonly string[]) => ReadonlySet<string>;

const NOTHING: Exclusion = () => new Set();

/** `names`: of files, with slashes. In the order of the series. */
export function holesInSeries(names: readonly string[], excluded = NOTHING): SeriesHoles[] {
  const counters = names.flatMap(countersOf);
  const settled = settledSeries(counters, excluded);
  // Each file of a day may have a name of its own, a time or an id in it. Of what is settled already nothing is told by days.
  const known = new Set(settled.map(({ series }) => series));
  const knownDays = new Set(
    counters.flatMap(({ series, days }) => (days !== undefined && known.has(series) ? days.series : [])),
  );
  const days = counters.flatMap((each) => each.days ?? []).filter(({ series }) => !knownDays.has(series));
  return [...settled, ...settledSeries(days, excluded)]
    .filter(({ holes }) => holes > 0)
    .sort((left, right) => compareText(left.series, right.series))
    .map(({ unit, present, holes, missing }) => ({ unit, present, holes, missing }));
}

/** Series that leave something out, with what of it is missing: that may be nothing. */
function settledSeries(counters: readonly Counter[], excluded: Exclusion): Suspect[] {
  const suspects = suspectsAmong(counters);
  if (suspects.length === 0) return [];
  // One whose dates agree by chance is of another series than its neighbours, and there.
  const there = new Set(counters.map(({ at, write }) => withoutPacking(write(at))));
  const passedOver = excluded(suspects.flatMap(({ names }) => names));
  return suspects.map((suspect) => {
    const missing = suspect.names.filter((name) => !there.has(withoutPacking(name)) && !passedOver.has(name));
    const holes = suspect.holes - suspect.names.length + missing.length;
    return { ...suspect, holes, missing: missing.slice(0, MAX_MISSING) };
  });
}

function suspectsAmong(counters: readonly Counter[]): Suspect[] {
  let left = MAX_WRITTEN;
  return [...collect(counters)].flatMap(([series, members]) => {
    const suspect = suspectIn(series, members, Math.max(left, MAX_MISSING));
    left -= suspect?.names.length ?? 0;
    return suspect ?? [];
  });
}

function collect(counters: readonly Counter[]): Map<string, Members> {
  const found = new Map<string, Members>();
  for (const counter of counters) {
    const { series, unit, at } = counter;
    const known = found.get(series);
    if (known === undefined) found.set(series, { unit, byCount: new Map([[at, counter]]) });
    else if (!known.byCount.has(at)) known.byCount.set(at, counter);
  }
  return found;
}

function suspectIn(series: string, { unit, byCount }: Members, mostNames: number): Suspect | undefined {
  const fewest = ROTATED.test(series) ? FEWEST_ROTATED : FEWEST[unit];
  if (byCount.size < fewest) return undefined;
  const counts = [...byCount.keys()].sort((a, b) => a - b);
  const free = unit === 'day' ? freeWeekdays(counts) : new Set<number>();
  const gaps = gapsBetween(counts, free);
  const holes = gaps.reduce((sum, gap) => sum + gap.holes, 0);
  const isApart = gaps.some(({ from, until }) => until - from > MAX_BETWEEN);
  const present = counts.length;
  if (holes === 0 || isApart || !isRegular(unit, present, holes, gaps.length)) return undefined;
  const { write } = byCount.get(counts[0]!)!;
  const names = firstHoles(gaps, free, mostNames).map(write);
  return { series, unit, present, holes, names, missing: [] };
}

/** `breaks`: steps from one that is present to the next that leave something out. A log that is silent at night lacks hours each day. */
function isRegular(unit: Unit, present: number, holes: number, breaks: number): boolean {
  const steps = present - 1;
  if (unit === 'hour') return breaks * 20 <= steps;
  return holes * 3 <= present || breaks * 10 <= steps;
}

/** By steps of seven, for a week has as many free days as any. */
function gapsBetween(counts: readonly number[], free: ReadonlySet<number>): Gap[] {
  return counts.slice(1).flatMap((until, index) => {
    const from = counts[index]! + 1;
    const rest = (until - from) % 7;
    let holes = ((until - from - rest) / 7) * (7 - free.size);
    for (let at = until - rest; at < until; at++) if (!free.has(weekdayOf(at))) holes++;
    return holes === 0 ? [] : [{ from, until, holes }];
  });
}

function firstHoles(gaps: readonly Gap[], free: ReadonlySet<number>, most: number): number[] {
  const found: number[] = [];
  for (const { from, until } of gaps)
    for (let at = from; at < until && found.length < most; at++) if (!free.has(weekdayOf(at))) found.push(at);
  return found;
}

/** On which no file was due: by jobs that run from Tuesday to Saturday, or once a week. */
function freeWeekdays(days: readonly number[]): Set<number> {
  const busy = new Set(days.map(weekdayOf));
  if (days.at(-1)! - days[0]! + 1 >= TWO_WEEKS)
    return new Set([0, 1, 2, 3, 4, 5, 6].filter((each) => !busy.has(each)));
  return new Set(WEEKEND.some((each) => busy.has(each)) ? [] : WEEKEND);
}

/** From Sunday on. Days from 1970-01-01, a Thursday. */
function weekdayOf(day: number): number {
  return (day + 4) % 7;
}
