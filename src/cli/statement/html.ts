/**
 * `licenses --format html`: the statement as one file that needs nothing else: no script, no font, no image. Tables carry
 * headers and captions, and every shade of the heat map has its number.
 */
import { count, formatNumber } from '../../base/text-safety.ts';
import type { Place } from '../../model/place.ts';
import { HEAT_STEPS, STYLE } from './html-style.ts';
import { type Html, type HtmlPart, html } from './html-text.ts';
import type { LicenseEntry, Statement, StatementFinding, StatementPeriod } from './statement.ts';
import {
  denialWords,
  FORECAST_METHOD,
  forecastWords,
  idleWords,
  type Labelled,
  percent,
  reasonWords,
  showAmount,
  showBounds,
  showLimits,
  showPlaces,
  showSpanned,
  showTeams,
  trueUpWords,
  verdictLine,
  WEEKDAYS,
  worstPeriod,
} from './words.ts';

/** Rows of one table; json and csv have them all. */
const SHOWN = 200;

export function statementHtml(statement: Statement): string {
  const { contract, verdict, licenses, uncovered } = statement;
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>License statement ${contract.id}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>License statement</h1>
${headList(statement)}
<p class="summary ${verdict}">${verdictLine(statement)}</p>
</header>
<main>
${overview(licenses)}
${licenses.map(licenseSection)}
${findingSection('Use that no license covers', uncovered)}
${evidence(statement)}
</main>
</body>
</html>
`;
  return page.text;
}

function headList({ contract, generated, evidence: { period }, tool }: Statement): Html {
  const { id, licensor, file, timezone, term, asOf, laterQuantities } = contract;
  const left =
    laterQuantities === 0 ? '' : `, without ${count(laterQuantities, 'later quantity', 'later quantities')}`;
  return list([
    ['Contract', `${id}${licensor === null ? '' : ` of ${licensor}`} (${file})`],
    ...(term === null
      ? []
      : [['Term', `${term.from === null ? '' : `from ${term.from} `}until ${term.until}`] as const]),
    ...(asOf === null ? [] : [['As of', `${asOf}${left}`] as const]),
    ['Log', period === null ? 'no event has a readable time' : `${period.from} to ${period.until}`],
    ['Days and hours', `of ${timezone}; instants are in UTC`],
    ...(generated === null ? [] : [['Written', generated] as const]),
    ['By', `${tool.name} ${tool.version}`],
  ]);
}

function list(rows: readonly (readonly [string, HtmlPart])[]): Html {
  return html`<dl>${rows.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`;
}

type Column = { title: string; number?: true };

/** The first cell of a row is its header. `total`: rows there are, where not all are given. */
function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly HtmlPart[])[],
  total = rows.length,
): Html {
  if (rows.length === 0) return html``;
  const attribute = ({ number }: Column) => (number ? html` class="number"` : html``);
  const more =
    total > rows.length
      ? html`<p class="faint">… and ${formatNumber(total - rows.length)} more: the JSON and CSV formats list them</p>`
      : html``;
  return html`<div class="scroll"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${attribute(column)}>${column.title}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ([first, ...rest]) =>
    html`<tr><th scope="row">${first!}</th>${rest.map((cell, at) => html`<td${attribute(columns[at + 1]!)}>${cell}</td>`)}</tr>
`,
)}</tbody>
</table></div>${more}`;
}

function verdictOf({ verdict }: { verdict: string }): Html {
  return html`<span class="verdict ${verdict}">${verdict}</span>`;
}

function overview(licenses: readonly LicenseEntry[]): Html {
  const rows = licenses.map((entry, index) => {
    const { license, unit } = entry;
    const worst = worstPeriod(entry);
    return [
      html`<a href="#license-${index + 1}">${license}</a>`,
      worst === undefined ? 'unknown' : `${showBounds(worst.lower, worst.upper)} ${unit}`,
      worst === undefined ? 'unknown' : showLimits(worst),
      worst?.period ?? '',
      verdictOf(entry),
    ];
  });
  return table(
    'Each license by its worst period',
    ['License', 'Used', 'Quantity', 'Period', 'Verdict'].map((title) => ({ title })),
    rows,
  );
}

function licenseSection(entry: LicenseEntry, index: number): Html {
  const { license, sentence, denials, forecast, unit } = entry;
  const lines = (texts: readonly string[]) => texts.map((text) => html`<p>${text}</p>`);
  return html`<section aria-labelledby="license-${index + 1}">
