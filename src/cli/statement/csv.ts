/** `licenses --format csv`: one row for each figure, told apart by its first column (RFC 4180, a header, CRLF). */

import { csvTable } from '../../base/csv-table.ts';
import type { BillFigures, Cure } from '../../model/license-figures.ts';
import { formatPlace } from '../../model/place.ts';
import type { LicenseEntry, Statement } from './statement.ts';
import { isUnlogged, WEEKDAYS } from './words.ts';

const COLUMNS = [
  'row',
  'license',
  'period',
  'name',
  'team',
  'lower',
  'upper',
  'limit',
  'share',
  'count',
  'from',
  'until',
  'verdict',
  'place',
  'note',
] as const;

type Row = Partial<Record<(typeof COLUMNS)[number], string | number | null>>;

export function statementCsv(statement: Statement): string {
  const rows = [
    ...statement.licenses.flatMap(licenseRows),
    ...statement.uncovered.map(
      ({ message, place, verdict }): Row => ({
        row: 'uncovered',
        verdict,
        place: formatPlace(place),
        note: message,
      }),
    ),
    ...statement.evidence.files.map(
      ({ file, sha256, status, records }): Row => ({
        row: 'file',
        name: file,
        count: records.audited,
        note: sha256 === null ? status : `${status}, sha256 ${sha256}`,
      }),
    ),
    ...statement.evidence.findings.map(
      ({ code, message, place }): Row => ({
        row: 'finding',
        name: code,
        place: formatPlace(place),
        note: message,
      }),
    ),
    ...statement.evidence.notices.map(
      ({ code, message, place }): Row => ({
        row: 'notice',
        name: code,
        place: place === null ? null : formatPlace(place),
        note: message,
      }),
    ),
    ...(statement.evidence.zoneNeeded === null ? [] : [{ row: 'zone', note: statement.evidence.zoneNeeded }]),
    { row: 'verdict', verdict: statement.verdict, note: statement.incomplete },
  ];
  return csvTable(COLUMNS, rows);
}

function licenseRows(entry: LicenseEntry): Row[] {
  const { license, unit, sentence, verdict } = entry;
  const rows: Row[] = [
    { row: 'license', name: unit, verdict, note: sentence },
    ...entry.periods.map(
      (each): Row => ({
        row: 'period',
        period: each.period,
        lower: each.lower,
        upper: each.upper,
        limit: each.limit,
        share:
          each.limit === null || each.limit === 0 || each.upper === null ? null : each.upper / each.limit,
        from: each.at,
        verdict: each.verdict,
        place: each.places.map(formatPlace).join('; '),
        note: each.reason,
      }),
    ),
    ...entry.months.flatMap((each): Row[] => [
      {
        row: 'month',
        period: each.period,
        lower: each.lower,
        upper: each.upper,
        from: each.at,
        note: isUnlogged(each) ? 'no log' : null,
      },
      ...(each.teams?.teams ?? []).map(
        ({ team, amount }): Row => ({
          row: 'team',
          period: each.period,
          team: team ?? 'no team',
          count: amount,
          from: each.teams!.at,
        }),
      ),
    ]),
    ...entry.days.map(({ day, peak }): Row => ({ row: 'day', period: day, count: peak })),
  ];
  if (entry.peak !== null) {
    rows.push({ row: 'peak', count: entry.peak.amount, from: entry.peak.at });
    for (const { team, amount } of entry.peak.teams)
      rows.push({ row: 'peak-team', team: team ?? 'no team', count: amount, from: entry.peak.at });
    for (const { holder, team, quantity, from, until, opened, closed, chain } of entry.peak.sessions)
      rows.push({
        row: 'peak-session',
        name: holder,
        team: team ?? 'no team',
        count: quantity,
        from,
        until,
        place: [opened, closed].flatMap((place) => (place === null ? [] : formatPlace(place))).join('; '),
        note: chain === null ? null : `${chain.stream}: ${chain.assurance}`,
      });
  }
  const findings = entry.findings.map(
    ({ code, verdict: found, message, place }): Row => ({
      row: 'finding',
      name: code,
      verdict: found,
      place: formatPlace(place),
      note: message,
    }),
  );
  return [...rows, ...heatRows(entry), ...personRows(entry), ...moneyRows(entry), ...findings].map((row) => ({
    ...row,
    license,
  }));
}

