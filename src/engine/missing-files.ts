/** Signs that files are missing from a log that no chain holds together: names that leave one out, a source that is silent for days. */
import { formatDuration, formatInstant, type Instant, NANOS_PER_SECOND } from '../base/instant.ts';
import { compareText, count, escapeControls, quote } from '../base/text-safety.ts';
import type { Stretch } from '../model/relation.ts';
import { MISSING_IN_SERIES, type Notice, SILENT_STRETCH, type StreamSummary } from '../model/report.ts';
import { excludedNames } from '../read/excluded-names.ts';
import { holesInSeries, type SeriesHoles } from '../read/file-series.ts';
import type { Plan } from './plan.ts';
import type { Scan } from './scan-books.ts';

const HOUR = 3600n * NANOS_PER_SECOND;
const DAY = 24n * HOUR;
const WEEK = 7n * DAY;
/** Beside Saturdays and Sundays, of a silence over a weekend: from an early end on Friday to a late begin on Monday, in any zone. */
const AROUND_WEEKEND = 36n * HOUR;

/** Series that are told; of more the number tells. */
const MAX_SERIES = 5;
/** Characters of a name, as it is shown: its end is what was left out. */
const MAX_NAME = 200;

/** `streams`: of the report. Where a chain, a seal or a list accounts for records, it proves what these signs can only suspect. */
export function missingFileNotices(plan: Plan, scan: Scan, streams: readonly StreamSummary[]): Notice[] {
  const sources = new Map(scan.inputs.map(({ file, source }) => [file, source]));
  const bare = new Set(
    streams.flatMap(({ ranges }) =>
      ranges.filter(({ assurance }) => assurance === 'unprotected').map(({ from }) => sources.get(from.file)),
    ),
  );
  return [...seriesNotices(plan, scan, bare), ...silenceNotices(scan, bare)];
}

type Sources = ReadonlySet<string | null | undefined>;

/** Files that were passed over count as there: why they were is told of each. */
function seriesNotices({ request }: Plan, { inputs }: Scan, bare: Sources): Notice[] {
  const { paths, exclude, since, until } = request;
  // Whoever asks for a part of the time has no need of the files of another.
  const isWhole = since === undefined && until === undefined;
  const isBare = inputs.some(({ source }) => source !== null && bare.has(source));
  if (!isWhole || !isBare) return [];
  const names = inputs.filter(({ source }) => source === null || bare.has(source)).map(({ file }) => file);
  const series = holesInSeries(names, (missing) => excludedNames(missing, paths, exclude));
  return [...series.slice(0, MAX_SERIES).map(toNotice), ...moreSeries(series.length - MAX_SERIES)];
}

function moreSeries(amount: number): Notice[] {
  if (amount <= 0) return [];
  const series = count(amount, 'more series of names leaves', 'more series of names leave');
  return [{ code: MISSING_IN_SERIES, message: `${series} out files as well` }];
}

function toNotice({ unit, present, holes, missing }: SeriesHoles): Notice {
  const named = missing.map(tellName);
  if (holes > missing.length) named.push(count(holes - missing.length, 'more'));
  const names = named.length === 1 ? named[0] : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
  const by = unit === 'number' ? 'are numbered' : `go by the ${unit}`;
  return {
    code: MISSING_IN_SERIES,
    message: `the names of ${count(present, 'file')} ${by} and leave out ${names}: fetch what is missing, or know why it never was`,
  };
}

/** Nobody accepts a name that is no value of the log: it needs no digest, but to be found. */
function tellName(name: string): string {
  const shown = (text: string) => escapeControls(text).replaceAll('"', '\\"');
  const whole = shown(name);
  if (whole.length <= MAX_NAME) return `"${whole}"`;
  let end = '';
  for (const character of [...name].reverse()) {
    const longer = `${shown(character)}${end}`;
    if (longer.length >= MAX_NAME) break;
    end = longer;
  }
  return `"…${end}"`;
}

function silenceNotices({ coverage }: Scan, bare: Sources): Notice[] {
  return [...coverage.silences()]
    .filter(([source]) => source !== '' && bare.has(source))
    .sort(([left], [right]) => compareText(left, right))
    .flatMap(([source, { covered, silences }]) => {
      const [longest, ...others] = unexpected(covered, silences).sort(
        (a, b) => Number(lengthOf(b) - lengthOf(a)) || Number(a.from - b.from),
      );
      if (longest === undefined) return [];
      const { from, until } = longest;
      const more = others.length === 0 ? '' : `, and ${count(others.length, 'more time')} for over a day`;
      return [
        {
          code: SILENT_STRETCH,
          message: `no file of the source ${quote(source)} has an event between ${formatInstant(from - 1n)} and ${formatInstant(until + 1n)} (${formatDuration(lengthOf(longest))})${more}: nothing happened, or a file is missing`,
        },
      ];
    });
}

function lengthOf({ from, until }: Stretch): bigint {
  return until - from + 2n;
}

/** Without those over a weekend, where the log is silent at every one that it knows. */
function unexpected(covered: readonly Stretch[], silences: readonly Stretch[]): Stretch[] {
  const isDaily = covered.some(hasWeekendNoon);
  return silences.filter((silence) => lengthOf(silence) > DAY && (isDaily || !isOverWeekend(silence)));
}

function isOverWeekend(silence: Stretch): boolean {
  const length = lengthOf(silence);
  if (length > WEEK) return false;
  const weekend = weekendWithin(silence);
  // A working day alone is missed, however short.
  return weekend > 0n && length - weekend <= AROUND_WEEKEND;
}

/** Who works late on Friday in one zone, or early on Monday in another, does so on Saturday or Sunday in UTC; at noon nobody does. */
function hasWeekendNoon({ from, until }: Stretch): boolean {
  const isNoonWithin = (day: bigint) => from <= day * DAY + 12n * HOUR && day * DAY + 12n * HOUR <= until;
  return until - from >= WEEK || weekendDays({ from, until }).some(isNoonWithin);
}

function weekendWithin({ from, until }: Stretch): bigint {
  return weekendDays({ from, until }).reduce((length, day) => {
    const [begin, end] = [day * DAY, (day + 1n) * DAY];
    return length + (until < end ? until : end) - (from > begin ? from : begin);
  }, 0n);
}

/** Of at most a week or so: Saturdays and Sundays in UTC, in days from 1970-01-01, a Thursday. */
function weekendDays({ from, until }: Stretch): bigint[] {
  const days: bigint[] = [];
  for (let day = dayOf(from); day <= dayOf(until); day++)
    if ([0n, 6n].includes((day + 4n) % 7n)) days.push(day);
  return days;
}

function dayOf(time: Instant): bigint {
  return time / DAY;
}