<h2 id="license-${index + 1}">${license}: ${verdictOf(entry)}</h2>
<p class="faint">${sentence}</p>
${periods(entry)}
${months(entry)}
${peak(entry)}
${heatMaps(entry)}
<h3>Denials</h3>
<p>${denialWords(denials)}</p>
${denialTable(entry)}
<h3>Idle</h3>
${idleWords(entry.idle, unit).map(toLine)}
${idleTables(entry)}
<h3>Forecast</h3>
${lines(forecastWords(forecast, unit))}
${forecast.known ? html`<p class="faint">${FORECAST_METHOD}</p>` : html``}
<h3>True-up</h3>
${trueUpWords(entry).map(toLine)}
${findingList(entry.findings.filter(({ code }) => code.startsWith('use-')))}
</section>
`;
}

function toLine({ label, text }: Labelled): Html {
  return html`<p>${label}: ${text}</p>`;
}

function periods({ periods: all }: LicenseEntry): Html {
  const shown = all.slice(-SHOWN);
  const reasons = shown.flatMap((each) => {
    const because = reasonWords(each);
    return because === '' ? [] : [html`<p>${each.period}, ${each.verdict}: ${because}</p>`];
  });
  const columns: Column[] = [
    { title: 'Period' },
    { title: 'Used', number: true },
    { title: 'Quantity' },
    { title: 'Share' },
    { title: 'Peak at' },
    { title: 'Spanned by the log', number: true },
    { title: 'Verdict' },
  ];
  const rows = shown.map((each) => [
    html`<time>${each.period}</time>`,
    showBounds(each.lower, each.upper),
    showLimits(each),
    bar(each),
    time(each.at),
    each.spanned === null ? '' : showSpanned(each.spanned),
    verdictOf(each),
  ]);
  const caption = 'Use by period of the contract, against the quantity in force';
  return html`${table(caption, columns, rows, all.length)}${reasons}`;
}

/** Says in words what it draws. */
function bar({ lower, upper, limit, verdict }: StatementPeriod): Html {
  if (upper === null || limit === null || limit === 0) return html``;
  const share = percent(upper / limit);
  const upTo = lower === upper ? '' : 'up to ';
  const over = verdict === 'exceeded' ? html` over` : html``;
  const width = Math.max(0, Math.min(100, share));
  return html`${upTo}${share} %<span class="bar${over}" aria-hidden="true"><span style="width:${width}%"></span></span>`;
}

function months({ months: all, periods: own }: LicenseEntry): Html {
  const isSame = all.every(({ period }) => own.some((each) => each.period === period));
  const hasTeams = all.some(({ teams }) => teams !== undefined);
  if (isSame && !hasTeams) return html``;
  return table(
    'By calendar month, and the teams that made the figure up',
    [{ title: 'Month' }, { title: 'Used', number: true }, { title: 'Seen at' }, { title: 'Teams' }],
    all
      .slice(-SHOWN)
      .map(({ period, lower, upper, teams }) => [
        period,
        showBounds(lower, upper),
        time(teams?.at ?? null),
        teams === undefined ? '' : showTeams(teams.teams, (team) => team),
      ]),
    all.length,
  );
}

function peak({ peak: found, unit }: LicenseEntry): Html {
  if (found === null) return html``;
  const { amount, at, teams, sessions, omitted } = found;
  const total = sessions.length + omitted;
  return html`<h3>Peak</h3>
<p>${showAmount(amount)} ${unit} at ${at}: ${showTeams(teams, (team) => team)}. Taken at one instant of the whole pool: the peaks of teams do not add up to it.</p>
${table(
  'The sessions that together are the peak, and the records that show them',
  ['Held by', 'Team', 'Quantity', 'From', 'Until', 'Records', 'Chain'].map((title) => ({ title })),
  sessions
    .slice(0, SHOWN)
    .map((each) => [
      each.holder,
      each.team ?? 'no team',
      showAmount(each.quantity),
      time(each.from),
      each.until === null ? 'no check-in' : time(each.until),
      places(each.opened, each.closed),
      each.chain === null ? 'none' : `${each.chain.assurance} (${each.chain.profile})`,
    ]),
  total,
)}`;
}

function time(instant: string | null): Html {
  return instant === null ? html`` : html`<time>${instant}</time>`;
}

function places(first: Place, second: Place | null): Html {
  return html`<span class="place">${showPlaces(first, second)}</span>`;
}

function heatMaps({ heat }: LicenseEntry): Html {
  if (heat === null || heat.maxShare.every((row) => row.every((share) => share === null))) return html``;
  return html`<h3>Utilization by weekday and hour</h3>
