/** Findings and licenses over the runs that `--history` kept: a bar a run, and a table that says the same in numbers. */
import { formatNumber } from '../../base/text-safety.ts';
import { SEVERITIES } from '../../model/finding.ts';
import type { RunSummary } from '../../model/history.ts';
import type { Report } from '../../model/report.ts';
import { Html, type HtmlPart, html } from './html-text.ts';
import { type PageSection, table, time } from './page-parts.ts';

/** Bars, and rows of the table: the latest. */
const SHOWN_RUNS = 60;

/** Pixels. */
const BAR = 10;
const HEIGHT = 80;

export function trendSection({ history = [] }: Report): PageSection[] {
  if (history.length < 2) return [];
  const runs = history.slice(-SHOWN_RUNS);
  const columns = [
    { title: 'Run' },
    { title: 'Verdict' },
    ...['Open findings', 'Waived', 'Records', 'Bytes'].map((title) => ({ title, number: true as const })),
    { title: 'Licenses' },
  ];
  const content = html`${bars(runs)}
${table('The latest runs, the last first', columns, runs.toReversed().map(runRow), history.length)}`;
  return [{ id: 'trend', title: 'Over the runs', content }];
}

function bars(runs: readonly RunSummary[]): Html {
  const amounts = runs.map(openFindings);
  const most = Math.max(1, ...amounts);
  const rects = runs.map(({ at }, index) => {
    const height = Math.ceil((amounts[index]! / most) * HEIGHT);
    const said = html`${at}: ${formatNumber(amounts[index]!)}`.text;
    return `<rect class="bar-of" x="${index * BAR}" y="${HEIGHT - height}" width="${BAR - 2}" height="${height}"><title>${said}</title></rect>`;
  });
  const label = html`Open findings of ${runs.length} runs, from ${amounts[0]!} to ${amounts.at(-1)!}`.text;
  const svg = `<svg viewBox="0 0 ${runs.length * BAR} ${HEIGHT}" width="${runs.length * BAR}" height="${HEIGHT}" role="img" aria-label="${label}">${rects.join('')}</svg>`;
  return html`<p class="faint">Open findings by run, the highest bar ${formatNumber(most)}</p>${new Html(svg)}`;
}

function openFindings({ findings }: RunSummary): number {
  return SEVERITIES.reduce((sum, severity) => sum + (findings[severity] ?? 0), 0);
}

function runRow(run: RunSummary): HtmlPart[] {
  const bySeverity = SEVERITIES.toReversed().flatMap((severity) => {
    const amount = run.findings[severity] ?? 0;
    return amount === 0 ? [] : [`${formatNumber(amount)} ${severity}`];
  });
  const licenses = run.licenses.map(
    ({ license, used, limit }) => `${license} ${used} of ${limit ?? 'unknown'}`,
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
