/** Licenses: used against bought, the exceeded first, and who held them at the peak. */
import { count, formatDecimal, formatNumber, truncate } from '../../base/text-safety.ts';
import type { LicenseSummary, Report } from '../../model/report.ts';
import { describeTeams } from '../parts/team-words.ts';
import { type Cell, type Layout, labelled, MAX_ROWS, section, table } from './layout.ts';

const WORST_FIRST: readonly LicenseSummary['verdict'][] = ['exceeded', 'undetermined', 'overage', 'within'];
/** Characters of a holder's name, which the log chose. */
const MAX_NAME = 80;

export function licenseLines({ licenses }: Report, layout: Layout): string[] {
  const sorted = WORST_FIRST.flatMap((verdict) => licenses.filter((entry) => entry.verdict === verdict));
  const shown = sorted.slice(0, MAX_ROWS);
  if (shown.length === 0) return [];
  const columns = [
    { title: 'license' },
    { title: 'measure' },
    { title: 'period' },
    { title: 'used', align: 'right' as const },
    { title: 'limit', align: 'right' as const },
    { title: 'verdict' },
  ];
  const lines = table(
    layout,
    columns,
    shown.map((entry) => licenseRow(entry, layout)),
  );
  for (const entry of shown) {
    const name = `${truncate(entry.license, MAX_NAME)} ${entry.period}`;
    const peak = describePeak(entry);
    if (peak !== undefined) lines.push(...labelled(layout, 'peak', `${name} ${peak}`));
    const check = describeCheck(entry);
    if (check !== undefined) lines.push(...labelled(layout, 'check', `${name}: ${check}`));
    for (const flip of entry.flips ?? []) lines.push(...labelled(layout, 'flip', `${name} ${flip}`));
    if (entry.reason) {
      const state = entry.verdict === 'overage' ? 'in overage' : entry.verdict;
      lines.push(...labelled(layout, 'note', `${name} is ${state}: ${entry.reason}`));
    }
  }
  if (sorted.length > MAX_ROWS) {
    lines.push(...labelled(layout, 'more', `${count(sorted.length - MAX_ROWS, 'row')} not listed here`));
  }
  return section(layout, 'Licenses', lines);
}

function licenseRow(
  { license, measure, period, used, limit, verdict }: LicenseSummary,
  { paint }: Layout,
): Cell[] {
  return [
    license,
    measure,
    period,
    formatDecimal(used),
    showLimit(limit, verdict),
    { text: verdict, paint: paint.license[verdict] },
  ];
}

/** `at 2025-03-04T10:12:00Z, teams: cae 2, held by ann, bob`: where a vendor's auditor would look, for what was exceeded only. */
function describePeak({ verdict, at, holders, teams = [] }: LicenseSummary): string | undefined {
  if (verdict !== 'exceeded') return undefined;
  const parts = [
    at === null ? [] : `at ${at}`,
    teams.length === 0 ? [] : `teams: ${describeTeams(teams)}`,
    holders.length === 0 ? [] : `held by ${holders.map((holder) => truncate(holder, MAX_NAME)).join(', ')}`,
  ].flat();
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** `the license server's own figures agree at 1,234 of 1,234 points`, and the capacity that its refusals show. */
function describeCheck({ selfCheck }: LicenseSummary): string | undefined {
  if (selfCheck === undefined) return undefined;
  const { points, agree, open, capacities = [] } = selfCheck;
  const left = open === 0 ? '' : `, at ${formatNumber(open)} the log leaves it open`;
  const shown = capacities.map(
    ({ feature, amount, from, until }) =>
      `; it refused ${truncate(feature, MAX_NAME)} at ${formatDecimal(amount)} seats from ${from} until ${until}`,
  );
  const agreed = `${formatNumber(agree)} of ${count(points, 'point')}`;
  return `the license server's own figures agree at ${agreed}${left}${shown.join('')}`;
}

/** Null is unlimited when the contract says so, and unknown when it does not: then nothing is within it. */
function showLimit(limit: number | null, verdict: LicenseSummary['verdict']): string {
  if (limit !== null) return formatDecimal(limit);
  return verdict === 'within' ? 'unlimited' : 'unknown';
}
