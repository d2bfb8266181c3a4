/** How the report came about, what it leaves open, and how somebody else comes to the same. */
import { shellWord } from '../../base/shell-word.ts';
import { compareText, count, formatNumber } from '../../base/text-safety.ts';
import type { Report, RuleSummary, ToldOption } from '../../model/report.ts';
import { describeFailOn } from '../parts/verdict-words.ts';
import { type Html, type HtmlPart, html } from './html-text.ts';
import { list, type PageSection, SHOWN, table } from './page-parts.ts';

/** Of a command: a shell that expanded a pattern may have made thousands. */
const SHOWN_WORDS = 100;

export function methodSection(report: Report): PageSection[] {
  const { tool, rules, notices } = report;
  const content = html`<p>${tool.name} ${tool.version} read every file that is named, offline, each once, and wrote none of them. What it says is a function of these bytes, its version and its configuration: run it again over files with the same digests, and the report is the same to the byte.</p>
<p>A finding is a violation (the log proves it) or undetermined (the log cannot tell). What is not found was not contradicted by what was read; that all that happened was logged, no log shows.</p>
${ruleTable(rules)}
${judgedBy(report)}
${howToRunAgain(report)}
${noticeList(notices)}`;
  return [{ id: 'method', title: 'Method and limits', content }];
}

/** What decided on the verdict beside the logs. */
function judgedBy({ summary, packs = [], waivers, baseline, keep = {}, request }: Report): Html {
  const ages = [
    ...(keep.minimum === undefined ? [] : [`at least ${keep.minimum}`]),
    ...(keep.maximum === undefined ? [] : [`at most ${keep.maximum}`]),
  ];
  return html`<h3>Judged by</h3>
${list([
  ['Findings that count', describeFailOn(summary)],
  ['Packs', packs.length === 0 ? 'none' : packs.map(({ name, version }) => `${name} ${version}`).join(', ')],
  [
    'Waivers',
    waivers === undefined
      ? 'no file'
      : `${waivers.file}, ${count(waivers.entries, 'entry', 'entries')}, as of ${waivers.asOf}`,
  ],
  [
    'Baseline',
    baseline === undefined ? 'none' : `${baseline.file}, ${count(baseline.entries, 'entry', 'entries')}`,
  ],
  ['Events are kept', ages.length === 0 ? 'not told' : ages.join(' and ')],
  ...optionsOf(request).map(([name, value]): [string, string] => [capital(name), told(value)]),
])}`;
}

/** By name, as JSON has them: the page of a report that was read back is the same. */
function optionsOf(request: Report['request']): [string, ToldOption][] {
  return Object.entries(request?.options ?? {}).sort(([a], [b]) => compareText(a, b));
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function told(value: ToldOption): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return formatNumber(value);
  return [value].flat().join(', ') || 'none';
}

function howToRunAgain({ request, tool }: Report): Html {
  if (request === undefined) return html``;
  const { command, files } = request;
  const words = command.slice(0, SHOWN_WORDS).map((word) => html`${shellWord(word)} `);
  const hidden = command.length - words.length;
  const rows = files
    .slice(0, SHOWN)
    .map(({ role, file, sha256 }): HtmlPart[] => [
      html`<span class="place">${file}</span>`,
      role,
      html`<span class="place">${sha256 ?? 'not told'}</span>`,
    ]);
  const columns = ['File', 'For', 'SHA-256'].map((title) => ({ title }));
  return html`<h3>How to run it again</h3>
<p>With ${tool.name} ${tool.version}, the files of “What was read” and those below, each with its digest:</p>
<p class="place command">${words}${hidden > 0 ? html`… and ${count(hidden, 'more word')}: the JSON format has them` : html``}</p>
<p class="faint">The command is for the folder that it was given in. Files are named as the configuration or the command line named them, of absolute places by the last part alone; a digest is not told of what cannot be read twice and of a file that holds a key.</p>
${table('What the run was told by', columns, rows, files.length)}`;
}

function ruleTable(rules: readonly RuleSummary[]): Html {
  if (rules.length === 0) return html``;
  const amounts = (['ran', 'inert', 'error', 'not-applicable'] as const).flatMap((status) => {
    const amount = rules.filter((each) => each.status === status).length;
    return amount === 0 ? [] : [`${formatNumber(amount)} ${status}`];
  });
  const open = rules.filter(
    ({ own, status }) => status === 'error' || status === 'inert' || (own && status !== 'ran'),
  );
  const rows = open
    .toSorted(
      (a, b) =>
        Number(b.own ?? 0) - Number(a.own ?? 0) ||
        compareText(a.status, b.status) ||
        compareText(a.title, b.title),
    )
    .slice(0, SHOWN)
    .map(({ title, file, status, reason = '' }): HtmlPart[] => [
      title,
      html`<span class="place">${file}</span>`,
      status,
      reason,
    ]);
  const columns = ['Rule', 'File', 'State', 'Why'].map((title) => ({ title }));
  return html`<p>${count(rules.length, 'rule')}: ${amounts.join(', ')}.</p>
${table('Rules that could say nothing here', columns, rows, open.length)}`;
}

function noticeList(notices: Report['notices']): Html {
  if (notices.length === 0) return html``;
  const items = notices
    .slice(0, SHOWN)
    .map(({ code, message }) => html`<li>${message} <span class="faint">${code}</span></li>`);
  const hidden = notices.length - items.length;
  return html`<h3>Notices</h3><ul>${items}</ul>${hidden > 0 ? html`<p class="faint">… and ${formatNumber(hidden)} more</p>` : html``}`;
}
