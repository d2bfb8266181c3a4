/** The control matrix of each pack that was asked for: what was looked at, on how much, and what came of it. */
import { count, formatNumber } from '../../base/text-safety.ts';
import { CONTROL_STATUSES, type ControlResult, type PackSummary } from '../../model/control.ts';
import type { Report } from '../../model/report.ts';
import { type Html, type HtmlPart, html } from './html-text.ts';
import { folded, type PageSection, table } from './page-parts.ts';

/** Controls of a pack that are listed without being asked for. */
const SHOWN_OPEN = 5;

export function controlSections({ packs = [], controls = [] }: Report): PageSection[] {
  if (packs.length === 0) return [];
  const content = html`<p>Only what logs show is judged: a control that passed was not contradicted by these logs, on the events that are named.</p>
${packs.map((pack) =>
  packPart(
    pack,
    controls.filter((each) => each.pack === pack.name),
  ),
)}`;
  return [{ id: 'controls', title: 'Controls', content }];
}

function packPart(
  { title, version, effective, superseded, url }: PackSummary,
  controls: readonly ControlResult[],
): Html {
  const counts = CONTROL_STATUSES.flatMap((status) => {
    const amount = controls.filter((each) => each.status === status).length;
    return amount === 0 ? [] : [`${formatNumber(amount)} ${status}`];
  });
  const age = superseded === undefined ? '' : `, superseded on ${superseded}`;
  const sorted = CONTROL_STATUSES.flatMap((status) => controls.filter((each) => each.status === status));
  const failed = sorted.filter(({ status }) => status === 'failed' || status === 'excepted');
  // What failed, or only does not because somebody waived it, stays in sight; a framework has more controls than anybody reads on the way to the findings.
  const isShort = sorted.length <= SHOWN_OPEN;
  const whole = matrix('Each control with its checks', sorted);
  return html`<h3>${title}</h3>
<p>${counts.join(', ')}. <span class="faint">Pack ${version}, in force from ${effective}${age}; source: ${url}</span></p>
${isShort ? whole : html`${matrix('What failed, or is excepted', failed)}${folded(`All ${formatNumber(sorted.length)} controls`, whole)}`}`;
}

function matrix(caption: string, controls: readonly ControlResult[]): Html {
  const columns = ['Control', 'Asks, in our words', 'Logs can show', 'Status', 'Checks'];
  return table(
    caption,
    columns.map((title) => ({ title })),
    controls.map(controlRow),
  );
}

function controlRow({ control, title, strength, status, checks, reason }: ControlResult): HtmlPart[] {
  const told = checks.map(({ asks, status: answer, population, against, reason: why }) => {
    const asked = `${formatNumber(population.count)} ${population.of}`;
    const found = against === 0 || answer === 'excepted' ? '' : `, ${count(against, 'finding')} against it`;
    return html`<p><span class="verdict ${answer}">${answer}</span>: ${asks} (${asked}${found})${why === undefined ? '' : `: ${why}`}</p>`;
  });
  return [
    control,
    title,
    strength,
    html`<span class="verdict ${status}">${status}</span>`,
    told.length > 0 ? told : (reason ?? ''),
  ];
}
