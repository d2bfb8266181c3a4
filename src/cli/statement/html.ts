/**
 * `licenses --format html`: the statement as one file that needs nothing else: no script, no font, no image. Tables carry
 * headers and captions, and every shade of the heat map has its number. Longer than 250 lines: one function a section, in
 * the order of the page.
 */
import { count, formatDecimal, formatNumber } from '../../base/text-safety.ts';
import { ROUNDING } from '../../licenses/contract/money.ts';
import { type Html, html } from '../../report/html/html-text.ts';
import { type Column, list, SHOWN, table, time } from '../../report/html/page-parts.ts';
import { STYLE } from '../../report/html/style.ts';
import { heatMaps } from './html-heat.ts';
import { places, toLine, verdictOf } from './html-parts.ts';
import {
  besidePeriods,
  type LicenseEntry,
  type Statement,
  type StatementFinding,
  type StatementNotice,
  type StatementPeriod,
} from './statement.ts';
import {
  costWords,
  denialWords,
  FORECAST_METHOD,
  forecastWords,
  idleWords,
  type PricedWords,
  percent,
  reasonWords,
  showLimits,
  showPeriod,
  showSpanned,
  showTeams,
  showUse,
  showUseOf,
  trueDownWords,
  trueUpWords,
  verdictLine,
  worstPeriod,
} from './words.ts';

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
<p class="summary ${verdict === 'uncovered' ? 'exceeded' : verdict}">${verdictLine(statement)}</p>
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

function headList({ contract, generated, evidence, tool }: Statement): Html {
  const { id, licensor, file, timezone, term, asOf, laterQuantities } = contract;
  const left =
    laterQuantities === 0 ? '' : `, without ${count(laterQuantities, 'later quantity', 'later quantities')}`;
  return list([
    ['Contract', `${id}${licensor === null ? '' : ` of ${licensor}`} (${file})`],
    ...(term === null
      ? []
      : [['Term', `${term.from === null ? '' : `from ${term.from} `}until ${term.until}`] as const]),
    ...(asOf === null ? [] : [['As of', `${asOf}${left}`] as const]),
    ['Log', showPeriod(evidence)],
    ...(evidence.zoneNeeded === null ? [] : [['Zone', evidence.zoneNeeded] as const]),
    ['Days and hours', `of ${timezone}; instants are in UTC`],
    ...(generated === null ? [] : [['Written', generated] as const]),
    ['By', `${tool.name} ${tool.version}`],
  ]);
}

function overview(licenses: readonly LicenseEntry[]): Html {
  const rows = licenses.map((entry, index) => {
    const { license, unit } = entry;
    const worst = worstPeriod(entry);
    return [
      html`<a href="#license-${index + 1}">${license}</a>`,
      showUseOf(worst, unit),
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
<h3>${entry.cost === null ? 'True-up' : 'Cost and true-up'}</h3>
${[...costWords(entry), ...trueUpWords(entry), ...trueDownWords(entry)].map(priced)}
${findingList(besidePeriods(entry))}
</section>
`;
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
    showUse(each),
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
      .map((each) => [
        each.period,
        showUse(each),
        time(each.teams?.at ?? null),
        each.teams === undefined ? '' : showTeams(each.teams.teams, (team) => team),
      ]),
    all.length,
  );
}

function peak({ peak: found, unit }: LicenseEntry): Html {
  if (found === null) return html``;
  const { amount, at, teams, sessions, omitted } = found;
  const total = sessions.length + omitted;
  return html`<h3>Peak</h3>
<p>${formatDecimal(amount)} ${unit} at ${at}: ${showTeams(teams, (team) => team)}. Taken at one instant of the whole pool: the peaks of teams do not add up to it.</p>
${table(
  'The sessions that together are the peak, and the records that show them',
  ['Held by', 'Team', 'Quantity', 'From', 'Until', 'Records', 'Chain'].map((title) => ({ title })),
  sessions
    .slice(0, SHOWN)
    .map((each) => [
      each.holder,
      each.team ?? 'no team',
      formatDecimal(each.quantity),
      time(each.from),
      each.until === null ? 'no check-in' : time(each.until),
      places(each.opened, each.closed),
      each.chain === null ? 'none' : `${each.chain.assurance} (${each.chain.profile})`,
    ]),
  total,
)}`;
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

function priced(words: PricedWords): Html {
  const { label, bill } = words;
  if (bill === undefined) return toLine(words);
  const columns: Column[] = [
    { title: 'By' },
    { title: 'From' },
    { title: 'Period' },
    { title: 'Quantity × price' },
    { title: 'Amount', number: true },
  ];
  const rows = bill.lines
    .slice(0, SHOWN)
    .map(({ by, since, period, arithmetic, amount }) => [
      by ?? 'no document',
      html`<time>${since}</time>`,
      period ?? 'once',
      arithmetic,
      amount ?? '',
    ]);
  return html`${toLine(words)}${table(`The lines of ${label}: ${ROUNDING}`, columns, rows, bill.lines.length + bill.omitted)}`;
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

function evidence({ evidence: { files, records, assurance, findings, notices } }: Statement): Html {
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
${findingList(findings)}${noticeList(notices)}
</section>`;
}

function noticeList(notices: readonly StatementNotice[]): Html {
  if (notices.length === 0) return html``;
  const rest =
    notices.length > SHOWN ? html`<li>… and ${formatNumber(notices.length - SHOWN)} more</li>` : html``;
  const items = notices
    .slice(0, SHOWN)
    .map(
      ({ code, message, place }) =>
        html`<li>${message}${place === null ? html`` : html` (${places(place, null)})`} <span class="faint">${code}</span></li>`,
    );
  return html`<h3>Notices</h3><ul>${items}${rest}</ul>`;
}
