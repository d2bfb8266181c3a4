/** When a source spoke, hour by hour: a column a day, a row an hour; the longest silences are marked, and stand below. */
import { formatDuration, NANOS_PER_MS } from '../../base/instant.ts';
import { count, formatNumber } from '../../base/text-safety.ts';
import type { Silence, SourceActivity } from '../../model/activity.ts';
import { Html, type HtmlPart, html } from './html-text.ts';
import { table } from './page-parts.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Days of one map, the latest: a quarter of a year fits a page. */
const MAX_DAYS = 92;

/** A shorter log stands at the end of so many, for the dates below need their room. */
const MIN_DAYS = 21;

/** Pixels. */
const CELL = 9;
const LEFT = 44;
const TOP = 14;

/** Steps of shade. */
const STEPS = 5;

export function activityMap(activity: SourceActivity): Html {
  const { source, bucket, buckets, untimed, earlier = 0 } = activity;
  if (buckets.length === 0) return html``;
  const name = source ?? 'source not recognized';
  const events = buckets.reduce((sum, each) => sum + each.events, 0);
  const times = buckets.map(({ at }) => Date.parse(at));
  const last = Math.floor(times.at(-1)! / DAY);
  const first = Math.min(Math.max(Math.floor(times[0]! / DAY), last - MAX_DAYS + 1), last - MIN_DAYS + 1);
  const shown = buckets.filter((_, index) => times[index]! >= first * DAY);
  const most = shown.reduce((highest, each) => Math.max(highest, each.events), 1);
  const rows = bucket === 'hour' ? 24 : 1;
  const days = last - first + 1;
  const cells = shown.map(({ at, events: amount }) => {
    const ms = Date.parse(at);
    const column = Math.floor(ms / DAY) - first;
    const row = bucket === 'hour' ? Math.floor((ms % DAY) / HOUR) : 0;
    const shade = Math.ceil((Math.log1p(amount) / Math.log1p(most)) * STEPS) / STEPS;
    return `<rect class="cell" x="${LEFT + column * CELL}" y="${TOP + row * CELL}" width="${CELL - 1}" height="${CELL - 1}" opacity="${shade}"><title>${at}: ${formatNumber(amount)}</title></rect>`;
  });
  const [width, height] = [LEFT + days * CELL + 4, TOP + rows * CELL + 16];
  const frame = `<rect class="none" x="${LEFT - 1}" y="${TOP - 1}" width="${days * CELL + 1}" height="${rows * CELL + 1}"/>`;
  const gaps = longestSilences(activity).flatMap((silence) =>
    stretches(silence, bucket === 'hour' ? HOUR : DAY, rows, first).map(
      ({ day, row, length }) =>
        `<rect class="gap" x="${LEFT + (day - first) * CELL}" y="${TOP + row * CELL}" width="${CELL - 1}" height="${length * CELL - 1}"/>`,
    ),
  );
  const hours =
    rows === 1 ? '' : [0, 6, 12, 18].map((hour) => label(2, TOP + hour * CELL + 8, `${hour}:00`)).join('');
  const dates = [first, last]
    .map((day, index) => label(index === 0 ? LEFT : LEFT + days * CELL, height - 4, dateOf(day), index === 1))
    .join('');
  const said = `${name}: ${count(events, 'event')} by ${bucket}, ${dateOf(first)} to ${dateOf(last)} (UTC)`;
  const svg = new Html(
    `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${html`${said}`.text}">${frame}${gaps.join('')}${cells.join('')}${hours}${dates}</svg>`,
  );
  const cut =
    times[0]! < first * DAY
      ? `; ${dateOf(Math.floor(times[0]! / DAY))} to ${dateOf(first - 1)} is not drawn`
      : '';
  const lost = untimed === 0 ? '' : `; ${count(untimed, 'event')} without a readable time`;
  const before = earlier === 0 ? '' : `; ${count(earlier, 'event')} before the first day that is kept`;
  return html`<h3>${name}</h3>
<p class="faint">${count(events, 'event')} by ${bucket}, the stronger the more (to ${formatNumber(most)})${cut}${lost}${before}</p>
<div class="scroll" tabindex="0" role="group" aria-label="Events of ${name}">${svg}</div>
${silenceTable(activity)}`;
}

function label(x: number, y: number, text: string, atEnd = false): string {
  return `<text x="${x}" y="${y}"${atEnd ? ' text-anchor="end"' : ''}>${text}</text>`;
}

function dateOf(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** Silences shown of one source. */
const MAX_SILENCES = 5;

/** Milliseconds. */
type MeasuredSilence = Silence & { length: number };

function longestSilences({ silences }: SourceActivity): MeasuredSilence[] {
  return silences
    .map(({ from, until }) => ({ from, until, length: Date.parse(until) - Date.parse(from) }))
    .sort((a, b) => b.length - a.length || Date.parse(a.from) - Date.parse(b.from))
    .slice(0, MAX_SILENCES);
}

/** The buckets that a silence fills, as runs of rows of one day each, from the first day that is drawn on. */
function stretches(
  { from, until }: Silence,
  bucket: number,
  rows: number,
  firstDay: number,
): { day: number; row: number; length: number }[] {
  const [begin, end] = [Math.ceil(Date.parse(from) / bucket), Math.floor(Date.parse(until) / bucket)];
  const runs = [];
  for (let at = Math.max(begin, firstDay * rows); at < end; ) {
    const day = Math.floor(at / rows);
    const length = Math.min(end, (day + 1) * rows) - at;
    runs.push({ day, row: at % rows, length });
    at += length;
  }
  return runs;
}

/** From an event to the next one. */
function silenceTable(activity: SourceActivity): Html {
  const rows = longestSilences(activity).map(({ from, until, length }): HtmlPart[] => [
    from,
    until,
    formatDuration(BigInt(length) * NANOS_PER_MS),
  ]);
  const columns = [{ title: 'From' }, { title: 'Until' }, { title: 'Length', number: true as const }];
  return table('Longest silences', columns, rows, activity.silences.length);
}
