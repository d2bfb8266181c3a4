/** How the report came about, what it leaves open, and how somebody else comes to the same. */
import { compareText, count, formatNumber } from '../../base/text-safety.ts';
import type { Report, RuleSummary } from '../../model/report.ts';
import { type Html, type HtmlPart, html } from './html-text.ts';
import { type PageSection, SHOWN, table } from './page-parts.ts';

export function methodSection(report: Report): PageSection[] {
  const { tool, rules, notices } = report;
  const content = html`<p>${tool.name} ${tool.version} read every file that is named, offline, each once, and wrote none of them. What it says is a function of these bytes, its version and its configuration: run it again over files with the same digests, and the report is the same to the byte.</p>
<p>A finding is a violation (the log proves it) or undetermined (the log cannot tell). What is not found was not contradicted by what was read; that all that happened was logged, no log shows.</p>
${ruleTable(rules)}
${noticeList(notices)}`;
  return [{ id: 'method', title: 'Method and limits', content }];
}

function ruleTable(rules: readonly RuleSummary[]): Html {
  if (rules.length === 0) return html``;
  const amounts = (['ran', 'inert', 'error', 'not-applicable'] as const).flatMap((status) => {
    const amount = rules.filter((each) => each.status === status).length;
    return amount === 0 ? [] : [`${formatNumber(amount)} ${status}`];
  });
  const open = rules.filter(({ status }) => status === 'inert' || status === 'error');
  const rows = open
    .toSorted((a, b) => compareText(a.status, b.status) || compareText(a.title, b.title))
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
