/** How far each range of each stream can be trusted, the worst first, and on what ground. */
import { compareText, count, formatNumber } from '../../base/text-safety.ts';
import { formatPlace } from '../../model/place.ts';
import { ASSURANCES, type Report, type StreamRange, type StreamSummary } from '../../model/report.ts';
import { chainHeads, WHY_KEEP_HEADS } from '../parts/chain-heads.ts';
import { type Html, type HtmlPart, html } from './html-text.ts';
import { type PageSection, SHOWN, table } from './page-parts.ts';

export function integritySection(report: Report): PageSection[] {
  const { streams, summary } = report;
  const { assurance = {} } = summary;
  if (streams.length === 0) return [];
  const shares = ASSURANCES.flatMap((word) => {
    const amount = assurance[word] ?? 0;
    return amount === 0 ? [] : [`${formatNumber(amount)} ${word}`];
  });
  const ranges = streams.flatMap((stream) => stream.ranges.map((range) => ({ stream, range })));
  const sorted = ASSURANCES.flatMap((word) => ranges.filter(({ range }) => range.assurance === word));
  const limits = [...new Set(streams.flatMap((stream) => stream.limits))].sort(compareText);
  const content = html`<p>Records by assurance: ${shares.join(', ')}.</p>
${table(
  'Ranges of records, the worst first',
  ['Stream', 'Chain', 'Assurance', 'Records', 'Where', 'Ground'].map((title) => ({ title })),
  sorted.slice(0, SHOWN).map(({ stream, range }) => rangeRow(stream, range)),
  sorted.length,
)}
${headTable(report)}
${limits.length === 0 ? html`` : html`<h3>What these chains cannot show</h3><ul>${limits.map((limit) => html`<li>${limit}</li>`)}</ul>`}`;
  return [{ id: 'integrity', title: 'Integrity', content }];
}

function headTable(report: Report): Html {
  const heads = chainHeads(report);
  if (heads.length === 0) return html``;
  return html`${table(
    'The last hash of each chain',
    [{ title: 'Stream' }, { title: 'Head hash' }],
    heads.slice(0, SHOWN).map(({ stream, head }) => [stream, html`<code>${head}</code>`]),
    heads.length,
  )}
<p>${WHY_KEEP_HEADS}</p>`;
}

function rangeRow({ stream, profile }: StreamSummary, range: StreamRange): HtmlPart[] {
  const { assurance, records, files, reason, anchor } = range;
  const signed =
    anchor &&
    `by ${anchor.by}${anchor.at === undefined ? '' : ` at ${anchor.at}`}, checkpoint ${anchor.checkpoint}`;
  return [
    stream,
    profile ?? 'none',
    html`<span class="verdict ${assurance}">${assurance}</span>`,
    files === undefined ? formatNumber(records) : `${formatNumber(records)} in ${count(files, 'file')}`,
    html`<span class="place">${showRange(range)}</span>`,
    [reason, signed].filter((each) => each !== undefined).join('; '),
  ];
}

function showRange({ from, until }: StreamRange): string {
  if (from.file !== until.file) return `${formatPlace(from)} to ${formatPlace(until)}`;
  return from.line === until.line ? formatPlace(from) : `${formatPlace(from)} to ${until.line}`;
}
