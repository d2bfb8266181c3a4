/** Licenses: used against bought, by period, with a bar that says in numbers what it draws. */
import { formatDecimal } from '../../base/text-safety.ts';
import type { LicenseSummary, LicenseVerdict, Report } from '../../model/report.ts';
import { describeTeams } from '../parts/team-words.ts';
import { type Html, type HtmlPart, html } from './html-text.ts';
import { type PageSection, SHOWN, table, time } from './page-parts.ts';

const WORST_FIRST: readonly LicenseVerdict[] = ['exceeded', 'undetermined', 'overage', 'within'];
const SHOWN_HOLDERS = 10;

export function licenseSection({ licenses }: Report): PageSection[] {
  if (licenses.length === 0) return [];
  const sorted = WORST_FIRST.flatMap((word) => licenses.filter(({ verdict }) => verdict === word));
  const columns = [
    'License',
    'Period',
    'Counted',
    'Used',
    'Bought',
    'Share',
    'Peak at',
    'Held by',
    'Verdict',
  ];
  const content = html`${table(
    'Use by license and period, the exceeded first',
    columns.map((title) => ({ title })),
    sorted.slice(0, SHOWN).map(licenseRow),
    sorted.length,
  )}`;
  return [{ id: 'licenses', title: 'Licenses', content }];
}

function licenseRow({
  license,
  period,
  measure,
  used,
  limit,
  at,
  holders,
  teams,
  reason,
  verdict,
}: LicenseSummary): HtmlPart[] {
  const more = holders.length > SHOWN_HOLDERS ? ` and ${holders.length - SHOWN_HOLDERS} more` : '';
  return [
    license,
    period,
    measure,
    formatDecimal(used),
    limit === null ? (verdict === 'within' ? 'unlimited' : 'unknown') : formatDecimal(limit),
    bar(used, limit, verdict),
    time(at),
    [
      teams === undefined || holders.length === 0
        ? ''
        : html`<span class="faint">${describeTeams(teams)}:</span> `,
      `${holders.slice(0, SHOWN_HOLDERS).join(', ')}${more}`,
    ],
    html`<span class="verdict ${verdict}">${verdict}</span>${reason === undefined ? '' : `: ${reason}`}`,
  ];
}

function bar(used: number, limit: number | null, verdict: LicenseVerdict): Html {
  if (limit === null || limit <= 0) return html``;
  const share = (100 * used) / limit;
  // More than all is no 100, and less than all neither.
  const shown =
    share > 100 ? Math.max(101, Math.round(share)) : share < 100 ? Math.min(99, Math.round(share)) : 100;
  const over = verdict === 'exceeded' ? html` over` : html``;
  return html`${shown} %<span class="bar${over}" aria-hidden="true"><span style="width:${Math.min(100, shown)}%"></span></span>`;
}
