/** Findings, volume and use of licenses over the runs that `--history` kept: a bar a run, and a table that says the same in numbers. */
import { compareText, count, formatDecimal, formatNumber } from '../../base/text-safety.ts';
import { SEVERITIES } from '../../model/finding.ts';
import type { RunSummary } from '../../model/history.ts';
import type { Report } from '../../model/report.ts';
import { Html, type HtmlPart, html } from './html-text.ts';
import { type PageSection, table, time } from './page-parts.ts';

/** Bars, and rows of the table: the latest. */
const SHOWN_RUNS = 60;

/** Pixels. */
const BAR = 8;
const HEIGHT = 80;
/** Room for the line of a limit. */
const TOP = 2;

/** Charts of licenses. */
const SHOWN_LICENSES = 12;

export function trendSection({ history = [] }: Report): PageSection[] {
  if (history.length < 2) return [];
  const runs = history.slice(-SHOWN_RUNS);
  const columns = [
    { title: 'Run' },
    { title: 'Verdict' },
    ...['Open findings', 'Waived', 'Records', 'Bytes'].map((title) => ({ title, number: true as const })),
    { title: 'Licenses' },
  ];
  const licenses = [...new Set(runs.flatMap((run) => run.licenses.map(({ license }) => license)))].sort(
    compareText,
  );
  const charts = [
    chart('Open findings', runs, openFindings),
    chart('Records audited', runs, ({ records }) => records),
    chart('Bytes stored', runs, ({ bytes }) => bytes),
    ...licenses.slice(0, SHOWN_LICENSES).map((license) => {
      const latest = (run: RunSummary) => run.licenses.find((each) => each.license === license);
      return chart(
        `License ${license}, last period`,
        runs,
        (run) => latest(run)?.used,
        (run) => latest(run)?.limit ?? undefined,
      );
    }),
  ];
  const hidden = licenses.length - SHOWN_LICENSES;
  const content = html`<div class="charts">${charts}</div>
${hidden > 0 ? html`<p class="faint">… and ${count(hidden, 'more license')}: the table has them</p>` : html``}
${table('The latest runs, the last first', columns, runs.toReversed().map(runRow), history.length)}`;
  return [{ id: 'trend', title: 'Over the runs', content }];
}

/** Undefined: the run says nothing of it. `limitOf`: drawn as a line over each bar. */
type FigureOf = (run: RunSummary) => number | undefined;

function chart(title: string, runs: readonly RunSummary[], figureOf: FigureOf, limitOf?: FigureOf): Html {
  const figures = runs.map(figureOf);
  const limits = runs.map((run) => limitOf?.(run));
  const most = [...figures, ...limits].reduce<number>((highest, each) => Math.max(highest, each ?? 0), 0);
  // More was given back than used: no bar, the words have the figure.
  const scale = (figure: number) => (most === 0 ? 0 : Math.max(0, Math.ceil((figure / most) * HEIGHT)));
  const marks = runs.map(({ at }, index) => {
    const [figure, limit] = [figures[index], limits[index]];
    if (figure === undefined) return '';
    const of = limit === undefined ? '' : ` of ${formatDecimal(limit)}`;
    const said = html`${at}: ${formatDecimal(figure)}${of}`.text;
    const over = limit !== undefined && figure > limit ? ' over' : '';
    const [x, height] = [index * BAR, scale(figure)];
    const line =
      limit === undefined
        ? ''
        : `<rect class="limit" x="${x}" y="${HEIGHT - scale(limit)}" width="${BAR}" height="2"/>`;
    return `<rect class="bar-of${over}" x="${x}" y="${HEIGHT - height + TOP}" width="${BAR - 2}" height="${height}"><title>${said}</title></rect>${line}`;
  });
  const known = figures.filter((each) => each !== undefined);
  const said = `${formatDecimal(known[0]!)} to ${formatDecimal(known.at(-1)!)}, highest ${formatDecimal(known.reduce((a, b) => Math.max(a, b)))}`;
  const beside = limits.every((each) => each === undefined) ? '' : '; a line: what was bought';
  const label = html`${title} of ${runs.length} runs, from ${said}`.text;
  const svg = `<svg viewBox="0 0 ${runs.length * BAR} ${HEIGHT + TOP}" width="${runs.length * BAR}" height="${HEIGHT + TOP}" role="img" aria-label="${label}">${marks.join('')}</svg>`;
  return html`<figure><figcaption>${title}: <span class="faint">${said}${beside}</span></figcaption>${new Html(svg)}</figure>`;
}

function openFindings({ findings }: RunSummary): number {
  return SEVERITIES.reduce((sum, severity) => sum + (findings[severity] ?? 0), 0);
}

function runRow(run: RunSummary): HtmlPart[] {
  const bySeverity = SEVERITIES.toReversed().flatMap((severity) => {
    const amount = run.findings[severity] ?? 0;
    return amount === 0 ? [] : [`${formatNumber(amount)} ${severity}`];
  });
  // A history does not say whether no limit is none or an unknown one.
  const licenses = run.licenses.map(
    ({ license, used, limit }) =>
      `${license} ${formatDecimal(used)}${limit === null ? '' : ` of ${formatDecimal(limit)}`}`,
  );
  return [
    time(run.at),
    html`<span class="verdict ${run.verdict}">${run.verdict}</span>`,
    bySeverity.length === 0 ? '0' : bySeverity.join(', '),
    formatNumber(run.waived),
    formatNumber(run.records),
    formatNumber(run.bytes),
    licenses.join(', '),
  ];
}