<p>${busiest(heat.meanShare)}</p>
${heatMap('Mean use in percent of the quantity in force', heat.meanShare)}
${heatMap('Highest use in percent of the quantity in force; a frame: all of it, a double frame: more', heat.maxShare)}`;
}

type Shares = readonly (readonly (number | null)[])[];

function busiest(shares: Shares): string {
  let best = { share: 0, day: 0, hour: 0 };
  shares.forEach((row, day) => {
    row.forEach((share, hour) => {
      if (share !== null && share > best.share) best = { share, day, hour };
    });
  });
  if (best.share === 0) return 'No use in any hour.';
  const hour = (number: number) => `${String(number % 24).padStart(2, '0')}:00`;
  return `Busiest on average: ${WEEKDAYS[best.day]!} from ${hour(best.hour)} to ${hour(best.hour + 1)}, ${percent(best.share)} %.`;
}

function heatMap(caption: string, shares: Shares): Html {
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  return html`<div class="scroll"><table class="heat">
<caption>${caption}</caption>
<thead><tr><td></td>${hours.map((hour) => html`<th scope="col">${hour}</th>`)}</tr></thead>
<tbody>
${WEEKDAYS.map(
  (day, at) => html`<tr><th scope="row">${day}</th>${shares[at]!.map(heatCell)}</tr>
`,
)}</tbody>
</table></div>`;
}

function heatCell(share: number | null): Html {
  if (share === null) return html`<td></td>`;
  const step = share === 0 ? 0 : Math.min(HEAT_STEPS, Math.max(1, Math.ceil(share * HEAT_STEPS)));
  const frame = share > 1 ? ' over' : share === 1 ? ' full' : '';
  // More than nothing is no 0, and less than all no 100.
  const shown = share > 0 && share < 1 ? Math.min(99, Math.max(1, percent(share))) : percent(share);
  return html`<td class="h${step}${frame}">${shown}</td>`;
}

function denialTable({ denials }: LicenseEntry): Html {
  return table(
    'Denied, and not granted in time: one row for each incident, with its last denial',
    ['Asked by', 'Team', 'Denials', 'First', 'Last', 'Reason', 'Record'].map((title) => ({ title })),
    denials.list
      .slice(0, SHOWN)
      .map((each) => [
        each.holder,
        each.team ?? 'no team',
        formatNumber(each.denials),
        time(each.first),
        [time(each.last), each.openEnded ? ' (the log ends)' : ''],
        each.reason ?? '',
        places(each.place, null),
      ]),
    denials.incidents,
  );
}

function idleTables({ idle }: LicenseEntry): Html {
  const columns = (since: string) => ['Holder', 'Team', since, 'Days', 'Record'].map((title) => ({ title }));
  return html`${table(
    'Reclaim candidates: nobody of these was seen to use it since',
    columns('Last use'),
    idle.list
      .slice(0, SHOWN)
      .map((each) => [
        each.holder,
        each.team ?? 'no team',
        time(each.last),
        formatNumber(each.days),
        places(each.place, null),
      ]),
    idle.idle,
  )}
${table(
  'Held without a check-in',
  columns('Since'),
  idle.heldList
    .slice(0, SHOWN)
    .map((each) => [
      each.holder,
      each.team ?? 'no team',
      time(each.since),
      formatNumber(each.days),
      places(each.place, null),
    ]),
  idle.held,
)}`;
}

function findingSection(title: string, findings: readonly StatementFinding[]): Html {
  if (findings.length === 0) return html``;
  return html`<section><h2>${title}</h2>${findingList(findings)}</section>`;
}

function findingList(findings: readonly StatementFinding[]): Html {
  if (findings.length === 0) return html``;
  const rest =
    findings.length > SHOWN ? html`<li>… and ${formatNumber(findings.length - SHOWN)} more</li>` : html``;
  return html`<ul>${findings
    .slice(0, SHOWN)
    .map(
      ({ code, message, place }) => html`<li><code>${code}</code> ${message} (${places(place, null)})</li>`,
    )}${rest}</ul>`;
}

function evidence({ evidence: { files, records, assurance, findings } }: Statement): Html {
  const trust = Object.entries(assurance).map(([word, number]) => `${formatNumber(number)} ${word}`);
  return html`<section><h2>Evidence</h2>
${list([
  [
    'Records',
    `${formatNumber(records.read)} read = ${formatNumber(records.audited)} audited + ${formatNumber(records.malformed)} malformed + ${formatNumber(records.duplicate)} duplicate + ${formatNumber(records.skipped)} outside the time asked for`,
  ],
  ['Chains', trust.length === 0 ? 'none' : trust.join(', ')],
])}
${table(
  'Files that this statement stands on',
  ['File', 'Records', 'Read', 'SHA-256'].map((title) => ({ title })),
  files
    .slice(0, SHOWN)
    .map(({ file, records: own, status, sha256 }) => [
      file,
      formatNumber(own.audited),
      status,
      html`<code>${sha256 ?? ''}</code>`,
    ]),
  files.length,
)}
${findingList(findings)}
</section>`;
}
