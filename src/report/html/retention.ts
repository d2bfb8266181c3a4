/** Until when events must be kept and from when on they are kept too long, by source: shown where the configuration says how long. */

import type { Report } from '../../model/report.ts';
import { formatDay } from '../../retention/calendar-age.ts';
import {
  type DeadlineState,
  describeState,
  type RetentionDeadlines,
  retentionDeadlines,
  type SourceDeadlines,
} from '../parts/retention-deadlines.ts';
import { type Html, type HtmlPart, html } from './html-text.ts';
import { type PageSection, SHOWN, table } from './page-parts.ts';

/** The words of the page, in classes that it has a look for. */
const STATES: Record<DeadlineState, { word: string; look: string }> = {
  overdue: { word: 'overdue', look: 'failed' },
  undetermined: { word: 'undetermined', look: 'undetermined' },
  'in-time': { word: 'in time', look: 'passed' },
};

export function retentionSection(report: Report): PageSection[] {
  const deadlines = retentionDeadlines(report);
  if (deadlines === undefined) return [];
  const { asOf, sources } = deadlines;
  const day = asOf === undefined ? 'State' : `On ${formatDay(asOf)}`;
  const columns = [
    'Source',
    'Oldest event',
    'Newest event',
    'Must be kept until',
    'Past the maximum from',
    day,
  ];
  const rows = sources.slice(0, SHOWN).map((source) => row(source, deadlines));
  const content = html`<p>${describeAges(deadlines)} ${describeDay(deadlines)}</p>
${table(
  'Deadlines by source, in days of UTC',
  columns.map((title) => ({ title })),
  rows,
  sources.length,
)}
<p class="faint">The newest event has to be there until the end of the day that is named; the oldest is past the maximum from the beginning of the other. This is arithmetic with the days of events and the ages of the configuration, and no legal advice: a legal hold, a law or a contract may ask for another time. Of events without a readable time, or with one before 1980 or in the future, nothing is concluded; a record that was read twice counts twice.</p>`;
  return [{ id: 'retention', title: 'Retention deadlines', content }];
}

function describeAges({ minimum, maximum }: RetentionDeadlines): string {
  const ages = [
    ...(minimum === undefined ? [] : [`at least ${minimum.text}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum.text}`]),
  ];
  return `The configuration says to keep events ${ages.join(' and ')}.`;
}

function describeDay({ asOf, isClock }: RetentionDeadlines): string {
  if (asOf === undefined) return 'No event has a readable time, so no deadline is told.';
  return isClock
    ? `Judged as of ${formatDay(asOf)}, the day of this report.`
    : `This report knows no clock (--now): judged as of ${formatDay(asOf)}, the day of the last event.`;
}

function row(source: SourceDeadlines, { minimum, maximum, asOf }: RetentionDeadlines): HtmlPart[] {
  const { oldest, newest, keepUntil, pastFrom } = source;
  const isOver = keepUntil !== undefined && asOf !== undefined && keepUntil < asOf;
  return [
    source.source ?? 'no known source',
    dayOrNot(oldest, 'unknown'),
    dayOrNot(newest, 'unknown'),
    [dayOrNot(keepUntil, minimum === undefined ? 'no minimum' : 'unknown'), isOver ? ' (over)' : ''],
    dayOrNot(pastFrom, maximum === undefined ? 'no maximum' : 'unknown'),
    stateCell(source),
  ];
}

function dayOrNot(day: number | undefined, otherwise: string): Html {
  return day === undefined ? html`${otherwise}` : html`<time>${formatDay(day)}</time>`;
}

function stateCell(source: SourceDeadlines): HtmlPart {
  const said = describeState(source);
  if (source.state === undefined) return said;
  const { word, look } = STATES[source.state];
  return html`<span class="verdict ${look}">${word}</span>: ${said}`;
}
