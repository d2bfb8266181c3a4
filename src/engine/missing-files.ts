/** Signs that files are missing from a log that no chain holds together: names that leave one out, a source that is silent for days. */
import { formatDuration, formatInstant, type Instant, NANOS_PER_SECOND } from '../base/instant.ts';
import { compareText, count, quote } from '../base/text-safety.ts';
import type { Stretch } from '../model/relation.ts';
import { MISSING_IN_SERIES, type Notice, type StreamSummary } from '../model/report.ts';
import { holesInSeries, type SeriesHoles } from '../read/file-series.ts';
import type { Scan } from './scan-books.ts';

const DAY = 86_400n * NANOS_PER_SECOND;
const WEEK = 7n * DAY;

/** `streams`: of the report. Where a chain, a seal or a list accounts for records, it proves what these signs can only suspect. */
export function missingFileNotices(scan: Scan, streams: readonly StreamSummary[]): Notice[] {
  const sources = new Map(scan.inputs.map(({ file, source }) => [file, source]));
  const bare = new Set(
    streams.flatMap(({ ranges }) =>
      ranges.filter(({ assurance }) => assurance === 'unprotected').map(({ from }) => sources.get(from.file)),
    ),
  );
  return [...seriesNotices(scan, bare), ...silenceNotices(scan, bare)];
}

type Sources = ReadonlySet<string | null | undefined>;

/** Files that were passed over count as there: why they were is told of each. */
function seriesNotices({ inputs }: Scan, bare: Sources): Notice[] {
  const isBare = inputs.some(({ source }) => source !== null && bare.has(source));
  const names = inputs.filter(({ source }) => source === null || bare.has(source)).map(({ file }) => file);
  return isBare ? holesInSeries(names).map(toNotice) : [];
}

function toNotice({ unit, present, holes, missing }: SeriesHoles): Notice {
  const named = missing.map((name) => quote(name));
  if (holes > missing.length) named.push(count(holes - missing.length, 'more'));
  const names = named.length === 1 ? named[0] : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
  const by = unit === 'number' ? 'are numbered' : `go by the ${unit}`;
  return {
    code: MISSING_IN_SERIES,
    message: `the names of ${count(present, 'file')} ${by} and leave out ${names}: fetch what is missing, or know why it never was`,
  };
}

function silenceNotices({ coverage }: Scan, bare: Sources): Notice[] {
  return [...coverage.silences()]
    .filter(([source]) => source !== '' && bare.has(source))
    .sort(([left], [right]) => compareText(left, right))
    .flatMap(([source, silences]) => {
      const [longest, ...others] = unexpected(silences).sort(
        (a, b) => Number(lengthOf(b) - lengthOf(a)) || Number(a.from - b.from),
      );
      if (longest === undefined) return [];
      const { from, until } = longest;
      const more = others.length === 0 ? '' : `, and ${count(others.length, 'more time')} for over a day`;
      return [
        {
          code: 'silent-stretch',
          message: `no file of the source ${quote(source)} has an event between ${formatInstant(from - 1n)} and ${formatInstant(until + 1n)} (${formatDuration(lengthOf(longest))})${more}: nothing happened, or a file is missing`,
        },
      ];
    });
}

function lengthOf({ from, until }: Stretch): bigint {
  return until - from + 2n;
}

/** Without those over a weekend, where the log is silent at every one that it knows. */
function unexpected(silences: readonly Stretch[]): Stretch[] {
  const isDaily = silences.flatMap(({ from, until }) => [from - 1n, until + 1n]).some(isWeekend);
  return silences.filter((silence) => {
    const length = lengthOf(silence);
    return length > DAY && (isDaily || length > WEEK || length - weekendWithin(silence) > DAY);
  });
}

/** UTC. 1970-01-01 was a Thursday. */
function isWeekend(time: Instant): boolean {
  const weekday = (dayOf(time) + 4n) % 7n;
  return weekday === 0n || weekday === 6n;
}

function weekendWithin({ from, until }: Stretch): bigint {
  let length = 0n;
  for (let day = dayOf(from); day <= dayOf(until); day++) if (isWeekend(day * DAY)) length += DAY;
  return length;
}

function dayOf(time: Instant): bigint {
  return time / DAY;
}
