/** Findings by kind, the worst first, each with its place; what waivers cover, and what a baseline knows and is gone. */
import { count, formatNumber } from '../../base/text-safety.ts';
import { alsoWords } from '../../model/also-said.ts';
import { type Finding, SEVERITIES } from '../../model/finding.ts';
import { formatPlace } from '../../model/place.ts';
import type { Report } from '../../model/report.ts';
import { type FindingGroup, filesOf, groupFindings } from '../parts/finding-groups.ts';
import { describeWaiver } from '../parts/waiver-words.ts';
import { type Html, type HtmlPart, html } from './html-text.ts';
import { type PageSection, SHOWN, table } from './page-parts.ts';

/** Findings of one kind, and kinds, on the page: a browser has to lay them out. */
const SHOWN_OF_KIND = 50;
const SHOWN_KINDS = 300;
/** Kinds that are open from the beginning. */
const OPEN_KINDS = 3;

export function findingSections(report: Report): PageSection[] {
  const groups = groupFindings(report);
  const hidden = groups.length - SHOWN_KINDS;
  const content = html`${groups.length === 0 ? html`<p>Nothing was found.</p>` : filterForm()}
${groups.slice(0, SHOWN_KINDS).map(groupPart)}
${hidden > 0 ? html`<p class="faint">… and ${count(hidden, 'more kind')}: the JSON and CSV formats list them</p>` : html``}`;
  return [{ id: 'findings', title: 'Findings', content }, ...waiverSection(report), ...absentSection(report)];
}

/** Hidden until the script that serves it runs. */
function filterForm(): Html {
  const boxes = SEVERITIES.toReversed().map(
    (severity) => html`<label><input type="checkbox" value="${severity}" checked> ${severity}</label>`,
  );
  return html`<form id="filter" class="filter" hidden><label>Filter <input type="search" autocomplete="off"></label>${boxes}<output></output></form>`;
}

function groupPart({ words, name, findings }: FindingGroup, index: number): Html {
  const { severity } = findings[0]!;
  const open = index < OPEN_KINDS && findings.length <= 10 ? html` open` : html``;
  const rows = findings.slice(0, SHOWN_OF_KIND).map(findingRow);
  const controls =
    words.controls.length === 0 ? html`` : html`<p class="faint">Controls: ${words.controls.join(', ')}</p>`;
  return html`<details data-severity="${severity}"${open}>
<summary><span class="badge ${severity}">${severity}</span> ${words.title} <span class="faint">${name}: ${count(findings.length, 'finding')} in ${count(filesOf(findings), 'file')}</span></summary>
${words.why === '' ? html`` : html`<p>${words.why}</p>`}
${words.fix === '' ? html`` : html`<p>What to do: ${words.fix}</p>`}
${controls}
${table(
  'Where, and what was found',
  ['Place', 'When', 'What', 'State'].map((title) => ({ title })),
  rows,
  findings.length,
)}
</details>
`;
}

function findingRow(finding: Finding): HtmlPart[] {
  const { place, time, message, related = [] } = finding;
  const others = related.length === 0 ? '' : ` and ${count(related.length, 'related place')}`;
  const when =
    time === undefined ? '' : time.from === time.until ? time.from : `${time.from} to ${time.until}`;
  const also = alsoWords(finding);
  const what = also === undefined ? message : html`${message}<p class="faint">also: ${also}</p>`;
  return [html`<span class="place">${formatPlace(place)}</span>${others}`, when, what, stateOf(finding)];
}

function stateOf({ verdict, waiver, lapsed, baseline }: Finding): string {
  const state = waiver !== undefined ? `waived (${waiver.id})` : verdict === 'violation' ? 'open' : verdict;
  const fallen = lapsed === undefined ? '' : `; waiver ${lapsed.id}: ${lapsed.reason}`;
  const known = baseline === undefined ? '' : baseline === 'new' ? '; new' : '; known';
  return `${state}${fallen}${known}`;
}

function waiverSection({ findings }: Report): PageSection[] {
  const waived = findings.filter(({ waiver }) => waiver !== undefined);
  if (waived.length === 0) return [];
  const amounts = new Map<string, number>();
  for (const { waiver } of waived) amounts.set(waiver!.id, (amounts.get(waiver!.id) ?? 0) + 1);
  const rows = [...amounts].map(([id, amount]): HtmlPart[] => {
    const { waiver } = waived.find((each) => each.waiver!.id === id)!;
    return [id, waiver!.title, describeWaiver(waiver!), formatNumber(amount)];
  });
  const columns = [
    { title: 'Waiver' },
    { title: 'For' },
    { title: 'Granted' },
    { title: 'Findings', number: true as const },
  ];
  const content = table(
    'Findings that somebody answers for: they stand, and do not make the verdict',
    columns,
    rows,
  );
  return [{ id: 'waivers', title: 'Waivers', content }];
}

function absentSection({ absent = [] }: Report): PageSection[] {
  if (absent.length === 0) return [];
  const rows = absent
    .slice(0, SHOWN)
    .map(({ code, file, message }): HtmlPart[] => [code, html`<span class="place">${file}</span>`, message]);
  const columns = ['Code', 'File', 'What it was'].map((title) => ({ title }));
  const content = table('What the baseline knows and this run did not find', columns, rows, absent.length);
  return [{ id: 'gone', title: 'Gone since the baseline', content }];
}
