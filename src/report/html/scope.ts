/** What was read, whether it ties out, and when each source spoke. */
import { compareText, formatNumber } from '../../base/text-safety.ts';
import type { InputSummary, Report } from '../../model/report.ts';
import { activityMap } from './activity-map.ts';
import { type Html, type HtmlPart, html } from './html-text.ts';
import { folded, list, type PageSection, SHOWN, table } from './page-parts.ts';

/** Files that are listed without being asked for. */
const SHOWN_OPEN = 10;

export function scopeSection(report: Report): PageSection[] {
  const { activity = [] } = report;
  const content = html`${tieOut(report)}
${inputs(report)}
${volume(report)}
${activity.length > 0 ? html`<p>Each map is in UTC. What is empty was silent, and the longest silences are tinted: a log that is complete shows why.</p>` : html``}
${activity.map(activityMap)}`;
  return [{ id: 'scope', title: 'Scope and completeness', content }];
}

function tieOut({ summary, inputs: files }: Report): Html {
  const { read, audited, malformed, duplicate, skipped } = summary.records;
  const sum = audited + malformed + duplicate + skipped;
  const number = (amount: number, word: string) => `${formatNumber(amount)} ${word}`;
  const parts = [
    number(audited, 'audited'),
    ...(malformed > 0 ? [number(malformed, 'malformed')] : []),
    ...(duplicate > 0 ? [number(duplicate, 'duplicate')] : []),
    ...(skipped > 0 ? [number(skipped, 'skipped')] : []),
  ];
  const statuses = new Map<string, number>();
  for (const { status } of files) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const byStatus = [...statuses].map(([status, amount]) => number(amount, status));
  const sign = sum === read ? '=' : '≠ (does not tie out: please report this as a bug)';
  return list([
    ['Files', `${formatNumber(summary.files)} = ${byStatus.join(' + ') || '0'}`],
    ['Bytes', `${formatNumber(summary.bytes)} stored`],
    ['Records', `${formatNumber(read)} read ${sign} ${parts.join(' + ')}`],
  ]);
}

/** Files that were not read to the end come first: they are what the verdict hangs on. */
function inputs({ inputs: files }: Report): Html {
  const isWhole = ({ status }: InputSummary) => Number(status === 'complete');
  const sorted = files.toSorted((a, b) => isWhole(a) - isWhole(b) || compareText(a.file, b.file));
  const rows = sorted
    .slice(0, SHOWN)
    .map((input): HtmlPart[] => [
      html`<span class="place">${input.file}</span>`,
      input.status === 'complete'
        ? 'complete'
        : html`<span class="open">${input.status}: ${input.reason ?? ''}</span>`,
      input.source ?? input.seals ?? 'not recognized',
      formatNumber(input.bytes),
      formatNumber(input.records.read),
      formatNumber(input.records.malformed),
      html`<span class="place">${input.sha256?.slice(0, 16) ?? 'none'}</span>`,
    ]);
  const columns = [
    { title: 'File' },
    { title: 'Read' },
    { title: 'Source' },
    { title: 'Bytes', number: true as const },
    { title: 'Records', number: true as const },
    { title: 'Malformed', number: true as const },
    { title: 'SHA-256 begins' },
  ];
  const whole = table('What was read', columns, rows, files.length);
  if (files.length <= SHOWN_OPEN) return whole;
  const open = files.filter((input) => isWhole(input) === 0);
  // What the verdict hangs on stays in sight; of a thousand whole files nobody reads each.
  return html`${table('Not read whole', columns, rows.slice(0, open.length), open.length)}
${folded(`All ${formatNumber(files.length)} files`, whole)}`;
}

function volume({ inputs: files }: Report): Html {
  const sums = new Map<string, { files: number; bytes: number; decoded: number; records: number }>();
  for (const { source, seals, bytes, decodedBytes, records } of files) {
    const name = source ?? seals ?? 'not recognized';
    const sum = sums.get(name) ?? { files: 0, bytes: 0, decoded: 0, records: 0 };
    sum.files += 1;
    sum.bytes += bytes;
    sum.decoded += decodedBytes;
    sum.records += records.read;
    sums.set(name, sum);
  }
  const rows = [...sums]
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, sum]): HtmlPart[] => [
      name,
      ...[sum.files, sum.bytes, sum.decoded, sum.records].map((amount) => formatNumber(amount)),
    ]);
  const columns = ['Source', 'Files', 'Bytes stored', 'Bytes decoded', 'Records'].map((title, index) =>
    index === 0 ? { title } : { title, number: true as const },
  );
  return table('Volume by source', columns, rows);
}