function heatRows({ heat }: LicenseEntry): Row[] {
  if (heat === null) return [];
  return WEEKDAYS.flatMap((day, weekday) =>
    heat.mean[weekday]!.map(
      (mean, hour): Row => ({
        row: 'hour',
        name: `${day} ${String(hour).padStart(2, '0')}`,
        lower: mean,
        upper: heat.max[weekday]![hour]!,
        share: heat.meanShare[weekday]![hour]!,
        note: shareNote(heat.maxShare[weekday]![hour]!),
      }),
    ),
  );
}

function shareNote(share: number | null): string | null {
  return share === null ? null : `highest share ${share}`;
}

function personRows({ denials, idle }: LicenseEntry): Row[] {
  return [
    ...denials.months.map(
      ({ month, denied, incidents, granted }): Row => ({
        row: 'denials',
        period: month,
        count: denied,
        note: `${incidents} incidents, ${granted} granted within ${denials.interval}`,
      }),
    ),
    ...denials.list.map(
      ({ holder, team, denials: times, first, last, place, reason }): Row => ({
        row: 'denial',
        name: holder,
        team,
        count: times,
        from: first,
        until: last,
        place: formatPlace(place),
        note: reason,
      }),
    ),
    ...idle.list.map(
      ({ holder, team, last, days, place }): Row => ({
        row: 'idle',
        name: holder,
        team,
        count: days,
        from: last,
        place: formatPlace(place),
      }),
    ),
    ...idle.heldList.map(
      ({ holder, team, since, days, place }): Row => ({
        row: 'held',
        name: holder,
        team,
        count: days,
        from: since,
        place: formatPlace(place),
      }),
    ),
  ];
}

function moneyRows({ forecast, cost, trueUp, trueDown, idle }: LicenseEntry): Row[] {
  const rows: Row[] = [];
  if (forecast.known) {
    const { slope, exhausted } = forecast;
    rows.push({
      row: 'forecast',
      name: 'use a month',
      lower: slope.low,
      upper: slope.high,
      count: slope.estimate,
    });
    rows.push({
      row: 'forecast',
      name: 'exhausted',
      period: exhausted.estimate,
      from: exhausted.earliest,
      until: exhausted.latest,
    });
  } else rows.push({ row: 'forecast', note: forecast.reason });
  if (idle.spare !== null)
    rows.push({ row: 'spare', count: idle.spare.amount, limit: idle.spare.limit, upper: idle.spare.highest });
  if (idle.spareDoubt !== null) rows.push({ row: 'spare', note: idle.spareDoubt });
  for (const { period, limit, lower, upper } of trueUp.periods)
    rows.push({ row: 'excess', period, limit, lower, upper });
  if (cost !== null) rows.push(...billRows('cost', cost.bill, cost));
  const { owed, cures, instead } = trueUp;
  if (owed?.proven != null) rows.push(...billRows('owed-proven', owed.proven, owed));
  if (owed?.possible != null) rows.push(...billRows('owed-possible', owed.possible, owed));
  if (owed?.reason != null) rows.push({ row: 'owed', note: owed.reason });
  rows.push(...cures.map((cure) => cureRow('cure', cure)));
  if (instead !== null) rows.push(cureRow('instead', instead));
  if (trueDown !== null) {
    const { on, to, quantity, peak, floor, reason } = trueDown;
    rows.push({
      row: 'true-down',
      from: on,
      count: to,
      limit: quantity,
      lower: floor,
      upper: peak,
      note: reason,
    });
  }
  return rows;
}

function cureRow(row: string, { what, amount, cost, arithmetic }: Cure): Row {
  return { row, name: what, count: amount, note: cost === null ? arithmetic : `${cost}: ${arithmetic}` };
}

/** A row for each line, then one for each currency. */
function billRows(
  row: string,
  { lines, totals }: BillFigures,
  span: { from?: string; until: string },
): Row[] {
  return [
    ...lines.map(
      ({ quantity, since, by, period, arithmetic }): Row => ({
        row: `${row}-line`,
        name: by,
        period,
        count: quantity,
        from: since,
        note: arithmetic,
      }),
    ),
    ...totals.map((total): Row => ({ row, from: span.from ?? null, until: span.until, note: total })),
  ];
}
